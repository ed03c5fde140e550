/* SPDX-License-Identifier: EUPL-1.2 */
/* One's own password. Whoever has taken over a session may guess the password in it no faster than
 * at the login: an attempt counts as failed until it has not. */
#include "api/draw.h"
#include "http/exchange.h"

static const struct shape password_params[] = {
    {"old", SHAPE_TEXT, .required = true, .min = 1, .max = PASSWORD_MOST},
    {"new", SHAPE_TEXT, .required = true, .min = 1, .max = PASSWORD_MOST},
    {0},
};

static int ask(struct exchange *x, usec_t now, const json_t *params)
{
    struct web_service *w = x->service;
    span account = span_of(x->viewer.account), network = span_of(x->network);
    bool in_session = x->credential_type == CREDENTIAL_SESSION;
    struct own_password asked = {.old = shape_text(params, "old"),
                                 .password = shape_text(params, "new"),
                                 .session = in_session ? x->credential : NULL,
                                 .not_before =
                                     now + delays_wait(&w->delays, now, account, network)};
    int r = draw_own_password(w->desk, now, &x->viewer, &asked, &x->call);
    if (r < 0)
        return r;
    if (x->call->state != CALL_ANSWERED)
        delays_failed(&w->delays, now, account, network);
    exchange_asks(x);
    return 0;
}

int password_ask(struct exchange *x, usec_t now, const struct http_request *q)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    int r = body_read(x, q, &params);
    if (r < 0 || params == NULL)
        return r;
    if (shape_check(password_params, params, &errors) != 0)
        exchange_refuse_params(x, &errors);
    else
        r = ask(x, now, params);
    json_decref(params);
    return r;
}

void password_told(struct exchange *x)
{
    if (x->call->failed || strcmp(x->call->operation->name, "password.change") != 0)
        return;
    delays_forgive(&x->service->delays, span_of(x->viewer.account), span_of(x->network));
}
