/* SPDX-License-Identifier: EUPL-1.2 */
/* Coming in and going out. A login is a walk: what the database knows of the account → the password
 * derived → as long a wait as earlier failures have earned → the second factor → the session opened
 * in the database → the cookie. An account that does not exist takes the same walk up to the wait,
 * so that nobody learns which accounts there are. */
#include <stdlib.h>

#include "api/draw.h"
#include "api/own_call.h"
#include "http/exchange.h"
#include "http/field.h"
#include "http/response.h"
#include "proto/format.h"
#include "proto/json_text.h"
#include "proto/limits.h"

enum attempt_stage {
    ATTEMPT_LOOKS,   /* at what the database knows */
    ATTEMPT_QUEUES,  /* for whoever derives */
    ATTEMPT_DERIVES, /* has a ticket */
    ATTEMPT_WAITS,   /* until `until` */
    ATTEMPT_OPENS,   /* the session */
    ATTEMPT_LEAVES,  /* a logout: the session is being closed */
    ATTEMPT_REFUSED, /* not before `until`, for `why` */
};

struct attempt {
    enum attempt_stage stage;
    char account[64];
    char *password; /* owned, wiped */
    char totp[16];
    struct login known;
    uint64_t ticket;
    usec_t until; /* the answer is not given before, monotonic */
    bool right;   /* the password */
    bool counted; /* among the service's derivations: until its password is derived */
    char cookie[COOKIE_TEXT];
    char id[DIGEST_TEXT];
    usec_t expires_at; /* logical */
    const char *why;   /* a literal */
};

static void derivation_ended(struct exchange *x)
{
    if (x->login->counted)
        x->service->n_derivations--;
    x->login->counted = false;
}

void login_destroy(struct exchange *x)
{
    struct attempt *a = x->login;
    if (a == NULL)
        return;
    derivation_ended(x);
    if (a->password != NULL)
        explicit_bzero(a->password, strlen(a->password));
    free(a->password);
    explicit_bzero(a, sizeof *a);
    free(a);
    x->login = NULL;
}

/* The beginning */

static const struct shape login_params[] = {
    {"account", SHAPE_TEXT, .required = true, .format = format_account},
    {"password", SHAPE_TEXT, .required = true, .min = 1, .max = PASSWORD_MOST},
    {"totp", SHAPE_TEXT, .nullable = true, .min = 1, .max = 10},
    {0},
};

/* Codes are shown in two groups: spaces do not count. */
static void take_code(struct attempt *a, const char *text)
{
    size_t n = 0;
    for (; text != NULL && *text != '\0' && n < sizeof a->totp - 1; text++)
        if (*text != ' ')
            a->totp[n++] = *text;
}

static int attempt_new(struct exchange *x, usec_t now, const json_t *params)
{
    struct attempt *a = x->login = calloc(1, sizeof *a);
    if (a == NULL)
        return -ENOMEM;
    snprintf(a->account, sizeof a->account, "%s", shape_text(params, "account"));
    a->password = strdup(shape_text(params, "password"));
    take_code(a, shape_text(params, "totp"));
    a->until =
        now + delays_wait(&x->service->delays, now, span_of(a->account), span_of(x->network));
    return a->password == NULL
               ? -ENOMEM
               : own_call_login(x->service->desk, now, a->account, &a->known, &x->call);
}

/* Guesses that are sent together wait together: so only some at a time. */
static bool address_is_busy(const struct exchange *x)
{
    const struct exchange *other;
    unsigned n = 0;
    LIST_FOREACH (other, &x->service->asking, asking)
        n += other->login != NULL && other->login->stage <= ATTEMPT_WAITS &&
             strcmp(other->network, x->network) == 0;
    return n >= LOGINS_PER_NETWORK;
}

int login_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    const char *forgery = caller_forgery(q, (span){0});
    if (forgery != NULL) {
        exchange_refuse(x, ERROR_FORBIDDEN, forgery);
        return 0;
    }
    if (x->service->n_derivations >= DERIVATIONS_MOST) {
        exchange_refuse(x, ERROR_UNAVAILABLE, "many_logins");
        return 0;
    }
    if (address_is_busy(x)) {
        exchange_refuse(x, ERROR_TOO_MANY_REQUESTS, "many_logins");
        return 0;
    }
    int r = body_read(x, q, &params);
    if (r < 0 || params == NULL)
        return r;
    if (shape_check(login_params, params, &errors) != 0)
        exchange_refuse_params(x, &errors);
    else
        r = attempt_new(x, now, params);
    json_decref(params);
    if (r == 0 && x->login != NULL) {
        x->service->n_derivations++;
        x->login->counted = true;
        exchange_asks(x);
    }
    return r;
}

/* Deriving */

static struct exchange *with_ticket(struct web_service *w, uint64_t ticket)
{
    struct exchange *x;
    LIST_FOREACH (x, &w->asking, asking)
        if (x->login != NULL && x->login->stage == ATTEMPT_DERIVES && x->login->ticket == ticket)
            return x;
    return NULL;
}

