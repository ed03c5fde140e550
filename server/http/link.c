/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers without signing in: whoever has the address /l/SECRET sees one unit or one hold and says
 * one thing about it. The page of that address sends the secret with each request and nowhere else;
 * here it is only ever hashed. What a link is for is decided by the database (ugo.link_allows);
 * this file has no way to ask for more. */
#include <stdlib.h>
#include <strings.h>

#include "api/operation.h"
#include "api/secret.h"
#include "http/exchange.h"
#include "http/field.h"
#include "proto/format.h"
#include "proto/limits.h"

#define LINK_PAGE "/link.html"
#define LINK_FAILS "/l/" /* what all failures are counted under: no account is called so */

const char *link_path(const char *path)
{
    bool is_link = strncmp(path, "/l/", 3) == 0 && strchr(path + 3, '/') == NULL;
    return is_link ? LINK_PAGE : path;
}

/* Who asks */

/* The id of the link whose secret was sent. False: none of ours. */
static bool link_id(const struct http_request *q, char ret_id[static DIGEST_TEXT])
{
    static const char scheme[] = "link ";
    span value = q->field[FIELD_AUTHORIZATION];
    unsigned char bytes[LINK_BYTES];
    if (value.n < sizeof scheme - 1 || strncasecmp(value.p, scheme, sizeof scheme - 1) != 0)
        return false;
    span secret = field_trim((span){value.p + sizeof scheme - 1, value.n - (sizeof scheme - 1)});
    if (base64url_read(secret, bytes, sizeof bytes) != 0)
        return false;
    digest_hex(secret, ret_id);
    return true;
}

/* Refused, as late as the failures before have earned. */
static int refuse(struct exchange *x, usec_t now, const char *trouble)
{
    struct delays *d = &x->service->delays;
    usec_t until = now + delays_wait(d, now, span_of(LINK_FAILS), span_of(x->network));
    delays_failed(d, now, span_of(LINK_FAILS), span_of(x->network));
    return login_refuse_at(x, now, until, trouble);
}

/* *ret NULL: answered, or to be. */
static int identify(struct exchange *x, usec_t now, const struct http_request *q,
                    const struct credential **ret)
{
    const struct replica *r = x->service->desk->replica;
    char id[DIGEST_TEXT];
    const char *forgery = caller_forgery(q, (span){0});
    *ret = NULL;
    if (forgery != NULL) {
        exchange_refuse(x, ERROR_FORBIDDEN, forgery);
        return 0;
    }
    const struct credential *c = link_id(q, id) ? replica_credential(r, span_of(id)) : NULL;
    const char *trouble = credential_trouble(c, CREDENTIAL_LINK, replica_now(r, now));
    if (c == NULL || trouble != NULL)
        return refuse(x, now, trouble != NULL ? trouble : "bad_credential");
    int result = viewer_resolve(r, c->account, &x->viewer);
    if (result > 0)
        return refuse(x, now, "bad_credential");
    x->credential = strdup(id);
    x->credential_type = CREDENTIAL_LINK;
    if (result == 0 && x->credential != NULL)
        *ret = c;
    return x->credential == NULL ? -ENOMEM : result;
}

/* What it says */

static const struct shape declare_shape[] = {
    {"unchanged", SHAPE_BOOL},
    {"free", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"occupied", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"open", SHAPE_INT, .min = 0, .max = LIMIT_COUNT},
    {"observed_at", SHAPE_TEXT, .format = format_instant},
    {0},
};

static const struct shape hold_shape[] = {
    {"accept", SHAPE_BOOL},
    {"refuse", SHAPE_CODE, .one_of = refusal_codes, .n_one_of = REFUSAL_COUNT},
    {"arrive_by", SHAPE_TEXT, .format = format_instant},
    {0},
};

/* The operation that a body asks for; NULL with *errors: none, or two. body becomes its params. */
static const char *declaration(json_t *body, struct shape_errors *errors)
{
    bool unchanged = json_is_true(json_object_get(body, "unchanged"));
    bool counted = shape_has(body, "free") || shape_has(body, "occupied");
    if (unchanged == counted || (unchanged && shape_has(body, "open"))) {
        shape_refuse(errors, "/unchanged", "exactly_one");
        return NULL;
    }
    json_object_del(body, "unchanged");
    return unchanged ? "unit.confirm" : "unit.declare";
}

