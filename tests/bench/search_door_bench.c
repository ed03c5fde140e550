/* SPDX-License-Identifier: EUPL-1.2 */
/* A search at the door beside the same question put to PostgreSQL with its best index.
 *
 * The door is measured twice: alone, in this process, from the bytes of the request to those of the
 * encoded answer; and whole, over TLS from a worker. PostgreSQL answers a prepared statement over
 * its Unix socket, from a table of nothing but what a search looks at and the encoded record, with
 * a partial GiST index over the few units that have a free place. It gives the ten best records,
 * under the same conditions in the same order; that they are the same is counted. The door also
 * says why each, what nearly fits and why everything else was rejected; what the last of these
 * alone costs PostgreSQL is a line of its own.
 *
 * The demonstration is copied over France, behind ugod's back, to reach 6 000 and 60 000 units. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/inner_door.h"
#include "bench/kit.h"
#include "bench/server.h"

#define SECONDS_AT_MOST 600
#define QUESTIONS 256
#define SINGLE 2000 /* one at a time */
#define ROUNDS 10   /* …so many times over, at the door alone: its figures are small */
#define DEPTH 8     /* together in flight… */
#define LOTS 400    /* …so many times */
#define LOTS_WHY 8  /* of the question that looks at every unit */
#define LIMIT "10"
#define PARAMS 7
#define KM_PER_DEGREE 111.195
#define MAX_KM 60

struct question {
    char line[300];
    char param[PARAMS][24]; /* x, y, reach (degrees), youngest, oldest, both sexes, now (µs) */
};

struct figures {
    double p50, p99;  /* s, one at a time */
    double processor; /* searches per second of processor time */
    double wall;      /* searches per second, DEPTH in flight; the door alone: one at a time */
};

/* The register */

