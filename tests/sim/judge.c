/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/judge_inside.h"

#include <stdarg.h>

#define KEPT (48 * USEC_HOUR)
#define CHILDREN_MAX 10

void judge_found(struct judge *j, const struct entry *e, const char *format, ...)
{
    if (j->failure[0] != '\0')
        return;
    int n = snprintf(j->failure, sizeof j->failure, "revision %lld, %s: ", (long long)e->revision,
                     e->operation);
    va_list args;
    va_start(args, format);
    vsnprintf(j->failure + n, sizeof j->failure - (size_t)n, format, args);
    va_end(args);
}

static bool is_active(const json_t *hold)
{
    return judge_is(hold, "state", "held") || judge_is(hold, "state", "accepted");
}

/* What an admission may take: domain.md, "Capacity of a unit"; -1: never declared. */
int64_t judge_free(const json_t *unit, bool emergency)
{
    if (!json_is_integer(json_object_get(unit, "open")))
        return -1;
    int64_t free =
        judge_number(unit, "open") - judge_number(unit, "occupied") - judge_number(unit, "held");
    int64_t kept = judge_number(unit, "emergency_reserved") - judge_number(unit, "emergency_used") -
                   judge_number(unit, "held_emergency");
    free = free < 0 ? 0 : free;
    kept = emergency || kept < 0 ? 0 : kept;
    return free > kept ? free - kept : 0;
}

static unsigned children_in(const json_t *indexes)
{
    unsigned set = 0;
    for (size_t i = 0; i < json_array_size(indexes); i++)
        set |= 1u << json_integer_value(json_array_get(indexes, i));
    return set;
}

static unsigned children_of(const json_t *o, const char *name)
{
    return children_in(json_object_get(o, name));
}

static unsigned all_children(const json_t *request)
{
    return (1u << json_array_size(json_object_get(request, "children"))) - 1;
}

json_t *judge_before(const struct judge *j, const char *kind, const char *id)
{
    char key[100];
    snprintf(key, sizeof key, "%s %s", kind, id);
    return json_array_get(json_object_get(j->last, key), 1);
}

json_t *judge_after(const struct judge *j, const struct entry *e, const char *kind, const char *id)
{
    for (size_t i = 0; i < e->n; i++)
        if (judge_is(e->rows[i], "kind", kind) && judge_is(e->rows[i], "id", id))
            return json_object_get(e->rows[i], "state");
    return judge_before(j, kind, id);
}

static const struct judge_transition transitions[] = {
    {"", "held", " hold.create "},
    {"held", "held", " hold.extend hold.escalate "},
    {"held", "accepted", " hold.accept "},
    {"held", "refused", " hold.refuse "},
    {"held", "released", " hold.release hold.accept request.close "},
    {"held", "expired", " hold.expire "},
    {"accepted", "accepted", " hold.overdue "},
    {"accepted", "arrived", " hold.arrive unit.declare mission.hand_over "},
    {"accepted", "withdrawn", " hold.withdraw "},
    {"arrived", "", " hold.forget "},
    {"refused", "", " hold.forget "},
    {"released", "", " hold.forget "},
    {"expired", "", " hold.forget "},
    {"withdrawn", "", " hold.forget "},
};

bool judge_may_become(const struct judge_transition *all, size_t n, const char *from,
                      const char *to, const char *operation)
{
    char by[40];
    snprintf(by, sizeof by, " %s ", operation);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].from, from) == 0 && strcmp(all[i].to, to) == 0 &&
            strstr(all[i].by, by) != NULL)
            return true;
    return false;
}

static bool may_become(const char *from, const char *to, const char *operation)
{
    return judge_may_become(transitions, sizeof transitions / sizeof transitions[0], from, to,
                            operation);
}

/* What the clock has to say about a change of a hold. */
static void judge_times(struct judge *j, const struct entry *e, const char *id, const json_t *was,
                        const json_t *is_now)
{
    bool by_clock = strcmp(e->actor, "system") == 0;
    bool over = judge_number(was, "held_until") <= e->at;
    if (was == NULL)
        return;
    if (json_is_null(is_now)) {
        if (judge_number(was, "ended_at") + KEPT >= e->at)
            judge_found(j, e, "%s is forgotten too early", id);
    } else if (judge_is(was, "state", "held")) {
        if (by_clock != over)
            judge_found(j, e, "%s, which ended at %lld, changes at %lld", id,
                        (long long)judge_number(was, "held_until"), (long long)e->at);
        if (by_clock && strcmp(e->operation, "hold.escalate") == 0 && judge_flag(was, "escalated"))
            judge_found(j, e, "%s is escalated again", id);
    }
    if (!json_is_null(is_now) && !is_active(is_now) && judge_number(is_now, "ended_at") != e->at)
        judge_found(j, e, "%s does not end now", id);
}

