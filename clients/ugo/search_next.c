/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/search_next.h"

#include <string.h>

#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"

static const char *string_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

bool result_is_kept(const json_t *result)
{
    const json_t *item;
    size_t i;
    json_array_foreach (json_object_get(result, "to_ask"), i, item) {
        if (strcmp(json_string_value(item), "offered") == 0)
            return true;
    }
    return false;
}

/* The options that say the same children again. */
static const char *children_options(struct screen *s, const struct search_view *view)
{
    struct words *w = &s->words;
    const char *text = "";
    const json_t *child;
    size_t i;

    json_array_foreach ((json_t *)view->children, i, child) {
        const json_t *months = json_object_get(child, "age_months");
        const char *sex = string_of(child, "sex");
        long long n = (long long)json_integer_value(months);
        if (!json_is_integer(months))
            text = words_printf(w, "%s --age '?'", text);
        else if (n % 12 == 0 && n >= 24)
            text = words_printf(w, "%s --age %lldy", text, n / 12);
        else
            text = words_printf(w, "%s --age %lldm", text, n);
        text = words_printf(w, "%s --sex %s", text, sex != NULL ? sex : "'?'");
    }
    return words_printf(w, "%s%s%s", text,
                        view->pregnant ? " --pregnant"
                        : view->parent ? " --parent"
                                       : "",
                        view->emergency ? " --emergency" : "");
}

/* ── For now ── */

/* How to ask the best of them: for the request, or with the same words. */
static void hold_show_best(struct screen *s, const struct search_view *view, const json_t *best)
{
    if (view->request != NULL)
        go_on(s, MSG_GO_HOLD, "ugo hold %s --request %s", unit_id(best),
              request_name(view->request));
    else
        go_on(s, MSG_GO_HOLD, "ugo hold %s%s", unit_id(best), children_options(s, view));
}

/* ── For another day ── */

/* What says the days that are wanted: the question, or its request. */
static const json_t *days_of(const struct search_view *view)
{
    const json_t *question = view->question;
    bool said =
        string_of(question, "wanted_on") != NULL || string_of(question, "wanted_until") != NULL;
    return said ? question : view->request;
}

/* Whether they begin later than today, or recur: a hold keeps places from now on, for an hour. */
static bool is_for_another_day(const struct screen *s, const json_t *days)
{
    const char *on = string_of(days, "wanted_on");
    char today[11];

    moment_today(s, today);
    return json_is_object(json_object_get(days, "days")) || (on != NULL && strcmp(on, today) > 0);
}

/* " --until … --weekdays … --weeks …" */
static const char *days_options(struct screen *s, const json_t *days)
{
    struct words *w = &s->words;
    const json_t *rhythm = json_object_get(days, "days"), *day;
    const char *until = string_of(days, "wanted_until"), *weekdays = "";
    size_t i;

    json_array_foreach (json_object_get(rhythm, "weekdays"), i, day)
        weekdays = words_printf(w, "%s%s%lld", weekdays, i > 0 ? "," : " --weekdays ",
                                (long long)json_integer_value(day));
    return words_printf(w, "%s%s%s%s%s", until != NULL ? " --until " : "",
                        until != NULL ? until : "", weekdays, weekdays[0] != 0 ? " --weeks " : "",
                        weekdays[0] != 0 ? string_of(rhythm, "weeks") : "");
}

static void plan_show(struct screen *s, const struct search_view *view, const json_t *best,
                      const json_t *days)
{
    const char *on = string_of(days, "wanted_on"), *options = days_options(s, days);
    size_t places = json_array_size(view->children);
    bool recurs = json_is_object(json_object_get(days, "days"));

    screen_line(s, 2, say(s, MSG_LATER, say(s, MSG_WANTED_ON, moment_date(s, on))));
    if (view->request == NULL)
        go_on(s, MSG_GO_REQUEST, "ugo request open%s --wanted %s%s", children_options(s, view), on,
              options);
    if (view->session->may_decide)
        go_on(s, MSG_GO_PLAN, "ugo movement plan %s --type %s --places %zu --on %s%s",
              unit_id(best), recurs ? "sequence" : "entry", places > 0 ? places : 1, on, options);
}

void search_next_show(struct screen *s, const struct search_view *view, const json_t *results)
{
    const json_t *first = json_array_get(results, 0), *days = days_of(view);
    const json_t *best = json_object_get(first, "unit"), *offer = json_object_get(first, "offer");
    bool later = is_for_another_day(s, days), known = unit_free(best, true) != COUNT_UNKNOWN;

    if (best == NULL || result_is_kept(first) ||
        (later ? !known : unit_free(best, view->emergency) <= 0))
        return;
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_GO_ON));
    if (offer != NULL)
        offer_ways_show(view->session, offer, view->request);
    else if (later)
        plan_show(s, view, best, days);
    else
        hold_show_best(s, view, best);
}
