/* SPDX-License-Identifier: EUPL-1.2 */
/* search: the engine's answer put into words, with the records' own JSON. */
#include "api/filter_read.h"
#include "api/operation.h"
#include "core/encode.h"
#include "core/split.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape search_params[] = {
    {CRITERIA_CHILDREN, .required = true},
    CRITERIA_MEMBERS,
    {"tonight", SHAPE_BOOL},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_RESULTS},
    MEMBER_AFTER,
    {0},
};

struct writing {
    struct desk *desk;
    struct call *call;
    const struct search_request *request;
    struct buf *out;
};

/* Called dozens of times per answer: no formatting. */
static void write_member(struct buf *out, const char *name)
{
    buf_text(out, ",\"");
    buf_text(out, name);
    buf_text(out, "\":");
}

static void write_element(struct buf *out, const char *code)
{
    buf_text(out, out->p[out->n - 1] == '[' ? "\"" : ",\"");
    buf_text(out, code);
    buf_char(out, '"');
}

static void write_codes(struct buf *out, const char *name, unsigned bits, const char *const *codes,
                        int n)
{
    write_member(out, name);
    buf_char(out, '[');
    for (int i = 0; i < n && !out->failed; i++)
        if (bits & 1u << i)
            write_element(out, codes[i]);
    buf_char(out, ']');
}

/* Criteria, with each need by its own name instead of "needs". */
static void write_criteria(struct buf *out, const char *name, unsigned criteria, unsigned needs)
{
    write_member(out, name);
    buf_char(out, '[');
    for (int i = 0; i < CRITERION_COUNT && !out->failed; i++)
        if (i != CRITERION_NEEDS && criteria & 1u << i)
            write_element(out, criterion_codes[i]);
    for (int i = 0; i < NEED_COUNT && !out->failed; i++)
        if (needs & 1u << i)
            write_element(out, need_codes[i]);
    buf_char(out, ']');
}

static void write_unit(const struct writing *w, unsigned slot)
{
    struct entry *e = replica_unit_at(w->desk->replica, slot);
    buf_add(w->out, entry_json(e, viewer_view(w->call->viewer, version_scope(&e->version))));
}

static void write_km(struct buf *out, const char *name, double km)
{
    write_member(out, name);
    if (km >= 0)
        buf_decimal(out, km, 1);
    else
        buf_text(out, "null");
}

static void write_result(const struct writing *w, const struct search_result *result)
{
    const struct unit *u = replica_unit_at(w->desk->replica, result->slot)->version.unit;
    struct buf *out = w->out;
    buf_text(out, "{\"unit\":");
    write_unit(w, result->slot);
    buf_text(out, ",\"score\":");
    buf_decimal(out, result->score, 3);
    write_km(out, "km", result->km);
    /* Only what was asked for: the default of modality was not. */
    unsigned unasked = shape_has(w->call->params, "modality") ? 0 : 1u << CRITERION_MODALITY;
    write_criteria(out, "fits", result->fits & ~unasked, result->needs_fit);
    write_criteria(out, "to_ask", result->to_ask & ~unasked, result->needs_ask);
    buf_text(out, ",\"observed_at\":");
    if (u->observed_at == 0) {
        buf_text(out, "null,\"age_s\":null");
    } else {
        buf_json_instant(out, u->observed_at);
        buf_text(out, ",\"age_s\":");
        buf_int(out, (w->request->now - u->observed_at) / USEC_S);
    }
    buf_text(out, result->freshness == FRESHNESS_FRESH ? ",\"stale\":false" : ",\"stale\":true");
    write_codes(out, "why", result->why, why_codes, WHY_COUNT);
    if (w->request->n_children > 1) {
        bool first = true;
        buf_text(out, ",\"children\":[");
        for (unsigned i = 0; i < w->request->n_children; i++) {
            if (!(result->children & 1u << i))
                continue;
            buf_text(out, first ? "" : ",");
            buf_int(out, i);
            first = false;
        }
        buf_char(out, ']');
    }
    buf_char(out, '}');
}