static void judge_new(struct judge *j, const struct entry *e, const char *id, const json_t *hold)
{
    const json_t *unit = json_object_get(j->units, judge_text(hold, "unit"));
    const json_t *request = json_object_get(j->requests, judge_text(hold, "request"));
    int64_t free = judge_free(unit, judge_flag(hold, "emergency"));
    if (judge_number(hold, "places") > free)
        judge_found(j, e, "%s holds %lld places of %s, which has %lld", id,
                    (long long)judge_number(hold, "places"), judge_text(hold, "unit"),
                    (long long)free);
    bool emergency = judge_flag(hold, "emergency");
    if (judge_number(hold, "places") > judge_unoffered(j, unit, judge_text(hold, "unit"),
                                                       judge_text(hold, "request"), emergency,
                                                       emergency))
        judge_found(j, e, "%s holds what is offered to others of %s", id, judge_text(hold, "unit"));
    if (judge_number(hold, "created_at") != e->at || judge_number(hold, "held_until") <= e->at)
        judge_found(j, e, "%s has odd times", id);
    if (request != NULL && (children_of(hold, "children") & children_of(request, "placed")) != 0)
        judge_found(j, e, "%s is for a child that has a place", id);
}

static void judge_hold(struct judge *j, const struct entry *e, const json_t *row)
{
    const char *id = judge_text(row, "id");
    const json_t *state = json_object_get(row, "state");
    const json_t *was = json_object_get(j->holds, id);
    if (!may_become(judge_text(was, "state"), judge_text(state, "state"), e->operation))
        judge_found(j, e, "%s becomes '%s' after '%s'", id, judge_text(state, "state"),
                    judge_text(was, "state"));
    judge_times(j, e, id, was, state);
    if (was == NULL && !json_is_null(state))
        judge_new(j, e, id, state);
}

/* An acceptance leaves no other hold that has nobody left to place. */
static void judge_losers(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const json_t *winner = json_object_get(e->rows[i], "state");
        const char *request = judge_text(winner, "request"), *id;
        json_t *known;
        if (!judge_is(e->rows[i], "kind", "hold") || !judge_is(winner, "state", "accepted") ||
            request[0] == '\0')
            continue;
        unsigned placed = children_of(judge_after(j, e, "request", request), "placed");
        if ((children_of(winner, "children") & ~placed) != 0)
            judge_found(j, e, "%s has no place for its children", request);
        json_object_foreach (json_object_get(j->of_request, request), id, known) {
            const json_t *hold = judge_after(j, e, "hold", id);
            if (judge_is(hold, "state", "held") && (children_of(hold, "children") & ~placed) == 0)
                judge_found(j, e, "%s is still held beside the winner", id);
        }
    }
}

/* An arrival moves the places of its hold, once. */
static void judge_arrivals(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const json_t *hold = json_object_get(e->rows[i], "state");
        if (!judge_is(e->rows[i], "kind", "hold") || !judge_is(hold, "state", "arrived"))
            continue;
        const char *unit = judge_text(hold, "unit");
        const json_t *was = json_object_get(j->units, unit);
        const json_t *is_now = judge_after(j, e, "unit", unit);
        int64_t moved = judge_number(is_now, "occupied") - judge_number(was, "occupied");
        if (strcmp(e->operation, "unit.declare") != 0 && moved != judge_number(hold, "places"))
            judge_found(j, e, "%lld places of %s are taken by %lld", (long long)moved, unit,
                        (long long)judge_number(hold, "places"));
    }
}

/* What the time does, each in its turn by what was due. */
static bool by_the_clock(const struct entry *e)
{
    static const char *const done[] = {"hold.",     "offer.",      "mission.forget",
                                       "movement.", "rota.forget", "request.forget"};
    for (size_t i = 0; strcmp(e->actor, "system") == 0 && i < sizeof done / sizeof done[0]; i++)
        if (strncmp(e->operation, done[i], strlen(done[i])) == 0)
            return true;
    return false;
}

/* Before anybody's command what was due has happened. */
static void judge_due(struct judge *j, const struct entry *e)
{
    const char *id;
    json_t *hold;
    if (by_the_clock(e))
        return;
    json_object_foreach (j->active, id, hold) {
        if (judge_is(hold, "state", "held") && judge_number(hold, "held_until") <= e->at)
            judge_found(j, e, "%s should have ended at %lld, before %lld", id,
                        (long long)judge_number(hold, "held_until"), (long long)e->at);
        if (judge_is(hold, "state", "accepted") && !judge_flag(hold, "overdue") &&
            judge_number(hold, "arrive_by") <= e->at)
            judge_found(j, e, "%s is overdue and does not say so", id);
    }
}

