/* SPDX-License-Identifier: EUPL-1.2 */
/* me, units, unit: who we are and what there is. */
#include <stdlib.h>
#include <string.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/table.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"

void stale_show(struct screen *s, const json_t *answer)
{
    int64_t as_of;
    if (!json_is_true(json_object_get(answer, "stale")))
        return;
    const char *since = moment_read(answer, "as_of", &as_of) ? moment_clock(s, as_of) : "?";
    screen_line(s, 2, words_printf(&s->words, WARN "%s" PLAIN, say(s, MSG_ANSWER_STALE, since)));
}

/* ── me ── */

static const char *codes_text(struct screen *s, const json_t *codes)
{
    const char *text = "";
    const json_t *code;
    size_t i;
    json_array_foreach ((json_t *)codes, i, code)
        text = words_join(&s->words, text, ", ", json_string_value(code));
    return text;
}

static void me_show(struct screen *s, const json_t *me)
{
    struct words *w = &s->words;
    const json_t *scope = json_object_get(me, "scope");
    const char *account = json_string_value(json_object_get(me, "account"));
    const char *name = json_string_value(json_object_get(me, "name"));
    const char *role = json_string_value(json_object_get(me, "role"));
    const char *acts_for = json_string_value(json_object_get(me, "acts_for"));
    const char *territories = codes_text(s, json_object_get(scope, "territories"));
    const char *establishments = codes_text(s, json_object_get(scope, "establishments"));

    screen_line(s, 2,
                words_printf(w, BOLD "%s" PLAIN "%s%s", account ? account : "?",
                             name != NULL ? " · " : "", name != NULL ? name : ""));
    screen_line(s, 2, say(s, MSG_ME_ROLE, label(s, "role", role)));
    if (acts_for != NULL)
        screen_line(s, 2, say(s, MSG_ME_ACTS_FOR, acts_for));
    if (territories[0] != 0)
        screen_line(s, 2, say(s, MSG_ME_TERRITORIES, territories));
    if (establishments[0] != 0)
        screen_line(s, 2, say(s, MSG_ME_ESTABLISHMENTS, establishments));
    if (territories[0] == 0 && establishments[0] == 0)
        screen_line(s, 2, say(s, MSG_ME_SEES_ALL));
}

int run_me(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *me;
    int code = session_call(x, "me", json_object(), &me);

    (void)c;
    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, me);
    } else {
        me_show(s, me);
        screen_line(s, 2, say(s, MSG_ME_SERVER_TIME, moment_clock(s, s->now)));
        stale_show(s, me);
    }
    json_decref(me);
    return EXIT_FOUND;
}

/* ── units ── */

static int by_name(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    const char *first = unit_establishment(*x), *second = unit_establishment(*y);
    int order = strcmp(first != NULL ? first : "", second != NULL ? second : "");
    if (order != 0)
        return order;
    first = json_string_value(json_object_get(*x, "name"));
    second = json_string_value(json_object_get(*y, "name"));
    return strcmp(first != NULL ? first : "", second != NULL ? second : "");
}

static const char *free_text(struct screen *s, const json_t *unit)
{
    int64_t free = unit_free(unit, true);
    return free == COUNT_UNKNOWN ? "?" : words_printf(&s->words, "%lld", (long long)free);
}

