/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/metrics.h"

#include <stdlib.h>

#include "core/replica.h"

static const struct {
    const char *metric, *type, *labels, *help;
} rows[] = {
#define FIGURE_ROW(name, metric, type, labels, help) {metric, type, labels, help},
    FIGURES(FIGURE_ROW)
#undef FIGURE_ROW
};

static void head(struct buf *out, const char *metric, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric, help, metric, type);
}

static bool is_duration(const char *metric)
{
    static const char end[] = "_seconds";
    size_t n = strlen(metric);
    return n > sizeof end && strcmp(metric + n - (sizeof end - 1), end) == 0;
}

void metrics_of_workers(const struct figures *figures, size_t n, struct buf *out)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        if (i == 0 || strcmp(rows[i].metric, rows[i - 1].metric) != 0)
            head(out, rows[i].metric, rows[i].type, rows[i].help);
        for (size_t k = 0; k < n; k++) {
            buf_printf(out, "%s{worker=\"%zu\"%s%s} ", rows[i].metric, k, rows[i].labels ? "," : "",
                       rows[i].labels ? rows[i].labels : "");
            int64_t value = figures[k].at[i];
            if (is_duration(rows[i].metric))
                buf_decimal(out, (double)value / USEC_S, 6);
            else
                buf_int(out, value);
            buf_char(out, '\n');
        }
    }
}

/* The register */

static const usec_t ages[] = {USEC_HOUR,      4 * USEC_HOUR,  12 * USEC_HOUR,
                              24 * USEC_HOUR, 72 * USEC_HOUR, 168 * USEC_HOUR};

#define AGES ARRAY_LENGTH(ages)
#define KINDS_MOST 64 /* kinds of establishments; further ones are told together */

enum freshness { FRESH, STALE, NEVER, FRESHNESS_COUNT };

struct kind_figures {
    const char *kind;
    uint64_t units[FRESHNESS_COUNT];
    uint64_t older[AGES + 1]; /* declared, by the first bound that is not below; the last: older */
    double ages;              /* sum, s */
    int64_t open, occupied, held, free;
};

struct register_figures {
    size_t n;
    struct kind_figures kind[KINDS_MOST + 1];
    uint64_t holds[HOLD_STATE_COUNT], requests[REQUEST_STATE_COUNT], missions[MISSION_STATE_COUNT];
};

static struct kind_figures *figures_of(struct register_figures *f, const char *kind)
{
    size_t i = 0;
    while (i < f->n && strcmp(f->kind[i].kind, kind) != 0)
        i++;
    if (i == f->n && i < KINDS_MOST)
        f->kind[f->n++].kind = kind;
    if (i == KINDS_MOST)
        f->kind[i].kind = "other_kinds";
    return &f->kind[i];
}

static void add_unit(struct register_figures *f, const struct unit *u, usec_t now)
{
    struct kind_figures *k = figures_of(f, u->establishment_kind);
    if (u->observed_at == 0) {
        k->units[NEVER]++;
        return;
    }
    usec_t age = now > u->observed_at ? now - u->observed_at : 0;
    size_t i = 0;
    while (i < AGES && age > ages[i])
        i++;
    k->older[i]++;
    k->ages += (double)age / USEC_S;
    k->units[unit_fresh_until(u) <= now ? STALE : FRESH]++;
    k->open += u->open;
    k->occupied += u->occupied;
    k->held += u->held;
    k->free += unit_free(u);
}

static void look(struct register_figures *f, const struct replica *r, usec_t now)
{
    size_t cursor = 0;
    struct map_slot *slot;
    while ((slot = map_next(&r->live->records[RECORD_UNIT], &cursor)) != NULL)
        add_unit(f, ((const struct entry *)slot->value)->version.unit, now);
    for (cursor = 0; (slot = map_next(&r->live->records[RECORD_HOLD], &cursor)) != NULL;)
        f->holds[((const struct entry *)slot->value)->version.hold->state]++;
    for (cursor = 0; (slot = map_next(&r->live->records[RECORD_REQUEST], &cursor)) != NULL;)
        f->requests[((const struct entry *)slot->value)->version.request->state]++;
    for (cursor = 0; (slot = map_next(&r->live->records[RECORD_MISSION], &cursor)) != NULL;)
        f->missions[((const struct entry *)slot->value)->version.mission->state]++;
}

