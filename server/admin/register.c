/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/register.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/instant.h"
#include "sync/sql.h"

#define BATCH_MAX 64
/* A batch keeps the writer lock while it runs; heartbeats of the daemon want it every 0.8 s. */
#define BATCH_LONG (200 * USEC_MS)
#define ATTEMPTS_MAX 20 /* with up to two seconds between them */

static void clear_result(PGresult **r)
{
    PQclear(*r);
}

static usec_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

/* ── reading ──────────────────────────────────────────────────────────────────────────────── */

/* Each record with the members of its put operation, as they were given: what a unit inherits from
 * its establishment is not repeated on it. */
static const char sql_known[] =
    "SELECT 'ledger', '', to_jsonb(revision)::text FROM ugo.ledger"
    " UNION ALL SELECT 'territory', code, jsonb_strip_nulls(jsonb_build_object('name', name,"
    " 'level', level, 'parent', parent))::text FROM ugo.territory"
    " UNION ALL SELECT 'commune', insee, jsonb_strip_nulls(jsonb_build_object('name', name,"
    " 'postcodes', postcodes, 'point', ugo.point(lat, lon), 'territory', territory))::text"
    " FROM ugo.commune"
    " UNION ALL SELECT 'establishment_kind', code, jsonb_build_object('finess_categories',"
    " finess_categories, 'ttl_s', ttl_s, 'modality', modality, 'visibility', visibility)::text"
    " FROM ugo.establishment_kind"
    " UNION ALL SELECT 'establishment', id, jsonb_strip_nulls(jsonb_build_object('name', name,"
    " 'establishment_kind', establishment_kind, 'finess', finess, 'operator', operator,"
    " 'address', address, 'territory', territory, 'commune', commune, 'point',"
    " ugo.point(lat, lon), 'precision', CASE WHEN lat IS NOT NULL THEN \"precision\" END,"
    " 'visibility', visibility, 'contact', CASE WHEN coalesce(contact_day, contact_night)"
    " IS NOT NULL THEN jsonb_build_object('day', contact_day, 'night', contact_night) END))::text"
    " FROM ugo.establishment"
    " UNION ALL SELECT 'unit', id, jsonb_strip_nulls(jsonb_build_object('establishment',"
    " establishment, 'name', name, 'modality', modality, 'min_months', min_months,"
    " 'max_months', max_months, 'sex', sex, 'siblings_max', siblings_max, 'siblings_mixed',"
    " siblings_mixed, 'admission', admission, 'delay_h', delay_h, 'accepts',"
    " nullif(accepts, '{}'), 'max_stay_days', max_stay_days, 'visibility', visibility,"
    " 'territory', territory, 'commune', commune, 'point', ugo.point(lat, lon), 'contact',"
    " CASE WHEN coalesce(contact_day, contact_night) IS NOT NULL THEN"
    " jsonb_build_object('day', contact_day, 'night', contact_night) END, 'ttl_s', ttl_s,"
    " 'authorised', authorised, 'installed', installed, 'emergency_reserved',"
    " nullif(emergency_reserved, 0), 'fallback', fallback, 'declared', CASE WHEN observed_at IS "
    "NOT NULL THEN true END"
    "))::text FROM ugo.unit";

static int keep_record(json_t *known, const char *kind, const char *id, const char *state)
{
    json_t *all = json_object_get(known, kind), *record = json_loads(state, 0, NULL);

    if (all == NULL) {
        all = json_object();
        if (json_object_set_new(known, kind, all) != 0)
            all = NULL;
    }
    if (all == NULL || record == NULL) {
        json_decref(record);
        return -ENOMEM;
    }
    return json_object_set_new(all, id, record) == 0 ? 0 : -ENOMEM;
}

int register_read(PGconn *c, json_t **ret_known, long long *ret_revision)
{
    PGresult *rows CLEANUP(clear_result) = PQexec(c, sql_known);
    json_t *known;

    if (PQresultStatus(rows) != PGRES_TUPLES_OK)
        return -EIO;
    known = json_object();
    for (int i = 0; i < PQntuples(rows); i++) {
        const char *kind = PQgetvalue(rows, i, 0), *state = PQgetvalue(rows, i, 2);
        int r = 0;

        if (strcmp(kind, "ledger") == 0)
            *ret_revision = strtoll(state, NULL, 10);
        else
            r = keep_record(known, kind, PQgetvalue(rows, i, 1), state);
        if (known == NULL || r != 0) {
            json_decref(known);
            return -ENOMEM;
        }
    }
    *ret_known = known;
    return 0;
}

/* ── sending ──────────────────────────────────────────────────────────────────────────────── */

static void hex_of(span a, span b, char ret_hex[static 65])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct buf both = {0};

    buf_add(&both, a);
    buf_add(&both, b);
    SHA256((const unsigned char *)(both.p != NULL ? both.p : ""), both.n, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
    buf_free(&both);
}

