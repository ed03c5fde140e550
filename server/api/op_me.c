/* SPDX-License-Identifier: EUPL-1.2 */
/* me, and the shapes of what the session itself answers. */
#include "api/filter_read.h"
#include "api/operation.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape protocol_element = {NULL, SHAPE_INT, .min = 0, .max = 1000};

const struct shape hello_params[] = {
    {"protocol", SHAPE_ARRAY, .required = true, .min = 2, .max = 2, .element = &protocol_element},
    {"client", SHAPE_TEXT, .required = true, .min = 1, .max = 64},
    {"token", SHAPE_TEXT, .format = format_token},
    {0},
};

const struct shape echo_params[] = {{0}}; /* any params at all: not checked */

const struct shape subscribe_params[] = {
    {"sub", SHAPE_TEXT, .required = true, .format = format_name},
    {"filter", SHAPE_OBJECT, .members = filter_members},
    {"since", SHAPE_TEXT, .nullable = true, .format = format_since},
    MEMBER_AFTER,
    {0},
};

const struct shape unsubscribe_params[] = {
    {"sub", SHAPE_TEXT, .required = true, .format = format_name},
    {0},
};

const struct shape me_params[] = {MEMBER_AFTER, {0}};

int run_me(struct desk *d, usec_t now, struct call *c)
{
    const struct viewer *v = c->viewer;
    struct account *a = replica_account(d->replica, span_of(v->account));
    buf_text(&c->result, "{\"account\":");
    buf_json_text(&c->result, v->account);
    buf_text(&c->result, ",\"name\":");
    buf_json_text(&c->result, a ? a->name : NULL);
    buf_printf(&c->result,
               ",\"role\":\"%s\",\"scope\":", role_codes[v->service ? ROLE_SERVICE : v->role]);
    buf_add(&c->result, buf_span(&v->scope));
    buf_text(&c->result, ",\"acts_for\":");
    buf_json_text(&c->result, a ? a->acts_for : NULL);
    buf_text(&c->result, ",\"now\":");
    buf_json_instant(&c->result, replica_now(d->replica, now));
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