static void sql(PGconn *pg, const char *text)
{
    PGresult *r = PQexec(pg, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        kit_die("%s", PQerrorMessage(pg));
    PQclear(r);
}

/* Copies the demonstration to the places numbered `from` to `to`; it is itself at place 1. */
static void copy_register(PGconn *pg, int from, int to)
{
    static const char *const statements[] = {
        "INSERT INTO ugo.commune SELECT (jsonb_populate_record(c, jsonb_build_object("
        "'insee', n.insee, 'lat', c.lat + g.lat, 'lon', c.lon + g.lon))).*"
        " FROM ugo.commune c JOIN commune_copy n ON n.old = c.insee JOIN wanted g USING (copy)",
        "INSERT INTO ugo.establishment SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', e.id || '-' || g.copy, 'finess', NULL, 'commune', n.insee,"
        "'lat', e.lat + g.lat, 'lon', e.lon + g.lon))).*"
        " FROM first_establishment e CROSS JOIN wanted g"
        " LEFT JOIN commune_copy n ON n.old = e.commune AND n.copy = g.copy",
        "INSERT INTO ugo.unit SELECT (jsonb_populate_record(u, jsonb_build_object("
        "'id', u.id || '-' || g.copy, 'establishment', u.establishment || '-' || g.copy,"
        "'commune', n.insee, 'lat', u.lat + g.lat, 'lon', u.lon + g.lon))).*"
        " FROM first_unit u CROSS JOIN wanted g"
        " LEFT JOIN commune_copy n ON n.old = u.commune AND n.copy = g.copy",
        "UPDATE ugo.establishment t SET description = d.description"
        " FROM ugo.establishment_described d WHERE d.id = t.id",
        "UPDATE ugo.unit t SET description = d.description"
        " FROM ugo.unit_described d WHERE d.id = t.id",
    };
    char wanted[128];
    snprintf(wanted, sizeof wanted,
             "CREATE TEMP TABLE wanted AS SELECT * FROM place_of WHERE copy BETWEEN %d AND %d",
             from, to);
    sql(pg, "BEGIN");
    sql(pg, wanted);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        sql(pg, statements[i]);
    sql(pg, "DROP TABLE wanted");
    sql(pg, "COMMIT");
    sql(pg, "ANALYZE");
}

/* The original is kept apart; copies lie on a grid over France. */
static void prepare_copies(PGconn *pg)
{
    sql(pg, "CREATE TABLE public.first_establishment AS SELECT * FROM ugo.establishment");
    sql(pg, "CREATE TABLE public.first_unit AS SELECT * FROM ugo.unit");
    sql(pg, "CREATE TABLE public.place_of AS SELECT copy, copy * 37 % 100 * 0.07 AS lat,"
            " copy * 61 % 100 * 0.08 - 2.5 AS lon FROM generate_series(2, 120) AS copy");
    sql(pg, "CREATE TABLE public.commune_copy AS SELECT c.insee AS old, copy,"
            " (40000 + copy * 100 + row_number() OVER (PARTITION BY copy ORDER BY c.insee))::text"
            " AS insee FROM ugo.commune c, generate_series(2, 120) AS copy");
    sql(pg, "CREATE TABLE public.place (id text, place point, youngest int, oldest int, sex text,"
            " siblings_max int, siblings_mixed boolean, modality text, open int, free int,"
            " fresh_until bigint, urgent int, load float, available boolean, record text)");
    sql(pg, "CREATE INDEX ON public.place USING gist (place) WHERE available");
}

static void fill_peer(PGconn *pg)
{
    sql(pg, "TRUNCATE public.place");
    sql(pg,
        "INSERT INTO public.place SELECT id, point((s->'point'->>1)::float * cos(radians(45)),"
        " (s->'point'->>0)::float), (s->>'min_months')::int, (s->>'max_months')::int, s->>'sex',"
        " (s->>'siblings_max')::int, (s->>'siblings_mixed')::boolean, s->>'modality',"
        " (s->>'open')::int, (s->>'open')::int - (s->>'occupied')::int - (s->>'held')::int,"
        " least((s->>'observed_at')::bigint + (s->>'ttl_s')::bigint * 1000000,"
        " (s->>'contested_at')::bigint), (s->>'admission' IS NOT DISTINCT FROM 'always')::int +"
        " coalesce(s->>'modality' = 'urgence' OR (s->>'emergency_reserved')::int >"
        " (s->>'emergency_used')::int + (s->>'held_emergency')::int, false)::int,"
        " ((s->>'occupied')::float + (s->>'held')::int) / nullif((s->>'open')::int, 0),"
        " s->>'observed_at' IS NULL OR"
        " (s->>'open')::int > (s->>'occupied')::int + (s->>'held')::int, s::text"
        " FROM (SELECT id, ugo.unit_state(u)::jsonb AS s FROM ugo.unit u) AS unit");
    sql(pg, "VACUUM ANALYZE public.place");
}

static int count_units(PGconn *pg)
{
    PGresult *r = PQexec(pg, "SELECT count(*) FROM ugo.unit");
    int n = PQntuples(r) == 1 ? (int)strtol(PQgetvalue(r, 0, 0), NULL, 10) : 0;
    PQclear(r);
    return n;
}

/* The questions */

/* [0, n), the same numbers in every run (splitmix64). */
static unsigned pick(uint64_t *seed, unsigned n)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return (unsigned)((z ^ z >> 31) % n);
}

static double between(uint64_t *seed, double low, double high)
{
    return low + (high - low) * pick(seed, 1000000) / 1e6;
}

