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

/* A member as it was given; one that was not is left out. 0 or -1 (no memory). */
static int keep(json_t *out, const char *name, const json_t *params, const char *member)
{
    json_t *value = json_object_get(params, member);
    return value == NULL ? 0 : json_object_set(out, name, value);
}

/* Where a search began, when that has a name: a point could be somebody's door. */
static int keep_near(json_t *out, const json_t *params)
{
    json_t *near = json_object_get(params, "near");
    return near == NULL || json_object_get(near, "point") != NULL
               ? 0
               : json_object_set(out, "near", near);
}

static int keep_km(json_t *out, const json_t *params)
{
    const json_t *km = json_object_get(params, "max_km");
    return km == NULL ? 0
                      : json_object_set_new(out, "max_km",
                                            json_integer((json_int_t)ceil(json_number_value(km))));
}

static int keep_best(json_t *out, const struct journal_note *note)
{
    json_t *best = json_array();
    int r = best == NULL ? -1 : 0;
    for (size_t i = 0; i < note->n_best && r == 0; i++)
        r = json_array_append_new(best, json_string(note->best[i]));
    return json_object_set_new(out, "best", best) < 0 ? -1 : r;
}

/* The parameters of journal.search (schema/README.md). NULL without memory. */
static json_t *entry_params(const struct journal_note *note)
{
    static const char *const same[] = {"children",  "parent",       "together", "emergency",
                                       "tonight",   "modality",     "needs",    "request",
                                       "wanted_on", "wanted_until", "days"};
    const json_t *p = note->params;
    json_t *out = json_object();
    int r = out == NULL ? -1 : 0;
    for (size_t i = 0; i < ARRAY_LENGTH(same) && r == 0; i++)
        r = keep(out, same[i], p, same[i]);
    if (r < 0 || keep(out, "kinds", p, "establishment_kinds") < 0 || keep_near(out, p) < 0 ||
        keep_km(out, p) < 0 || keep_best(out, note) < 0 ||
        json_object_set_new(out, "total", json_integer((json_int_t)note->total)) < 0 ||
        json_object_set_new(out, "searched_at", json_integer(note->searched_at)) < 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static char *entry_text(struct desk *d, const struct journal_note *note)
{
    char key[48];
    json_t *params = entry_params(note);
    snprintf(key, sizeof key, "~%s.%llu", d->node, (unsigned long long)++d->last_ticket);
    json_t *command = params ? json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "account", note->account,
                                         "op", "journal.search", "key", key, "digest", "",
                                         "channel", note->channel, "params", params)
                             : NULL;
    char *text = command ? json_dumps(command, JSON_COMPACT) : NULL;
    json_decref(command);
    return text;
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
