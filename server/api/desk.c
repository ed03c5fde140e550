/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of a call: opened (rights and shape checked), perhaps waiting for a position, run,
 * perhaps waiting for database and replica, answered. Few calls wait at any time (the round trip of
 * a commit), so they are on one list that is walked. */
#include "api/desk.h"

#include <openssl/sha.h>

#include "api/answer.h"
#include "api/draw.h"
#include "api/journal.h"
#include "api/operation.h"

void desk_init(struct desk *d, struct replica *r, const struct desk_limits *limits,
               const char *node)
{
    *d = (struct desk){.replica = r, .limits = *limits};
    snprintf(d->node, sizeof d->node, "%s", node);
}

static void read_clear(struct desk_read *read)
{
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read->params[i]);
    *read = (struct desk_read){0};
}

void desk_free(struct desk *d)
{
    for (size_t i = 0; i < d->n_commands; i++)
        free(d->commands[i].json);
    for (size_t i = 0; i < d->n_reads; i++)
        read_clear(&d->reads[i]);
    free(d->commands);
    free(d->reads);
    journal_free(d);
    *d = (struct desk){0};
}

void digest_hex(span bytes, char ret_text[static DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)bytes.p, bytes.n, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        ret_text[2 * i] = digits[digest[i] >> 4];
        ret_text[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_text[2 * sizeof digest] = 0;
}

void desk_position(const struct desk *d, struct buf *out)
{
    buf_text(out, ",\"position\":\"");
    buf_text(out, replica_epoch(d->replica));
    buf_char(out, '.');
    buf_int(out, d->replica->live ? d->replica->live->revision : 0);
    buf_char(out, '"');
}

void desk_as_of(const struct desk *d, usec_t now, struct buf *out)
{
    desk_position(d, out);
    buf_text(out, ",\"as_of\":");
    buf_json_instant(out, d->replica->ledger_at);
    buf_text(out, replica_is_stale(d->replica, now) ? ",\"stale\":true" : ",\"stale\":false");
}

/* Answers */

static void call_unlink(struct desk *d, struct call *c)
{
    if (c->previous != NULL)
        c->previous->next = c->next;
    else if (d->waiting == c)
        d->waiting = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    c->next = c->previous = NULL;
}

static void call_wait(struct desk *d, struct call *c, enum call_state state, usec_t until)
{
    c->state = state;
    c->deadline = until;
    if (c->previous != NULL || d->waiting == c)
        return;
    c->next = d->waiting;
    if (d->waiting != NULL)
        d->waiting->previous = c;
    d->waiting = c;
}

void desk_wait(struct desk *d, struct call *c, enum call_state state, usec_t until)
{
    call_wait(d, c, state, until);
}

void desk_wait_no_more(struct desk *d, struct call *c)
{
    call_unlink(d, c);
}

void call_refuse(struct call *c, enum error_type error, const char *detail)
{
    c->failed = true;
    c->error = error;
    if (detail != NULL) {
        buf_text(&c->data, ",\"detail\":");
        buf_json_text(&c->data, detail);
    }
    c->state = CALL_ANSWERED;
}

void call_refuse_params(struct call *c, const struct shape_errors *errors)
{
    buf_text(&c->data, ",\"errors\":[");
    for (int i = 0; i < shape_errors_listed(errors); i++) {
        buf_text(&c->data, i ? ",{\"pointer\":" : "{\"pointer\":");
        buf_json_text(&c->data, errors->list[i].pointer);
        buf_text(&c->data, ",\"detail\":");
        buf_json_text(&c->data, errors->list[i].detail);
        buf_char(&c->data, '}');
    }
    buf_char(&c->data, ']');
    call_refuse(c, ERROR_INVALID_PARAMS, NULL);
}

void call_answer(struct call *c)
{
    c->state = CALL_ANSWERED;
}

static int texts_check(const struct call *c)
{
    return buf_check(&c->result) < 0 ? -ENOMEM : buf_check(&c->data);
}

/* Opening */

static int run(struct desk *d, usec_t now, struct call *c)
{
    int r = c->operation->run(d, now, c);
    if (r < 0)
        return r;
    if (c->state == CALL_ANSWERED)
        call_unlink(d, c);
    return texts_check(c);
}

/* Whether the replica is at the position that the caller wants to see at least. 0 yes; 1 the call
 * waits or was refused. */
static int reach(struct desk *d, usec_t now, struct call *c)
{
    const char *after = shape_text(c->params, "after");
    if (after == NULL)
        return 0;
    if (position_parse(span_of(after), &c->target) != 0) {
        call_refuse(c, ERROR_INVALID_PARAMS, "after");
        return 1;
    }
    switch (replica_resume(d->replica, span_of(c->target.epoch), c->target.revision)) {
    case RESUME_OK:
    case RESUME_COMPACTED:
        return 0;
    case RESUME_LOST_BRANCH:
        call_refuse(c, ERROR_PRECONDITION_FAILED, "lost_branch");
        return 1;
    case RESUME_FUTURE:
    case RESUME_UNKNOWN_EPOCH:
        break;
    }
    c->ledger_reads = d->replica->ledger_reads;
    d->wants_ledger = true;
    call_wait(d, c, CALL_WAITS_POSITION, now + d->limits.behind_wait);
    return 1;
}

static int begin(struct desk *d, usec_t now, struct call *c)
{
    if (d->replica->live == NULL) {
        call_refuse(c, ERROR_UNAVAILABLE, "starting");
        return 0;
    }
    if (!(c->operation->roles & MAY(c->viewer->role))) {
        call_refuse(c, ERROR_FORBIDDEN, "role");
        return 0;
    }
    struct shape_errors errors = {0};
    if (shape_check(c->operation->params, c->params, &errors) != 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    return reach(d, now, c) == 0 ? run(d, now, c) : 0;
}

static struct call *call_new(struct viewer *viewer, const char *channel, json_t *params)
{
    struct call *c = calloc(1, sizeof *c);
    if (c == NULL) {
        json_decref(params);
        return NULL;
    }
    c->viewer = viewer;
    c->params = params;
    c->deadline = USEC_NEVER;
    snprintf(c->channel, sizeof c->channel, "%s", channel);
    return c;
}

/* c may be NULL: there was no memory for it. */
static int open_call(struct desk *d, usec_t now, span method, struct call *c, struct call **ret)
{
    if (c == NULL)
        return -ENOMEM;
    c->operation = operation_find(method);
    int r = 0;
    if (c->operation == NULL || c->operation->run == NULL)
        call_refuse(c, ERROR_UNKNOWN_OPERATION, NULL);
    else
        r = begin(d, now, c);
    if (r == 0)
        r = texts_check(c);
    if (r < 0) {
        desk_close(d, c);
        return r;
    }
    *ret = c;
    return 0;
}

int desk_open(struct desk *d, usec_t now, struct viewer *viewer, const char *channel, span method,
              json_t *params, struct call **ret)
{
    return open_call(d, now, method, call_new(viewer, channel, params), ret);
}

int desk_open_whole(struct desk *d, usec_t now, struct viewer *viewer, const char *channel,
                    span method, json_t *params, struct call **ret)
{
    struct call *c = call_new(viewer, channel, params);
    if (c != NULL)
        c->whole = true;
    return open_call(d, now, method, c, ret);
}

int desk_open_link(struct desk *d, usec_t now, struct viewer *viewer, const char *link, span method,
                   json_t *params, struct call **ret)
{
    struct call *c = call_new(viewer, "link", params);
    if (c != NULL)
        snprintf(c->link, sizeof c->link, "%s", link);
    return open_call(d, now, method, c, ret);
}

void desk_close(struct desk *d, struct call *c)
{
    if (c == NULL)
        return;
    call_unlink(d, c);
    json_decref(c->params);
    buf_free(&c->result);
    buf_free(&c->data);
    json_decref(c->made);
    drawing_destroy(c->drawing);
    answer_clear(c);
    free(c);
}

/* Commands */

/* The parameters as apply_batch takes them: instants as µs; what only doors use, left out. */
static json_t *command_params(const struct call *c)
{
    static const char *const instants[] = {"observed_at", "decided_at", "arrive_by",
                                           "expires_at",  "from_at",    "to_at"};
    json_t *params = json_deep_copy(c->params);
    if (params == NULL)
        return NULL;
    json_object_del(params, "after");
    json_object_del(params, "idempotency_key");
    for (size_t i = 0; i < ARRAY_LENGTH(instants); i++) {
        usec_t at = shape_instant(c->params, instants[i], USEC_NEVER);
        if (at != USEC_NEVER && json_object_set_new(params, instants[i], json_integer(at)) < 0) {
            json_decref(params);
            return NULL;
        }
    }
    return params;
}

/* What a repetition under the same key must agree in: what was asked, not what was drawn for it. 0
 * or -ENOMEM. */
static int command_digest(const struct call *c, const json_t *params,
                          char ret_text[static DIGEST_TEXT])
{
    CLEANUP(buf_free) struct buf text = {0};
    char *body = json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS);
    if (body == NULL)
        return -ENOMEM;
    buf_text(&text, c->operation->name);
    buf_char(&text, '\n');
    buf_text(&text, body);
    free(body);
    if (buf_check(&text) == 0)
        digest_hex(buf_span(&text), ret_text);
    return buf_check(&text);
}

static char *command_text(struct desk *d, const struct call *c)
{
    char digest[DIGEST_TEXT];
    json_t *params = command_params(c);
    if (params == NULL || command_digest(c, params, digest) < 0 ||
        (c->link[0] != '\0' && json_object_set_new(params, "link", json_string(c->link)) < 0) ||
        (c->drawing != NULL && json_object_update(params, c->drawing->params) != 0)) {
        json_decref(params);
        return NULL;
    }
    char invented[48];
    snprintf(invented, sizeof invented, "~%s.%llu", d->node, (unsigned long long)c->ticket);
    const char *key = shape_text(c->params, "idempotency_key");
    json_t *command = json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "account", c->viewer->account, "op",
                                c->operation->name, "key", key ? key : invented, "digest", digest,
                                "channel", c->channel, "params", params);
    char *text = command ? json_dumps(command, JSON_COMPACT) : NULL;
    json_decref(command);
    return text;
}

