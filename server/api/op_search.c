/* SPDX-License-Identifier: EUPL-1.2 */
/* search: the engine's answer put into words, with the records' own JSON. */
#include "api/answer.h"
#include "api/days_read.h"
#include "api/filter_read.h"
#include "api/journal.h"
#include "api/operation.h"
#include "core/encode.h"
#include "core/expected.h"
#include "core/kept.h"
#include "core/member.h"
#include "core/office.h"
#include "core/split.h"
#include "proto/format.h"
#include "proto/limits.h"

const struct shape search_params[] = {
    {CRITERIA_CHILDREN, .required = true},
    CRITERIA_MEMBERS,
    {"tonight", SHAPE_BOOL},
    {"request", SHAPE_TEXT, .format = format_request_id},
    DAYS_MEMBERS,
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_RESULTS},
    MEMBER_AFTER,
    {0},
};

struct writing {
    struct desk *desk;
    struct call *call;
    const struct search_request *request;
    const struct expected *expected; /* what is planned; laid on the days wanted, if any are */
    const struct search_days *days;
    const struct kept *kept; /* what is offered to others */
    struct buf *out;
};

/* Called dozens of times per answer: no formatting, and names are literals. */
static void write_elements(struct buf *out, unsigned bits, const char *const *codes)
{
    for (; bits != 0 && !out->failed; bits &= bits - 1) {
        buf_text(out, out->p[out->n - 1] == '[' ? "\"" : ",\"");
        buf_text(out, codes[__builtin_ctz(bits)]);
        buf_char(out, '"');
    }
}

static void write_codes(struct buf *out, unsigned bits, const char *const *codes)
{
    buf_char(out, '[');
    write_elements(out, bits, codes);
    buf_char(out, ']');
}

/* What is to be asked besides criteria. */
enum { ASK_BED = 1, ASK_OFFERED = 2 };

/* Criteria, with each need by its own name instead of "needs", and what else there is to ask. */
static void write_criteria(struct buf *out, unsigned criteria, unsigned needs, unsigned more)
{
    static const char *const codes[] = {"fallback_bed", "offered"};
    buf_char(out, '[');
    write_elements(out, criteria & ~(1u << CRITERION_NEEDS), criterion_codes);
    write_elements(out, needs, need_codes);
    write_elements(out, more, codes);
    buf_char(out, ']');
}

/* The unit on which a unit of modality pad falls back, where the viewer sees it; else NULL. */
static const struct unit *bed_of(const struct writing *w, const struct unit *u)
{
    const struct entry *e =
        u->fallback ? replica_find(w->desk->replica, RECORD_UNIT, span_of(u->fallback)) : NULL;
    return e != NULL && viewer_sees(w->call->viewer, version_scope(&e->version)) ? e->version.unit
                                                                                 : NULL;
}

/* A child placed at home needs a bed in reserve: whether it is free, or must be asked for. */
static void write_bed(const struct writing *w, const struct unit *bed)
{
    buf_text(w->out, ",\"fallback\":");
    if (bed == NULL) {
        buf_text(w->out, "null");
        return;
    }
    buf_text(w->out, "{\"unit\":");
    buf_json_text(w->out, bed->id);
    member_int(w->out, "free", unit_free(bed));
    member_instant(w->out, "observed_at", bed->observed_at);
    member_bool(w->out, "stale", unit_fresh_until(bed) <= w->request->now);
    buf_char(w->out, '}');
}

static void write_count(struct buf *out, size_t n)
{
    buf_int(out, (int64_t)n);
}

static void write_unit(const struct writing *w, unsigned slot)
{
    struct entry *e = replica_unit_at(w->desk->replica, slot);
    entry_add_json(e, viewer_view(w->call->viewer, version_scope(&e->version)), w->out);
}

static void write_day(struct buf *out, const char *before, int64_t day)
{
    char date[DAY_BYTES];
    day_write(day, date);
    buf_text(out, before);
    buf_text(out, date);
    buf_char(out, '"');
}

