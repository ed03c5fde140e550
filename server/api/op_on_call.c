/* SPDX-License-Identifier: EUPL-1.2 */
/* on_call: who has which duty now, or at another moment, in the caller's départements. */
#include "api/operation.h"
#include "core/office.h"
#include "proto/format.h"
#include "proto/time.h"

const struct shape on_call_params[] = {
    {"at", SHAPE_TEXT, .format = format_instant},
    MEMBER_AFTER,
    {0},
};

/* The root of one of the caller's territories, or of its establishments'; NULL past the last. */
static const struct territory *root_at(const struct desk *d, const struct viewer *v, size_t i)
{
    static const struct territory none = {0};
    if (i < v->n_territories)
        return v->roots[i];
    i -= v->n_territories;
    if (i >= v->n_establishments)
        return NULL;
    const struct entry *e =
        replica_find(d->replica, RECORD_ESTABLISHMENT, span_of(v->establishments[i]));
    return e != NULL && e->version.territory != NULL ? e->version.territory->root : &none;
}

static bool seen_before(const struct desk *d, const struct viewer *v, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (root_at(d, v, before) == root_at(d, v, i))
            return true;
    return false;
}

static void write_duties(const struct desk *d, const struct territory *root, usec_t at,
                         struct buf *out)
{
    for (int duty = 0; duty < DUTY_COUNT && !out->failed; duty++) {
        const struct rota *t = office_on_call(d->replica, root, (enum duty)duty, at);
        if (t == NULL)
            continue;
        const struct account *a = replica_account(d->replica, span_of(t->account));
        buf_text(out, out->p[out->n - 1] == '[' ? "" : ",");
        buf_printf(out, "{\"duty\":\"%s\",\"territory\":", duty_codes[duty]);
        buf_json_text(out, t->territory);
        buf_text(out, ",\"account\":");
        buf_json_text(out, t->account);
        buf_text(out, ",\"name\":");
        buf_json_text(out, a ? a->name : NULL);
        buf_text(out, ",\"until\":");
        buf_json_instant(out, t->to_at);
        buf_char(out, '}');
    }
}

int run_on_call(struct desk *d, usec_t now, struct call *c)
{
    const char *text = shape_text(c->params, "at");
    usec_t at = replica_now(d->replica, now);
    if (text != NULL && time_parse_instant(span_of(text), &at) != 0)
        return -EINVAL; /* its form was checked */
    buf_text(&c->result, "{\"on_call\":[");
    const struct territory *root;
    for (size_t i = 0; (root = root_at(d, c->viewer, i)) != NULL; i++)
        if (!seen_before(d, c->viewer, i))
            write_duties(d, root, at, &c->result);
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