int desk_submit(struct desk *d, usec_t now, struct call *c)
{
    c->ticket = d->last_ticket + 1; /* an invented key has it */
    char *text = command_text(d, c);
    return text == NULL ? -ENOMEM : desk_submit_text(d, now, c, text);
}

int desk_submit_text(struct desk *d, usec_t now, struct call *c, char *text)
{
    c->ticket = ++d->last_ticket;
    if (d->n_commands == d->room_commands) {
        size_t room = d->room_commands ? d->room_commands * 2 : 64;
        struct desk_command *commands = realloc(d->commands, room * sizeof *commands);
        if (commands == NULL) {
            free(text);
            return -ENOMEM;
        }
        d->commands = commands;
        d->room_commands = room;
    }
    d->commands[d->n_commands++] = (struct desk_command){c->ticket, text, strlen(text)};
    /* The writer fails it within command_wait; this is for a writer that never speaks again. */
    call_wait(d, c, CALL_WAITS_COMMAND, now + d->limits.command_wait + 5 * USEC_S);
    return 0;
}

bool desk_take_command(struct desk *d, struct desk_command *ret)
{
    if (d->n_commands == 0)
        return false;
    *ret = d->commands[0];
    memmove(d->commands, d->commands + 1, --d->n_commands * sizeof *d->commands);
    return true;
}

