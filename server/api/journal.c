/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/journal.h"

#include <math.h>
#include <stdlib.h>

#include "core/replica.h"

int journal_note(struct desk *d, const struct call *c, const struct search_answer *answer,
                 usec_t at)
{
    if (d->n_notes == d->room_notes) {
        size_t room = d->room_notes ? d->room_notes * 2 : 16;
        struct journal_note *notes = realloc(d->notes, room * sizeof *notes);
        if (notes == NULL)
            return -ENOMEM;
        d->notes = notes;
        d->room_notes = room;
    }
    struct journal_note *note = &d->notes[d->n_notes++];
    note->params = json_incref(c->params);
    note->searched_at = at;
    note->total = answer->total;
    note->n_best = answer->n_results < JOURNAL_BEST ? answer->n_results : JOURNAL_BEST;
    snprintf(note->account, sizeof note->account, "%s", c->viewer->account);
    snprintf(note->channel, sizeof note->channel, "%s", c->channel);
    for (size_t i = 0; i < note->n_best; i++)
        snprintf(note->best[i], sizeof note->best[i], "%s",
                 replica_unit_at(d->replica, answer->results[i].slot)->id);
    return 0;
}

static void name_member(struct buf *out, const char *name)
{
    buf_text(out, ",\"");
    buf_text(out, name);
    buf_text(out, "\":");
}

static int add(const char *bytes, size_t n, void *out)
{
    buf_add(out, (span){bytes, n});
    return 0;
}

/* A member as it was given; one that was not is left out. */
static void keep(struct buf *out, const char *name, const json_t *value)
{
    if (value == NULL)
        return;
    name_member(out, name);
    out->failed |= json_dump_callback(value, add, out, JSON_COMPACT | JSON_ENCODE_ANY) < 0;
}

static void keep_number(struct buf *out, const char *name, int64_t value)
{
    name_member(out, name);
    buf_int(out, value);
}

/* Where a search began, when that has a name: a point could be somebody's door. */
static void keep_near(struct buf *out, const json_t *params)
{
    const json_t *near = json_object_get(params, "near");
    if (json_object_get(near, "point") == NULL)
        keep(out, "near", near);
}

static void keep_km(struct buf *out, const json_t *params)
{
    const json_t *km = json_object_get(params, "max_km");
    if (km != NULL)
        keep_number(out, "max_km", (int64_t)ceil(json_number_value(km)));
}

static void keep_best(struct buf *out, const struct journal_note *note)
{
    name_member(out, "best");
    buf_char(out, '[');
    for (size_t i = 0; i < note->n_best; i++) {
        buf_text(out, i ? "," : "");
        buf_json_text(out, note->best[i]);
    }
    buf_char(out, ']');
}

/* The parameters of journal.search (schema/README.md), without the braces. */
static void write_params(const struct journal_note *note, struct buf *out)
{
    static const char *const same[] = {"children",  "parent",       "together", "emergency",
                                       "tonight",   "modality",     "needs",    "request",
                                       "wanted_on", "wanted_until", "days"};
    const json_t *p = note->params;
    buf_text(out, "\"searched_at\":");
    buf_int(out, note->searched_at);
    keep_number(out, "total", (int64_t)note->total);
    for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
        keep(out, same[i], json_object_get(p, same[i]));
    keep(out, "kinds", json_object_get(p, "establishment_kinds"));
    keep_near(out, p);
    keep_km(out, p);
    keep_best(out, note);
}

/* Terminated; NULL without memory. */
static char *entry_text(struct desk *d, const struct journal_note *note)
{
    struct buf text = {0};
    buf_text(&text, "{\"op\":\"journal.search\",\"digest\":\"\",\"account\":");
    buf_json_text(&text, note->account);
    buf_printf(&text, ",\"key\":\"~%s.%llu\",\"channel\":", d->node,
               (unsigned long long)++d->last_ticket);
    buf_json_text(&text, note->channel);
    buf_text(&text, ",\"params\":{");
    write_params(note, &text);
    buf_add(&text, (span){"}}", 3}); /* with its terminator */
    if (buf_check(&text) < 0)
        buf_free(&text);
    return text.p;
}

bool desk_take_entry(struct desk *d, struct desk_command *ret)
{
    char *text = NULL;
    while (text == NULL && d->first_note < d->n_notes) {
        struct journal_note *note = &d->notes[d->first_note++];
        text = entry_text(d, note);
        d->notes_lost += text == NULL;
        json_decref(note->params);
    }
    if (d->first_note == d->n_notes)
        d->first_note = d->n_notes = 0;
    if (text != NULL)
        *ret = (struct desk_command){.json = text, .n = strlen(text)};
    return text != NULL;
}

void journal_free(struct desk *d)
{
    for (size_t i = d->first_note; i < d->n_notes; i++)
        json_decref(d->notes[i].params);
    free(d->notes);
}
