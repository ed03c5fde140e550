/* SPDX-License-Identifier: EUPL-1.2 */
/* hold list --since: holds that have ended, from the history, long after they left what is current.
 */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

/* What of them is wanted; members may be missing. */
static bool is_wanted(const json_t *wanted, const json_t *hold)
{
    static const char *const names[] = {"unit", "request"};
    const json_t *states = json_object_get(wanted, "state"), *state;
    bool any = states == NULL && !hold_is_active(hold);
    size_t i;

    json_array_foreach ((json_t *)states, i, state)
        any = any || hold_is(hold, json_string_value(state));
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *name = json_object_get(wanted, names[i]);
        any = any && (name == NULL || json_equal(name, json_object_get(hold, names[i])));
    }
    return any;
}

/* The last state of each hold that changed, in the order of its last change: {"holds":[{"hold"}…]}.
 * What is merely forgotten changes nothing. */
static json_t *last_states(const json_t *changes, const json_t *wanted)
{
    json_t *last = json_object(), *items = json_array(), *hold;
    const json_t *change;
    const char *id;
    size_t i;

    json_array_foreach ((json_t *)changes, i, change) {
        json_t *record = json_object_get(change, "record");
        id = json_string_value(json_object_get(record, "id"));
        if (id == NULL || !json_is_string(json_object_get(record, "kind")) ||
            strcmp(json_string_value(json_object_get(record, "kind")), "hold") != 0)
            continue;
        json_object_del(last, id); /* to the end of it */
        json_object_set(last, id, record);
    }
    json_object_foreach (last, id, hold) {
        if (is_wanted(wanted, hold))
            json_array_append_new(items, json_pack("{s:O}", "hold", hold));
    }
    json_decref(last);
    return json_pack("{s:o}", "holds", items);
}

/* Establishments and the DEF read the history; others what they may of the journal. */
static int ask_changes(struct session *x, const char *from, json_t **ret_changes)
{
    json_t *answer;
    int code = session_call(x, "me", json_object(), &answer); /* the greeting says the role */

    if (code != 0)
        return code;
    json_decref(answer);
    code = x->reads_history
               ? ask_pages(x, "history", "changes",
                           json_pack("{s:[s], s:s}", "kinds", "hold", "at_from", from), &answer)
               : ask_pages(x, "journal.list", "entries", json_pack("{s:s}", "from", from), &answer);
    if (code != 0)
        return code;
    *ret_changes = json_incref(json_object_get(answer, x->reads_history ? "changes" : "entries"));
    json_decref(answer);
    return 0;
}

static void past_show(struct session *x, const json_t *items)
{
    struct screen *s = x->screen;
    struct words *w = &s->words;
    const json_t *item;
    size_t i;

    json_array_foreach ((json_t *)items, i, item) {
        const json_t *hold = json_object_get(item, "hold");
        const char *what = words_join(w, hold_state(s, hold), DOT, hold_for(s, hold));
        screen_line(s, 3,
                    words_printf(w, " - " BOLD "%s" PLAIN DOT "%s" DOT DIM "%s" PLAIN,
                                 known_unit_name(x, hold_unit(hold)), what, record_id(hold)));
    }
}

int holds_since(struct session *x, const json_t *wanted)
{
    struct screen *s = x->screen;
    const char *text = command_value(x->command, OPTION_SINCE_DAY);
    json_t *changes;
    char date[11], from[32];

    if (!moment_parse_date(text, date))
        return command_wrong(s, x->command, OPTION_SINCE_DAY, MSG_WANT_DATE);
    moment_write(moment_of_date(date), from);
    int code = ask_changes(x, from, &changes);
    if (code != 0)
        return code;
    json_t *document = last_states(changes, wanted);
    const json_t *items = json_object_get(document, "holds");
    size_t n = json_array_size(items);
    json_decref(changes);
    if (s->json) {
        screen_json(s, document);
    } else {
        screen_line(s, 2,
                    n == 0 ? say(s, MSG_NO_HOLDS_SINCE, moment_date(s, date))
                           : say_n(s, MSG_HOLDS_SINCE, (int64_t)n, moment_date(s, date)));
        known_learn(x, document);
        past_show(x, items);
    }
    json_decref(document);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}
