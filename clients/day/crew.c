/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/crew.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/failure.h"
#include "clients/ugo/unit_text.h"
#include "proto/limits.h"

#define WORKERS_MAX 512

/* ── Coming and going ── */

static int worker_open(struct crew *c, struct worker *w, const char *folder, const char *account)
{
    struct settings settings = {0};
    int r = settings_demo(c->screen, folder, account, &c->keep, &settings);
    if (r != 0)
        return r;
    struct ugo_client_options client = {
        .name = "ugo-day/" UGO_VERSION,
        .token = settings.token,
        .seed = ugo_random(),
    };
    struct ugo_link_options link = {
        .host = settings.host,
        .port = settings.port,
        .server_name = settings.server_name,
        .ca_file = settings.ca,
        .cert_file = settings.cert,
        .key_file = settings.cert_key,
    };
    enum ugo_link_fault fault = UGO_LINK_FINE;
    w->account = words_copy(&c->keep, account, strlen(account));
    r = ugo_client_new(&client, ugo_now(), &w->client);
    if (r == 0)
        r = ugo_link_new(&link, w->client, &fault, &w->link);
    if (r == 0)
        return 0;
    const char *file = fault == UGO_LINK_CA_FILE ? settings.ca : settings.cert;
    return failure_link(c->screen, fault, "", file != NULL ? file : "?", "");
}

static void worker_close(struct worker *w)
{
    ugo_link_free(w->link);
    ugo_client_free(w->client);
    w->link = NULL;
    w->client = NULL;
    w->listed = true;
}

int crew_open(struct crew *c, struct screen *s, const char *folder, uint64_t seed)
{
    *c = (struct crew){.screen = s, .seed = seed, .run = ugo_random()};
    json_t *demo = demo_read(s, folder), *account;
    size_t i;
    int r = demo != NULL ? 0 : EXIT_USAGE;

    c->left_alone = json_object();
    c->workers = calloc(WORKERS_MAX, sizeof *c->workers);
    json_array_foreach (json_object_get(demo, "accounts"), i, account) {
        const char *name = json_string_value(json_object_get(account, "account"));
        const char *role = json_string_value(json_object_get(account, "role"));
        if (r != 0 || c->workers == NULL || c->n_workers == WORKERS_MAX || name == NULL ||
            role == NULL || strcmp(role, "establishment") != 0)
            continue;
        r = worker_open(c, &c->workers[c->n_workers++], folder, name);
        words_free(&s->words);
    }
    json_decref(demo);
    if (r == 0 && c->n_workers < 2) {
        screen_complain(s, say(s, MSG_DAY_TOO_FEW));
        r = EXIT_USAGE;
    }
    return r;
}

void crew_close(struct crew *c)
{
    for (size_t i = 0; i < c->n_workers; i++)
        worker_close(&c->workers[i]);
    for (size_t i = 0; i < c->n_units; i++)
        free(c->units[i].id);
    free(c->units);
    free(c->workers);
    json_decref(c->left_alone);
    words_free(&c->keep);
}

/* ── What they speak for ── */

static int list_more(struct worker *w, const char *cursor)
{
    json_t *params = json_pack("{s:i, s:s*}", "limit", LIMIT_PAGE, "cursor", cursor);
    if (params == NULL)
        return -ENOMEM;
    int r = ugo_request(w->client, "unit.list", params, UGO_REPEAT, &w->listing);
    json_decref(params);
    return r;
}

/* What the server says of a unit is what its people know. */
static void unit_learn(struct day_unit *u, const json_t *record)
{
    int64_t free_now = unit_count(record, "free");
    u->free = free_now > 0 ? (int)free_now : 0;
    u->plan.open = (int)unit_count(record, "open");
    u->plan.occupied = (int)unit_count(record, "occupied");
    u->plan.closed = (int)unit_count(record, "closed");
    u->plan.authorised = (int)unit_count(record, "authorised");
    u->plan.ttl_s = json_integer_value(json_object_get(record, "ttl_s"));
}

static int unit_add(struct crew *c, size_t worker, const json_t *record)
{
    if (c->n_units == c->room) {
        size_t room = c->room > 0 ? 2 * c->room : 256;
        struct day_unit *units = reallocarray(c->units, room, sizeof *units);
        if (units == NULL)
            return -ENOMEM;
        c->units = units;
        c->room = room;
    }
    struct day_unit u = {.id = strdup(unit_id(record)), .worker = worker};
    if (u.id == NULL)
        return -ENOMEM;
    unit_learn(&u, record);
    c->units[c->n_units++] = u;
    return 0;
}

static int on_list(struct crew *c, size_t worker, const json_t *page)
{
    struct worker *w = &c->workers[worker];
    const char *next = json_string_value(json_object_get(page, "next"));
    const json_t *record;
    size_t i;

    w->listing = 0;
    json_array_foreach (json_object_get(page, "units"), i, record) {
        int r = 0;
        if (worker == 0)
            json_object_set_new(c->left_alone, unit_id(record), json_true());
        else
            r = unit_add(c, worker, record);
        if (r < 0)
            return r;
    }
    w->listed = next == NULL;
    return next != NULL ? list_more(w, next) : 0;
}

bool crew_is_listed(const struct crew *c)
{
    for (size_t i = 0; i < c->n_workers; i++) {
        if (!c->workers[i].listed)
            return false;
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct day_unit *)a)->id, ((const struct day_unit *)b)->id);
}