static void ask_about(struct question *q, int copies, uint64_t *seed)
{
    int copy = 1 + (int)pick(seed, (unsigned)copies);
    double lat = 43.4 + between(seed, -0.4, 0.4) + (copy > 1 ? copy * 37 % 100 * 0.07 : 0);
    double lon = 1.3 + between(seed, -0.4, 0.4) + (copy > 1 ? copy * 61 % 100 * 0.08 - 2.5 : 0);
    int young = 24 + (int)pick(seed, 100);
    int old = young + (int)pick(seed, 60);
    bool mixed = pick(seed, 2);
    snprintf(q->line, sizeof q->line,
             "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"search\",\"params\":{\"children\":[{"
             "\"age_months\":%d,\"sex\":\"F\"},{\"age_months\":%d,\"sex\":\"%s\"}],"
             "\"emergency\":true,\"near\":{\"point\":[%.4f,%.4f]},\"max_km\":%d,\"limit\":" LIMIT
             "}}\n",
             old, young, mixed ? "M" : "F", lat, lon, MAX_KM);
    snprintf(q->param[0], sizeof q->param[0], "%.4f", lon * cos(M_PI / 4));
    snprintf(q->param[1], sizeof q->param[1], "%.4f", lat);
    snprintf(q->param[2], sizeof q->param[2], "%.4f", MAX_KM / KM_PER_DEGREE);
    snprintf(q->param[3], sizeof q->param[3], "%d", young);
    snprintf(q->param[4], sizeof q->param[4], "%d", old);
    snprintf(q->param[5], sizeof q->param[5], "%s", mixed ? "true" : "false");
    snprintf(q->param[6], sizeof q->param[6], "%lld000000", (long long)time(NULL));
}

#define SEX_REFUSED " CASE WHEN $6 THEN sex <> 'any' ELSE sex NOT IN ('any', 'girls') END"

/* Best first: fresh, stale, never declared; fit for an emergency; siblings known to be welcome;
 * distance; load. */
static const char peer_question[] =
    "SELECT id, record FROM public.place WHERE available"
    " AND place <@ circle(point($1, $2), $3) AND coalesce(free >= 2, true)"
    " AND coalesce(youngest <= $4, true) AND coalesce(oldest > $5, true)"
    " AND coalesce(NOT" SEX_REFUSED ", true) AND NOT ($6 AND siblings_mixed IS FALSE)"
    " AND coalesce(siblings_max >= 2, true) AND modality NOT IN ('pad', 'accueil_jour')"
    " ORDER BY free IS NULL, fresh_until <= $7, urgent DESC,"
    " siblings_max IS NULL OR ($6 AND siblings_mixed IS NULL), place <-> point($1, $2), load"
    " LIMIT " LIMIT;

/* How many units are rejected, and by which criterion first. */
static const char peer_why[] =
    "SELECT CASE WHEN open = 0 THEN 'closed' WHEN youngest > $4 OR oldest <= $5 THEN 'age'"
    " WHEN" SEX_REFUSED " THEN 'sex'"
    " WHEN siblings_max < 2 OR ($6 AND siblings_mixed IS FALSE) THEN 'siblings'"
    " WHEN modality IN ('pad', 'accueil_jour') THEN 'modality'"
    " WHEN NOT place <@ circle(point($1, $2), $3) THEN 'distance'"
    " WHEN free < 2 THEN 'full' END AS why, count(*) FROM public.place"
    " WHERE $7::bigint > 0 GROUP BY why";

/* The door */

static void measure_alone(struct figures *f, const struct question *questions,
                          struct inner_door *door)
{
    static double times[ROUNDS * SINGLE];
    const char *answer;
    for (int i = 0; i < QUESTIONS; i++)
        inner_door_ask(door, questions[i].line, &answer);
    double cpu = kit_processor_time(getpid());
    double begin = kit_seconds();
    for (int i = 0; i < ROUNDS * SINGLE; i++) {
        double from = kit_seconds();
        inner_door_ask(door, questions[i % QUESTIONS].line, &answer);
        times[i] = kit_seconds() - from;
    }
    f->wall = ROUNDS * SINGLE / (kit_seconds() - begin);
    f->processor = ROUNDS * SINGLE / (kit_processor_time(getpid()) - cpu);
    f->p50 = kit_quantile(times, ROUNDS * SINGLE, 0.5);
    f->p99 = kit_quantile(times, ROUNDS * SINGLE, 0.99);
}

