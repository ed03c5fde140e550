/* SPDX-License-Identifier: EUPL-1.2 */
/* movement.plan, cancel, done, entry, exit, transfer: the database decides, and says which movement
 * it was, whose counts moved and which other movements it made or ended; the answer shows them as
 * they were at that revision. movement.list. */
#include <stdlib.h>

#include "api/answer.h"
#include "api/days_read.h"
#include "api/operation.h"
#include "core/encode.h"
#include "core/office.h"
#include "proto/format.h"
#include "proto/limits.h"

#define MEMBER_UNIT(name)                                                                          \
    {                                                                                              \
        name, SHAPE_TEXT, .required = true, .format = format_unit_id                               \
    }
#define MEMBER_MOVEMENT                                                                            \
    {                                                                                              \
        "movement", SHAPE_TEXT, .required = true, .format = format_movement_id                     \
    }
#define MEMBER_PLACES                                                                              \
    {                                                                                              \
        "places", SHAPE_INT, .required = true, .min = 1, .max = LIMIT_MOVED                        \
    }
#define MEMBER_OBSERVED                                                                            \
    {                                                                                              \
        "observed_at", SHAPE_TEXT, .format = format_instant                                        \
    }
#define MEMBER_UNTIL                                                                               \
    {                                                                                              \
        "until", SHAPE_TEXT, .format = format_date                                                 \
    }
#define MEMBER_ORIGIN                                                                              \
    {                                                                                              \
        "origin_unit", SHAPE_TEXT, .format = format_unit_id                                        \
    }
#define CODE(...)                                                                                  \
    {                                                                                              \
        "code", SHAPE_CODE, .one_of = movement_code_codes,                                         \
                            .n_one_of = MOVEMENT_CODE_COUNT __VA_ARGS__                            \
    }