/* need and has of a near miss, in the words of the request (see struct search_near_miss). */
static void write_need_has(const struct search_request *q, const struct search_near_miss *miss,
                           const char *kind, struct buf *out)
{
    switch (miss->criterion) {
    case CRITERION_SEX:
        buf_printf(out, ",\"need\":\"%c\",\"has\":\"%s\"", (char)miss->need,
                   unit_sex_codes[(int)miss->has]);
        return;
    case CRITERION_NEEDS:
        write_codes(out, "need", (unsigned)miss->need, need_codes, NEED_COUNT);
        write_codes(out, "has", (unsigned)miss->has, need_codes, NEED_COUNT);
        return;
    case CRITERION_MODALITY:
        write_codes(out, "need", (unsigned)miss->need, modality_codes, MODALITY_COUNT);
        buf_printf(out, ",\"has\":\"%s\"", modality_codes[(int)miss->has]);
        return;
    case CRITERION_NIGHT:
        buf_printf(out, ",\"need\":true,\"has\":\"%s\"", admission_codes[(int)miss->has]);
        return;
    case CRITERION_KIND:
        buf_text(out, ",\"need\":[");
        for (size_t i = 0; i < q->n_kinds; i++) {
            buf_text(out, i ? "," : "");
            buf_json_text(out, q->kinds[i]);
        }
        buf_text(out, "],\"has\":");
        buf_json_text(out, kind);
        return;
    case CRITERION_DISTANCE:
        write_km(out, "need", miss->need);
        write_km(out, "has", miss->has);
        return;
    default:
        write_member(out, "need");
        buf_decimal(out, miss->need, 0);
        write_member(out, "has");
        buf_decimal(out, miss->has, 0);
    }
}

static void write_near_miss(const struct writing *w, const struct search_near_miss *miss)
{
    buf_text(w->out, "{\"unit\":");
    write_unit(w, miss->slot);
    write_km(w->out, "km", miss->km);
    buf_text(w->out, miss->freshness == FRESHNESS_FRESH ? ",\"stale\":false,\"missing\":[{"
                                                        : ",\"stale\":true,\"missing\":[{");
    buf_text(w->out, "\"criterion\":\"");
    buf_text(w->out, criterion_members[miss->criterion]);
    buf_char(w->out, '"');
    write_need_has(w->request, miss,
                   replica_unit_at(w->desk->replica, miss->slot)->version.unit->establishment_kind,
                   w->out);
    buf_text(w->out, "}]}");
}

static void write_split(const struct writing *w, const struct split *split)
{
    if (split == NULL) {
        buf_text(w->out, ",\"split\":null");
        return;
    }
    buf_text(w->out, ",\"split\":{\"placements\":[");
    for (unsigned i = 0; i < split->n_children; i++) {
        buf_printf(w->out, "%s{\"child\":%u,\"unit\":", i ? "," : "", i);
        write_unit(w, split->slot[i]);
        write_criteria(w->out, "to_ask", split->to_ask[i], 0);
        buf_char(w->out, '}');
    }
    buf_printf(w->out, "],\"units\":%u", split->units);
    write_km(w->out, "km_apart", split->km_apart);
    write_km(w->out, "km_home", split->km_home);
    buf_printf(w->out, ",\"exact\":%s}", split->exact ? "true" : "false");
}

static void write_answer(const struct writing *w, const struct search_answer *answer)
{
    buf_printf(w->out, "{\"total\":%zu,\"considered\":%zu,\"never_declared\":%zu,\"results\":[",
               answer->total, answer->allowed, answer->never_declared);
    for (size_t i = 0; i < answer->n_results; i++) {
        buf_text(w->out, i ? "," : "");
        write_result(w, &answer->results[i]);
    }
    buf_text(w->out, "],\"near_misses\":[");
    for (size_t i = 0; i < answer->n_near_misses; i++) {
        buf_text(w->out, i ? "," : "");
        write_near_miss(w, &answer->near_misses[i]);
    }
    buf_text(w->out, "],\"rejected\":{");
    bool first = true;
    for (int i = 0; i < CRITERION_COUNT; i++) {
        if (answer->rejected[i] == 0)
            continue;
        buf_printf(w->out, "%s\"%s\":%zu", first ? "" : ",", criterion_codes[i],
                   answer->rejected[i]);
        first = false;
    }
    buf_char(w->out, '}');
}

int run_search(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    criteria_check(c->params, d->replica, "", &errors);
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    const char *kinds[CRITERIA_KINDS_MAX];
    struct search_request q;
    criteria_read(c->params, d->replica, c->viewer, kinds, &q);
    q.limit = (unsigned)shape_int(c->params, "limit", LIMIT_RESULTS_DEFAULT);
    q.now = replica_now(d->replica, now);
    int r = viewer_slots(c->viewer, d->replica, &q.allowed);
    if (r < 0)
        return r;
    usec_t (*stopwatch)(void) = d->limits.stopwatch;
    usec_t began = stopwatch ? stopwatch() : 0;
    struct search_answer answer;
    search_run(d->replica->live->index, &q, &answer);
    struct split split;
    bool apart = !answer.takes_all && search_split(d->replica->live->index, &q, &split) == 0;
    usec_t took = stopwatch ? stopwatch() - began : 0;
    struct writing w = {d, c, &q, &c->result};
    write_answer(&w, &answer);
    write_split(&w, apart ? &split : NULL);
    buf_printf(&c->result, ",\"took_us\":%lld", (long long)took);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