static void measure_door(struct figures *f, const struct question *questions, SSL_CTX *ctx)
{
    static double times[SINGLE];
    pid_t worker = server_worker();
    struct link *l = kit_alloc(1, sizeof *l);
    link_open(l, ctx, SERVER_PORT);
    link_greet(l, server_token("astreinte"));
    for (int i = 0; i < SINGLE; i++) {
        double from = kit_seconds();
        link_send(l, questions[i % QUESTIONS].line);
        link_await(l, "\"id\":\"q\",\"result\"");
        times[i] = kit_seconds() - from;
    }
    double cpu = kit_processor_time(worker);
    double from = kit_seconds();
    for (int i = 0; i < LOTS; i++) {
        char lot[DEPTH * sizeof questions->line] = "";
        size_t n = 0;
        for (int k = 0; k < DEPTH; k++)
            n += (size_t)snprintf(lot + n, sizeof lot - n, "%s",
                                  questions[(i * DEPTH + k) % QUESTIONS].line);
        link_send(l, lot);
        for (int k = 0; k < DEPTH; k++)
            link_await(l, "\"id\":\"q\",\"result\"");
    }
    f->wall = LOTS * DEPTH / (kit_seconds() - from);
    f->processor = LOTS * DEPTH / (kit_processor_time(worker) - cpu);
    f->p50 = kit_quantile(times, SINGLE, 0.5);
    f->p99 = kit_quantile(times, SINGLE, 0.99);
    link_close(l);
    free(l);
}

/* PostgreSQL */

static void put(PGconn *pg, const struct question *q)
{
    const char *params[PARAMS];
    for (int i = 0; i < PARAMS; i++)
        params[i] = q->param[i];
    if (PQsendQueryPrepared(pg, "question", PARAMS, params, NULL, NULL, 0) != 1)
        kit_die("%s", PQerrorMessage(pg));
}

/* The rows of one answer: PQclear'ed by the caller. */
static PGresult *take(PGconn *pg)
{
    PGresult *rows = PQgetResult(pg);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK || PQgetResult(pg) != NULL)
        kit_die("%s", PQerrorMessage(pg));
    return rows;
}

static void put_lot(PGconn *pg, const struct question *questions, int first)
{
    for (int k = 0; k < DEPTH; k++)
        put(pg, &questions[(first + k) % QUESTIONS]);
    if (PQpipelineSync(pg) != 1)
        kit_die("%s", PQerrorMessage(pg));
    for (int k = 0; k < DEPTH; k++)
        PQclear(take(pg));
    PQclear(PQgetResult(pg)); /* the end of the pipeline */
}

static PGconn *ask_peer(const char *statement)
{
    PGconn *pg = server_database();
    sql(pg, "SET jit = off"); /* it only costs here */
    PQclear(PQprepare(pg, "question", statement, 0, NULL));
    return pg;
}

static void measure_peer(struct figures *f, const struct question *questions, const char *statement,
                         int lots)
{
    static double times[SINGLE];
    PGconn *pg = ask_peer(statement);
    pid_t backend = PQbackendPID(pg);
    int single = lots < LOTS ? lots * DEPTH : SINGLE;
    for (int i = 0; i < single; i++) {
        double from = kit_seconds();
        put(pg, &questions[i % QUESTIONS]);
        PQclear(take(pg));
        times[i] = kit_seconds() - from;
    }
    if (PQenterPipelineMode(pg) != 1)
        kit_die("%s", PQerrorMessage(pg));
    double cpu = kit_processor_time(backend);
    double from = kit_seconds();
    for (int i = 0; i < lots; i++)
        put_lot(pg, questions, i * DEPTH);
    f->wall = lots * DEPTH / (kit_seconds() - from);
    f->processor = lots * DEPTH / (kit_processor_time(backend) - cpu);
    f->p50 = kit_quantile(times, single, 0.5);
    f->p99 = kit_quantile(times, single, 0.99);
    PQfinish(pg);
}

