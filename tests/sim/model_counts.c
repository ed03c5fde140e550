/* SPDX-License-Identifier: EUPL-1.2 */
/* Operations on the counts of a unit: schema/0007_declare.sql. */
#include <string.h>

#include "sim/model_decisions.h"

#define DRIFT (120 * USEC_S) /* an observation so far ahead is taken for now */

bool place_in_scope(const struct model *m, const struct command *c, const char *establishment,
                    const char *territory)
{
    if (strcmp(c->role, "admin") == 0 || has_text(c->establishments, establishment))
        return true;
    return strcmp(c->role, "establishment") != 0 && below(m, territory, c->territories);
}

json_t *unit_named_in_scope(const struct model *m, const struct command *c, const char *id)
{
    json_t *u = row_find(m, TABLE_UNIT, id);
    if (u == NULL)
        return NULL;
    const char *establishment = column_text(u, "establishment");
    const json_t *e = row_find(m, TABLE_ESTABLISHMENT, establishment);
    const char *territory =
        json_string_value(either(column(u, "territory"), column(e, "territory")));
    return place_in_scope(m, c, establishment, territory) ? u : NULL;
}

json_t *unit_in_scope(const struct model *m, const struct command *c)
{
    return unit_named_in_scope(m, c, column_text(c->params, "unit"));
}

static json_t *one_part(json_t *part)
{
    return must(json_pack("[o]", must(part)));
}

/* When the statement was true; 0: too far ahead. */
usec_t observed_at(const struct command *c)
{
    usec_t given =
        column_null(c->params, "observed_at") ? c->at : column_int(c->params, "observed_at");
    if (given > c->at + DRIFT)
        return 0;
    return given < c->at ? given : c->at;
}

struct verdict in_the_future(const struct command *c)
{
    struct verdict v = verdict_invalid("/observed_at", "in_the_future");
    v.now = c->at;
    return v;
}

static struct verdict outdated(struct model *m, const struct command *c, usec_t observed,
                               bool unchanged)
{
    static const char *const given[] = {"free",           "occupied", "open",
                                        "emergency_used", "closed",   "derogation"};
    json_t *part = must(record_part(m, TABLE_UNIT, column_text(c->params, "unit")));
    json_t *state = must(json_pack("{sOsIsIsssssb}", "unit", column(part, "id"), "observed_at",
                                   (json_int_t)observed, "recorded_at", (json_int_t)c->at, "by",
                                   c->account, "channel", c->channel, "unchanged", unchanged));
    for (size_t i = 0; i < ARRAY_LENGTH(given); i++)
        json_object_set(state, given[i], column(c->params, given[i]));
    json_object_set_new(part, "kind", must(json_string("declaration")));
    json_object_set_new(part, "state", state);
    struct verdict v = verdict_done(one_part(part));
    v.type = "outdated";
    return v;
}

/* What a declaration makes of the counts. */
struct counts {
    int64_t open, occupied, closed, emergency_used;
    json_t *closed_reason, *reopens_on; /* borrowed */
};

static struct verdict declared_open(const json_t *u, const json_t *p, struct counts *n)
{
    if (!column_null(p, "open")) {
        n->open = column_int(p, "open");
        return (struct verdict){0};
    }
    if (column_null(u, "open"))
        return verdict_invalid("/open", "first_declaration_needs_open");
    n->open = column_int(u, "open");
    if (column_null(p, "closed"))
        return (struct verdict){0};
    n->open += column_int(u, "closed") - column_int(column(p, "closed"), "n");
    if (n->open < 0)
        return verdict_invalid("/closed/n", "more_than_open");
    if (n->open > 9999)
        return verdict_invalid("/closed/n", "out_of_range");
    return (struct verdict){0};
}

static void declared_closed(const json_t *u, const json_t *p, struct counts *n)
{
    const json_t *closed = column(p, "closed");
    n->closed_reason = n->reopens_on = json_null();
    if (json_is_null(closed)) {
        n->closed = column_int(u, "closed");
        n->closed_reason = column(u, "closed_reason");
        n->reopens_on = column(u, "reopens_on");
        return;
    }
    n->closed = column_int(closed, "n");
    if (n->closed > 0) {
        n->closed_reason = column(closed, "reason");
        n->reopens_on = column(closed, "reopens_on");
    }
}

static struct verdict declared(const json_t *u, const json_t *p, int64_t held, struct counts *n)
{
    struct verdict v = declared_open(u, p, n);
    if (v.type != NULL)
        return v;
    bool by_free = !column_null(p, "free");
    n->occupied = by_free ? n->open - column_int(p, "free") : column_int(p, "occupied");
    n->emergency_used =
        json_integer_value(either(column(p, "emergency_used"), column(u, "emergency_used")));
    if (by_free && n->occupied < 0)
        return verdict_invalid("/free", "more_than_open");
    int64_t left = n->open > n->occupied ? n->open - n->occupied : 0;
    if (left < held)
        return verdict_refused("conflicts_with_holds");
    if (n->emergency_used > column_int(u, "emergency_reserved"))
        return verdict_invalid("/emergency_used", "more_than_reserved");
    declared_closed(u, p, n);
    return (struct verdict){0};
}

