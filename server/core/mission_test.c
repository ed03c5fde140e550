/* SPDX-License-Identifier: EUPL-1.2 */
/* Missions: their records, who sees them, what a change of team tells to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/encode.h"
#include "core/listener_fixture.h"
#include "core/mission_fixture.h"

static const struct fixture_mission sent = {"e-1", "dts-nord", "dts-sud", "dts", NULL, "assigned"};

static void everything_comes_back_on_the_wire(void **state)
{
    (void)state;
    char text[2048];
    struct mission *m = NULL;
    struct buf out = {0};
    struct fixture_mission van = sent;
    van.team = "mobile";
    assert_int_equal(mission_decode("m-1", fixture_mission_state(&van, text, sizeof text), &m), 0);
    m->under_way_at = FIXTURE_AT + USEC_MIN;
    mission_encode(m, &out);
    buf_char(&out, '\0');
    assert_string_equal(
        out.p,
        ",\"hold\":\"h-1\",\"unit\":\"u-1\",\"unit_name\":\"Groupe\","
        "\"establishment\":\"e-1\",\"establishment_name\":\"Les "
        "Tilleuls\",\"territory\":\"dts-nord\","
        "\"created_by\":\"dts\",\"request\":\"r-1\",\"places\":2,\"profile\":[{\"age_months\":84,"
        "\"sex\":\"F\"},{\"age_months\":null,\"sex\":null}],\"from\":{\"commune\":\"31395\","
        "\"territory\":null},\"place\":{\"address\":\"3 allee\",\"commune\":\"31395\",\"point\":"
        "[43.46120,1.32660],\"contact\":{\"day\":\"0536490001\",\"night\":null}},\"team\":"
        "\"mobile\",\"state\":\"assigned\",\"code\":null,\"assigned_at\":\"2025-11-21T18:00:00Z\","
        "\"under_way_at\":\"2025-11-21T18:01:00Z\",\"arrived_at\":null,\"handed_over_at\":null,"
        "\"ended_at\":null");
    assert_string_equal(m->origin, "dts-sud");
    buf_free(&out);
    mission_destroy(m);
}

static void what_is_no_mission_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "{\"unit\":\"u\",\"establishment\":\"e\",\"created_by\":\"a\",\"places\":1,"
        "\"state\":\"assigned\"}",
        "{\"hold\":\"h\",\"unit\":\"u\",\"establishment\":\"e\",\"created_by\":\"a\","
        "\"places\":0,\"state\":\"assigned\"}",
        "{\"hold\":\"h\",\"unit\":\"u\",\"establishment\":\"e\",\"created_by\":\"a\","
        "\"places\":1,\"state\":\"lost\"}",
        "{\"hold\":\"h\",\"unit\":\"u\",\"establishment\":\"e\",\"created_by\":\"a\","
        "\"places\":1,\"state\":\"assigned\",\"profile\":[7]}",
    };
    struct mission *m = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        if (mission_decode("m-1", bad[i], &m) != -EBADMSG)
            fail_msg("accepted %s", bad[i]);
    assert_null(m);
}

/* Two départements, and in the first two teams. */
static void load(struct replica *r)
{
    replica_init(r);
    fixture_load(r);
    fixture_put(r, 11, "territory", "d59", "{\"name\":\"59\",\"level\":\"dep\",\"parent\":null}");
    fixture_put(r, 12, "account", "mobile-2", FIXTURE_ACCOUNT("mobile", "\"dts-sud\"", ""));
    fixture_put(r, 13, "account", "mobile-59", FIXTURE_ACCOUNT("mobile", "\"d59\"", ""));
    fixture_put(r, 14, "account", "def-59", FIXTURE_ACCOUNT("def", "\"d59\"", ""));
    fixture_put(r, 15, "account", "mecs-2", FIXTURE_ACCOUNT("establishment", "", "\"e-2\""));
    fixture_put(r, 16, "account", "dts-nord", FIXTURE_ACCOUNT("territory", "\"dts-nord\"", ""));
    fixture_put(r, 17, "account", "phone",
                "{\"role\":\"service\",\"territories\":[],\"establishments\":[],"
                "\"acts_for\":\"mobile\",\"name\":null,\"disabled\":false}");
    replica_turn_end(r);
}

static const char *const accounts[] = {"mecs-1",    "mecs-2", "dts",      "dts-nord",
                                       "mobile",    "phone",  "mobile-2", "mobile-59",
                                       "astreinte", "def",    "def-59",   "admin"};

static void check(const struct replica *r, struct scope_members scope, const bool *seen)
{
    for (size_t a = 0; a < ARRAY_LENGTH(accounts); a++) {
        struct viewer v;
        assert_int_equal(viewer_resolve(r, accounts[a], &v), 0);
        if (viewer_sees(&v, scope) != seen[a])
            fail_msg("%s, team %s: should %sbe seen", accounts[a], scope.team ? scope.team : "-",
                     seen[a] ? "" : "not ");
        viewer_clear(&v);
    }
}

