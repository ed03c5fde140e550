/* SPDX-License-Identifier: EUPL-1.2 */
/* The secret of a link exists here only, between making it and handing it over: the database knows
 * its digest, the log nothing. */
#include "daemon/outbox.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "admin/token.h"
#include "api/secret.h"
#include "log/log.h"
#include "sync/sql.h"

#define CONNECT_S 5L
#define ANSWER_S 15L
#define PATIENCE_S 2 /* of whoever ends it */
#define FILE_NAME "outbox.jsonl"

struct outbox {
    const struct conf *conf;
    const char *conninfo;
    atomic_bool ending;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    PGconn *connection; /* the thread's, as what follows */
    CURL *curl;
};

/* A row of outbox_take. */
struct reminder {
    const char *id, *attempt, *account, *unit, *question, *hold, *address, *unit_name,
        *establishment_name;
};

int outbox_sign(const char *secret, long long at, const char *body,
                char ret_text[static OUTBOX_SIGNATURE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    size_t size = strlen(body) + 24;
    char *text = malloc(size);
    if (text == NULL)
        return -ENOMEM;
    int length = snprintf(text, size, "%lld.%s", at, body);
    bool done = HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text,
                     (size_t)length, digest, &n) != NULL;
    free(text);
    int used = snprintf(ret_text, OUTBOX_SIGNATURE, "t=%lld,v1=", at);
    for (unsigned i = 0; i < n && done; i++)
        used += snprintf(ret_text + used, OUTBOX_SIGNATURE - (size_t)used, "%02x", digest[i]);
    return done ? 0 : -EIO;
}

/* The database */

/* NULL: it failed (said), and the connection is gone. */
static PGresult *ask(struct outbox *o, enum query query, const char *const *params)
{
    const struct sql_text *q = &sql_texts[query];
    PGresult *r = PQexecParams(o->connection, q->sql, q->n_params, NULL, params, NULL, NULL, 0);
    if (PQresultStatus(r) == PGRES_TUPLES_OK)
        return r;
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    log_line(LOG_WARNING, "reminders_failed", "sqlstate=%s", state ? state : "08006");
    PQclear(r);
    PQfinish(o->connection);
    o->connection = NULL;
    return NULL;
}

static bool connected(struct outbox *o)
{
    if (o->connection != NULL && PQstatus(o->connection) == CONNECTION_OK)
        return true;
    PQfinish(o->connection);
    const char *const names[] = {"dbname", "connect_timeout", "application_name", "options", NULL};
    const char *const values[] = {o->conninfo, "5", "ugod reminders", "-c statement_timeout=10s",
                                  NULL};
    o->connection = PQconnectdbParams(names, values, 1);
    return PQstatus(o->connection) == CONNECTION_OK;
}

/* Whether a batch of one command was answered ok. */
static bool is_ok(const char *result)
{
    const char *type = NULL;
    json_t *json = json_loads(result, 0, NULL);
    bool ok =
        json_unpack(json, "{s:[{s:s}]}", "replies", "type", &type) == 0 && strcmp(type, "ok") == 0;
    json_decref(json);
    return ok;
}

/* The link that a reminder brings; its secret is kept nowhere else. */
static bool make_link(struct outbox *o, const struct reminder *m,
                      char ret_secret[static BASE64URL_TEXT(LINK_BYTES)])
{
    unsigned char bytes[LINK_BYTES];
    char id[TOKEN_HASH], key[65];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    base64url_write(bytes, sizeof bytes, ret_secret);
    explicit_bzero(bytes, sizeof bytes);
    token_hash(ret_secret, id);
    snprintf(key, sizeof key, "outbox-%.56s", id);
    json_t *batch =
        json_pack("[{s:s,s:s,s:s,s:s,s:s,s:{s:s,s:s,s:s,s:s,s:s*}}]", "account", "daemon", "op",
                  "link.put", "key", key, "digest", "", "channel", "api", "params", "id", id,
                  "account", m->account, "unit", m->unit, "question", m->question, "hold", m->hold);
    char *text = batch != NULL ? json_dumps(batch, JSON_COMPACT) : NULL;
    json_decref(batch);
    if (text == NULL)
        return false;
    PGresult *r = ask(o, QUERY_APPLY, (const char *const[]){text});
    bool made = r != NULL && PQntuples(r) == 1 && is_ok(PQgetvalue(r, 0, 0));
    PQclear(r);
    free(text);
    return made;
}

/* Handing over */

static char *body_of(const struct outbox *o, const struct reminder *m, const char *secret)
{
    char *url = link_address(o->conf->public_url, secret);
    if (url == NULL)
        return NULL;
    json_t *json = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s?,s:s?,s:s?,s:s}", "id", m->id, "question",
                             m->question, "account", m->account, "address", m->address, "unit",
                             m->unit, "unit_name", m->unit_name, "establishment_name",
                             m->establishment_name, "hold", m->hold, "url", url);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    explicit_bzero(url, strlen(url));
    free(url);
    return text;
}

static int go_on(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct outbox *o = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&o->ending);
}

static size_t drop(char *p, size_t size, size_t n, void *ctx)
{
    (void)p, (void)ctx;
    return size * n;
}

static struct curl_slist *fields_of(const struct outbox *o, const struct reminder *m,
                                    const char *body)
{
    char signature[OUTBOX_SIGNATURE], text[OUTBOX_SIGNATURE + 32];
    struct curl_slist *fields = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(text, sizeof text, "Ugo-Id: %s", m->id);
    fields = curl_slist_append(fields, text);
    if (o->conf->reminder_secret[0] == '\0')
        return fields;
    if (outbox_sign(o->conf->reminder_secret, time(NULL), body, signature) != 0) {
        curl_slist_free_all(fields);
        return NULL;
    }
    snprintf(text, sizeof text, "Ugo-Signature: %s", signature);
    return curl_slist_append(fields, text);
}

