/* SPDX-License-Identifier: EUPL-1.2 */
/* mission.*: who fetches a child. The database decides; an answer shows the mission as it was at
 * the revision of that decision. */
#include <stdlib.h>

#include "api/answer.h"
#include "api/operation.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

#define MEMBER_MISSION                                                                             \
    {                                                                                              \
        "mission", SHAPE_TEXT, .required = true, .format = format_mission_id                       \
    }

const struct shape mission_create_params[] = {
    {"hold", SHAPE_TEXT, .required = true, .format = format_hold_id},
    {"team", SHAPE_TEXT, .format = format_account},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape mission_assign_params[] = {
    MEMBER_MISSION,
    {"team", SHAPE_TEXT, .required = true, .format = format_account},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape mission_start_params[] = {MEMBER_MISSION, MEMBER_KEY, MEMBER_AFTER, {0}};

const struct shape mission_arrive_params[] = {MEMBER_MISSION, MEMBER_KEY, MEMBER_AFTER, {0}};

const struct shape mission_hand_over_params[] = {
    MEMBER_MISSION,
    {"observed_at", SHAPE_TEXT, .format = format_instant},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

const struct shape mission_cancel_params[] = {
    MEMBER_MISSION,
    {"code", SHAPE_CODE, .one_of = withdrawal_codes, .n_one_of = WITHDRAWAL_COUNT},
    MEMBER_KEY,
    MEMBER_AFTER,
    {0},
};

static const struct shape state_element = {NULL, SHAPE_CODE, .one_of = mission_state_codes,
                                           .n_one_of = MISSION_STATE_COUNT};

const struct shape mission_list_params[] = {
    {"state", SHAPE_ARRAY, .min = 1, .max = MISSION_STATE_COUNT, .element = &state_element},
    {"hold", SHAPE_TEXT, .format = format_hold_id},
    {"unit", SHAPE_TEXT, .format = format_unit_id},
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},
    {"cursor", SHAPE_TEXT, .format = format_cursor},
    MEMBER_AFTER,
    {0},
};

const struct shape mission_get_params[] = {MEMBER_MISSION, MEMBER_AFTER, {0}};

#define ACTIVE (1u << MISSION_ASSIGNED | 1u << MISSION_UNDER_WAY | 1u << MISSION_ARRIVED)

/* The id of a mission that was asked for is made of the revision that made it, and of the epoch of
 * that revision (schema/, new_id). */
static int name_made(const struct desk *d, struct call *c)
{
    char id[48];
    snprintf(id, sizeof id, "m-%.6s-%lld", replica_epoch_of(d->replica, c->revision),
             (long long)c->revision);
    return answer_add(c, RECORD_MISSION, id);
}

int answer_mission(struct desk *d, usec_t now, struct call *c)
{
    const char *id = shape_text(c->params, "mission");
    int r = 0;
    if (c->refused && id == NULL) {
        refuse_hold(d, c, shape_text(c->params, "hold"));
        return 0;
    }
    if (c->refused) {
        answer_end(d, c);
        return 0;
    }
    if (c->n_shown == 0)
        r = id != NULL ? answer_add(c, RECORD_MISSION, id) : name_made(d, c);
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    buf_text(&c->result, "{\"mission\":");
    buf_add(&c->result, buf_span(&c->shown[0].json));
    answer_end(d, c);
    return 0;
}

/* mission.list: oldest first */

struct order {
    usec_t assigned_at;
    const char *id;
};

static int compare(struct order a, struct order b)
{
    if (a.assigned_at != b.assigned_at)
        return a.assigned_at < b.assigned_at ? -1 : 1;
    return strcmp(a.id, b.id);
}

static struct order order_of(const struct entry *e)
{
    return (struct order){e->version.mission->assigned_at, e->id};
}

static int by_order(const void *a, const void *b)
{
    return compare(order_of(*(struct entry *const *)a), order_of(*(struct entry *const *)b));
}

/* "assigned_at.id", the place of the last one shown. The id stays the text's. */
static bool cursor_read(const char *cursor, struct order *ret)
{
    char *end;
    errno = 0;
    ret->assigned_at = strtoll(cursor, &end, 10);
    ret->id = end + 1;
    return end != cursor && *end == '.' && errno == 0 && format_mission_id(span_of(ret->id));
}

static bool is_wanted(const struct call *c, const struct order *after, const struct entry *e)
{
    const struct mission *m = e->version.mission;
    const json_t *states = shape_member(c->params, "state");
    const char *hold = shape_text(c->params, "hold");
    const char *unit = shape_text(c->params, "unit");
    unsigned wanted =
        states ? codes_read(states, mission_state_codes, MISSION_STATE_COUNT) : ACTIVE;
    return wanted & 1u << m->state && (hold == NULL || strcmp(hold, m->hold) == 0) &&
           (unit == NULL || strcmp(unit, m->unit) == 0) &&
           (after == NULL || compare(order_of(e), *after) > 0) &&
           viewer_sees(c->viewer, version_scope(&e->version));
}

/* "missions":[…], as many as an answer has room for; how many. */
static size_t write_missions(struct call *c, struct entry **missions, size_t n)
{
    size_t shown = 0;
    buf_text(&c->result, "{\"missions\":[");
    for (; shown < n; shown++) {
        span json = entry_json(missions[shown], VIEW_PRECISE);
        if (shown > 0 && c->result.n + json.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, shown ? ",{\"mission\":" : "{\"mission\":");
        buf_add(&c->result, json);
        buf_char(&c->result, '}');
        c->result.failed |= json.n == 0;
    }
    buf_char(&c->result, ']');
    return shown;
}

int run_mission_list(struct desk *d, usec_t now, struct call *c)
{
    const char *cursor = shape_text(c->params, "cursor");
    const struct map *all = &d->replica->live->records[RECORD_MISSION];
    struct order after = {0};
    if (cursor != NULL && !cursor_read(cursor, &after)) {
        struct shape_errors errors = {0};
        shape_refuse(&errors, "/cursor", "bad_cursor");
        call_refuse_params(c, &errors);
        return 0;
    }
    struct entry **missions = calloc(all->count + 1, sizeof(struct entry *));
    if (missions == NULL)
        return -ENOMEM;
    size_t n = 0;
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(all, &at)) != NULL;)
        if (is_wanted(c, cursor ? &after : NULL, slot->value))
            missions[n++] = slot->value;
    qsort(missions, n, sizeof(struct entry *), by_order);
    size_t limit = (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    size_t shown = write_missions(c, missions, n < limit ? n : limit);
    buf_text(&c->result, ",\"next\":");
    if (shown < n)
        buf_printf(&c->result, "\"%lld.%s\"", (long long)order_of(missions[shown - 1]).assigned_at,
                   missions[shown - 1]->id);
    else
        buf_text(&c->result, "null");
    free(missions);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_mission_get(struct desk *d, usec_t now, struct call *c)
{
    struct entry *e =
        replica_find(d->replica, RECORD_MISSION, span_of(shape_text(c->params, "mission")));
    /* The same answer whether it does not exist or is not for this reader. */
    if (e == NULL || !viewer_sees(c->viewer, version_scope(&e->version))) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    buf_text(&c->result, "{\"mission\":");
    entry_add_json(e, VIEW_PRECISE, &c->result);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