static void a_team_sees_its_own_and_nobodys(void **state)
{
    (void)state;
    struct replica r;
    load(&r);
    const struct territory *nord = replica_territory(&r, span_of("dts-nord"));
    const struct territory *far = replica_territory(&r, span_of("d59"));
    struct scope_members scope = {RECORD_MISSION, "e-1", nord, nord, "x", NULL};
    /*                 m1 m2 ds dn mo ph m2 m5 as de d5 ad */
    check(&r, scope, (bool[]){1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0});
    scope.team = "mobile";
    check(&r, scope, (bool[]){1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0});
    scope.team = "mobile-59"; /* wherever it is sent */
    scope.created_by = "dts";
    check(&r, scope, (bool[]){1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0});
    scope.team = NULL;
    scope.origin = far; /* asked from elsewhere: both lead, who drives is near */
    check(&r, scope, (bool[]){1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0});
    replica_free(&r);
}

static void calendars_and_rotas_are_the_departments(void **state)
{
    (void)state;
    struct replica r;
    load(&r);
    struct scope_members scope = {
        RECORD_CALENDAR, "", replica_territory(&r, span_of("d31")), NULL, "", NULL};
    /*                 m1 m2 ds dn mo ph m2 m5 as de d5 ad */
    check(&r, scope, (bool[]){1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1});
    scope.territory = replica_territory(&r, span_of("d59"));
    check(&r, scope, (bool[]){0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1});
    scope.territory = replica_territory(&r, span_of("d31"));
    scope.kind = RECORD_ROTA;
    check(&r, scope, (bool[]){0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1});
    replica_free(&r);
}

static bool sees_calendar_of(const struct replica *r, const char *territory, struct viewer *v)
{
    return viewer_sees(v, (struct scope_members){RECORD_CALENDAR, "",
                                                 replica_territory(r, span_of(territory)), NULL, "",
                                                 NULL});
}

/* An establishment that moves has another calendar, and its people's rights are looked at again. */
static void an_establishments_calendar_is_of_where_it_is(void **state)
{
    (void)state;
    struct replica r;
    struct viewer was;
    struct viewer is;
    load(&r);
    assert_int_equal(viewer_resolve(&r, "mecs-1", &was), 0);
    uint64_t rights = r.rights;
    fixture_put(&r, 20, "establishment", "e-1", FIXTURE_ESTABLISHMENT("dts-sud"));
    assert_int_equal(viewer_resolve(&r, "mecs-1", &is), 0);
    assert_true(viewer_same_rights(&was, &is));
    viewer_clear(&is);
    fixture_put(&r, 21, "establishment", "e-1", FIXTURE_ESTABLISHMENT("d59"));
    assert_int_not_equal(r.rights, rights);
    assert_int_equal(viewer_resolve(&r, "mecs-1", &is), 0);
    assert_false(viewer_same_rights(&was, &is));
    assert_false(sees_calendar_of(&r, "d31", &is));
    assert_true(sees_calendar_of(&r, "d59", &is));
    viewer_clear(&is);
    rights = r.rights;
    fixture_put(&r, 22, "establishment", "e-1", NULL);
    assert_int_not_equal(r.rights, rights);
    assert_int_equal(viewer_resolve(&r, "mecs-1", &is), 0);
    assert_false(sees_calendar_of(&r, "d59", &is));
    viewer_clear(&is);
    viewer_clear(&was);
    replica_free(&r);
}

#define KINDS (1u << RECORD_MISSION | 1u << RECORD_CALENDAR | 1u << RECORD_ROTA)

static void who_takes_it_takes_it_from_the_others(void **state)
{
    (void)state;
    static const char *const names[] = {"mobile", "mobile-2", "astreinte", "mecs-1"};
    struct replica r;
    struct listener l[ARRAY_LENGTH(names)] = {0};
    load(&r);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        listen_to(&r, &l[i], names[i], KINDS);
    struct fixture_mission m = sent;
    fixture_put_mission(&r, 20, "m-1", &m);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        assert_string_equal(told(&r, &l[i]), "+m-1 ");
    replica_turn_end(&r);
    m.team = "mobile-2";
    fixture_put_mission(&r, 21, "m-1", &m);
    assert_string_equal(told(&r, &l[0]), "-m-1 ");
    for (size_t i = 1; i < ARRAY_LENGTH(names); i++)
        assert_string_equal(told(&r, &l[i]), "+m-1 ");
    replica_turn_end(&r);
    /* What it was told while away: it was there at 20, and is gone. */
    stream_start_after(&l[0].stream, &r, 20);
    assert_string_equal(told(&r, &l[0]), "-m-1 ");
    stream_start_after(&l[1].stream, &r, 20);
    assert_string_equal(told(&r, &l[1]), "+m-1 ");
    assert_int_equal(replica_apply(&r, 22, "mission", "m-1", NULL), 0);
    replica_apply_end(&r, 22);
    assert_string_equal(told(&r, &l[0]), "");
    assert_string_equal(told(&r, &l[1]), "-m-1 ");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        hush(&l[i]);
    replica_free(&r);
}