/* The status of the gateway's answer; 0: none came. */
static long post(struct outbox *o, const struct reminder *m, const char *body)
{
    long status = 0;
    struct curl_slist *fields = fields_of(o, m, body);
    if (fields == NULL)
        return 0;
    curl_easy_reset(o->curl);
    curl_easy_setopt(o->curl, CURLOPT_URL, o->conf->reminder_webhook);
    curl_easy_setopt(o->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(o->curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(o->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(o->curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(o->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(o->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(o->curl, CURLOPT_TIMEOUT, ANSWER_S);
    curl_easy_setopt(o->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(o->curl, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(o->curl, CURLOPT_XFERINFODATA, o);
    if (curl_easy_perform(o->curl) == CURLE_OK)
        curl_easy_getinfo(o->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(fields);
    return status;
}

static bool write_line(const struct outbox *o, const char *body)
{
    char path[4096];
    size_t n = strlen(body);
    snprintf(path, sizeof path, "%s/%s", o->conf->data_dir, FILE_NAME);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    char *line = malloc(n + 2);
    bool written = line != NULL;
    if (written) {
        snprintf(line, n + 2, "%s\n", body);
        written = write(fd, line, n + 1) == (ssize_t)n + 1;
    }
    free(line);
    return close(fd) == 0 && written;
}

/* The state that a reminder has after this. */
static void note(struct outbox *o, const struct reminder *m, bool sent, long status)
{
    const char *const params[] = {m->id, m->attempt, sent ? "t" : "f"};
    PGresult *r = ask(o, QUERY_OUTBOX_DONE, params);
    const char *state = r != NULL && PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "";
    if (sent)
        log_line(LOG_INFO, "reminder_sent", "id=%s try=%s unit=%s", m->id, m->attempt, m->unit);
    else
        log_line(strcmp(state, "failed") == 0 ? LOG_ERROR : LOG_WARNING, "reminder_failed",
                 "id=%s try=%s unit=%s status=%ld state=%s", m->id, m->attempt, m->unit, status,
                 state);
    PQclear(r);
}

static void send_one(struct outbox *o, const struct reminder *m)
{
    char secret[BASE64URL_TEXT(LINK_BYTES)] = "";
    long status = 0;
    bool sent = false;
    char *body = make_link(o, m, secret) ? body_of(o, m, secret) : NULL;
    if (body != NULL && o->conf->reminder_webhook[0] == '\0')
        sent = write_line(o, body);
    else if (body != NULL)
        sent = (status = post(o, m, body)) / 100 == 2;
    if (body != NULL)
        explicit_bzero(body, strlen(body));
    free(body);
    explicit_bzero(secret, sizeof secret);
    if (!atomic_load(&o->ending) || sent) /* one that was cut off is anybody's in a minute */
        note(o, m, sent, status);
}

static void turn(struct outbox *o)
{
    if (!connected(o))
        return;
    PGresult *rows = ask(o, QUERY_OUTBOX_TAKE, NULL);
    for (int i = 0; rows != NULL && i < PQntuples(rows); i++) {
        const char *cell[9];
        for (int col = 0; col < 9; col++)
            cell[col] = PQgetisnull(rows, i, col) ? NULL : PQgetvalue(rows, i, col);
        struct reminder m = {cell[0], cell[1], cell[2], cell[3], cell[4],
                             cell[5], cell[6], cell[7], cell[8]};
        if (atomic_load(&o->ending) || o->connection == NULL)
            break;
        send_one(o, &m);
    }
    PQclear(rows);
}

/* The thread */

static void *work(void *ctx)
{
    struct outbox *o = ctx;
    o->curl = curl_easy_init();
    while (!atomic_load(&o->ending) && o->curl != NULL) {
        struct timespec until;
        turn(o);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += o->conf->reminder_every / USEC_S;
        pthread_mutex_lock(&o->lock);
        if (!atomic_load(&o->ending))
            pthread_cond_timedwait(&o->wake, &o->lock, &until);
        pthread_mutex_unlock(&o->lock);
    }
    curl_easy_cleanup(o->curl);
    PQfinish(o->connection);
    return NULL;
}

int outbox_new(const struct conf *conf, const char *conninfo, struct outbox **ret)
{
    sigset_t all, before;
    struct outbox *o = calloc(1, sizeof *o);
    if (o == NULL)
        return -ENOMEM;
    o->conf = conf;
    o->conninfo = conninfo;
    atomic_init(&o->ending, false);
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->wake, NULL);
    sigfillset(&all); /* signals are the loop's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
                ? -pthread_create(&o->thread, NULL, work, o)
                : -ENOMEM;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r < 0)
        free(o);
    else
        *ret = o;
    return r;
}

void outbox_free(struct outbox *o)
{
    struct timespec until;
    if (o == NULL)
        return;
    pthread_mutex_lock(&o->lock);
    atomic_store(&o->ending, true);
    pthread_cond_signal(&o->wake);
    pthread_mutex_unlock(&o->lock);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    if (pthread_timedjoin_np(o->thread, NULL, &until) != 0)
        return; /* a database that stands still holds it: the process ends anyway */
    pthread_cond_destroy(&o->wake);
    pthread_mutex_destroy(&o->lock);
    free(o);
}