/* What a command's digest is of: its params, but no secret. */
static char *told(const json_t *params)
{
    json_t *open = json_copy((json_t *)params);
    char *text;

    if (json_is_object(open)) {
        (void)json_object_del(open, "scrypt");
        (void)json_object_del(open, "secret");
    }
    text = open != NULL ? json_dumps(open, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(open);
    return text;
}

/* The i-th command as apply_batch wants it. */
static json_t *envelope(const struct register_send *how, const json_t *command, size_t i)
{
    const char *account = json_string_value(json_object_get(command, "account"));
    const char *channel = json_string_value(json_object_get(command, "channel"));
    json_t *params = json_object_get(command, "params");
    char *body = told(params);
    char number[24], key[65], digest[65];
    json_t *e;

    if (body == NULL)
        return NULL;
    snprintf(number, sizeof number, "/%zu", i);
    hex_of(how->seed, span_of(number), key);
    hex_of(span_of(body), (span){"", 0}, digest);
    free(body);
    e = json_pack("{s:s, s:O, s:s, s:s, s:s, s:O}", "account",
                  account != NULL ? account : how->account, "op", json_object_get(command, "op"),
                  "key", key, "digest", digest, "channel", channel != NULL ? channel : how->channel,
                  "params", params);
    return e;
}

/* Runs one batch, again on a new connection when the answer is lost. *ret_reply is the caller's. */
static int run_batch(PGconn *c, const char *batch, json_t **ret_reply)
{
    const char *values[] = {batch};

    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        PGresult *r CLEANUP(clear_result) = NULL;

        if (attempt > 0) {
            usec_t wait = attempt < 10 ? attempt * 200 * USEC_MS : 2 * USEC_S;
            struct timespec pause = {wait / USEC_S, wait % USEC_S * 1000};

            nanosleep(&pause, NULL);
            PQreset(c);
            if (PQstatus(c) != CONNECTION_OK)
                continue;
        }
        r = PQexecParams(c, sql_texts[QUERY_APPLY].sql, 1, NULL, values, NULL, NULL, 0);
        if (PQresultStatus(r) == PGRES_TUPLES_OK) {
            *ret_reply = json_loads(PQgetvalue(r, 0, 0), 0, NULL);
            return *ret_reply != NULL ? 0 : -EIO;
        }
        if (PQstatus(c) == CONNECTION_OK)
            return -EIO;
    }
    return -EIO;
}

static void count_reply(const struct register_send *how, json_t *command, json_t *reply,
                        struct register_sent *sent)
{
    const char *type = json_string_value(json_object_get(reply, "type"));

    if (type != NULL && strcmp(type, "ok") == 0) {
        if (json_is_integer(json_object_get(reply, "revision")))
            sent->changed++;
        else
            sent->unchanged++;
    } else if (type != NULL && strcmp(type, "outdated") == 0) {
        sent->outdated++;
    } else {
        sent->refused++;
        if (how->refused != NULL)
            how->refused(how->owner, &(struct register_refusal){command, reply});
    }
}

/* Sends commands[first … first+n). */
static int send_some(PGconn *c, const json_t *commands, size_t first, size_t n,
                     const struct register_send *how, struct register_sent *sent)
{
    json_t *batch = json_array(), *reply = NULL;
    char *text;
    int r = batch == NULL ? -ENOMEM : 0;

    for (size_t i = first; i < first + n && r == 0; i++)
        if (json_array_append_new(batch, envelope(how, json_array_get(commands, i), i)) != 0)
            r = -ENOMEM;
    text = r == 0 ? json_dumps(batch, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(batch);
    if (text == NULL)
        return -ENOMEM;
    r = run_batch(c, text, &reply);
    free(text);
    for (size_t i = 0; i < n && r == 0; i++)
        count_reply(how, json_array_get(commands, first + i),
                    json_array_get(json_object_get(reply, "replies"), i), sent);
    if (r == 0)
        sent->revision = json_integer_value(json_object_get(reply, "revision"));
    json_decref(reply);
    return r;
}

int register_apply(PGconn *c, const json_t *commands, const struct register_send *how,
                   struct register_sent *ret_sent)
{
    size_t all = json_array_size(commands), size = BATCH_MAX;

    *ret_sent = (struct register_sent){0};
    for (size_t done = 0; done < all;) {
        size_t n = all - done < size ? all - done : size;
        usec_t start = monotonic(), took;
        int r = send_some(c, commands, done, n, how, ret_sent);

        if (r != 0)
            return r;
        done += n;
        took = monotonic() - start;
        if (took > BATCH_LONG && size > 1)
            size /= 2;
        else if (took < BATCH_LONG / 2 && size < BATCH_MAX)
            size *= 2;
        if (how->progress != NULL)
            how->progress(how->owner, done, all);
    }
    return 0;
}