static struct call *waiting_call(struct desk *d, uint64_t ticket, enum call_state state)
{
    for (struct call *c = d->waiting; c != NULL; c = c->next)
        if (c->ticket == ticket && c->state == state)
            return c;
    return NULL;
}

/* Whether a refusal tells what stands against it. */
static bool shows_records(enum error_type error)
{
    return error == ERROR_OUTDATED || error == ERROR_CONFLICTS_WITH_HOLDS ||
           error == ERROR_HOLD_NOT_ACTIVE;
}

int desk_outcome(struct desk *d, const struct desk_outcome *outcome)
{
    struct call *c = waiting_call(d, outcome->ticket, CALL_WAITS_COMMAND);
    if (c == NULL)
        return 0; /* its door has gone; what was done stays done */
    int error = strcmp(outcome->type, "ok") == 0 ? -1 : error_find(span_of(outcome->type));
    bool ok = strcmp(outcome->type, "ok") == 0;
    if (!ok && error < 0)
        error = ERROR_INTERNAL;
    if (outcome->detail != NULL && !ok && !shows_records((enum error_type)error)) {
        buf_text(&c->data, ",\"detail\":");
        buf_json_text(&c->data, outcome->detail);
    }
    if (outcome->errors != NULL)
        buf_printf(&c->data, ",\"errors\":%s", outcome->errors);
    /* A clock that runs ahead is told the right time. */
    if (outcome->errors != NULL && strstr(outcome->errors, "\"in_the_future\"") != NULL) {
        buf_text(&c->data, ",\"now\":");
        buf_json_instant(&c->data, outcome->now);
    }
    if (!ok && !shows_records((enum error_type)error)) {
        call_refuse(c, (enum error_type)error, NULL);
        call_unlink(d, c);
        return buf_check(&c->data);
    }
    c->refused = !ok;
    c->refusal = ok ? ERROR_INTERNAL : (enum error_type)error;
    c->revision = outcome->revision;
    c->made = outcome->answer ? json_loads(outcome->answer, 0, NULL) : NULL;
    snprintf(c->target.epoch, sizeof c->target.epoch, "%s", outcome->epoch ? outcome->epoch : "");
    /* What is shown as it is now is at least as new as what the database judged by. */
    bool as_now = !ok || outcome->revision < 0;
    c->target.revision = as_now && outcome->ledger > 0 ? outcome->ledger : outcome->revision;
    c->state = CALL_WAITS_REVISION;
    return 0;
}

/* Questions */