/* How many places a unit must have. */
static int places_needed(const struct search_request *q)
{
    return q->together && q->n_children > 1 ? (int)q->n_children : 1;
}

/* Until when the places are free that are not promised to others, where they are. */
static void write_promise(const struct writing *w, unsigned slot)
{
    const struct search_request *q = w->request;
    int64_t taken = w->days->lasts
                        ? expected_short(w->desk->replica, w->expected, slot, &w->days->promised,
                                         places_needed(q), q->emergency)
                        : DAY_NEVER;
    if (taken != DAY_NEVER)
        write_day(w->out, ",\"free_until\":\"", taken - 1);
}

/* What others are offered of it: never who. */
static void write_kept(struct buf *out, const struct kept_unit *kept)
{
    buf_text(out, ",\"offered\":{\"places\":");
    buf_int(out, kept->places);
    buf_text(out, ",\"until\":");
    buf_json_instant(out, kept->until);
    buf_char(out, '}');
}

/* Where the counts of the days wanted are not those of the record. */
static void write_expected(const struct writing *w, unsigned slot)
{
    const struct expectation *x = expected_of(w->expected, slot);
    if (x == NULL)
        return;
    buf_text(w->out, ",\"expected\":{");
    if (w->days->days.until > w->days->days.from) {
        write_day(w->out, "\"on\":\"", x->day);
        buf_char(w->out, ',');
    }
    buf_text(w->out, "\"open\":");
    buf_int(w->out, x->open);
    buf_text(w->out, ",\"occupied\":");
    buf_int(w->out, x->occupied);
    buf_text(w->out, ",\"free\":");
    buf_int(w->out, x->free);
    buf_text(w->out, ",\"free_planned\":");
    buf_int(w->out, x->free_planned);
    buf_char(w->out, '}');
}

static void write_km(struct buf *out, double km)
{
    if (km >= 0)
        buf_decimal(out, km, 1);
    else
        buf_text(out, "null");
}