bool web_take_derivation(struct web_service *w, struct derivation *ret)
{
    struct exchange *x;
    LIST_FOREACH (x, &w->asking, asking) {
        struct attempt *a = x->login;
        if (a == NULL || a->stage != ATTEMPT_QUEUES)
            continue;
        a->stage = ATTEMPT_DERIVES;
        a->ticket = ++w->last_derivation;
        *ret = (struct derivation){.ticket = a->ticket,
                                   .with = a->known.has_password ? a->known.password : SCRYPT_NEW,
                                   .password = span_of(a->password)};
        return true;
    }
    return draw_take(w->desk, &ret->ticket, &ret->with, &ret->password);
}

int web_derived(struct web_service *w, usec_t now, uint64_t ticket,
                const unsigned char hash[SCRYPT_HASH])
{
    if (ticket & DRAW_TICKET)
        return draw_derived(w->desk, now, ticket, hash);
    struct exchange *x = with_ticket(w, ticket);
    if (x == NULL)
        return 0; /* its connection has gone */
    struct attempt *a = x->login;
    derivation_ended(x);
    if (hash == NULL) {
        exchange_refuse(x, ERROR_UNAVAILABLE, "many_logins");
        return 0;
    }
    span derived = {(const char *)hash, SCRYPT_HASH};
    span kept = {(const char *)a->known.password.hash, SCRYPT_HASH};
    bool same = secret_equals(derived, kept);
    a->right = same && a->known.known && a->known.has_password && !a->known.disabled;
    a->stage = ATTEMPT_WAITS;
    return login_settle(x, now);
}

/* Judging */

/* 0: it may come in, with *ret_step; 1: refused. */
static int second_factor(struct exchange *x, usec_t now, int64_t *ret_step)
{
    const struct attempt *a = x->login;
    const struct login *known = &a->known;
    span secret = {(const char *)known->secret, known->n_secret};
    *ret_step = TOTP_NEVER;
    if (known->n_secret == 0 && !(x->service->second_factor & MAY(known->role)))
        return 0;
    if (known->n_secret == 0) {
        exchange_refuse(x, ERROR_FORBIDDEN, "totp_not_enrolled");
        return 1;
    }
    if (a->totp[0] == '\0') {
        exchange_refuse(x, ERROR_UNAUTHENTICATED, "totp_required");
        return 1;
    }
    usec_t at = replica_now(x->service->desk->replica, now);
    int r = totp_check(secret, at, known->last_step, span_of(a->totp), ret_step);
    if (r <= 0)
        return r;
    delays_failed(&x->service->delays, now, span_of(a->account), span_of(x->network));
    exchange_refuse(x, ERROR_UNAUTHENTICATED, "wrong_code");
    return 1;
}

static int open_session(struct exchange *x, usec_t now, int64_t step)
{
    struct attempt *a = x->login;
    struct buf command = {0};
    unsigned char bytes[COOKIE_BYTES];
    x->service->random(bytes, sizeof bytes);
    base64url_write(bytes, sizeof bytes, a->cookie);
    explicit_bzero(bytes, sizeof bytes);
    if (cookie_session(span_of(a->cookie), a->id) != 0)
        return -EINVAL;
    a->expires_at = replica_now(x->service->desk->replica, now) + SESSION_TIME;
    session_open_command(&command, a->id, a->account, a->expires_at, a->known.changed_at, step);
    a->stage = ATTEMPT_OPENS;
    return own_call_command(x->service->desk, now, &command, &x->call);
}

static int judge(struct exchange *x, usec_t now)
{
    struct attempt *a = x->login;
    struct delays *delays = &x->service->delays;
    int64_t step;
    if (!a->right) {
        delays_failed(delays, now, span_of(a->account), span_of(x->network));
        exchange_refuse(x, ERROR_UNAUTHENTICATED, "wrong_credentials");
        return 0;
    }
    int r = second_factor(x, now, &step);
    if (r != 0)
        return r < 0 ? r : 0;
    delays_forgive(delays, span_of(a->account), span_of(x->network));
    return open_session(x, now, step);
}

/* Answers */

/* cookie: its secret; p NULL: whoever asks has none (a token's holder). */
static void answer_session(struct exchange *x, const char *account, span cookie, usec_t expires_at,
                           bool is_new)
{
    const struct replica *r = x->service->desk->replica;
    const struct account *a = replica_account(r, span_of(account));
    struct http_head head = exchange_head(x, 200);
    struct buf body = {0};
    char token[ANTI_FORGERY_TEXT];
    head.type = HTTP_TYPE_JSON;
    if (is_new)
        head.cookie = cookie;
    buf_text(&body, "{\"account\":");
    buf_json_text(&body, account);
    buf_text(&body, ",\"name\":");
    buf_json_text(&body, a ? a->name : NULL);
    buf_printf(&body, ",\"role\":\"%s\"", a ? role_codes[a->role] : "");
    if (cookie.p != NULL) {
        anti_forgery_token(cookie, token);
        buf_printf(&body, ",\"anti_forgery\":\"%s\",\"idle_s\":%d", token,
                   (int)(SESSION_IDLE / USEC_S));
    }
    buf_text(&body, ",\"expires_at\":");
    if (expires_at == USEC_NEVER)
        buf_text(&body, "null");
    else
        buf_json_instant(&body, expires_at);
    buf_char(&body, '}');
    x->out.failed |= body.failed;
    exchange_answer(x, &head, buf_span(&body));
    buf_free(&body);
}

