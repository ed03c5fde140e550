/* SPDX-License-Identifier: EUPL-1.2 */
/* From a request to an answer: which file or operation it means, who asks, what with; and what the
 * desk answered, as HTTP says it. */
#include "api/operation.h"
#include "http/exchange.h"
#include "http/field.h"
#include "http/query.h"
#include "http/route.h"
#include "proto/json_text.h"
#include "proto/limits.h"

static void refuse_status(struct exchange *x, int status, const char *detail)
{
    struct http_problem p = http_problem_of(status, detail);
    exchange_problem(x, &p);
}

/* Parameters */

static const struct shape *member_of(const struct shape *members, const char *name)
{
    while (members->name != NULL && strcmp(members->name, name) != 0)
        members++;
    return members->name != NULL ? members : NULL;
}

/* What a field of the head says is a member, where the operation has such a one. */
static int join_field(const struct operation *op, span value, const char *name, json_t *params,
                      struct shape_errors *errors)
{
    char pointer[32];
    if (value.p == NULL || member_of(op->params, name) == NULL)
        return 0;
    snprintf(pointer, sizeof pointer, "/%s", name);
    if (json_object_get(params, name) != NULL)
        shape_refuse(errors, pointer, ROUTE_DETAIL_TWICE);
    return json_object_set_new(params, name, json_stringn(value.p, value.n)) < 0 ? -ENOMEM : 0;
}

/* A change on the condition that the record is still as it was read. */
static int join_condition(const struct operation *op, span if_match, json_t *params,
                          struct shape_errors *errors)
{
    int64_t revision;
    if (if_match.p == NULL)
        return 0;
    if (member_of(op->params, "if_revision") == NULL)
        shape_refuse(errors, "/if_revision", "not_here");
    else if (!field_revision(if_match, &revision))
        shape_refuse(errors, "/if_revision", SHAPE_BAD_FORMAT);
    else if (json_object_set_new(params, "if_revision", json_integer(revision)) < 0)
        return -ENOMEM;
    return 0;
}

int body_read(struct exchange *x, const struct http_request *q, json_t **ret_params)
{
    const char *detail = NULL;
    *ret_params = NULL;
    if (q->body.n == 0) {
        *ret_params = json_object();
        return *ret_params == NULL ? -ENOMEM : 0;
    }
    if (q->field[FIELD_CONTENT_ENCODING].p != NULL ||
        !field_is_json(q->field[FIELD_CONTENT_TYPE])) {
        refuse_status(x, 415, "json_expected");
        return 0;
    }
    json_t *body = json_text_read(q->body, LIMIT_STRUCTURAL, &detail);
    if (body != NULL && json_is_object(body)) {
        *ret_params = body;
        return 0;
    }
    json_decref(body);
    exchange_refuse(x, body ? ERROR_INVALID_REQUEST : ERROR_PARSE, body ? "not_an_object" : detail);
    return 0;
}

/* 0: *ret_params is an object, or NULL after a refusal. */
static int read_query(struct exchange *x, const struct http_request *q, const struct operation *op,
                      json_t **ret_params)
{
    struct shape_errors errors = {0};
    struct buf rest CLEANUP(buf_free) = {0};
    span query = q->query;
    *ret_params = NULL;
    if (csv_is_accepted(q->field[FIELD_ACCEPT])) {
        int refused = csv_read_query(query, op->name, &rest, &x->csv, &errors);
        if (refused == CSV_REFUSED)
            exchange_refuse_params(x, &errors);
        if (refused != 0)
            return refused < 0 ? refused : 0;
        query = x->csv.table != NULL ? buf_span(&rest) : query;
    }
    int r = query_params(query, op->params, ret_params, &errors);
    if (r == QUERY_MALFORMED)
        exchange_refuse(x, ERROR_INVALID_REQUEST, QUERY_DETAIL_MALFORMED);
    else if (r == QUERY_TWICE)
        exchange_refuse_params(x, &errors);
    return r < 0 ? r : 0;
}

/* What path and head say besides. 0, -ENOMEM, or 1 with *errors. */
static int join(const struct http_request *q, const struct route_match *match,
                const struct operation *op, json_t *params, struct shape_errors *errors)
{
    int r = route_join(match, params, errors);
    r = r < 0 ? r
              : join_field(op, q->field[FIELD_IDEMPOTENCY_KEY], "idempotency_key", params, errors);
    r = r < 0 ? r : join_field(op, q->field[FIELD_UGO_AFTER], "after", params, errors);
    r = r < 0 ? r : join_condition(op, q->field[FIELD_IF_MATCH], params, errors);
    return r < 0 ? r : errors->n > 0;
}

/* As read_query, of all that says something. */
static int read_params(struct exchange *x, const struct http_request *q,
                       const struct route_match *match, const struct operation *op,
                       json_t **ret_params)
{
    struct shape_errors errors = {0};
    bool reads = q->method == HTTP_GET || q->method == HTTP_HEAD;
    if (!reads && q->query.n > 0) {
        exchange_refuse(x, ERROR_INVALID_REQUEST, "query_not_here");
        *ret_params = NULL;
        return 0;
    }
    int r = reads ? read_query(x, q, op, ret_params) : body_read(x, q, ret_params);
    if (r < 0 || *ret_params == NULL)
        return r;
    r = join(q, match, op, *ret_params, &errors);
    if (r == 0)
        return 0;
    json_decref(*ret_params);
    *ret_params = NULL;
    if (r > 0)
        exchange_refuse_params(x, &errors);
    return r < 0 ? r : 0;
}

