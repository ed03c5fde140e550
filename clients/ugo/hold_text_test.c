/* SPDX-License-Identifier: EUPL-1.2 */
/* What is said of requests and holds, in both languages; times that run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "clients/ugo/watch_text.h"

#define NB "\u00A0"

/* 2025-11-21T01:14:00Z, 02:14 in Paris. */
#define NOW (1763687640 * MOMENT_S)

static int begin(void **state)
{
    struct screen *s = calloc(1, sizeof *s);
    assert_non_null(s);
    *s = (struct screen){.width = 80, .language = LANGUAGE_FR, .now = NOW};
    *state = s;
    return 0;
}

static int end(void **state)
{
    struct screen *s = *state;
    words_free(&s->words);
    free(s);
    return 0;
}

static json_t *json(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static void for_whom(void **state)
{
    static const struct {
        const char *children, *parent, *text;
    } cases[] = {
        {"[{\"age_months\":84,\"sex\":\"F\"},{\"age_months\":18,\"sex\":\"M\"}]", "null",
         "fille de" NB "7" NB "ans, garçon de" NB "18" NB "mois"},
        {"[]", "{\"pregnant\":true}", "une femme enceinte"},
        {"[]", "{\"pregnant\":false}", "un parent"},
        {"[{\"age_months\":null,\"sex\":null}]", "{\"pregnant\":false}",
         "un parent avec enfant d'âge inconnu"},
    };
    struct screen *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *children = json(cases[i].children);
        json_t *parent = json_loads(cases[i].parent, JSON_DECODE_ANY, NULL);
        assert_string_equal(profile_text(s, children, parent), cases[i].text);
        json_decref(children);
        json_decref(parent);
    }
}

/* Every state is said, with its time; what is urgent is marked. */
static void states_of_a_hold(void **state)
{
    static const struct {
        const char *hold, *french, *english;
    } cases[] = {
        {"{\"state\":\"held\",\"held_until\":\"2025-11-21T01:58:40Z\",\"extensions\":0}",
         "réponse attendue avant 02:58 (encore 45" NB "min)",
         "answer expected by 02:58 (45" NB "min left)"},
        {"{\"state\":\"held\",\"held_until\":\"2025-11-21T01:14:30Z\",\"extensions\":2}",
         "réponse attendue avant 02:14 (encore 30" NB "s)" DOT "prolongée 2 fois",
         "answer expected by 02:14 (30" NB "s left)" DOT "extended 2 times"},
        {"{\"state\":\"held\",\"held_until\":\"2025-11-21T01:14:00Z\",\"extensions\":0}",
         "fin à 02:14, sans réponse pour l'instant", "ends at 02:14, no answer so far"},
        {"{\"state\":\"held\",\"held_until\":\"2025-11-21T02:14:00Z\",\"escalated\":true}",
         "réponse attendue avant 03:14 (encore 1" NB "h" NB "00)" DOT WARN
         "prolongée d'office, la direction d'astreinte est alertée" PLAIN,
         "answer expected by 03:14 (1" NB "h" NB "00 left)" DOT WARN
         "extended by rule, the directorate on call is alerted" PLAIN},
        {"{\"state\":\"accepted\",\"arrive_by\":\"2025-11-22T01:14:00Z\"}",
         "acceptée, attendus avant demain" NB "02:14 (encore 24" NB "h)",
         "accepted, expected by tomorrow" NB "02:14 (24" NB "h left)"},
        {"{\"state\":\"accepted\",\"arrive_by\":\"2025-11-21T01:00:00Z\"}",
         WARN "acceptée, attendus à 02:00 et pas arrivés" NB ": appelez" PLAIN,
         WARN "accepted, expected at 02:00 and not arrived: call" PLAIN},
        {"{\"state\":\"arrived\",\"ended_at\":\"2025-11-21T01:10:00Z\"}", "arrivés à 02:10",
         "arrived at 02:10"},
        {"{\"state\":\"refused\",\"code\":\"group\",\"ended_at\":\"2025-11-21T01:10:00Z\"}",
         "refusée à 02:10" NB ": équilibre du groupe", "refused at 02:10: balance of the group"},
        {"{\"state\":\"released\",\"ended_at\":\"2025-11-21T01:10:00Z\"}", "relâchée à 02:10",
         "released at 02:10"},
        {"{\"state\":\"expired\",\"ended_at\":\"2025-11-21T01:10:00Z\"}",
         "finie à 02:10, sans réponse", "ended at 02:10, unanswered"},
        {"{\"state\":\"withdrawn\",\"code\":\"runaway\",\"ended_at\":\"2025-11-21T01:10:00Z\"}",
         "retirée à 02:10" NB ": fugue", "withdrawn at 02:10: ran away"},
        {"{\"state\":\"lent\"}", "lent", "lent"},
    };
    struct screen *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *hold = json(cases[i].hold);
        s->language = LANGUAGE_FR;
        assert_string_equal(hold_state(s, hold), cases[i].french);
        s->language = LANGUAGE_EN;
        assert_string_equal(hold_state(s, hold), cases[i].english);
        json_decref(hold);
    }
}

