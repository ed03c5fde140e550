/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8, widths, wrapping, tables, times: what a screen is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/ugo/moment.h"
#include "clients/ugo/table.h"
#include "clients/ugo/unit_text.h"

struct paper {
    struct screen s;
    char *text; /* what was written, after read_paper */
    size_t n;
};

static int begin(void **state)
{
    struct paper *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->s = (struct screen){.width = 40, .language = LANGUAGE_FR, .now = 1763748150 * MOMENT_S};
    p->s.out = open_memstream(&p->text, &p->n);
    p->s.err = p->s.out;
    assert_non_null(p->s.out);
    *state = p;
    return 0;
}

static int end(void **state)
{
    struct paper *p = *state;
    fclose(p->s.out);
    free(p->text);
    words_free(&p->s.words);
    free(p);
    return 0;
}

static const char *written(struct paper *p)
{
    fflush(p->s.out);
    return p->text;
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("Cèdres"), 6);
    assert_int_equal(text_width("Ce\u0300dres"), 6); /* a combining accent */
    assert_int_equal(text_width("日本"), 4);
    assert_int_equal(text_width("1 → 2"), 5);
    assert_int_equal(text_width("\xC3"), 1); /* cut off: U+FFFD */
    assert_int_equal(text_width("\xED\xA0\x80"), 3);
    assert_int_equal(text_width(BOLD "a" PLAIN), 1);
}

static void cutting(void **state)
{
    struct paper *p = *state;
    struct words *w = &p->s.words;
    assert_string_equal(text_cut(w, "Cèdres", 6), "Cèdres");
    assert_string_equal(text_cut(w, "Cèdres", 5), "Cèdr…");
    assert_string_equal(text_cut(w, "Les Cèdres", 5), "Les…");
    assert_string_equal(text_cut(w, "日本語", 4), "日…");
}

static void comparing(void **state)
{
    (void)state;
    assert_true(text_same("Saint-Lys", "saint lys"));
    assert_true(text_same("L'Isle-d'Abeau", "l’isle d abeau"));
    assert_true(text_same("Cœuvres", "COEUVRES"));
    assert_false(text_same("Muret", "Muret-le-Château"));
    assert_true(text_holds("Foyer des Cèdres · Groupe des petits", "PETITS  cedres"));
    assert_false(text_holds("Foyer des Cèdres", "cedrat"));
    assert_false(text_holds("Foyer des Cèdres", "foyer cedrat"));
    assert_false(text_holds("Foyer", ""));
    assert_false(text_holds("Foyer", " - "));
    assert_true(text_holds("Sacré-Cœur", "coeur"));
}

static void paragraphs_wrap_at_spaces(void **state)
{
    struct paper *p = *state;
    screen_line(&p->s, 4, "  une ligne assez longue pour ne pas tenir à 40\u00A0colonnes");
    assert_string_equal(written(p), "  une ligne assez longue pour ne pas\n"
                                    "      tenir à 40\u00A0colonnes\n");
}

static void nothing_moves_the_cursor(void **state)
{
    struct paper *p = *state;
    screen_line(&p->s, 0,
                "a\033[2Jb\x07" BOLD "c" PLAIN "\xC2\x9B"
                "d\u202Ee\xFF");
    assert_string_equal(written(p), "a?[2Jb?c?d?e\uFFFD\n");
}

static void styles_only_for_terminals(void **state)
{
    struct paper *p = *state;
    p->s.styled = true;
    screen_line(&p->s, 0, BOLD "2" PLAIN);
    assert_string_equal(written(p), "\033[1m2\033[0m\n");
}

static const struct column columns[] = {
    {"Libres", true, 0, 0}, {"Unité", false, 6, 0}, {"Id", false, 0, 1}, {"Âges", false, 0, 2}};

static void table_of(struct paper *p, int width)
{
    struct table t;
    p->s.width = width;
    table_begin(&t, &p->s, columns, 4);
    table_row(&t, (const char *const[]){"2", "Les Écureuils", "u-1", "3 à 5 ans"});
    table_heading(&t, "Foyer");
    table_row(&t, (const char *const[]){"10", "b", "u-22", NULL});
    table_print(&t);
}

static void a_table_that_fits(void **state)
{
    struct paper *p = *state;
    table_of(p, 40);
    assert_string_equal(written(p), "Libres  Unité          Id    Âges\n"
                                    "     2  Les Écureuils  u-1   3 à 5 ans\n"
                                    "        Foyer\n"
                                    "    10  b              u-22\n");
}