const struct shape movement_plan_params[] = {
    MEMBER_UNIT("unit"),
    {"type", SHAPE_CODE, .required = true, .one_of = movement_type_codes,
     .n_one_of = MOVEMENT_TYPE_COUNT},
    MEMBER_PLACES,
    {"on", SHAPE_TEXT, .required = true, .format = format_date},
    CODE(),
    {"to_unit", SHAPE_TEXT, .format = format_unit_id},
    MEMBER_UNTIL,
    MEMBER_ORIGIN,
    {"weekdays", SHAPE_ARRAY, .min = 1, .max = 7, .element = &weekday_element},
    {"weeks", SHAPE_CODE, .one_of = weeks_codes, .n_one_of = WEEKS_COUNT},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape movement_cancel_params[] = {MEMBER_MOVEMENT, MEMBER_KEY, MEMBER_AFTER, {0}};

const struct shape movement_done_params[] = {
    MEMBER_MOVEMENT, MEMBER_OBSERVED, MEMBER_KEY, MEMBER_AFTER, {0},
};

const struct shape movement_entry_params[] = {
    MEMBER_UNIT("unit"), MEMBER_PLACES, MEMBER_UNTIL, MEMBER_ORIGIN,
    MEMBER_OBSERVED,     MEMBER_KEY,    MEMBER_AFTER, {0},
};

static const struct shape end_element = {NULL, SHAPE_TEXT, .format = format_movement_id};

const struct shape movement_exit_params[] = {
    MEMBER_UNIT("unit"),
    MEMBER_PLACES,
    CODE(, .required = true),
    {"ends", SHAPE_ARRAY, .min = 1, .max = LIMIT_ENDED, .element = &end_element},
    MEMBER_OBSERVED,
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape movement_transfer_params[] = {
    MEMBER_UNIT("from_unit"),
    MEMBER_UNIT("unit"),
    MEMBER_PLACES,
    MEMBER_OBSERVED,
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

static const struct shape state_element = {NULL, SHAPE_CODE, .one_of = movement_state_codes,
                                           .n_one_of = MOVEMENT_STATE_COUNT};
static const struct shape type_element = {NULL, SHAPE_CODE, .one_of = movement_type_codes,
                                          .n_one_of = MOVEMENT_TYPE_COUNT};

const struct shape movement_list_params[] = {
    {"state", SHAPE_ARRAY, .min = 1, .max = MOVEMENT_STATE_COUNT, .element = &state_element},
    {"type", SHAPE_ARRAY, .min = 1, .max = MOVEMENT_TYPE_COUNT, .element = &type_element},
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"upto", SHAPE_TEXT, .format = format_date},
    {"within_days", SHAPE_INT, .min = 0, .max = DAYS_MOST},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

/* Commands */

/* The unit whose holds were in the way; NULL: not known here. */
static const char *unit_of(const struct desk *d, const struct call *c)
{
    const char *id = shape_text(c->params, "movement");
    const struct entry *e = id ? replica_find(d->replica, RECORD_MOVEMENT, span_of(id)) : NULL;
    return e ? e->version.movement->unit : shape_text(c->params, "unit");
}

static int name_each(struct call *c, enum record_kind kind, const char *member)
{
    const json_t *ids = json_object_get(c->made, member);
    int r = 0;
    for (size_t i = 0; r == 0 && i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        r = id == NULL ? 1 : answer_add(c, kind, id);
    }
    return r;
}

/* Names what the database said that it did. 0; 1: it did not say; -ENOMEM. */
static int name_moved(struct call *c)
{
    const char *movement = json_string_value(json_object_get(c->made, "movement"));
    if (movement == NULL)
        return 1;
    int r = answer_add(c, RECORD_MOVEMENT, movement);
    r = r != 0 ? r : name_each(c, RECORD_UNIT, "units");
    return r != 0 ? r : name_each(c, RECORD_MOVEMENT, "movements");
}

/* What was shown of a kind, but the first record of all. */
static void write_shown(struct call *c, const char *member, enum record_kind kind)
{
    bool any = false;
    buf_printf(&c->result, ",\"%s\":[", member);
    for (size_t i = 1; i < c->n_shown; i++) {
        if (c->shown[i].kind != kind)
            continue;
        buf_text(&c->result, any ? "," : "");
        buf_add(&c->result, buf_span(&c->shown[i].json));
        any = true;
    }
    buf_char(&c->result, ']');
}

static int refuse(struct desk *d, struct call *c)
{
    int r = 0;
    if (c->refusal == ERROR_CONFLICTS_WITH_HOLDS)
        r = refuse_for_holds(d, c, unit_of(d, c), NULL);
    answer_end(d, c);
    return r;
}

int answer_movement(struct desk *d, usec_t now, struct call *c)
{
    if (c->refused)
        return refuse(d, c);
    int r = c->n_shown > 0 ? 0 : name_moved(c);
    if (r > 0) { /* committed, but what it did was not understood: the same key asks again */
        call_refuse(c, ERROR_UNKNOWN_OUTCOME, NULL);
        return 0;
    }
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    buf_text(&c->result, "{\"movement\":");
    buf_add(&c->result, buf_span(&c->shown[0].json));
    write_shown(c, "units", RECORD_UNIT);
    write_shown(c, "movements", RECORD_MOVEMENT);
    answer_end(d, c);
    return 0;
}

/* The list, by day */

static int by_day(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a;
    const struct entry *y = *(struct entry *const *)b;
    int days = strcmp(x->version.movement->on, y->version.movement->on);
    return days != 0 ? days : strcmp(x->id, y->id);
}

#define DAY_TEXT 10 /* YYYY-MM-DD */

/* "day.id", the place of the last one shown. */
static bool cursor_read(const char *cursor)
{
    return strlen(cursor) > DAY_TEXT && cursor[DAY_TEXT] == '.' &&
           format_date((span){cursor, DAY_TEXT}) &&
           format_movement_id(span_of(cursor + DAY_TEXT + 1));
}

static bool is_after(const struct entry *e, const char *cursor)
{
    int days = strncmp(e->version.movement->on, cursor, DAY_TEXT);
    return days != 0 ? days > 0 : strcmp(e->id, cursor + DAY_TEXT + 1) > 0;
}

/* Which movements are wanted; texts NULL: any. */
struct wanted {
    unsigned states, types;
    const char *unit, *upto, *cursor;
};

static bool is_wanted(const struct wanted *w, const struct entry *e)
{
    const struct movement *m = e->version.movement;
    return w->states & 1u << m->state && w->types & 1u << m->type &&
           (w->unit == NULL || strcmp(w->unit, m->unit) == 0 ||
            (m->to_unit != NULL && strcmp(w->unit, m->to_unit) == 0)) &&
           (w->upto == NULL || strcmp(m->on, w->upto) <= 0) &&
           (w->cursor == NULL || is_after(e, w->cursor));
}

/* Whether it is for a day that begins within `days` of today, where its unit is; negative: any. */
static bool is_within(const struct desk *d, usec_t at, int64_t days, const struct entry *e)
{
    const struct calendar *c = office_calendar(d->replica, version_scope(&e->version).territory);
    return days < 0 || day_read(e->version.movement->on) <= calendar_today(c, at) + days;
}

/* Those that the viewer sees, in their order. *ret is the caller's. */
static int collect(const struct desk *d, usec_t now, const struct call *c, const struct wanted *w,
                   struct entry ***ret, size_t *ret_n)
{
    const usec_t at = replica_now(d->replica, now);
    const int64_t days = shape_int(c->params, "within_days", -1);
    const struct map *all = &d->replica->live->records[RECORD_MOVEMENT];
    struct entry **movements = calloc(all->count + 1, sizeof(struct entry *));
    if (movements == NULL)
        return -ENOMEM;
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        struct entry *e = slot->value;
        if (is_wanted(w, e) && is_within(d, at, days, e) &&
            viewer_sees(c->viewer, version_scope(&e->version)))
            movements[n++] = e;
    }
    qsort(movements, n, sizeof(struct entry *), by_day);
    *ret = movements;
    *ret_n = n;
    return 0;
}

static void write_page(struct call *c, struct entry **movements, size_t n, size_t limit)
{
    size_t shown = 0;
    buf_text(&c->result, "{\"movements\":[");
    for (; shown < n && shown < limit; shown++) {
        if (shown > 0 && c->result.n > LIMIT_ANSWER - 2048)
            break;
        buf_text(&c->result, shown ? "," : "");
        entry_add_json(movements[shown], VIEW_PRECISE, &c->result);
    }
    buf_text(&c->result, "],\"next\":");
    if (shown < n)
        buf_printf(&c->result, "\"%s.%s\"", movements[shown - 1]->version.movement->on,
                   movements[shown - 1]->id);
    else
        buf_text(&c->result, "null");
}

int run_movement_list(struct desk *d, usec_t now, struct call *c)
{
    const json_t *states = shape_member(c->params, "state");
    const json_t *types = shape_member(c->params, "type");
    const struct wanted wanted = {
        .states = states ? codes_read(states, movement_state_codes, MOVEMENT_STATE_COUNT)
                         : 1u << MOVEMENT_PLANNED,
        .types = types ? codes_read(types, movement_type_codes, MOVEMENT_TYPE_COUNT)
                       : (1u << MOVEMENT_TYPE_COUNT) - 1,
        .unit = shape_text(c->params, "unit"),
        .upto = shape_text(c->params, "upto"),
        .cursor = shape_text(c->params, "cursor"),
    };
    if (wanted.cursor != NULL && !cursor_read(wanted.cursor)) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    struct entry **movements = NULL;
    size_t n = 0;
    int r = collect(d, now, c, &wanted, &movements, &n);
    if (r < 0)
        return r;
    write_page(c, movements, n, (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT));
    free(movements);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