void crew_begin(struct crew *c)
{
    size_t kept = 0;

    worker_close(&c->workers[0]);
    /* Two accounts may share a unit: it is spoken for once. */
    qsort(c->units, c->n_units, sizeof *c->units, by_id);
    for (size_t i = 0; i < c->n_units; i++) {
        struct day_unit *u = &c->units[i];
        bool again = kept > 0 && strcmp(c->units[kept - 1].id, u->id) == 0;
        if (again || json_object_get(c->left_alone, u->id) != NULL) {
            free(u->id);
            continue;
        }
        u->plan.habit = plan_habit(c->seed, c->workers[u->worker].account);
        plan_begin(&u->plan, c->seed, u->id);
        c->units[kept++] = *u;
    }
    c->n_units = kept;
}

/* ── What they say ── */

static json_t *word_params(const struct crew *c, const struct day_unit *u, struct plan_word w)
{
    char key[64];
    snprintf(key, sizeof key, "day-%016llx-%zu-%u", (unsigned long long)c->run,
             (size_t)(u - c->units), u->said);
    json_t *params = json_pack("{s:s, s:s}", "unit", u->id, "idempotency_key", key);
    if (w.confirm)
        return params;
    json_object_set_new(params, "occupied", json_integer(w.occupied));
    if (w.open >= 0)
        json_object_set_new(params, "open", json_integer(w.open));
    if (w.closed >= 0)
        json_object_set_new(params, "closed",
                            json_pack("{s:i, s:s*}", "n", w.closed, "reason", w.reason));
    if (w.derogation != NULL)
        json_object_set_new(params, "derogation", json_string(w.derogation));
    return params;
}

int crew_say(struct crew *c, struct day_unit *u)
{
    struct worker *w = &c->workers[u->worker];
    struct plan_word word = plan_say(&u->plan);

    if (w->client == NULL)
        return 0;
    u->said++;
    u->confirming = word.confirm;
    json_t *params = word_params(c, u, word);
    if (params == NULL)
        return -ENOMEM;
    int r = ugo_request(w->client, word.confirm ? "unit.confirm" : "unit.declare", params,
                        UGO_REPEAT, &u->request);
    json_decref(params);
    return r;
}

static struct day_unit *unit_asking(const struct crew *c, size_t worker, uint64_t request)
{
    for (size_t i = 0; i < c->n_units; i++) {
        if (c->units[i].worker == worker && c->units[i].request == request)
            return &c->units[i];
    }
    return NULL;
}

static void on_answer(struct crew *c, size_t worker, const struct ugo_event *e)
{
    struct day_unit *u = unit_asking(c, worker, e->request);
    if (u == NULL)
        return;
    u->request = 0;
    const json_t *record = json_object_get(e->type == UGO_ANSWER ? e->body : e->error.data, "unit");
    if (json_is_object(record))
        unit_learn(u, record);
    if (e->type == UGO_ERROR)
        c->refused++;
    else if (u->confirming)
        c->confirmed++;
    else
        c->declared++;
}

int crew_free_places(const struct crew *c)
{
    int places = 0;
    for (size_t i = 0; i < c->n_units; i++)
        places += c->units[i].free;
    return places;
}

bool crew_is_silent(const struct crew *c)
{
    for (size_t i = 0; i < c->n_units; i++) {
        if (c->units[i].request != 0)
            return false;
    }
    return true;
}

/* ── Events ── */

static int on_event(struct crew *c, size_t worker, const struct ugo_event *e)
{
    struct worker *w = &c->workers[worker];

    if (e->type == UGO_READY && !w->listed && w->listing == 0)
        return list_more(w, NULL);
    if (e->type == UGO_REFUSED) {
        screen_complain(c->screen, words_printf(&c->screen->words, "%s: %s", w->account,
                                                label(c->screen, "error", e->error.type)));
        w->listed = true; /* it has nothing to say any more */
    }
    if (e->request == 0 || (e->type != UGO_ANSWER && e->type != UGO_ERROR))
        return 0;
    if (e->request != w->listing) {
        on_answer(c, worker, e);
        return 0;
    }
    if (e->type == UGO_ANSWER)
        return on_list(c, worker, e->body);
    w->listed = true;
    w->listing = 0;
    return 0;
}

static int worker_work(struct crew *c, size_t worker, short revents)
{
    struct worker *w = &c->workers[worker];
    struct ugo_event e;
    int r = ugo_link_work(w->link, revents);
    while (r >= 0 && ugo_client_next(w->client, &e))
        r = on_event(c, worker, &e);
    return r;
}

int crew_turn(struct crew *c, int timeout_ms, const sigset_t *mask)
{
    struct pollfd entries[WORKERS_MAX];
    int64_t now = ugo_now(), until = now + (int64_t)timeout_ms * 1000;

    for (size_t i = 0; i < c->n_workers; i++) {
        entries[i] = (struct pollfd){.fd = -1};
        if (c->workers[i].link == NULL)
            continue;
        ugo_link_poll(c->workers[i].link, &entries[i]);
        int64_t deadline = ugo_link_deadline(c->workers[i].link);
        until = deadline < until ? deadline : until;
    }
    int64_t wait = until > now ? until - now : 0;
    struct timespec t = {.tv_sec = (time_t)(wait / 1000000),
                         .tv_nsec = (long)(wait % 1000000) * 1000};
    if (ppoll(entries, c->n_workers, &t, mask) < 0)
        return errno == EINTR ? 0 : -errno;
    now = ugo_now();
    for (size_t i = 0; i < c->n_workers; i++) {
        struct worker *w = &c->workers[i];
        if (w->link == NULL || (entries[i].revents == 0 && ugo_link_deadline(w->link) > now))
            continue;
        int r = worker_work(c, i, entries[i].revents);
        if (r < 0)
            return r;
    }
    return 0;
}