static void write_ages(const struct register_figures *f, size_t kinds, struct buf *out)
{
    static const char metric[] = "ugo_declaration_age_seconds";
    head(out, metric, "histogram", "Age of the last declarations of units.");
    for (size_t i = 0; i < kinds; i++) {
        const struct kind_figures *k = &f->kind[i];
        uint64_t upto = 0;
        for (size_t b = 0; b < AGES; b++) {
            upto += k->older[b];
            buf_printf(out, "%s_bucket{kind=\"%s\",le=\"%lld\"} %llu\n", metric, k->kind,
                       (long long)(ages[b] / USEC_S), (unsigned long long)upto);
        }
        upto += k->older[AGES];
        buf_printf(out, "%s_bucket{kind=\"%s\",le=\"+Inf\"} %llu\n%s_sum{kind=\"%s\"} %.0f\n",
                   metric, k->kind, (unsigned long long)upto, metric, k->kind, k->ages);
        buf_printf(out, "%s_count{kind=\"%s\"} %llu\n", metric, k->kind, (unsigned long long)upto);
    }
}

static void write_units(const struct register_figures *f, size_t kinds, struct buf *out)
{
    static const char *const states[] = {"fresh", "stale", "never_declared"};
    head(out, "ugo_units", "gauge", "Units by what their figures are worth.");
    for (size_t i = 0; i < kinds; i++)
        for (size_t s = 0; s < FRESHNESS_COUNT; s++)
            buf_printf(out, "ugo_units{kind=\"%s\",figures=\"%s\"} %llu\n", f->kind[i].kind,
                       states[s], (unsigned long long)f->kind[i].units[s]);
    head(out, "ugo_places", "gauge", "Places of declared units, as last declared.");
    for (size_t i = 0; i < kinds; i++) {
        const struct kind_figures *k = &f->kind[i];
        const struct {
            const char *name;
            int64_t n;
        } counts[] = {
            {"open", k->open}, {"occupied", k->occupied}, {"held", k->held}, {"free", k->free}};
        for (size_t c = 0; c < ARRAY_LENGTH(counts); c++)
            buf_printf(out, "ugo_places{kind=\"%s\",count=\"%s\"} %lld\n", k->kind, counts[c].name,
                       (long long)counts[c].n);
    }
}

static void write_states(const char *metric, const char *help, const char *const *states,
                         const uint64_t *counts, size_t n, struct buf *out)
{
    head(out, metric, "gauge", help);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s{state=\"%s\"} %llu\n", metric, states[i],
                   (unsigned long long)counts[i]);
}

void metrics_of_register(const struct replica *r, usec_t now, struct buf *out)
{
    if (r->live == NULL)
        return;
    struct register_figures *f = calloc(1, sizeof *f);
    if (f == NULL) {
        out->failed = true;
        return;
    }
    look(f, r, replica_now(r, now));
    size_t kinds = f->n + (f->kind[KINDS_MOST].kind != NULL);
    write_ages(f, kinds, out);
    write_units(f, kinds, out);
    write_states("ugo_holds", "Holds of the last 48 hours, by their state.", hold_state_codes,
                 f->holds, HOLD_STATE_COUNT, out);
    write_states("ugo_requests", "Requests, closed ones for 48 hours, by their state.",
                 request_state_codes, f->requests, REQUEST_STATE_COUNT, out);
    write_states("ugo_missions", "Missions, ended ones for 48 hours, by their state.",
                 mission_state_codes, f->missions, MISSION_STATE_COUNT, out);
    free(f);
}