static const char *decision(json_t *body, struct shape_errors *errors)
{
    bool accept = json_is_true(json_object_get(body, "accept"));
    json_t *code = json_object_get(body, "refuse");
    if (accept == (code != NULL) || (code != NULL && shape_has(body, "arrive_by"))) {
        shape_refuse(errors, "/accept", "exactly_one");
        return NULL;
    }
    json_object_del(body, "accept");
    if (code != NULL && json_object_set(body, "code", code) == 0)
        json_object_del(body, "refuse");
    return accept ? "hold.accept" : "hold.refuse";
}

/* A body as the params of an operation. 0: *ret_params is the caller's, or NULL after a refusal. */
static int read_answer(struct exchange *x, const struct http_request *q, const struct credential *c,
                       const char **ret_operation, json_t **ret_params)
{
    struct shape_errors errors = {0};
    json_t *body = NULL;
    span key = q->field[FIELD_IDEMPOTENCY_KEY];
    *ret_params = NULL;
    int r = body_read(x, q, &body);
    if (r < 0 || body == NULL)
        return r;
    if (shape_check(c->hold != NULL ? hold_shape : declare_shape, body, &errors) == 0)
        *ret_operation = c->hold != NULL ? decision(body, &errors) : declaration(body, &errors);
    if (errors.n > 0) {
        exchange_refuse_params(x, &errors);
        json_decref(body);
        return 0;
    }
    if (key.p != NULL &&
        json_object_set_new(body, "idempotency_key", json_stringn(key.p, key.n)) < 0) {
        json_decref(body);
        return -ENOMEM;
    }
    *ret_params = body;
    return 0;
}

int link_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    const struct credential *c;
    json_t *params = NULL;
    int r = identify(x, now, q, &c);
    if (r < 0 || c == NULL)
        return r;
    const char *operation = c->hold != NULL ? "hold.get" : "unit.get";
    if (q->method == HTTP_POST)
        r = read_answer(x, q, c, &operation, &params);
    else if ((params = json_object()) == NULL)
        r = -ENOMEM;
    if (r < 0 || params == NULL)
        return r;
    /* The link's own, whatever else was said. */
    const char *name = c->hold != NULL ? "hold" : "unit";
    if (json_object_set_new(params, name, json_string(c->hold != NULL ? c->hold : c->unit)) < 0) {
        json_decref(params);
        return -ENOMEM;
    }
    r = desk_open_link(x->service->desk, now, &x->viewer, x->credential, span_of(operation), params,
                       &x->call);
    if (r == 0)
        exchange_asks(x);
    return r;
}

/* What it is told */

/* A refusal tells nothing of holds to who was asked about a unit. */
static void describe_refusal(const struct credential *c, struct call *call)
{
    if (c->hold != NULL || call->error != ERROR_CONFLICTS_WITH_HOLDS)
        return;
    buf_free(&call->data);
    buf_text(&call->data, ",\"detail\":\"answer_or_release_first\"");
}

/* The result of the operation, after what the link asks and until when. */
void link_tell(struct exchange *x, usec_t now)
{
    const struct replica *r = x->service->desk->replica;
    const struct credential *c = replica_credential(r, span_of(x->credential));
    struct buf *result = &x->call->result;
    struct buf whole = {0};
    if (c == NULL) /* it ended meanwhile */
        return;
    if (x->call->failed) {
        describe_refusal(c, x->call);
        return;
    }
    const struct entry *e = replica_find(r, RECORD_UNIT, span_of(c->unit));
    buf_text(&whole, c->hold != NULL ? "{\"question\":\"hold\"" : "{\"question\":\"declare\"");
    buf_text(&whole, ",\"unit_name\":");
    buf_json_text(&whole, e != NULL ? e->version.unit->name : NULL);
    buf_text(&whole, ",\"establishment_name\":");
    buf_json_text(&whole, e != NULL ? e->version.unit->establishment_name : NULL);
    buf_text(&whole, ",\"expires_at\":");
    buf_json_instant(&whole, c->expires_at);
    buf_text(&whole, ",\"now\":");
    buf_json_instant(&whole, replica_now(r, now));
    buf_char(&whole, ',');
    buf_add(&whole, (span){result->p + 1, result->n - 1}); /* after its brace */
    whole.failed |= result->failed || result->n < 2;
    buf_free(result);
    *result = whole;
}