/* A unit counts its active holds. */
static void judge_counts(struct judge *j, const struct entry *e, const char *id)
{
    const json_t *unit = json_object_get(j->units, id);
    int64_t held = 0, urgent = 0;
    const char *hold_id;
    json_t *hold;
    if (!json_is_object(unit))
        return;
    json_object_foreach (j->active, hold_id, hold)
        if (judge_is(hold, "unit", id)) {
            held += judge_number(hold, "places");
            urgent += judge_flag(hold, "emergency") ? judge_number(hold, "places") : 0;
        }
    if (judge_number(unit, "held") != held || judge_number(unit, "held_emergency") != urgent)
        judge_found(j, e, "%s counts %lld held places (%lld urgent), its holds %lld (%lld)", id,
                    (long long)judge_number(unit, "held"),
                    (long long)judge_number(unit, "held_emergency"), (long long)held,
                    (long long)urgent);
    if (held > 0 && judge_number(unit, "open") - judge_number(unit, "occupied") < held)
        judge_found(j, e, "%s promises more than it has", id);
}

/* A request knows which of its children have a place. */
static void judge_request(struct judge *j, const struct entry *e, const char *id)
{
    const json_t *request = json_object_get(j->requests, id);
    unsigned placed = 0, arrived = 0;
    const char *hold_id;
    json_t *known;
    if (!json_is_object(request))
        return;
    json_object_foreach (json_object_get(j->of_request, id), hold_id, known) {
        const json_t *hold = json_object_get(j->holds, hold_id);
        unsigned set = children_of(hold, "children");
        if ((judge_is(hold, "state", "accepted") || judge_is(hold, "state", "arrived")) &&
            (placed & set) != 0)
            judge_found(j, e, "%s has two places for one child", id);
        placed |=
            judge_is(hold, "state", "accepted") || judge_is(hold, "state", "arrived") ? set : 0;
        arrived |= judge_is(hold, "state", "arrived") ? set : 0;
    }
    if (strcmp(e->operation, "hold.forget") != 0 &&
        (children_of(request, "placed") != placed || children_of(request, "arrived") != arrived))
        judge_found(j, e, "%s says %x placed and %x arrived, its holds %x and %x", id,
                    children_of(request, "placed"), children_of(request, "arrived"), placed,
                    arrived);
    if (all_children(request) != 0 &&
        judge_is(request, "state", "open") ==
            (children_of(request, "placed") == all_children(request)) &&
        (judge_is(request, "state", "open") || judge_is(request, "state", "placed")))
        judge_found(j, e, "%s is %s", id, judge_text(request, "state"));
}

/* After the revision. */
static void judge_sums(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const json_t *row = e->rows[i];
        const json_t *hold = json_object_get(j->holds, judge_text(row, "id"));
        if (judge_is(row, "kind", "unit"))
            judge_counts(j, e, judge_text(row, "id"));
        if (judge_is(row, "kind", "request"))
            judge_request(j, e, judge_text(row, "id"));
        if (judge_is(row, "kind", "hold") && hold != NULL) {
            judge_counts(j, e, judge_text(hold, "unit"));
            judge_request(j, e, judge_text(hold, "request"));
        }
    }
}

static void learn_hold(struct judge *j, const char *id, json_t *state)
{
    const char *request = judge_text(state, "request");
    json_t *holds = json_object_get(j->of_request, request);
    if (request[0] != '\0' && holds == NULL) {
        holds = json_object();
        json_object_set_new(j->of_request, request, holds);
    }
    if (holds != NULL)
        json_object_set_new(holds, id, json_true());
    if (is_active(state))
        json_object_set(j->active, id, state);
    else
        json_object_del(j->active, id);
}

static void learn(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const json_t *row = e->rows[i];
        const char *kind = judge_text(row, "kind"), *id = judge_text(row, "id");
        json_t *state = json_object_get(row, "state");
        json_t *table = strcmp(kind, "unit") == 0       ? j->units
                        : strcmp(kind, "request") == 0  ? j->requests
                        : strcmp(kind, "hold") == 0     ? j->holds
                        : strcmp(kind, "offer") == 0    ? j->offers
                        : strcmp(kind, "mission") == 0  ? j->missions
                        : strcmp(kind, "movement") == 0 ? j->movements
                                                        : NULL;
        char key[100];
        if (table != NULL && json_is_null(state))
            json_object_del(table, id);
        else if (table != NULL)
            json_object_set(table, id, state);
        if (table == j->holds)
            learn_hold(j, id, state);
        if (strcmp(kind, "declaration") == 0)
            continue;
        snprintf(key, sizeof key, "%s %s", kind, id);
        json_object_set_new(j->last, key, json_pack("[IO]", (json_int_t)e->revision, state));
    }
}