static void a_table_leaves_out_details(void **state)
{
    struct paper *p = *state;
    table_of(p, 34);
    assert_string_equal(written(p), "Libres  Unité          Id\n"
                                    "     2  Les Écureuils  u-1\n"
                                    "        Foyer\n"
                                    "    10  b              u-22\n");
}

static void a_table_cuts_before_it_leaves_out_the_rest(void **state)
{
    struct paper *p = *state;
    table_of(p, 24);
    assert_string_equal(written(p), "Libres  Unité       Id\n"
                                    "     2  Les Écure…  u-1\n"
                                    "        Foyer\n"
                                    "    10  b           u-22\n");
}

static void a_narrow_table_keeps_what_counts(void **state)
{
    struct paper *p = *state;
    table_of(p, 15);
    assert_string_equal(written(p), "Libres  Unité\n"
                                    "     2  Les Éc…\n"
                                    "        Foyer\n"
                                    "    10  b\n");
}

static void ages_of_children(void **state)
{
    static const struct {
        const char *text;
        int months;
    } good[] = {{"7y", 84},           {"7a", 84},  {"7 ans", 84},  {"7", 84},
                {"1an", 12},          {"18m", 18}, {"18mois", 18}, {"2a6m", 30},
                {"2 ans 6 mois", 30}, {"0m", 0},   {"?", -1},      {"7Y", 84}};
    static const char *const bad[] = {
        "", "y", "7j", "-3y", "7y7y", "6m2y", "7.5y", "101y", "7y3", "99999999999999999999y", "??"};
    int months;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!moment_parse_age(good[i].text, &months))
            fail_msg("%s is refused", good[i].text);
        assert_int_equal(months, good[i].months);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (moment_parse_age(bad[i], &months))
            fail_msg("%s is taken as %d", bad[i], months);
    }
}

static void ages_of_units(void **state)
{
    static const struct {
        const char *ages, *text;
    } cases[] = {
        {"{\"min_months\":36,\"max_months\":156}", "3 à\u00A012\u00A0ans"},
        {"{\"min_months\":0,\"max_months\":36}", "moins de\u00A03\u00A0ans"},
        {"{\"min_months\":0,\"max_months\":18}", "moins de\u00A018\u00A0mois"},
        {"{\"min_months\":18,\"max_months\":72}", "de 18\u00A0mois à moins de 6\u00A0ans"},
        {"{\"min_months\":192,\"max_months\":null}", "dès\u00A016\u00A0ans"},
        {"{\"min_months\":null,\"max_months\":null}", "âges à demander"},
        {"{\"min_months\":0}", "tous âges"},
    };
    struct paper *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *ages = json_loads(cases[i].ages, 0, NULL);
        assert_string_equal(age_range(&p->s, ages), cases[i].text);
        json_decref(ages);
    }
}

static void how_long_ago(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {{-30, "à l'instant"},
                 {59, "à l'instant"},
                 {1200, "il y a\u00A020\u00A0min"},
                 {3600 + 300, "il y a\u00A01\u00A0h\u00A005"},
                 {9 * 3600 + 1800, "il y a\u00A09\u00A0h"},
                 {47 * 3600, "il y a\u00A047\u00A0h"},
                 {48 * 3600, "il y a\u00A02\u00A0jours"}};
    struct paper *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(moment_ago(&p->s, p->s.now - cases[i].seconds * MOMENT_S),
                            cases[i].text);
}

static void times_of_another_year_have_it(void **state)
{
    static const struct {
        int64_t at;
        const char *text;
    } cases[] = {{1763748150, "19:02"},
                 {1763748150 - 86400, "20/11\u00A019:02"},
                 {1763748150 + 3 * 365 * 86400, "20/11/2028\u00A019:02"},
                 {1763748150 - 365 * 86400, "21/11/2024\u00A019:02"}};
    struct paper *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(moment_clock(&p->s, cases[i].at * MOMENT_S), cases[i].text);
    assert_string_equal(moment_day(&p->s, "2025-12-19"), "19/12");
    assert_string_equal(moment_day(&p->s, "2026-12-19"), "19/12/2026");
}