static bool same_establishment(const json_t *a, const json_t *b)
{
    const char *x = unit_establishment(a), *y = unit_establishment(b);
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

/* Units of one establishment stand together under its name; one alone has it in its own. */
static void units_table(const struct session *x, const json_t **units, size_t n)
{
    struct screen *s = x->screen;
    const struct column columns[] = {
        {say(s, MSG_HEAD_FREE), true, 0, 0},    {say(s, MSG_HEAD_UNIT), false, 16, 0},
        {say(s, MSG_HEAD_SINCE), false, 0, 0},  {say(s, MSG_HEAD_ID), false, 0, 1},
        {say(s, MSG_HEAD_PLACE), false, 10, 2}, {say(s, MSG_HEAD_MODALITY), false, 8, 3},
        {say(s, MSG_HEAD_AGES), false, 0, 4},
    };
    bool together = false;
    struct table t;

    table_begin(&t, s, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const json_t *u = units[i];
        const char *name = json_string_value(json_object_get(u, "name"));
        bool goes_on = i > 0 && same_establishment(units[i - 1], u);
        if (!goes_on) {
            together = i + 1 < n && same_establishment(u, units[i + 1]);
            if (together)
                table_heading(&t, unit_establishment(u));
        }
        name = together && name != NULL ? words_printf(&s->words, "  %s", name) : unit_name(s, u);
        table_row(&t,
                  (const char *const[]){
                      free_text(s, u), name, unit_since_short(s, u), unit_id(u), unit_place(x, u),
                      label(s, "modality", json_string_value(json_object_get(u, "modality"))),
                      age_range(s, json_object_get(u, "ages"))});
    }
    table_print(&t);
}

static void units_show(const struct session *x, const json_t *list)
{
    struct screen *s = x->screen;
    size_t n = json_array_size(list), i;
    const json_t **units = words_take(&s->words, (n + 1) * sizeof(const json_t *)), *unit;
    int64_t free = 0, to_check = 0, never = 0;

    json_array_foreach ((json_t *)list, i, unit) {
        enum freshness f = unit_freshness(s, unit);
        units[i] = unit;
        free += unit_free(unit, true) > 0 ? unit_free(unit, true) : 0;
        to_check += f == STALE || f == REPORTED_WRONG;
        never += f == NEVER_DECLARED;
    }
    qsort(units, n, sizeof(const json_t *), by_name);
    units_table(x, units, n);
    const char *sum = words_join(&s->words, say_n(s, MSG_UNITS, (int64_t)n), ", ",
                                 say_n(s, MSG_PLACES_FREE_ALL, free));
    if (to_check > 0)
        sum = words_join(&s->words, sum, ", ", say_n(s, MSG_TO_CHECK, to_check));
    if (never > 0)
        sum = words_join(&s->words, sum, ", ", say_n(s, MSG_NEVER, never));
    screen_blank(s);
    screen_line(s, 2, sum);
}

int run_units(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *filter, *document;
    int code = ask_filter(x, &filter);

    (void)c;
    if (code == 0)
        code = ask_pages(x, "unit.list", "units", json_pack("{s:o}", "filter", filter), &document);
    if (code != 0)
        return code;
    const json_t *units = json_object_get(document, "units");
    bool found = json_array_size(units) > 0;
    if (s->json) {
        screen_json(s, document);
    } else {
        stale_show(s, document);
        if (found) {
            places_learn(x, units);
            units_show(x, units);
        } else {
            screen_line(s, 0, say(s, MSG_NO_UNITS));
        }
    }
    json_decref(document);
    return found ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── unit ── */

static void fact(struct screen *s, enum message name, const char *value)
{
    if (value == NULL || value[0] == 0)
        return;
    const char *head = say(s, name);
    int blank = 14 - text_width(head);
    screen_line(
        s, 15,
        words_printf(&s->words, DIM "%s" PLAIN "%*s %s", head, blank > 0 ? blank : 0, "", value));
}

static const char *counts_text(struct screen *s, const json_t *unit)
{
    static const struct {
        const char *member;
        enum message message;
        bool always;
    } counts[] = {
        {"open", MSG_COUNT_OPEN, true},
        {"occupied", MSG_COUNT_OCCUPIED, true},
        {"held", MSG_COUNT_HELD, false},
        {"emergency_reserved", MSG_COUNT_RESERVED, false},
        {"authorised", MSG_COUNT_AUTHORISED, true},
    };
    const char *text = "";
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        int64_t n = unit_count(unit, counts[i].member);
        if (n > 0 || (n == 0 && counts[i].always))
            text = words_join(&s->words, text, ", ", say_n(s, counts[i].message, n));
    }
    return text;
}

static const char *accepts_text(struct screen *s, const json_t *unit, const char *answer)
{
    const char *text = "", *need;
    json_t *value;
    json_object_foreach (json_object_get(unit, "accepts"), need, value) {
        const char *said = json_string_value(value);
        if (said != NULL && strcmp(said, answer) == 0)
            text = words_join(&s->words, text, ", ", label(s, "need", need));
    }
    return text;
}

static void unit_show(const struct session *x, const json_t *unit)
{
    struct screen *s = x->screen;
    const char *by = json_string_value(json_object_get(unit, "declared_by"));
    const char *channel = json_string_value(json_object_get(unit, "channel"));
    const char *admission = json_string_value(json_object_get(unit, "admission"));
    const char *fallback = json_string_value(json_object_get(unit, "fallback"));
    const json_t *contact = json_object_get(unit, "contact");
    bool doubtful = unit_freshness(s, unit) != FRESH;

    screen_line(s, 2, words_printf(&s->words, BOLD "%s" PLAIN, unit_name(s, unit)));
    screen_line(s, 2,
                words_printf(&s->words, BOLD "%s" PLAIN ", %s%s" PLAIN, unit_places(s, unit, true),
                             doubtful ? WARN : "", unit_since(s, unit)));
    fact(s, MSG_FACT_COUNTS, counts_text(s, unit));
    fact(s, MSG_FACT_CLOSED, unit_closed(s, unit));
    fact(s, MSG_FACT_TAKES, unit_conditions(s, unit));
    fact(s, MSG_FACT_ADMISSION, label(s, "admission", admission ? admission : "unknown"));
    fact(s, MSG_FACT_YES, accepts_text(s, unit, "yes"));
    fact(s, MSG_FACT_NO, accepts_text(s, unit, "no"));
    fact(s, MSG_FACT_TO_ASK, accepts_text(s, unit, "unknown"));
    if (fallback != NULL)
        fact(s, MSG_FACT_FALLBACK, known_unit_name(x, fallback));
    fact(s, MSG_FACT_DAY, json_string_value(json_object_get(contact, "day")));
    fact(s, MSG_FACT_NIGHT, json_string_value(json_object_get(contact, "night")));
    bool commune = json_is_string(json_object_get(unit, "commune"));
    fact(s, MSG_FACT_COMMUNE, commune ? unit_place(x, unit) : NULL);
    fact(s, MSG_FACT_TERRITORY,
         commune ? json_string_value(json_object_get(unit, "territory")) : unit_place(x, unit));
    if (by != NULL)
        fact(s, MSG_FACT_DECLARED_BY,
             words_printf(&s->words, "%s (%s)", by, label(s, "channel", channel)));
    fact(s, MSG_FACT_ID, unit_id(unit));
    if (unit_count(unit, "held") > 0)
        go_on(s, MSG_GO_HELD, "ugo hold list --unit %s", unit_id(unit));
}

int run_unit(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    const char *id;
    json_t *answer;
    int code = ask_unit(x, c->operand, &id);

    if (code == 0)
        code = session_call(x, "unit.get", json_pack("{s:s}", "unit", id), &answer);
    if (code != 0)
        return code;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        known_learn(x, answer);
        unit_show(x, json_object_get(answer, "unit"));
    }
    json_decref(answer);
    return EXIT_FOUND;
}