/* Operations */

static int ask_operation(struct exchange *x, usec_t now, const struct http_request *q,
                         const struct route_match *match)
{
    span name = span_of(match->route->operation);
    span seen = q->field[FIELD_IF_NONE_MATCH];
    json_t *params = NULL;
    int r = read_params(x, q, match, operation_find(name), &params);
    if (r < 0 || params == NULL)
        return r;
    if (seen.p != NULL && (x->seen_tag = strndup(seen.p, seen.n)) == NULL) {
        json_decref(params);
        return -ENOMEM;
    }
    const char *channel = x->credential_type == CREDENTIAL_SESSION ? "console" : "api";
    r = (x->csv.table != NULL ? desk_open_whole : desk_open)(x->service->desk, now, &x->viewer,
                                                             channel, name, params, &x->call);
    if (r == 0)
        exchange_asks(x);
    return r;
}

int exchange_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    struct route_match match;
    if (strncmp(q->path, "/v1/", 4) != 0) {
        files_ask(x, q);
        return 0;
    }
    int r = route_find(q->method, q->path, &match);
    if (r != 0) {
        x->allow = r == ROUTE_OTHER_METHOD ? match.allow : 0;
        refuse_status(x, r == ROUTE_OTHER_METHOD ? 405 : 404, "no_such_route");
        return 0;
    }
    if (match.route->own == ROUTE_LOGIN)
        return login_ask(x, now, q);
    if (match.route->own == ROUTE_LINK)
        return link_ask(x, now, q);
    r = caller_identify(x, now, q);
    if (r != 0)
        return r < 0 ? r : 0;
    switch (match.route->own) {
    case ROUTE_EVENTS:
        return events_ask(x, now, q);
    case ROUTE_SESSION:
        return session_ask(x, now, q);
    case ROUTE_LOGOUT:
        return logout_ask(x, now, q);
    case ROUTE_PASSWORD:
        return password_ask(x, now, q);
    default:
        return ask_operation(x, now, q, &match);
    }
}

/* Answers */

/* Outlines are as good as ever while their version, which the answer begins with, is the same. */
static bool is_outlines(const struct call *c)
{
    return strcmp(c->operation->name, "outlines") == 0;
}

static span version_of(const struct call *c)
{
    static const char head[] = "{\"version\":\"";
    const struct buf *b = &c->result;
    if (b->n < sizeof head || memcmp(b->p, head, sizeof head - 1) != 0)
        return (span){0};
    const char *at = b->p + sizeof head - 1;
    const char *end = memchr(at, '"', b->n - (sizeof head - 1));
    return (span){at, end != NULL ? (size_t)(end - at) : 0};
}

/* The record of which the tag is the revision: an answer that shows one record begins with it. */
static span tag_of(const struct call *c)
{
    if (is_outlines(c))
        return version_of(c);
    static const char head[] = "{\"unit\":{", member[] = "\"revision\":";
    const struct buf *b = &c->result;
    bool shows = strcmp(c->operation->name, "unit.get") == 0 && b->n > sizeof head &&
                 memcmp(b->p, head, sizeof head - 1) == 0;
    const char *at = shows ? memmem(b->p, b->n, member, sizeof member - 1) : NULL;
    if (at == NULL)
        return (span){0};
    at += sizeof member - 1;
    size_t n = 0;
    while (at + n < b->p + b->n && at[n] >= '0' && at[n] <= '9')
        n++;
    return (span){at, n};
}

/* The answer, or its table. */
static void answer_body(struct exchange *x, struct http_head *head, struct buf *result)
{
    struct buf text = {0};
    if (x->csv.table == NULL) {
        exchange_answer_text(x, head, result);
        return;
    }
    head->type = CSV_TYPE;
    x->out.failed |= csv_write(&x->csv, buf_span(result), &text) < 0;
    exchange_answer_text(x, head, &text);
}

void exchange_tell_refusal(struct exchange *x)
{
    const struct call *c = x->call;
    exchange_problem(x, &(struct http_problem){.error = c->error, .members = buf_span(&c->data)});
}

void exchange_tell(struct exchange *x, usec_t now)
{
    struct call *c = x->call;
    const struct replica *r = x->service->desk->replica;
    char position[POSITION_TEXT];
    if (x->credential_type == CREDENTIAL_LINK)
        link_tell(x, now);
    password_told(x);
    if (c->failed) {
        exchange_tell_refusal(x);
        return;
    }
    struct position at = {.revision = r->live != NULL ? r->live->revision : 0};
    struct http_head head = exchange_head(x, 200);
    snprintf(at.epoch, sizeof at.epoch, "%s", replica_epoch(r));
    head.position = span_of(position_format(&at, position));
    head.tag = tag_of(c);
    if (is_outlines(c))
        head.cache = CACHE_ASK_AGAIN;
    head.type = HTTP_TYPE_JSON;
    x->out.failed |= c->result.failed;
    if (head.tag.n > 0 && x->seen_tag != NULL &&
        field_names_tag(span_of(x->seen_tag), head.tag, true)) {
        head.status = 304;
        exchange_answer(x, &head, (span){0});
        return;
    }
    answer_body(x, &head, &c->result);
}
