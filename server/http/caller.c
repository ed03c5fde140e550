/* SPDX-License-Identifier: EUPL-1.2 */
/* Who asks: a script by its token, a person by the session of its cookie; now, and as long as the
 * exchange lasts. */
#include <stdlib.h>
#include <strings.h>

#include "api/secret.h"
#include "http/exchange.h"
#include "http/field.h"

#define NEW_SESSION_WAIT (500 * USEC_MS)

/* A page of another site can make a browser send a request with our cookie; it says where it comes
 * from, and cannot know the token, since it reads none of our answers. NULL: one of our pages. */
const char *caller_forgery(const struct http_request *q, span secret)
{
    static const char scheme[] = "https://";
    span site = q->field[FIELD_SEC_FETCH_SITE], origin = q->field[FIELD_ORIGIN];
    span host = q->field[FIELD_HOST], given = q->field[FIELD_UGO_ANTI_FORGERY];
    bool safe = q->method == HTTP_GET || q->method == HTTP_HEAD;
    size_t n = sizeof scheme - 1;
    if (site.p != NULL && !span_is(site, "same-origin") && !(safe && span_is(site, "none")))
        return "cross_site";
    if (origin.p != NULL && (origin.n != n + host.n || memcmp(origin.p, scheme, n) != 0 ||
                             strncasecmp(origin.p + n, host.p, host.n) != 0))
        return "cross_site";
    if (safe || secret.p == NULL)
        return NULL;
    char token[ANTI_FORGERY_TEXT];
    anti_forgery_token(secret, token);
    return secret_equals(given, span_of(token)) ? NULL : "anti_forgery";
}

static span bearer(const struct http_request *q)
{
    span value = q->field[FIELD_AUTHORIZATION];
    static const char scheme[] = "bearer ";
    if (value.n < sizeof scheme - 1 || strncasecmp(value.p, scheme, sizeof scheme - 1) != 0)
        return (span){0};
    return field_trim((span){value.p + sizeof scheme - 1, value.n - (sizeof scheme - 1)});
}

/* The account that a credential lets in, or why it does not. */
static const char *let_in(struct exchange *x, usec_t now, const char *id, enum credential_type type,
                          const char **ret_account)
{
    const struct replica *r = x->service->desk->replica;
    const struct credential *c = replica_credential(r, span_of(id));
    const char *trouble = credential_trouble(c, type, replica_now(r, now));
    if (trouble != NULL)
        return trouble;
    x->credential = strdup(id);
    x->credential_type = type;
    *ret_account = c->account;
    return NULL;
}

static const char *authenticate(struct exchange *x, usec_t now, const struct http_request *q,
                                span secret, const char **ret_account)
{
    char id[DIGEST_TEXT];
    if (q->field[FIELD_AUTHORIZATION].p != NULL) {
        span token = bearer(q);
        if (token.n == 0)
            return "bad_credential";
        digest_hex(token, id);
        return let_in(x, now, id, CREDENTIAL_TOKEN, ret_account);
    }
    if (secret.p == NULL)
        return "no_credential";
    if (cookie_session(secret, id) != 0)
        return "bad_credential";
    return let_in(x, now, id, CREDENTIAL_SESSION, ret_account);
}

/* A session is opened at one worker, and the others hear of it a moment later; a browser may have
 * connections to any of them. */
static bool may_be_new(const struct exchange *x, const struct http_request *q, span secret,
                       char ret_id[static DIGEST_TEXT])
{
    return x->late == NULL && q->field[FIELD_AUTHORIZATION].p == NULL && secret.p != NULL &&
           cookie_session(secret, ret_id) == 0 &&
           replica_credential(x->service->desk->replica, span_of(ret_id)) == NULL;
}

static int wait_for_session(struct exchange *x, usec_t now, const struct http_request *q,
                            const char *id)
{
    x->late = calloc(1, sizeof *x->late);
    if (x->late == NULL)
        return -ENOMEM;
    x->late->request = *q;
    x->late->until = now + NEW_SESSION_WAIT;
    snprintf(x->late->session, sizeof x->late->session, "%s", id);
    exchange_asks(x);
    return CALLER_REFUSED; /* for now */
}