static void judge_entry(struct judge *j, const struct entry *e)
{
    for (size_t i = 0; i < e->n; i++)
        if (judge_number(e->rows[i], "part") != (int64_t)i + 1 ||
            judge_number(e->rows[i], "parts") != (int64_t)e->n)
            judge_found(j, e, "part %zu of %zu is missing or not itself", i + 1, e->n);
    if (j->revision > 0 && e->revision != j->revision + 1)
        judge_found(j, e, "follows %lld", (long long)j->revision);
    for (size_t i = 0; i < e->n; i++)
        if (judge_is(e->rows[i], "kind", "hold"))
            judge_hold(j, e, e->rows[i]);
    judge_due(j, e);
    judge_losers(j, e);
    judge_arrivals(j, e);
    judge_others(j, e);
    learn(j, e);
    judge_sums(j, e);
    judge_offered(j, e);
    json_object_set_new(j->met, e->operation,
                        json_integer((json_int_t)judge_count(j, e->operation) + 1));
    j->revision = e->revision;
}

void judge_init(struct judge *j)
{
    *j = (struct judge){.units = json_object(),
                        .requests = json_object(),
                        .holds = json_object(),
                        .active = json_object(),
                        .of_request = json_object(),
                        .met = json_object(),
                        .offers = json_object(),
                        .missions = json_object(),
                        .movements = json_object(),
                        .last = json_object()};
}

void judge_clear(struct judge *j)
{
    json_decref(j->units);
    json_decref(j->requests);
    json_decref(j->holds);
    json_decref(j->active);
    json_decref(j->of_request);
    json_decref(j->met);
    json_decref(j->offers);
    json_decref(j->missions);
    json_decref(j->movements);
    json_decref(j->last);
    json_decref((json_t *)j->newest);
}

void judge_read(struct judge *j, const struct model *m)
{
    const json_t *log = model_changes(m);
    /* Another branch has other rows, even where it has the same numbers. */
    if (j->rows > 0 && json_array_get(log, j->rows - 1) != j->newest) {
        char failure[sizeof j->failure];
        memcpy(failure, j->failure, sizeof failure);
        judge_clear(j);
        judge_init(j);
        memcpy(j->failure, failure, sizeof failure);
    }
    while (j->rows < json_array_size(log)) {
        json_t *rows[64];
        const json_t *first = json_array_get(log, j->rows);
        struct entry e = {rows,
                          0,
                          judge_number(first, "revision"),
                          judge_number(first, "at"),
                          judge_text(first, "operation"),
                          judge_text(first, "actor")};
        json_t *row = json_array_get(log, j->rows);
        while (row != NULL && judge_number(row, "revision") == e.revision && e.n < 64) {
            rows[e.n++] = row;
            row = json_array_get(log, ++j->rows);
        }
        json_decref((json_t *)j->newest);
        j->newest = json_incref(rows[e.n - 1]);
        judge_entry(j, &e);
    }
}

void judge_audit(struct judge *j, const struct model *m)
{
    json_t *records = model_records(m);
    size_t i;
    json_t *record;
    json_array_foreach (records, i, record) {
        const char *kind = json_string_value(json_array_get(record, 0));
        const char *id = json_string_value(json_array_get(record, 1));
        const struct entry e = {.revision = j->revision, .operation = "audit"};
        char key[100];
        snprintf(key, sizeof key, "%s %s", kind, id);
        const json_t *last = json_object_get(j->last, key);
        if (!json_equal(json_array_get(last, 0), json_array_get(record, 2)) ||
            !json_equal(json_array_get(last, 1), json_array_get(record, 3)))
            judge_found(j, &e, "%s is not what the log says", key);
    }
    json_decref(records);
}

size_t judge_count(const struct judge *j, const char *operation)
{
    return (size_t)json_integer_value(json_object_get(j->met, operation));
}

usec_t judge_next_end(const struct judge *j)
{
    const char *id;
    json_t *hold;
    usec_t first = 0;
    json_object_foreach (j->active, id, hold)
        if (judge_is(hold, "state", "held") &&
            (first == 0 || judge_number(hold, "held_until") < first))
            first = judge_number(hold, "held_until");
    return first;
}
