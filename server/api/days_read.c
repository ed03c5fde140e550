/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/days_read.h"

#include "core/json_read.h"
#include "core/rhythm.h"

const struct shape weekday_element = {NULL, SHAPE_INT, .min = 1, .max = 7};
const struct shape rhythm_members[] = {
    {"weekdays", SHAPE_ARRAY, .required = true, .min = 1, .max = 7, .element = &weekday_element},
    {"weeks", SHAPE_CODE, .required = true, .one_of = weeks_codes, .n_one_of = WEEKS_COUNT},
    {0},
};

/* What is wanted, as it was said. */
struct wish {
    int64_t on, until;
    rhythm rhythm;
};

static struct wish wish_read(const json_t *params)
{
    const json_t *days = shape_member(params, "days");
    struct wish w = {day_read(shape_text(params, "wanted_on")),
                     day_read(shape_text(params, "wanted_until")), 0};
    if (days == NULL ||
        rhythm_read(json_object_get(days, "weekdays"), json_text(days, "weeks"), &w.rhythm) < 0)
        w.rhythm = 0;
    return w;
}

static void check(const struct wish *w, int64_t today, struct shape_errors *errors)
{
    int64_t from = w->on == DAY_NONE ? today : w->on;
    if (w->on != DAY_NONE && w->on < today)
        shape_refuse(errors, "/wanted_on", "in_the_past");
    else if (w->until != DAY_NONE && w->until < from)
        shape_refuse(errors, "/wanted_until", "reversed");
    else if (w->until != DAY_NONE && w->until > from + DAYS_MOST)
        shape_refuse(errors, "/wanted_until", "out_of_range");
    else if (w->rhythm != 0 && w->on == DAY_NONE)
        shape_refuse(errors, "/days", "needs_wanted_on");
    else if (w->rhythm != 0 && w->until != DAY_NONE &&
             days_none(&(struct days){from, w->until, w->rhythm}))
        shape_refuse(errors, "/days", "no_such_day");
}

void search_days_read(const json_t *params, const struct request *q, int64_t today,
                      struct shape_errors *errors, struct search_days *ret)
{
    struct wish w = wish_read(params);
    struct search_days d = {0};
    check(&w, today, errors);
    bool said = w.on != DAY_NONE || w.until != DAY_NONE;
    if (!said && q != NULL) /* the days of the request, all of them */
        d.dated = request_days(q, today, &d.days);
    else
        d.dated = days_wanted(w.on, w.until, w.rhythm, today, &d.days);
    int64_t from = d.dated ? d.days.from : today;
    d.lasts = !d.dated || d.days.until == d.days.from;
    d.promised = (struct days){from, from + PROMISED_DAYS, RHYTHM_ALL};
    *ret = d;
}