static void dates_and_times_as_typed(void **state)
{
    struct paper *p = *state;
    char date[11], at[32];
    assert_true(moment_parse_date("2026-12-01", date));
    assert_true(moment_parse_date("1/12/2026", date));
    assert_string_equal(date, "2026-12-01");
    assert_false(moment_parse_date("31/02/2026", date));
    assert_false(moment_parse_date("2026-13-01", date));
    assert_false(moment_parse_date("demain", date));
    /* now: 2025-11-21T18:02:30Z, 19:02:30 in Paris */
    assert_true(moment_parse_instant("14:05", p->s.now, at));
    assert_string_equal(at, "2025-11-21T13:05:00Z");
    assert_true(moment_parse_instant("23h30", p->s.now, at)); /* still to come: yesterday's */
    assert_string_equal(at, "2025-11-20T22:30:00Z");
    assert_true(moment_parse_instant("2026-11-21T14:05:00+01:00", p->s.now, at));
    assert_string_equal(at, "2026-11-21T14:05:00+01:00");
    assert_false(moment_parse_instant("25:00", p->s.now, at));
    assert_false(moment_parse_instant("14:05x", p->s.now, at));
}

#define DECLARED "\"capacity\":{\"free\":2,\"free_planned\":1,\"open\":12},"

static void freshness_is_by_the_servers_clock(void **state)
{
    static const struct {
        const char *unit;
        enum freshness freshness;
        const char *since;
    } cases[] = {
        {"{\"observed_at\":\"2025-11-21T17:42:30Z\",\"fresh_until\":\"2025-11-21T18:02:31Z\"}",
         FRESH, "il y a\u00A020\u00A0min"},
        {"{\"observed_at\":\"2025-11-21T17:42:30Z\",\"fresh_until\":\"2025-11-21T18:02:30Z\"}",
         STALE, "à vérifier depuis 0\u00A0s, dit il y a\u00A020\u00A0min"},
        {"{\"observed_at\":\"2025-11-21T17:42:30Z\",\"fresh_until\":\"2025-11-21T17:57:30Z\"}",
         STALE, "à vérifier depuis 5\u00A0min, dit il y a\u00A020\u00A0min"},
        {"{\"observed_at\":\"2025-11-21T17:42:30Z\",\"fresh_until\":\"2025-11-21T17:52:30Z\","
         "\"contested_at\":\"2025-11-21T17:52:30Z\"}",
         REPORTED_WRONG, "à vérifier, signalé faux il y a\u00A010\u00A0min"},
        {"{\"observed_at\":null}", NEVER_DECLARED, "jamais déclarée, à demander"},
    };
    struct paper *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *unit = json_loads(cases[i].unit, 0, NULL);
        assert_int_equal(unit_freshness(&p->s, unit), cases[i].freshness);
        assert_string_equal(unit_since(&p->s, unit), cases[i].since);
        json_decref(unit);
    }
}

static void an_unknown_count_is_not_zero(void **state)
{
    struct paper *p = *state;
    json_t *unit = json_loads("{\"capacity\":{\"free\":null}}", 0, NULL);
    json_t *declared = json_loads("{" DECLARED "\"id\":\"u-1\"}", 0, NULL);
    assert_int_equal(unit_free(unit, true), COUNT_UNKNOWN);
    assert_string_equal(unit_places(&p->s, unit, true), "places inconnues");
    assert_string_equal(unit_places(&p->s, declared, true), "2\u00A0libres");
    assert_string_equal(unit_places(&p->s, declared, false), "1\u00A0libre");
    json_decref(unit);
    json_decref(declared);
}

int main(void)
{
#define on_paper(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        on_paper(widths),
        on_paper(cutting),
        on_paper(comparing),
        on_paper(paragraphs_wrap_at_spaces),
        on_paper(nothing_moves_the_cursor),
        on_paper(styles_only_for_terminals),
        on_paper(a_table_that_fits),
        on_paper(a_table_leaves_out_details),
        on_paper(a_table_cuts_before_it_leaves_out_the_rest),
        on_paper(a_narrow_table_keeps_what_counts),
        on_paper(ages_of_children),
        on_paper(ages_of_units),
        on_paper(how_long_ago),
        on_paper(times_of_another_year_have_it),
        on_paper(dates_and_times_as_typed),
        on_paper(freshness_is_by_the_servers_clock),
        on_paper(an_unknown_count_is_not_zero),
    };
    setenv("TZ", "Europe/Paris", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