static void what_a_hold_is_for(void **state)
{
    struct screen *s = *state;
    json_t *hold = json("{\"profile\":[{\"age_months\":84,\"sex\":\"F\"}],\"parent\":null,"
                        "\"places\":2,\"emergency\":true,\"needs\":[\"disability\",\"mna\"],"
                        "\"state\":\"accepted\"}");
    assert_string_equal(hold_for(s, hold), "fille de" NB "7" NB "ans" DOT "2" NB "places" DOT
                                           "urgence" DOT "handicap, mineur non accompagné");
    assert_true(hold_is_active(hold));
    assert_true(hold_is(hold, "accepted"));
    assert_false(hold_is(hold, "held"));
    json_object_set_new(hold, "state", json_string("refused"));
    assert_false(hold_is_active(hold));
    json_decref(hold);
}

#define DECIDED "\"decided_at\":\"2025-11-21T00:09:00Z\","

static void states_of_a_request(void **state)
{
    static const struct {
        const char *request, *text;
    } cases[] = {
        {"{" DECIDED "\"state\":\"open\",\"children\":[{},{}],\"placed\":[]}",
         "en attente depuis 1" NB "h" NB "05"},
        {"{" DECIDED "\"state\":\"open\",\"children\":[{},{}],\"placed\":[1]}",
         "en attente depuis 1" NB "h" NB "05, 1 enfant sur 2 a une place"},
        {"{\"decided_at\":\"2025-11-21T01:13:59Z\",\"state\":\"open\"}",
         "en attente depuis un instant"},
        {"{\"state\":\"placed\",\"placed_at\":\"2025-11-21T01:10:00Z\"}",
         "place trouvée à 02:10, arrivée attendue"},
        {"{\"state\":\"closed\",\"code\":\"arrived\",\"closed_at\":\"2025-11-21T01:10:00Z\"}",
         "close à 02:10" NB ": tous arrivés"},
        {"{\"state\":\"withdrawn\",\"code\":\"majority\",\"closed_at\":\"2025-11-21T01:10:00Z\"}",
         "retirée à 02:10" NB ": majorité"},
    };
    struct screen *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *request = json(cases[i].request);
        assert_string_equal(request_state(s, request), cases[i].text);
        json_decref(request);
    }
}

static void a_request_is_called_by_its_reference(void **state)
{
    struct screen *s = *state;
    json_t *request = json("{\"id\":\"r-1\",\"reference\":\"A-1\",\"emergency\":true,"
                           "\"together\":false,\"children\":[{\"sex\":\"F\"},{\"sex\":\"M\"}]}");
    assert_string_equal(request_name(request), "A-1");
    assert_string_equal(request_for(s, request), "fille d'âge inconnu, garçon d'âge inconnu" DOT
                                                 "séparés si besoin" DOT "urgence");
    json_object_set_new(request, "reference", json_null());
    assert_string_equal(request_name(request), "r-1");
    json_decref(request);
}

/* ── The waiting list ── */

#define ORDER(emergency, at, youngest)                                                             \
    "{\"order\":{\"emergency\":" emergency ",\"decided_at\":\"2025-11-21T" at                      \
    "Z\",\"youngest_months\":" youngest "}}"