/* A load brings departures with the team that the database wrote down. */
static void departures_keep_the_team(void **state)
{
    (void)state;
    struct replica r;
    struct listener l = {0};
    load(&r);
    int result = replica_load_begin(&r, "aa", 30, 0);
    result = result < 0 ? result : replica_load_epoch(&r, "aa", 0);
    fixture_record(&r, "territory", "d31", 1,
                   "{\"name\":\"31\",\"level\":\"dep\",\"parent\":null}");
    fixture_record(&r, "account", "mobile", 9, FIXTURE_ACCOUNT("mobile", "\"d31\"", ""));
    result = result < 0 ? result
                        : replica_load_departed(&r, 21, "mission", "m-1",
                                                "{\"establishment\":\"e-1\",\"territory\":\"d31\","
                                                "\"origin\":\"d31\",\"created_by\":\"dts\","
                                                "\"team\":\"mobile-2\"}");
    result = result < 0 ? result
                        : replica_load_departed(&r, 22, "mission", "m-2",
                                                "{\"establishment\":\"e-1\",\"territory\":\"d31\","
                                                "\"origin\":\"d31\",\"created_by\":\"dts\","
                                                "\"team\":null}");
    result = result < 0 ? result : replica_load_end(&r);
    assert_int_equal(result, 0);
    listen_to(&r, &l, "mobile", KINDS);
    stream_start_after(&l.stream, &r, 10);
    assert_string_equal(told(&r, &l), "-m-2 ");
    hush(&l);
    replica_free(&r);
}

static void filters_know_missions(void **state)
{
    (void)state;
    struct replica r;
    struct listener l = {0};
    load(&r);
    fixture_put_mission(&r, 20, "m-1", &sent);
    fixture_put(&r, 21, "calendar", "d31", FIXTURE_CALENDAR);
    fixture_put_rota(&r, 22, "t-1", "mobile", "mobile", 1, 2);
    replica_turn_end(&r);
    static char *u1[] = {(char *)"u-1"}, *u2[] = {(char *)"u-2"}, *r1[] = {(char *)"r-1"},
                *r2[] = {(char *)"r-2"}, *e1[] = {(char *)"e-1"}, *south[] = {(char *)"dts-sud"},
                *d31[] = {(char *)"d31"};
    const unsigned all = 1u << RECORD_MISSION | 1u << RECORD_CALENDAR | 1u << RECORD_ROTA;
    const struct {
        struct filter filter;
        const char *told;
    } cases[] = {
        {{.kinds = all}, "+m-1 +d31 +t-1 "},
        {{.kinds = 1u << RECORD_MISSION}, "+m-1 "},
        {{.kinds = 1u << RECORD_CALENDAR}, "+d31 "},
        {{.kinds = 1u << RECORD_ROTA}, "+t-1 "},
        {{.kinds = all, .units = {u1, 1}}, "+m-1 "},
        {{.kinds = all, .units = {u2, 1}}, ""},
        {{.kinds = all, .requests = {r1, 1}}, "+m-1 "},
        {{.kinds = all, .requests = {r2, 1}}, ""},
        {{.kinds = all, .establishments = {e1, 1}}, "+m-1 "},
        {{.kinds = all, .territories = {south, 1}}, ""},
        {{.kinds = all, .territories = {d31, 1}}, "+m-1 +d31 +t-1 "},
        {{.kinds = all, .modality = 1u << MODALITY_INTERNAT}, ""},
        {{.kinds = all, .establishment_kinds = {e1, 1}}, ""},
    };
    listen_to(&r, &l, "astreinte", KINDS);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        *l.stream.filter = cases[i].filter;
        stream_start_full(&l.stream, &r);
        assert_string_equal(told(&r, &l), cases[i].told);
    }
    *l.stream.filter = (struct filter){0};
    hush(&l);
    replica_free(&r);
}

static void the_team_is_part_of_the_scope(void **state)
{
    (void)state;
    struct scope_members a = {RECORD_MISSION, "e-1", NULL, NULL, "x", NULL};
    struct scope_members b = a;
    assert_true(scope_equals(a, b));
    b.team = "mobile";
    assert_false(scope_equals(a, b));
    assert_false(scope_equals(b, a));
    char copy[] = "mobile";
    a.team = copy;
    assert_true(scope_equals(a, b));
    a.team = "mobile-2";
    assert_false(scope_equals(a, b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back_on_the_wire),
        cmocka_unit_test(what_is_no_mission_is_refused),
        cmocka_unit_test(a_team_sees_its_own_and_nobodys),
        cmocka_unit_test(calendars_and_rotas_are_the_departments),
        cmocka_unit_test(an_establishments_calendar_is_of_where_it_is),
        cmocka_unit_test(who_takes_it_takes_it_from_the_others),
        cmocka_unit_test(departures_keep_the_team),
        cmocka_unit_test(filters_know_missions),
        cmocka_unit_test(the_team_is_part_of_the_scope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