static void tell_logout(struct exchange *x)
{
    struct http_head head = exchange_head(x, 200);
    head.type = HTTP_TYPE_JSON;
    head.cookie = span_of("");
    exchange_answer(x, &head, span_of("{}"));
}

static void call_answered(struct exchange *x)
{
    struct attempt *a = x->login;
    if (x->call->failed) {
        exchange_tell_refusal(x);
    } else if (a->stage == ATTEMPT_LOOKS) {
        desk_close(x->service->desk, x->call);
        x->call = NULL;
        a->stage = ATTEMPT_QUEUES;
    } else if (a->stage == ATTEMPT_OPENS) {
        answer_session(x, a->account, span_of(a->cookie), a->expires_at, true);
    } else {
        tell_logout(x);
    }
}

int login_settle(struct exchange *x, usec_t now)
{
    const struct attempt *a = x->login;
    if (a->stage == ATTEMPT_REFUSED) {
        if (now >= a->until)
            exchange_refuse(x, ERROR_UNAUTHENTICATED, a->why);
        return 0;
    }
    if (a->stage == ATTEMPT_WAITS)
        return now >= a->until ? judge(x, now) : 0;
    if (x->call != NULL && x->call->state == CALL_ANSWERED)
        call_answered(x);
    return 0;
}

usec_t login_deadline(const struct exchange *x)
{
    const struct attempt *a = x->login;
    bool waits = a != NULL && (a->stage == ATTEMPT_WAITS || a->stage == ATTEMPT_REFUSED);
    return waits ? a->until : USEC_NEVER;
}

int login_refuse_at(struct exchange *x, usec_t now, usec_t until, const char *why)
{
    if (until <= now) {
        exchange_refuse(x, ERROR_UNAUTHENTICATED, why);
        return 0;
    }
    x->login = calloc(1, sizeof *x->login);
    if (x->login == NULL)
        return -ENOMEM;
    *x->login = (struct attempt){.stage = ATTEMPT_REFUSED, .until = until, .why = why};
    exchange_asks(x);
    return 0;
}

/* While it lasts */

int session_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    const struct replica *r = x->service->desk->replica;
    const struct credential *c = replica_credential(r, span_of(x->credential));
    span cookie = {0};
    (void)now;
    if (x->credential_type == CREDENTIAL_SESSION)
        (void)!field_cookie(q->field[FIELD_COOKIE], HTTP_COOKIE, &cookie);
    answer_session(x, x->viewer.account, cookie, c->expires_at, false);
    return 0;
}

int logout_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    struct buf command = {0};
    (void)q;
    if (x->credential_type != CREDENTIAL_SESSION) {
        exchange_refuse(x, ERROR_FORBIDDEN, "no_session");
        return 0;
    }
    x->login = calloc(1, sizeof *x->login);
    if (x->login == NULL)
        return -ENOMEM;
    x->login->stage = ATTEMPT_LEAVES;
    session_close_command(&command, x->credential);
    free(x->credential); /* it ends: nobody is to be told that */
    x->credential = NULL;
    int r = own_call_command(x->service->desk, now, &command, &x->call);
    if (r == 0)
        exchange_asks(x);
    return r;
}

/* Told once a while only: each time costs a revision. */
void session_used(struct web_service *w, usec_t now, const struct credential *c)
{
    unsigned place = (unsigned char)c->id[0] + 16u * (unsigned char)c->id[1]; /* hexadecimal */
    struct touch *t = &w->touched[place % TOUCHES];
    bool told = strcmp(t->id, c->id) == 0 && now - t->at < USEC_MIN;
    if (told || !session_touch_due(c, replica_now(w->desk->replica, now)))
        return;
    snprintf(t->id, sizeof t->id, "%s", c->id);
    t->at = now;
    session_touch_command(&w->touches, c->id, w->seed ^ (uint64_t)now);
    buf_char(&w->touches, '\0');
}

bool web_take_touch(struct web_service *w, char **ret_command)
{
    if (w->touches.n == 0 || w->touches.failed) {
        buf_free(&w->touches);
        return false;
    }
    *ret_command = strdup(w->touches.p);
    buf_drop(&w->touches, strlen(w->touches.p) + 1);
    return *ret_command != NULL;
}
