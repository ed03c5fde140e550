/* SPDX-License-Identifier: EUPL-1.2 */
/* waiting, request list: who waits, in which order, and why in that order. */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

static bool is_emergency(const json_t *order)
{
    return json_is_true(json_object_get(order, "emergency"));
}

/* What puts this one behind the one before. */
static const char *behind(struct screen *s, const json_t *before, const json_t *order)
{
    const json_t *youngest = json_object_get(order, "youngest_months");
    int64_t then = 0, now = 0;

    if (is_emergency(before) && !is_emergency(order))
        return say(s, MSG_ORDER_NO_EMERGENCY);
    moment_read(before, "decided_at", &then);
    moment_read(order, "decided_at", &now);
    if (now > then)
        return say(s, MSG_ORDER_LATER, moment_duration(s, now - then));
    if (json_equal(youngest, json_object_get(before, "youngest_months")))
        return say(s, MSG_ORDER_SAME);
    if (!json_is_integer(youngest))
        return say(s, MSG_ORDER_OLDER_UNKNOWN);
    return say(s, MSG_ORDER_OLDER, age_months(s, (int64_t)json_integer_value(youngest)));
}

const char *order_text(struct screen *s, const json_t *items, size_t i)
{
    const json_t *order = json_object_get(json_array_get(items, i), "order");

    if (json_array_size(items) == 1)
        return say(s, MSG_ORDER_ONLY);
    if (i == 0)
        return say(s, is_emergency(order) ? MSG_ORDER_FIRST_EMERGENCY : MSG_ORDER_FIRST);
    return behind(s, json_object_get(json_array_get(items, i - 1), "order"), order);
}

static void list_show(struct session *x, const json_t *items, bool why)
{
    struct screen *s = x->screen;
    const json_t *item;
    size_t i;

    json_array_foreach ((json_t *)items, i, item) {
        screen_blank(s);
        request_show(x, words_printf(&s->words, "%zu. ", i + 1), json_object_get(item, "request"),
                     false);
        if (why)
            screen_line(s, 3,
                        words_printf(&s->words, "   " DIM "%s" PLAIN, order_text(s, items, i)));
        asked_lines_show(x, json_object_get(item, "holds"));
        offered_show(x, json_object_get(item, "offer"), json_object_get(item, "request"));
    }
}

static int list(struct session *x, json_t *states, enum message head, enum message none, bool why)
{
    struct screen *s = x->screen;
    json_t *answer;
    int code =
        ask_pages(x, "request.list", "requests", json_pack("{s:o*}", "state", states), &answer);

    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "requests");
    size_t n = json_array_size(items);
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        known_learn(x, answer);
        screen_line(s, 2, n > 0 ? say_n(s, head, (int64_t)n) : say(s, none));
        list_show(x, items, why);
    }
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

int run_waiting(struct session *x, const struct command *c)
{
    (void)c;
    return list(x, json_pack("[s]", "open"), MSG_WAITING_LIST, MSG_NOBODY_WAITS, true);
}

int run_request_list(struct session *x, const struct command *c)
{
    json_t *states;
    int code = ask_codes(x, OPTION_STATE, "request_state", &states);

    (void)c;
    return code != 0 ? code : list(x, states, MSG_REQUESTS_ARE, MSG_NO_REQUESTS, false);
}
