/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/answer.h"

#include <stdlib.h>

#include "api/operation.h"
#include "base/statement.h"
#include "core/encode.h"

int answer_add(struct call *c, enum record_kind kind, const char *id)
{
    struct shown *shown = realloc(c->shown, (c->n_shown + 1) * sizeof *shown);
    if (shown == NULL)
        return -ENOMEM;
    c->shown = shown;
    shown[c->n_shown] = (struct shown){.kind = kind, .id = strdup(id)};
    return shown[c->n_shown++].id == NULL ? -ENOMEM : 0;
}

void answer_clear(struct call *c)
{
    for (size_t i = 0; i < c->n_shown; i++) {
        free(c->shown[i].id);
        buf_free(&c->shown[i].json);
    }
    free(c->shown);
    c->shown = NULL;
    c->n_shown = 0;
}

static void note_hold(struct shown *s, const struct version *v)
{
    s->done = true;
    if (v->hold == NULL)
        return;
    s->due_at = hold_due_at(v->hold);
    s->stale_unit = v->hold->stale_unit;
}

/* What was refused, and what changed nothing, shows what is now. */
static bool as_now(const struct call *c)
{
    return c->refused || c->revision < 0;
}

/* From the replica. 0; 1: it has moved on, or is not to be seen. */
static int show_entry(struct desk *d, struct call *c, struct shown *s)
{
    struct entry *e = replica_find(d->replica, s->kind, span_of(s->id));
    if (e == NULL || (!as_now(c) && e->revision != c->revision))
        return 1;
    struct scope_members scope = version_scope(&e->version);
    if (!viewer_sees(c->viewer, scope))
        return 1;
    entry_add_json(e, viewer_view(c->viewer, scope), &s->json);
    note_hold(s, &e->version);
    return buf_check(&s->json);
}

int answer_gather(struct desk *d, usec_t now, struct call *c)
{
    for (size_t i = 0; i < c->n_shown; i++) {
        struct shown *s = &c->shown[i];
        int r = s->done ? 0 : show_entry(d, c, s);
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        if (as_now(c)) {
            call_refuse(c, ERROR_FORBIDDEN, NULL);
            return 1;
        }
        char revision[24];
        snprintf(revision, sizeof revision, "%lld", (long long)c->revision);
        r = desk_ask(d, now, c, DESK_LOG_ROW,
                     (const char *const[]){revision, record_kind_codes[s->kind], s->id}, 3);
        return r < 0 ? r : 1;
    }
    return 0;
}

/* From the log. 0; 1: not to be shown, the call was refused. */
static int show_row(struct desk *d, struct call *c, struct shown *s, const char *state)
{
    struct version v = {0};
    int r = state == NULL ? -EBADMSG : replica_version(d->replica, s->kind, s->id, state, &v);
    if (r == -ENOMEM)
        return r;
    if (r < 0) { /* past retention, or deleted since: it was done, and cannot be shown */
        call_refuse(c, ERROR_NOT_FOUND, "no_longer_kept");
        return 1;
    }
    struct scope_members scope = version_scope(&v);
    bool seen = viewer_sees(c->viewer, scope);
    if (seen)
        encode_version(s->id, c->revision, &v, viewer_view(c->viewer, scope), &s->json);
    else
        call_refuse(c, ERROR_FORBIDDEN, NULL);
    note_hold(s, &v);
    version_clear(&v);
    return seen ? buf_check(&s->json) : 1;
}

int rows_answer(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    size_t i = 0;
    while (i < c->n_shown && c->shown[i].done)
        i++;
    if (i == c->n_shown)
        return -EINVAL;
    int r = show_row(d, c, &c->shown[i], rows->n_rows == 1 ? rows_cell(rows, 0, 0) : NULL);
    if (r != 0)
        return r < 0 ? r : 0;
    return c->operation->answer(d, now, c);
}

void answer_end(struct desk *d, struct call *c)
{
    desk_position(d, c->refused ? &c->data : &c->result);
    if (c->refused) {
        call_refuse(c, c->refusal, NULL);
        return;
    }
    buf_char(&c->result, '}');
    call_answer(c);
}

void hold_item(const struct desk *d, usec_t now, span hold, usec_t due_at, struct buf *out)
{
    usec_t left = due_at - replica_now(d->replica, now);
    buf_text(out, "{\"hold\":");
    buf_add(out, hold);
    buf_text(out, ",\"expires_in_ms\":");
    if (due_at == 0)
        buf_text(out, "null");
    else
        buf_int(out, left > 0 ? left / USEC_MS : 0);
}