static void why_each_stands_where_it_does(void **state)
{
    struct screen *s = *state;
    json_t *list =
        json("[" ORDER("true", "00:30:00", "84") "," ORDER("true", "00:50:00", "18") "," ORDER(
            "false", "00:10:00",
            "84") "," ORDER("false", "00:10:00",
                            "120") "," ORDER("false", "00:10:00",
                                             "120") "," ORDER("false", "00:10:00", "null") "]");
    static const char *const why[] = {
        "en tête" NB ": urgence, décidée la première",
        "après la précédente" NB ": décidée 20" NB "min plus tard",
        "après les urgences",
        "après la précédente" NB ": décidée au même moment, le plus jeune a 10" NB "ans",
        "après la précédente" NB ": tout est égal, dans l'ordre où elles ont été ouvertes",
        "après la précédente" NB ": décidée au même moment, âges inconnus",
    };
    for (size_t i = 0; i < sizeof why / sizeof why[0]; i++)
        assert_string_equal(order_text(s, list, i), why[i]);
    json_decref(list);
    list = json("[" ORDER("false", "00:30:00", "84") "]");
    assert_string_equal(order_text(s, list, 0), "seule à attendre");
    json_array_append_new(list, json(ORDER("false", "00:40:00", "84")));
    assert_string_equal(order_text(s, list, 0), "en tête" NB ": décidée la première");
    json_decref(list);
}

/* ── Watch ── */

static void what_somebody_waits_for(void **state)
{
    static const struct {
        const char *record;
        bool current;
    } cases[] = {
        {"{\"kind\":\"hold\",\"state\":\"held\"}", true},
        {"{\"kind\":\"hold\",\"state\":\"accepted\"}", true},
        {"{\"kind\":\"hold\",\"state\":\"expired\"}", false},
        {"{\"kind\":\"request\",\"state\":\"open\"}", true},
        {"{\"kind\":\"request\",\"state\":\"placed\"}", true},
        {"{\"kind\":\"request\",\"state\":\"withdrawn\"}", false},
        {"{\"kind\":\"unit\",\"state\":\"held\"}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *record = json(cases[i].record);
        assert_int_equal(watch_is_current(record), cases[i].current);
        json_decref(record);
    }
}

/* ── Times ── */

static void times_to_come(void **state)
{
    struct screen *s = *state;
    char at[32];
    assert_true(moment_parse_coming("03:30", s->now, at));
    assert_string_equal(at, "2025-11-21T02:30:00Z");
    assert_true(moment_parse_coming("1h00", s->now, at)); /* past: tomorrow's */
    assert_string_equal(at, "2025-11-22T00:00:00Z");
    assert_true(moment_parse_coming("2025-11-21T14:05:00+01:00", s->now, at));
    assert_string_equal(at, "2025-11-21T14:05:00+01:00");
    assert_false(moment_parse_coming("demain", s->now, at));
    assert_false(moment_parse_coming("24:00", s->now, at));
}

static void what_is_left(void **state)
{
    struct screen *s = *state;
    assert_string_equal(moment_left(s, NOW - MOMENT_S), "0" NB "s");
    assert_string_equal(moment_left(s, NOW + 59 * MOMENT_S), "59" NB "s");
    assert_string_equal(moment_left(s, NOW + 89 * MOMENT_S), "1" NB "min");
    assert_string_equal(moment_left(s, NOW + 90 * MOMENT_S), "2" NB "min");
    assert_string_equal(moment_left(s, NOW + 2699 * MOMENT_S), "45" NB "min");
}

static void nights_and_week_ends(void **state)
{
    const int64_t friday = NOW + 6 * 3600 * MOMENT_S; /* 08:14 in Paris */
    (void)state;
    assert_true(moment_is_night(NOW));
    assert_false(moment_is_night(friday));
    assert_false(moment_is_night(friday + 9 * 3600 * MOMENT_S));
    assert_true(moment_is_night(friday + 10 * 3600 * MOMENT_S)); /* 18:14 */
    assert_true(moment_is_night(friday + 24 * 3600 * MOMENT_S)); /* Saturday */
    assert_true(moment_is_night(friday + 48 * 3600 * MOMENT_S));
    assert_false(moment_is_night(friday + 72 * 3600 * MOMENT_S));
}

int main(void)
{
    setenv("TZ", "Europe/Paris", 1);
#define at_night(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        at_night(for_whom),
        at_night(states_of_a_hold),
        at_night(what_a_hold_is_for),
        at_night(states_of_a_request),
        at_night(a_request_is_called_by_its_reference),
        at_night(why_each_stands_where_it_does),
        at_night(what_somebody_waits_for),
        at_night(times_to_come),
        at_night(what_is_left),
        at_night(nights_and_week_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
