/* SPDX-License-Identifier: EUPL-1.2 */
/* simulation SEED [STEPS]: one run; `all`: the seeds of the ordinary test run; `planted`: proves
 * that the checks see what they are there for. */
#include <openssl/sha.h>
#include <stdlib.h>

#include "sim/world.h"
#include "sync/sql.h"

#define STEPS 3000

unsigned chance(struct world *w, unsigned n)
{
    w->random += 0x9E3779B97F4A7C15ULL;
    uint64_t z = w->random;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return (unsigned)((z ^ z >> 31) % n);
}

/* Administration: batches of one command by `system`. */

static void administer(struct world *w, const char *op, json_t *params)
{
    static int number;
    char key[32];
    snprintf(key, sizeof key, "setup-%d", ++number);
    json_t *batch = json_pack("[{s:s,s:s,s:s,s:s,s:s,s:o}]", "account", "system", "op", op, "key",
                              key, "digest", "00", "channel", "import", "params", params);
    char *text = batch ? json_dumps(batch, JSON_COMPACT) : NULL;
    struct statement s = sql_statement(QUERY_APPLY);
    s.param[0] = text;
    struct model_result r = {0};
    model_execute(w->owner, &s, &r);
    if (r.result.end == STATEMENT_FAILED) {
        model_result_clear(&r); /* it met what was meant for a worker */
        model_execute(w->owner, &s, &r);
    }
    const char *answer =
        r.result.end == STATEMENT_DONE ? rows_cell(&r.result.rows, 0, 0) : r.result.message;
    if (r.result.end != STATEMENT_DONE || (strstr(answer, "\"ok\"") == NULL && w->steps == 0)) {
        fprintf(stderr, "simulation: %s: %s\n", op, answer);
        abort();
    }
    model_result_clear(&r);
    free(text);
    json_decref(batch);
}

static void give_account(struct world *w, const char *id, const char *role, json_t *territories,
                         json_t *establishments)
{
    char token[40];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char hex[65];
    snprintf(token, sizeof token, "token-of-%s", id);
    SHA256((unsigned char *)token, strlen(token), digest);
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    administer(w, "account.put",
               json_pack("{s:s,s:s,s:o,s:o,s:s}", "id", id, "role", role, "territories",
                         territories, "establishments", establishments, "name", id));
    administer(w, "credential.put",
               json_pack("{s:s,s:s,s:s}", "id", hex, "account", id, "type", "token"));
}

static void put_establishment(struct world *w, int i, int territory)
{
    char id[16];
    char code[16];
    snprintf(id, sizeof id, "e-%d", i);
    snprintf(code, sizeof code, "dts-%d", territory);
    administer(w, "establishment.put",
               json_pack("{s:s,s:s,s:s,s:s}", "id", id, "name", "Maison", "establishment_kind",
                         "mecs", "territory", code));
}

static void put_unit(struct world *w, int i, int establishment)
{
    char id[16];
    char host[16];
    snprintf(id, sizeof id, "u-%d", i);
    snprintf(host, sizeof host, "e-%d", establishment);
    administer(w, "unit.put",
               json_pack("{s:s,s:s,s:s,s:s,s:i,s:i,s:o*}", "id", id, "establishment", host, "name",
                         "Groupe", "modality", "internat", "authorised", 12, "emergency_reserved",
                         i % 3 == 0, "max_stay_days", i % 2 ? json_integer(1 + i % 4) : NULL));
}

static void populate(struct world *w)
{
    administer(w, "territory.put",
               json_pack("{s:s,s:s,s:s}", "code", "d31", "name", "31", "level", "departement"));
    for (int i = 0; i < 2; i++) {
        char code[16];
        snprintf(code, sizeof code, "dts-%d", i);
        administer(w, "territory.put",
                   json_pack("{s:s,s:s,s:s,s:s}", "code", code, "name", code, "level", "dts",
                             "parent", "d31"));
    }
    for (int i = 0; i < ESTABLISHMENTS; i++)
        put_establishment(w, i, i % 2);
    for (int i = 0; i < UNITS; i++)
        put_unit(w, i, i % ESTABLISHMENTS);
    for (int i = 0; i < ESTABLISHMENTS; i++) {
        char account[16];
        char host[16];
        snprintf(account, sizeof account, "est-%d", i);
        snprintf(host, sizeof host, "e-%d", i);
        bool sees_all = w->planted == PLANT_SEE_ALL && i == 0;
        give_account(w, account, sees_all ? "astreinte" : "establishment",
                     sees_all ? json_pack("[s]", "d31") : json_array(), json_pack("[s]", host));
    }
    give_account(w, "astreinte", "astreinte", json_pack("[s]", "d31"), json_array());
    give_account(w, "def", "def", json_pack("[s]", "d31"), json_array());
    give_account(w, "asks-0", "territory", json_pack("[s]", "dts-0"), json_array());
    give_account(w, "asks-1", "territory", json_pack("[s]", "dts-1"), json_array());
    give_account(w, "mobile", "mobile", json_pack("[s]", "d31"), json_array());
    give_account(w, "mobile-2", "mobile", json_pack("[s]", "d31"), json_array());
    give_account(w, "admin", "admin", json_array(), json_array());
    /* the world begins on a Friday, at 18:00 */
    administer(w, "calendar.put",
               json_pack("{s:s,s:s,s:[{s:i,s:s,s:s},{s:i,s:s,s:s},{s:i,s:s,s:s}]}", "territory",
                         "d31", "time_zone", "UTC", "office", "day", 5, "from", "17:00", "to",
                         "18:01", "day", 5, "from", "18:02", "to", "18:04", "day", 5, "from",
                         "18:30", "to", "19:30"));
    for (int i = 0; i < UNITS; i += 3) {
        char id[16];
        snprintf(id, sizeof id, "u-%d", i);
        administer(w, "hold_policy.put",
                   json_pack("{s:s,s:i,s:s}", "unit", id, "minutes", 1, "end", "escalate"));
    }
}