/* Whether it is the same question: how many units both give. Among equals each has its own order,
 * and PostgreSQL measures on a plane. */
static void compare(const struct question *questions, struct inner_door *door)
{
    PGconn *pg = ask_peer(peer_question);
    size_t ours = 0, theirs = 0, both = 0, bytes = 0, bytes_peer = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        const char *answer;
        bytes += inner_door_ask(door, questions[i].line, &answer);
        put(pg, &questions[i]);
        PGresult *rows = take(pg);
        json_t *line = json_loads(answer, 0, NULL);
        const json_t *results = json_object_get(json_object_get(line, "result"), "results");
        theirs += (size_t)PQntuples(rows);
        ours += json_array_size(results);
        for (int row = 0; row < PQntuples(rows); row++) {
            bytes_peer += (size_t)PQgetlength(rows, row, 1);
            for (size_t k = 0; k < json_array_size(results); k++) {
                const json_t *unit = json_object_get(json_array_get(results, k), "unit");
                both += strcmp(json_string_value(json_object_get(unit, "id")),
                               PQgetvalue(rows, row, 0)) == 0;
            }
        }
        json_decref(line);
        PQclear(rows);
    }
    PQfinish(pg);
    printf("  units found: %.1f a question by the door, %.1f by PostgreSQL, %.1f by both;"
           " %.1f kB and %.1f kB an answer\n",
           (double)ours / QUESTIONS, (double)theirs / QUESTIONS, (double)both / QUESTIONS,
           (double)bytes / QUESTIONS / 1e3, (double)bytes_peer / QUESTIONS / 1e3);
}

/* A table */

static void print_figures(const char *what, const struct figures *f)
{
    printf("  %-22s p50 %7.0f us  p99 %7.0f us %8.0f /s %8.0f /s of its processor time\n", what,
           f->p50 * 1e6, f->p99 * 1e6, f->wall, f->processor);
}

static void measure_size(SSL_CTX *ctx, int copies)
{
    static struct question questions[QUESTIONS];
    struct figures alone, door, peer, why;
    PGconn *pg = server_database();
    uint64_t seed = 4711;
    for (int i = 0; i < QUESTIONS; i++)
        ask_about(&questions[i], copies, &seed);
    fill_peer(pg);
    struct inner_door *inner = inner_door_open(pg, server_token("astreinte"));
    printf("search at the door, %d units\n", count_units(pg));
    PQfinish(pg);
    compare(questions, inner);
    measure_alone(&alone, questions, inner);
    inner_door_close(inner);
    measure_peer(&peer, questions, peer_question, LOTS);
    measure_peer(&why, questions, peer_why, LOTS_WHY);
    measure_door(&door, questions, ctx);
    print_figures("request to answer", &alone);
    print_figures("the same over TLS", &door);
    print_figures("PostgreSQL", &peer);
    print_figures("PostgreSQL, only why", &why);
    printf("  request to answer: %.1f times PostgreSQL's throughput, %.1f of processor time"
           " (aim 5)\n"
           "  over TLS: %.1f times, %.1f of processor time; p50 %.1f times faster\n",
           alone.wall / peer.wall, alone.processor / peer.processor, door.wall / peer.wall,
           door.processor / peer.processor, peer.p50 / door.p50);
}

static void measure(void)
{
    static const int copies[] = {1, 11, 108}; /* a département, ten, the country */
    server_start();
    SSL_CTX *ctx = server_client(NULL);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        PGconn *pg = server_database();
        if (i == 0)
            prepare_copies(pg);
        else
            copy_register(pg, copies[i - 1] + 1, copies[i]);
        PQfinish(pg);
        server_restart(); /* reads it; and PostgreSQL is its child */
        measure_size(ctx, copies[i]);
    }
    server_stop();
    SSL_CTX_free(ctx);
}

int main(void)
{
    return kit_run(measure, SECONDS_AT_MOST);
}