int caller_settle(struct exchange *x, usec_t now)
{
    const struct replica *r = x->service->desk->replica;
    struct http_request q = x->late->request; /* what is answered is forgotten */
    if (now < x->late->until && replica_credential(r, span_of(x->late->session)) == NULL)
        return 0;
    return exchange_ask(x, now, &q);
}

static struct viewer *kept_viewer(struct web_service *w, const char *account)
{
    for (size_t i = 0; i < VIEWERS_KEPT; i++)
        if (viewer_is_current(&w->viewers[i], w->desk->replica) &&
            strcmp(w->viewers[i].account, account) == 0)
            return &w->viewers[i];
    return NULL;
}

/* As viewer_resolve. */
static int find_viewer(struct web_service *w, const char *account, struct viewer *ret)
{
    struct viewer *kept = kept_viewer(w, account);
    if (kept == NULL)
        return viewer_resolve(w->desk->replica, account, ret);
    *ret = *kept;
    *kept = (struct viewer){0};
    return 0;
}

/* The place of one that is of no use, else the next in turn. */
static struct viewer *place_to_keep(struct web_service *w)
{
    for (size_t i = 0; i < VIEWERS_KEPT; i++)
        if (!viewer_is_current(&w->viewers[i], w->desk->replica))
            return &w->viewers[i];
    return &w->viewers[++w->last_viewer % VIEWERS_KEPT];
}

static void keep_viewer(struct web_service *w, struct viewer *v)
{
    if (viewer_is_current(v, w->desk->replica)) {
        struct viewer *place = place_to_keep(w);
        viewer_clear(place);
        *place = *v;
        *v = (struct viewer){0};
    }
    viewer_clear(v);
}

void caller_forget(struct exchange *x)
{
    keep_viewer(x->service, &x->viewer);
    free(x->credential);
    x->credential = NULL;
    free(x->late);
    x->late = NULL;
}

int caller_identify(struct exchange *x, usec_t now, const struct http_request *q)
{
    const char *account = NULL, *forgery = NULL;
    span secret = {0};
    if (q->field[FIELD_COOKIE].p != NULL)
        (void)!field_cookie(q->field[FIELD_COOKIE], HTTP_COOKIE, &secret);
    char id[DIGEST_TEXT];
    const char *trouble = authenticate(x, now, q, secret, &account);
    if (trouble != NULL && may_be_new(x, q, secret, id))
        return wait_for_session(x, now, q, id);
    if (trouble == NULL && x->credential_type == CREDENTIAL_SESSION)
        forgery = caller_forgery(q, secret);
    if (trouble != NULL || forgery != NULL) {
        exchange_refuse(x, trouble ? ERROR_UNAUTHENTICATED : ERROR_FORBIDDEN,
                        trouble ? trouble : forgery);
        return CALLER_REFUSED;
    }
    if (x->credential == NULL)
        return -ENOMEM;
    const struct replica *replica = x->service->desk->replica;
    if (x->credential_type == CREDENTIAL_SESSION)
        session_used(x->service, now, replica_credential(replica, span_of(x->credential)));
    int r = find_viewer(x->service, account, &x->viewer);
    if (r > 0)
        exchange_refuse(x, ERROR_UNAUTHENTICATED,
                        r == VIEWER_DISABLED ? "disabled" : "bad_credential");
    return r > 0 ? CALLER_REFUSED : r;
}

const char *caller_trouble(const struct exchange *x, usec_t now)
{
    const struct replica *r = x->service->desk->replica;
    if (x->credential == NULL)
        return NULL;
    return credential_trouble(replica_credential(r, span_of(x->credential)), x->credential_type,
                              replica_now(r, now));
}

usec_t caller_end(const struct exchange *x)
{
    const struct replica *r = x->service->desk->replica;
    const struct credential *c =
        x->credential ? replica_credential(r, span_of(x->credential)) : NULL;
    usec_t end = c != NULL ? credential_end(c) : USEC_NEVER;
    return end == USEC_NEVER ? end : end - r->ledger_at + r->ledger_received;
}