static void world_open(struct world *w, uint64_t seed, enum planted planted)
{
    *w = (struct world){.random = seed, .planted = planted, .n_epochs = 1};
    w->now = 1000 * USEC_S;
    w->model = model_new("aa00", WALL);
    if (planted > PLANT_HOLDS)
        model_plant(w->model, (enum model_fault)(planted - PLANT_HOLDS));
    w->owner = model_connect(w->model, true);
    night_open(w);
    populate(w);
    for (int i = 0; i < WORKERS; i++)
        worker_start(w, i);
    for (int i = 0; i < CLIENTS; i++)
        client_open(w, i);
}

static void world_close(struct world *w)
{
    for (int i = 0; i < CLIENTS; i++)
        client_close(&w->client[i]);
    for (int i = 0; i < WORKERS; i++)
        worker_crash(w, i);
    while (w->writes != NULL) {
        struct write *wr = w->writes;
        w->writes = wr->next;
        free(wr);
    }
    free(w->old_state);
    night_close(w);
    model_disconnect(w->owner);
    model_free(w->model);
}

/* What goes wrong */

static void fail_over(struct world *w, int lost)
{
    for (int i = 0; i < WORKERS; i++) {
        link_cut(w, &w->worker[i].follower);
        link_cut(w, &w->worker[i].writer);
        link_cut(w, &w->worker[i].reader);
        link_cut(w, &w->worker[i].history);
    }
    model_disconnect(w->owner);
    model_fail_over(w->model, lost);
    w->owner = model_connect(w->model, true);
    w->losing = w->losing || lost > 0; /* the one before may not have been noticed yet */
    snprintf(w->losing_epoch, sizeof w->losing_epoch, "%s", model_epoch(w->model));
    for (struct write *wr = w->writes; wr != NULL; wr = wr->next)
        if (wr->acknowledged && wr->revision > model_revision(w->model))
            wr->lost = true; /* asynchronous replication does not promise it */
    night_lose(w);
    w->n_epochs++;
    w->failovers++;
}

static void move_something(struct world *w)
{
    if (chance(w, 2))
        put_unit(w, (int)chance(w, UNITS), (int)chance(w, ESTABLISHMENTS));
    else
        put_establishment(w, (int)chance(w, ESTABLISHMENTS), (int)chance(w, 2));
}

static void close_something(struct world *w)
{
    char id[16];
    snprintf(id, sizeof id, "u-%u", ESTABLISHMENTS * 2 + chance(w, UNITS - ESTABLISHMENTS * 2));
    administer(w, "unit.close", json_pack("{s:s}", "unit", id));
}

static void happen(struct world *w)
{
    unsigned pick = chance(w, 3000);
    int i = (int)chance(w, WORKERS);
    struct sim_worker *k = &w->worker[i];
    if (pick < 6) {
        worker_crash(w, i);
    } else if (pick < 12 && k->up) { /* the network to the database is gone for a while */
        k->cut_until = w->now + (usec_t)chance(w, 20000) * USEC_MS;
        link_cut(w, &k->follower);
        link_cut(w, &k->writer);
        link_cut(w, &k->reader);
        link_cut(w, &k->history);
    } else if (pick < 15) {
        fail_over(w, 0);
    } else if (pick < 17) {
        fail_over(w, 1 + (int)chance(w, 12));
    } else if (pick < 40) {
        move_something(w);
    } else if (pick < 44) {
        close_something(w);
    } else if (pick < 46) { /* the database host's clock jumps */
        w->wall_shift += ((usec_t)chance(w, 3700) - 100) * USEC_S;
    } else if (pick < 60) { /* holds end, arrivals are late */
        w->wall_shift += (usec_t)chance(w, 90) * USEC_S;
    } else if (pick < 62) {
        model_fail_next(w->model, chance(w, 2) ? "55P03" : "XX000");
    }
}

