/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/occupancy.h"

#include <stddef.h>
#include <stdlib.h>

/* Members of the counts in the order they are written. */
#define COUNT(member)                                                                              \
    {                                                                                              \
#member, offsetof(struct occupancy_counts, member)                                         \
    }
static const struct {
    const char *name;
    size_t offset; /* of an int64_t */
} counts_members[] = {
    COUNT(units),      COUNT(stale),        COUNT(never_declared),
    COUNT(authorised), COUNT(open),         COUNT(occupied),
    COUNT(held),       COUNT(closed),       COUNT(emergency_reserved),
    COUNT(free),       COUNT(free_planned),
};

static void counts_add(struct occupancy_counts *c, const struct unit *u, usec_t now)
{
    c->units++;
    c->authorised += u->authorised == UNKNOWN ? 0 : u->authorised;
    if (u->observed_at == 0) {
        c->never_declared++;
        return;
    }
    c->stale += unit_fresh_until(u) <= now;
    c->open += u->open;
    c->occupied += u->occupied;
    c->held += u->held;
    c->closed += u->closed;
    c->emergency_reserved += u->emergency_reserved;
    c->free += unit_free(u);
    c->free_planned += unit_free_planned(u);
}

static void row_destroy(struct occupancy_row *row)
{
    if (row == NULL)
        return;
    free((char *)row->territory);
    free((char *)row->kind);
    free(row);
}

static struct occupancy_row *row_new(struct occupancy *o, const char *key, const struct unit *u,
                                     const char *territory)
{
    struct occupancy_row *row = calloc(1, sizeof *row);
    if (row == NULL)
        return NULL;
    snprintf(row->key, sizeof row->key, "%s", key);
    row->territory = strdup(territory);
    row->kind = strdup(u->establishment_kind ? u->establishment_kind : "");
    row->modality = u->modality;
    row->min_months = u->min_months;
    row->max_months = u->max_months;
    if (row->territory == NULL || row->kind == NULL ||
        map_put(&o->by_key, span_of(row->key), row) < 0) {
        row_destroy(row);
        return NULL;
    }
    return row;
}

int occupancy_add(struct occupancy *o, const struct unit *u, const struct territory *t, usec_t now)
{
    char key[OCCUPANCY_KEY];
    const char *territory = t ? t->code : "";
    /* Ages padded, so that the order of texts is the order of numbers; unknown comes first. */
    snprintf(key, sizeof key, "%.40s~%.48s~%s~%04d~%04d", territory,
             u->establishment_kind ? u->establishment_kind : "", modality_codes[u->modality],
             u->min_months + 1, u->max_months + 1);
    struct occupancy_row *row = map_get(&o->by_key, span_of(key));
    if (row == NULL)
        row = row_new(o, key, u, territory);
    if (row == NULL)
        return -ENOMEM;
    counts_add(&row->counts, u, now);
    counts_add(&o->total, u, now);
    return 0;
}

void occupancy_free(struct occupancy *o)
{
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(&o->by_key, &cursor)) != NULL;)
        row_destroy(slot->value);
    map_free(&o->by_key);
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(struct occupancy_row *const *)a)->key,
                  (*(struct occupancy_row *const *)b)->key);
}

int occupancy_rows(const struct occupancy *o, const char *after, struct occupancy_row ***ret_rows,
                   size_t *ret_n)
{
    struct occupancy_row **rows = calloc(o->by_key.count + 1, sizeof(struct occupancy_row *));
    if (rows == NULL)
        return -ENOMEM;
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(&o->by_key, &cursor)) != NULL;) {
        struct occupancy_row *row = slot->value;
        if (after == NULL || strcmp(row->key, after) > 0)
            rows[n++] = row;
    }
    qsort(rows, n, sizeof(struct occupancy_row *), by_key);
    *ret_rows = rows;
    *ret_n = n;
    return 0;
}

void occupancy_counts_encode(const struct occupancy_counts *c, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LENGTH(counts_members); i++) {
        int64_t count;
        memcpy(&count, (const char *)c + counts_members[i].offset, sizeof count);
        buf_printf(out, "%s\"%s\":", i ? "," : "", counts_members[i].name);
        buf_int(out, count);
    }
}

static void months(struct buf *out, const char *name, int value)
{
    if (value == UNKNOWN)
        buf_printf(out, "\"%s\":null", name);
    else
        buf_printf(out, "\"%s\":%d", name, value);
}

void occupancy_row_encode(const struct occupancy_row *row, struct buf *out)
{
    buf_text(out, "{\"territory\":");
    buf_json_text(out, row->territory[0] ? row->territory : NULL);
    buf_text(out, ",\"establishment_kind\":");
    buf_json_text(out, row->kind);
    buf_printf(out, ",\"modality\":\"%s\",\"ages\":{", modality_codes[row->modality]);
    months(out, "min_months", row->min_months);
    buf_char(out, ',');
    months(out, "max_months", row->max_months);
    buf_text(out, "},");
    occupancy_counts_encode(&row->counts, out);
    buf_char(out, '}');
}