int desk_ask(struct desk *d, usec_t now, struct call *c, enum desk_question question,
             const char *const *params, size_t n)
{
    if (d->n_reads == d->room_reads) {
        size_t room = d->room_reads ? d->room_reads * 2 : 16;
        struct desk_read *reads = realloc(d->reads, room * sizeof *reads);
        if (reads == NULL)
            return -ENOMEM;
        d->reads = reads;
        d->room_reads = room;
    }
    struct desk_read *read = &d->reads[d->n_reads];
    *read = (struct desk_read){.ticket = ++d->last_ticket, .query = (int)question};
    for (size_t i = 0; i < n; i++) {
        read->params[i] = params[i] ? strdup(params[i]) : NULL;
        if (params[i] != NULL && read->params[i] == NULL) {
            read_clear(read);
            return -ENOMEM;
        }
    }
    d->n_reads++;
    c->ticket = read->ticket;
    call_wait(d, c, CALL_WAITS_READ, now + d->limits.command_wait + 5 * USEC_S);
    return 0;
}

bool desk_take_read(struct desk *d, struct desk_read *ret)
{
    if (d->n_reads == 0)
        return false;
    *ret = d->reads[0];
    memmove(d->reads, d->reads + 1, --d->n_reads * sizeof *d->reads);
    return true;
}

int desk_rows(struct desk *d, usec_t now, uint64_t ticket, const struct rows *rows)
{
    struct call *c = waiting_call(d, ticket, CALL_WAITS_READ);
    if (c == NULL)
        return 0;
    if (rows == NULL)
        call_refuse(c, ERROR_UNAVAILABLE, "database");
    int r = rows == NULL ? 0 : c->operation->rows(d, now, c, rows);
    if (c->state == CALL_ANSWERED)
        call_unlink(d, c);
    return r < 0 ? r : texts_check(c);
}

/* Settling */

static int settle_position(struct desk *d, usec_t now, struct call *c)
{
    const struct position *p = &c->target;
    enum resume resume = replica_resume(d->replica, span_of(p->epoch), p->revision);
    if (resume == RESUME_OK || resume == RESUME_COMPACTED) {
        c->state = CALL_ANSWERED; /* unless run leaves it waiting again */
        return run(d, now, c);
    }
    /* The ledger was read twice since: once may have begun before the question came. */
    bool ledger_lacks_it = d->replica->ledger_reads >= c->ledger_reads + 2;
    if (resume == RESUME_LOST_BRANCH)
        call_refuse(c, ERROR_PRECONDITION_FAILED, "lost_branch");
    else if (ledger_lacks_it)
        call_refuse(c, ERROR_PRECONDITION_FAILED,
                    resume == RESUME_FUTURE ? "future_revision" : "unknown_epoch");
    else if (now >= c->deadline)
        call_refuse(c, ERROR_BEHIND, NULL);
    else
        return 0;
    call_unlink(d, c);
    return texts_check(c);
}

/* The answer of a command is shown from the replica, once it has that very revision: after a
 * failover the same number may stand for something else. */
static int settle_revision(struct desk *d, usec_t now, struct call *c)
{
    const struct position *p = &c->target;
    enum resume resume =
        replica_resume(d->replica, span_of(p->epoch), p->revision < 0 ? 0 : p->revision);
    if (resume == RESUME_OK || resume == RESUME_COMPACTED) {
        int r = c->operation->answer(d, now, c);
        if (c->state == CALL_ANSWERED)
            call_unlink(d, c);
        return r < 0 ? r : texts_check(c);
    }
    if (resume != RESUME_LOST_BRANCH && now < c->deadline)
        return 0;
    /* Committed, but lost since or not to be shown by this worker: the same key asks again. */
    call_refuse(c, ERROR_UNKNOWN_OUTCOME, NULL);
    call_unlink(d, c);
    return 0;
}

int desk_settle(struct desk *d, usec_t now)
{
    int r = 0;
    for (struct call *c = d->waiting, *next; r == 0 && c != NULL; c = next) {
        next = c->next;
        if (c->state == CALL_WAITS_POSITION) {
            r = settle_position(d, now, c);
        } else if (c->state == CALL_WAITS_REVISION) {
            r = settle_revision(d, now, c);
        } else if (now >= c->deadline &&
                   !(c->state == CALL_WAITS_DERIVATION && draw_wakes(d, now, c))) {
            call_refuse(c,
                        c->state == CALL_WAITS_COMMAND ? ERROR_UNKNOWN_OUTCOME : ERROR_UNAVAILABLE,
                        NULL);
            call_unlink(d, c);
        }
    }
    return r;
}

usec_t desk_deadline(const struct desk *d)
{
    usec_t first = USEC_NEVER;
    for (const struct call *c = d->waiting; c != NULL; c = c->next)
        first = c->deadline < first ? c->deadline : first;
    return first;
}