static void step(struct world *w)
{
    w->steps++;
    w->now += 1 + (usec_t)chance(w, chance(w, 4) ? 60 : 200) * USEC_MS;
    model_set_clock(w->model, WALL + w->now + w->wall_shift);
    happen(w);
    if (w->losing && strcmp(model_epoch(w->model), w->losing_epoch) != 0)
        w->losing = false;
    for (int i = 0; i < CLIENTS; i++)
        client_act(&w->client[i]);
    for (int i = 0; i < WORKERS; i++)
        worker_step(w, i);
    check_times(w);
    night_judge(w);
    if (w->steps % 500 == 0) {
        check_acknowledged(w);
        check_history(w);
        night_check(w);
    }
}

static bool simulate(uint64_t seed, int steps, enum planted planted, struct world *ret)
{
    world_open(ret, seed, planted);
    while (ret->steps < steps && ret->failure[0] == 0)
        step(ret);
    check_acknowledged(ret);
    check_history(ret);
    night_check(ret);
    ret->night.n_offers = judge_count(&ret->night.judge, "offer.create");
    if (ret->retained == 0)
        broken(ret, "retention", "nobody asked the database to forget what is too old");
    world_close(ret);
    return ret->failure[0] == 0;
}

static int run_one(uint64_t seed, int steps)
{
    static struct world w;
    bool good = simulate(seed, steps, PLANT_NOTHING, &w);
    printf("seed %llu: %d steps, %lu marks, %lu deltas, %lu resumed, %lu restarted, "
           "%lu acknowledged, %lu unknown, %lu crashes, %lu failovers, %lu held, %lu accepted, "
           "%lu arrived, %lu fetched, %lu moved, %zu offers: %s\n",
           (unsigned long long)seed, w.steps, w.marks, w.deltas, w.resumed, w.restarted,
           w.acknowledged, w.unknown, w.crashes, w.failovers, w.night.held, w.night.accepted,
           w.night.arrived, w.night.fetched, w.night.moved, w.night.n_offers,
           good ? "all promises hold" : w.failure);
    return good ? 0 : 1;
}

/* Whether the judges of holds have seen it: another promise that breaks is another fault. */
static bool is_seen(const struct world *w, int planted)
{
    static const char *const seen_by[] = {"holds", "P1 ", "P2", "P12"};
    if (planted < PLANT_HOLDS)
        return true;
    for (size_t i = 0; i < sizeof seen_by / sizeof seen_by[0]; i++)
        if (strncmp(w->failure, seen_by[i], strlen(seen_by[i])) == 0)
            return true;
    return false;
}

/* Every planted fault in [first, last] must be seen, within a few seeds. */
static int run_planted(int first, int last, int steps)
{
    static struct world w;
    int missed = 0;
    for (int planted = first; planted <= last; planted++) {
        bool seen = false;
        for (uint64_t seed = 1; !seen && seed <= 8; seed++)
            seen = !simulate(seed, steps, (enum planted)planted, &w);
        seen = seen && is_seen(&w, planted);
        printf("planted fault %d: %s%s\n", planted, seen ? "" : "NOT SEEN ", w.failure);
        missed += !seen;
    }
    return missed > 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    setvbuf(stdout, NULL, _IOLBF, 0); /* who waits sees how far it is */
    if (strcmp(what, "planted") == 0)
        return run_planted(PLANT_NOTHING + 1, PLANT_HOLDS - 1, STEPS);
    if (strcmp(what, "planted-holds") == 0)
        return run_planted(PLANT_HOLDS + 1, PLANT_NIGHT - 1, STEPS);
    if (strcmp(what, "planted-night") == 0)
        return run_planted(PLANT_NIGHT, PLANT_COUNT - 1, STEPS);
    if (strcmp(what, "seeds") == 0 && argc == 4) {
        int failed = 0;
        for (uint64_t seed = strtoull(argv[2], NULL, 10); seed <= strtoull(argv[3], NULL, 10);
             seed++)
            failed += run_one(seed, STEPS);
        return failed > 0;
    }
    if (argc < 2) {
        fprintf(stderr, "simulation SEED [STEPS] | seeds FIRST LAST | planted | planted-holds | "
                        "planted-night\n");
        return 2;
    }
    return run_one(strtoull(what, NULL, 10), argc > 2 ? (int)strtol(argv[2], NULL, 10) : STEPS);
}
