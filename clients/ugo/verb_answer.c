/* SPDX-License-Identifier: EUPL-1.2 */
/* answer: what one is asked, and yes or no. Made to be typed on a phone by someone who was woken.
 */
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/verbs.h"

enum reply { REPLY_NONE, REPLY_YES, REPLY_NO };

static enum reply reply_of(const char *word)
{
    static const struct {
        const char *word;
        enum reply reply;
    } replies[] = {
        {"accept", REPLY_YES}, {"accepter", REPLY_YES}, {"yes", REPLY_YES}, {"oui", REPLY_YES},
        {"refuse", REPLY_NO},  {"refuser", REPLY_NO},   {"no", REPLY_NO},   {"non", REPLY_NO},
    };
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        if (text_same(word, replies[i].word))
            return replies[i].reply;
    }
    return REPLY_NONE;
}

/* H and accept or refuse, in either order. False: something else was said. */
static bool read_words(const struct command *c, const char **ret_hold, enum reply *ret_reply)
{
    *ret_hold = NULL;
    *ret_reply = REPLY_NONE;
    for (size_t i = 0; i < c->n_operands; i++) {
        enum reply reply = reply_of(c->operands[i]);
        if (reply != REPLY_NONE && *ret_reply == REPLY_NONE)
            *ret_reply = reply;
        else if (reply == REPLY_NONE && *ret_hold == NULL)
            *ret_hold = c->operands[i];
        else
            return false;
    }
    return *ret_hold != NULL || *ret_reply == REPLY_NONE;
}

/* ── What is asked ── */

static void asked_show(struct session *x, const json_t *items)
{
    struct screen *s = x->screen;
    size_t n = json_array_size(items), i;
    const json_t *item;

    if (n == 0) {
        screen_line(s, 0, say(s, x->of_establishment ? MSG_NO_HOLDS_ASKED : MSG_NO_HOLDS));
        return;
    }
    screen_line(s, 2, say_n(s, x->of_establishment ? MSG_ASKED_OF_YOU : MSG_HOLDS_ARE, (int64_t)n));
    json_array_foreach ((json_t *)items, i, item) {
        const json_t *hold = json_object_get(item, "hold");
        screen_blank(s);
        hold_show(x, &(struct hold_view){.mark = words_printf(&s->words, "%zu. ", i + 1)}, hold);
        if (!x->of_establishment) {
            decide_show(x, hold);
            continue;
        }
        go_on(s, MSG_GO_ACCEPT, "ugo answer %s accept", record_id(hold));
        go_on(s, MSG_GO_REFUSE, "ugo answer %s refuse --code CODE", record_id(hold));
    }
}

static int list(struct session *x)
{
    struct screen *s = x->screen;
    json_t *answer;
    int code = ask_pages(x, "hold.list", "holds", json_pack("{s:[s]}", "state", "held"), &answer);

    if (code != 0)
        return code;
    const json_t *items = json_object_get(answer, "holds");
    bool found = json_array_size(items) > 0;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        known_learn(x, answer);
        asked_show(x, items);
    }
    json_decref(answer);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── Yes, no ── */

static int accept(struct session *x, const char *hold)
{
    json_t *params = json_object();
    int code = ask_instant(x, params, OPTION_ARRIVE_BY, "arrive_by", true);
    if (code == 0)
        return hold_write(x, "hold.accept", hold, params, MSG_DONE_ACCEPT);
    json_decref(params);
    return code;
}

static int refuse(struct session *x, const char *hold)
{
    const char *why;
    int code = ask_code(x, OPTION_CODE, "refusal", &why);
    if (code != 0)
        return code;
    return hold_write(x, "hold.refuse", hold, json_pack("{s:s}", "code", why),
                      strcmp(why, "full") == 0 ? MSG_DONE_REFUSE_FULL : MSG_DONE_REFUSE);
}

int run_answer(struct session *x, const struct command *c)
{
    enum reply reply;
    const char *hold;
    enum message wrong = MSG_NONE;

    if (!read_words(c, &hold, &reply))
        wrong = MSG_ANSWER_HOW;
    else if ((reply != REPLY_NO && command_has(c, OPTION_CODE)) ||
             (reply != REPLY_YES && command_has(c, OPTION_ARRIVE_BY)))
        wrong = MSG_ANSWER_NO_CODE;
    if (wrong != MSG_NONE) {
        screen_complain(x->screen, say(x->screen, wrong));
        return EXIT_USAGE;
    }
    if (hold == NULL)
        return list(x);
    if (reply == REPLY_NONE)
        return run_hold_show(x, c);
    return reply == REPLY_YES ? accept(x, hold) : refuse(x, hold);
}