static void write_result(const struct writing *w, const struct search_result *result)
{
    const struct unit *u = replica_unit_at(w->desk->replica, result->slot)->version.unit;
    struct buf *out = w->out;
    bool at_home = u->modality == MODALITY_PAD;
    const struct unit *bed = at_home ? bed_of(w, u) : NULL;
    const struct kept_unit *kept = kept_of(w->kept, result->slot);
    unsigned more = at_home && (bed == NULL || unit_free(bed) <= 0) ? ASK_BED : 0;
    more |= kept != NULL && kept->all ? ASK_OFFERED : 0;
    buf_text(out, "{\"unit\":");
    write_unit(w, result->slot);
    buf_text(out, ",\"score\":");
    buf_decimal(out, result->score, 3);
    buf_text(out, ",\"km\":");
    write_km(out, result->km);
    /* Only what was asked for: the default of modality was not. */
    unsigned unasked = shape_has(w->call->params, "modality") ? 0 : 1u << CRITERION_MODALITY;
    buf_text(out, ",\"fits\":");
    write_criteria(out, result->fits & ~unasked, result->needs_fit, 0);
    buf_text(out, ",\"to_ask\":");
    write_criteria(out, result->to_ask & ~unasked, result->needs_ask, more);
    buf_text(out, ",\"observed_at\":");
    if (u->observed_at == 0) {
        buf_text(out, "null,\"age_s\":null");
    } else {
        buf_json_instant(out, u->observed_at);
        buf_text(out, ",\"age_s\":");
        buf_int(out, (w->request->now - u->observed_at) / USEC_S);
    }
    buf_text(out, result->freshness == FRESHNESS_FRESH ? ",\"stale\":false,\"why\":"
                                                       : ",\"stale\":true,\"why\":");
    unsigned expected = expected_of(w->expected, result->slot) ? 1u << WHY_EXPECTED : 0;
    write_codes(out, result->why | expected, why_codes);
    write_expected(w, result->slot);
    write_promise(w, result->slot);
    if (kept != NULL)
        write_kept(out, kept);
    if (at_home)
        write_bed(w, bed);
    if (result->why & 1u << WHY_OFFERED) {
        buf_text(out, ",\"offer\":");
        entry_add_json(offer_to(w->desk, shape_text(w->call->params, "request")), VIEW_PRECISE,
                       out);
    }
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

static void write_has(struct buf *out, const char *code)
{
    buf_text(out, ",\"has\":\"");
    buf_text(out, code);
    buf_char(out, '"');
}

/* need and has of a near miss, in the words of the request (see struct search_near_miss). */
static void write_need_has(const struct search_request *q, const struct search_near_miss *miss,
                           const char *kind, struct buf *out)
{
    buf_text(out, ",\"need\":");
    switch (miss->criterion) {
    case CRITERION_SEX:
        buf_text(out, (char)miss->need == 'F' ? "\"F\"" : "\"M\"");
        write_has(out, unit_sex_codes[(int)miss->has]);
        return;
    case CRITERION_PARENT:
    case CRITERION_NEEDS:
        write_codes(out, (unsigned)miss->need, need_codes);
        buf_text(out, ",\"has\":");
        write_codes(out, (unsigned)miss->has, need_codes);
        return;
    case CRITERION_MODALITY:
        write_codes(out, (unsigned)miss->need, modality_codes);
        write_has(out, modality_codes[(int)miss->has]);
        return;
    case CRITERION_NIGHT:
        buf_text(out, "true");
        write_has(out, admission_codes[(int)miss->has]);
        return;
    case CRITERION_KIND:
        buf_char(out, '[');
        for (size_t i = 0; i < q->n_kinds; i++) {
            buf_text(out, i ? "," : "");
            buf_json_text(out, q->kinds[i]);
        }
        buf_text(out, "],\"has\":");
        buf_json_text(out, kind);
        return;
    case CRITERION_DISTANCE:
        write_km(out, miss->need);
        buf_text(out, ",\"has\":");
        write_km(out, miss->has);
        return;
    default:
        buf_decimal(out, miss->need, 0);
        buf_text(out, ",\"has\":");
        buf_decimal(out, miss->has, 0);
    }
}

static void write_near_miss(const struct writing *w, const struct search_near_miss *miss)
{
    buf_text(w->out, "{\"unit\":");
    write_unit(w, miss->slot);
    buf_text(w->out, ",\"km\":");
    write_km(w->out, miss->km);
    buf_text(w->out, miss->freshness == FRESHNESS_FRESH
                         ? ",\"stale\":false,\"missing\":[{\"criterion\":\""
                         : ",\"stale\":true,\"missing\":[{\"criterion\":\"");
    buf_text(w->out, criterion_members[miss->criterion]);
    buf_char(w->out, '"');
    write_need_has(w->request, miss,
                   replica_unit_at(w->desk->replica, miss->slot)->version.unit->establishment_kind,
                   w->out);
    buf_text(w->out, "}]");
    write_expected(w, miss->slot);
    buf_char(w->out, '}');
}

static void write_rejected(struct buf *out, const size_t *rejected)
{
    buf_char(out, '{');
    for (int i = 0; i < CRITERION_COUNT && !out->failed; i++) {
        if (rejected[i] == 0)
            continue;
        buf_text(out, out->p[out->n - 1] == '{' ? "\"" : ",\"");
        buf_text(out, criterion_codes[i]);
        buf_text(out, "\":");
        write_count(out, rejected[i]);
    }
    buf_char(out, '}');
}

static void write_split(const struct writing *w, const struct split *split)
{
    if (split == NULL) {
        buf_text(w->out, ",\"split\":null");
        return;
    }
    buf_text(w->out, ",\"split\":{\"placements\":[");
    for (unsigned i = 0; i < split->n_children; i++) {
        buf_text(w->out, i ? ",{\"child\":" : "{\"child\":");
        buf_int(w->out, i);
        buf_text(w->out, ",\"unit\":");
        write_unit(w, split->slot[i]);
        buf_text(w->out, ",\"to_ask\":");
        write_criteria(w->out, split->to_ask[i], 0, 0);
        write_expected(w, split->slot[i]);
        buf_char(w->out, '}');
    }
    buf_text(w->out, "],\"level\":\"");
    buf_text(w->out, split_level_codes[split->level]);
    buf_text(w->out, "\",\"why_not\":[");
    for (unsigned level = 0; level < split->level && !w->out->failed; level++) {
        buf_text(w->out, level ? ",{\"level\":\"" : "{\"level\":\"");
        buf_text(w->out, split_level_codes[level]);
        buf_text(w->out, "\",\"considered\":");
        write_count(w->out, split->why_not[level].considered);
        buf_text(w->out, ",\"rejected\":");
        write_rejected(w->out, split->why_not[level].rejected);
        buf_char(w->out, '}');
    }
    buf_text(w->out, "],\"units\":");
    buf_int(w->out, split->units);
    buf_text(w->out, ",\"km_apart\":");
    write_km(w->out, split->km_apart);
    buf_text(w->out, ",\"km_home\":");
    write_km(w->out, split->km_home);
    buf_text(w->out, split->exact ? ",\"exact\":true}" : ",\"exact\":false}");
}

#define RECORD_BYTES 1280 /* most records, with what is said about them */

static void write_answer(const struct writing *w, const struct search_answer *answer)
{
    struct buf *out = w->out;
    buf_reserve(out, (answer->n_results + answer->n_near_misses + w->request->n_children + 1) *
                         RECORD_BYTES);
    buf_text(out, "{\"total\":");
    write_count(out, answer->total);
    buf_text(out, ",\"considered\":");
    write_count(out, answer->allowed);
    buf_text(out, ",\"never_declared\":");
    write_count(out, answer->never_declared);
    buf_text(out, ",\"results\":[");
    for (size_t i = 0; i < answer->n_results; i++) {
        buf_text(out, i ? "," : "");
        write_result(w, &answer->results[i]);
    }
    buf_text(out, "],\"near_misses\":[");
    for (size_t i = 0; i < answer->n_near_misses; i++) {
        buf_text(out, i ? "," : "");
        write_near_miss(w, &answer->near_misses[i]);
    }
    buf_text(out, "],\"rejected\":");
    write_rejected(out, answer->rejected);
}

/* The request that the search is for; NULL: for none. */
static const struct entry *request_of(const struct desk *d, const struct call *c)
{
    const char *id = shape_text(c->params, "request");
    return id ? replica_find(d->replica, RECORD_REQUEST, span_of(id)) : NULL;
}

/* Whether the request that the search is for, if it is for one, is the searcher's to act for. */
static bool may_search_for(const struct desk *d, const struct call *c)
{
    const struct entry *e = request_of(d, c);
    return !shape_has(c->params, "request") ||
           (e != NULL && viewer_sees(c->viewer, version_scope(&e->version)));
}

/* Where it is asked, whose clocks and offices count: where the children are, else the searcher's.
 */
static const struct territory *asked_in(const struct desk *d, const struct call *c)
{
    const json_t *near = shape_member(c->params, "near");
    const char *insee = shape_text(near, "commune");
    const char *code = shape_text(near, "territory");
    const struct commune *commune = insee ? replica_commune(d->replica, span_of(insee)) : NULL;
    const struct territory *t = NULL;
    code = commune ? commune->territory : code;
    if (code != NULL)
        t = replica_territory(d->replica, span_of(code));
    if (t == NULL && c->viewer->n_territories > 0)
        t = c->viewer->roots[0];
    return t;
}

/* What is offered to the request that the search is for: 1 + the slot of the unit, 0: nothing. */
static unsigned offered_slot(const struct desk *d, const struct call *c)
{
    const char *request = shape_text(c->params, "request");
    const struct entry *offer = request ? offer_to(d, request) : NULL;
    const struct entry *unit =
        offer ? replica_find(d->replica, RECORD_UNIT, span_of(offer->version.offer->unit)) : NULL;
    return unit ? unit->slot + 1 : 0;
}

struct found {
    struct search_answer answer;
    struct split split;
    bool apart; /* the split is worth showing */
    usec_t took;
};

/* What is not as the records say: planned, and kept for others. */
struct laid {
    struct expected expected;
    struct kept kept;
};

static int lay(const struct desk *d, const struct search_days *days, struct search_request *q,
               struct laid *l)
{
    int r = days->dated ? expected_lay(d->replica, &days->days, &l->expected) : 0;
    r = r < 0 ? r : kept_lay(d->replica, &l->expected, places_needed(q), q->emergency, &l->kept);
    q->kept = l->kept.all.n_words > 0 ? &l->kept.all : NULL;
    return r;
}

/* Whether the places of the best split are worth showing: no unit takes all, for sure. */
static int part(const struct desk *d, const struct search_request *q, const struct laid *l,
                struct found *ret)
{
    if (ret->answer.takes_all)
        return 0;
    int r = kept_lay_all(d->replica, &l->expected, &l->kept);
    ret->apart = r == 0 && search_split(d->replica->live->index, q, &ret->split) == 0;
    return r;
}

/* Runs over what will be on days to come, or over what is; without what others are offered. 0 or
 * negative (fatal). */
static int find(const struct desk *d, struct search_request *q, const struct search_days *days,
                struct laid *l, struct found *ret)
{
    usec_t (*stopwatch)(void) = d->limits.stopwatch;
    usec_t began = stopwatch ? stopwatch() : 0;
    ret->apart = false;
    int r = lay(d, days, q, l);
    if (r == 0) {
        search_run(d->replica->live->index, q, &ret->answer);
        r = part(d, q, l, ret);
    }
    int lifted = kept_lift(d->replica, &l->kept);
    lifted = lifted < 0 ? lifted : expected_lift(d->replica, &l->expected);
    ret->took = stopwatch ? stopwatch() - began : 0;
    return r != 0 ? r : lifted;
}

int run_search(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    usec_t at = replica_now(d->replica, now);
    const struct request *for_request = request_of(d, c) ? request_of(d, c)->version.request : NULL;
    struct search_days days;
    criteria_check(c->params, d->replica, "", &errors);
    search_days_read(c->params, for_request,
                     calendar_today(office_calendar(d->replica, asked_in(d, c)), at), &errors,
                     &days);
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    if (!may_search_for(d, c)) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    const char *kinds[CRITERIA_KINDS_MAX];
    struct search_request q;
    criteria_read(c->params, d->replica, c->viewer, kinds, &q);
    q.limit = (unsigned)shape_int(c->params, "limit", LIMIT_RESULTS_DEFAULT);
    q.now = at;
    q.office_open = q.tonight && office_is_open(d->replica, asked_in(d, c), q.now);
    q.offered = offered_slot(d, c);
    int r = viewer_slots(c->viewer, d->replica, &q.allowed);
    if (r < 0)
        return r;
    struct laid laid = {0};
    struct found found;
    r = expected_read(d->replica, q.now, q.allowed, &laid.expected);
    r = r < 0 ? r
              : kept_read(d->replica, shape_text(c->params, "request"), q.emergency, q.now,
                          &laid.kept);
    r = r < 0 ? r : find(d, &q, &days, &laid, &found);
    struct writing w = {d, c, &q, &laid.expected, &days, &laid.kept, &c->result};
    if (r == 0) {
        write_answer(&w, &found.answer);
        write_split(&w, found.apart ? &found.split : NULL);
    }
    expected_free(&laid.expected);
    kept_free(&laid.kept);
    if (r < 0)
        return r;
    buf_text(&c->result, ",\"took_us\":");
    buf_int(&c->result, found.took);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return journal_note(d, c, &found.answer, q.now);
}