void date_counts(json_t *u, const struct command *c, usec_t observed)
{
    set_int(u, "revision", c->revision);
    set_int(u, "observed_at", observed);
    set_int(u, "recorded_at", c->at);
    json_object_set_new(u, "declared_by", must(json_string(c->account)));
    json_object_set_new(u, "channel", must(json_string(c->channel)));
    json_object_set_new(u, "contested_at", json_null());
}

static struct verdict unit_done(struct model *m, const struct command *c)
{
    return verdict_done(one_part(record_part(m, TABLE_UNIT, column_text(c->params, "unit"))));
}

/* The arrivals that the declaration counts already. */
static struct verdict arrived_error(const struct model *m, const json_t *p)
{
    const json_t *arrived = column(p, "arrived");
    char pointer[40];
    for (size_t i = 0; i < json_array_size(arrived); i++) {
        const json_t *hold = row_find(m, TABLE_HOLD, json_string_value(json_array_get(arrived, i)));
        snprintf(pointer, sizeof pointer, "/arrived/%zu", i);
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(arrived, i), json_array_get(arrived, j)))
                return verdict_invalid(pointer, "twice");
        if (hold == NULL || !hold_is(hold, "accepted") ||
            !json_equal(column(hold, "unit"), column(p, "unit")))
            return verdict_invalid(pointer, "not_accepted_here");
    }
    return (struct verdict){0};
}

/* Their places. */
static int64_t arriving(const struct model *m, const json_t *p)
{
    const json_t *arrived = column(p, "arrived");
    int64_t n = 0;
    for (size_t i = 0; i < json_array_size(arrived); i++)
        n += column_int(row_find(m, TABLE_HOLD, json_string_value(json_array_get(arrived, i))),
                        "places");
    return n;
}

static void arrive(struct work *k, const struct command *c)
{
    const json_t *arrived = column(c->params, "arrived");
    for (size_t i = 0; i < json_array_size(arrived); i++) {
        const char *id = json_string_value(json_array_get(arrived, i));
        unit_hold(k, row_find(k->m, TABLE_HOLD, id), -1);
        hold_arrived(k, c, id);
    }
}

static struct verdict declaration_error(const struct model *m, const struct command *c,
                                        const json_t *u)
{
    const json_t *p = c->params, *closed = column(p, "closed");
    if (u == NULL)
        return verdict_refused("forbidden");
    struct verdict v = arrived_error(m, p);
    if (v.type != NULL)
        return v;
    if (column_null(p, "free") == column_null(p, "occupied"))
        return verdict_invalid("/free", "exactly_one");
    if (column_int(closed, "n") > 0 && column_null(closed, "reason"))
        return verdict_invalid("/closed/reason", "required");
    return observed_at(c) == 0 ? in_the_future(c) : v;
}

struct verdict unit_declare(struct model *m, const struct command *c)
{
    const json_t *p = c->params;
    json_t *u = unit_in_scope(m, c);
    usec_t observed = observed_at(c);
    struct counts n = {0};
    struct verdict v = declaration_error(m, c, u);
    if (v.type != NULL)
        return v;
    if (!column_null(u, "observed_at") && observed < column_int(u, "observed_at"))
        return outdated(m, c, observed, false);
    v = declared(u, p, column_int(u, "held") - arriving(m, p), &n);
    if (v.type != NULL)
        return v;
    struct work k = work_begin(m, c->at, c->revision);
    arrive(&k, c);
    set_int(u, "open", n.open);
    set_int(u, "occupied", n.occupied);
    set_int(u, "closed", n.closed);
    set_int(u, "emergency_used", n.emergency_used);
    json_object_set(u, "closed_reason", n.closed_reason);
    json_object_set(u, "reopens_on", n.reopens_on);
    json_object_set(u, "derogation", column(p, "derogation"));
    set_text(u, "derogation_by", column_null(p, "derogation") ? NULL : c->account);
    date_counts(u, c, observed);
    work_touch(&k, TABLE_UNIT, column_text(p, "unit"));
    return verdict_done(work_parts(&k));
}

struct verdict unit_confirm(struct model *m, const struct command *c)
{
    json_t *u = unit_in_scope(m, c);
    usec_t observed = observed_at(c);
    if (u == NULL)
        return verdict_refused("forbidden");
    if (observed == 0)
        return in_the_future(c);
    if (column_null(u, "observed_at"))
        return verdict_invalid("/unit", "never_declared");
    if (observed < column_int(u, "observed_at"))
        return outdated(m, c, observed, true);
    date_counts(u, c, observed);
    return unit_done(m, c);
}

struct verdict unit_report_wrong(struct model *m, const struct command *c)
{
    json_t *u = unit_in_scope(m, c);
    if (u == NULL)
        return verdict_refused("forbidden");
    if (column_null(u, "observed_at") || !column_null(u, "contested_at"))
        return verdict_done(NULL);
    set_int(u, "revision", c->revision);
    set_int(u, "contested_at", c->at);
    return unit_done(m, c);
}
