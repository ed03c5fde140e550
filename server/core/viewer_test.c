/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of who sees what, kind by role, and streams of requests and holds held to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/encode.h"
#include "core/hold_fixture.h"
#include "core/listener_fixture.h"

/* Two départements; in the first dts-nord and dts-sud with mds-muret below. */
static void load(struct replica *r)
{
    replica_init(r);
    fixture_load(r);
    fixture_put(r, 11, "territory", "mds-muret",
                "{\"name\":\"Muret\",\"level\":\"mds\",\"parent\":\"dts-sud\"}");
    fixture_put(r, 12, "territory", "d59", "{\"name\":\"59\",\"level\":\"dep\",\"parent\":null}");
    fixture_put(r, 13, "territory", "utpas-1",
                "{\"name\":\"Lille\",\"level\":\"utpas\",\"parent\":\"d59\"}");
    fixture_put(r, 14, "account", "mecs-2", FIXTURE_ACCOUNT("establishment", "", "\"e-2\""));
    fixture_put(r, 15, "account", "dts-nord", FIXTURE_ACCOUNT("territory", "\"dts-nord\"", ""));
    fixture_put(r, 16, "account", "astreinte-59", FIXTURE_ACCOUNT("astreinte", "\"utpas-1\"", ""));
    fixture_put(r, 17, "account", "def-59", FIXTURE_ACCOUNT("def", "\"d59\"", ""));
    fixture_put(r, 18, "account", "admin-31", FIXTURE_ACCOUNT("admin", "\"d31\"", ""));
    fixture_put(r, 19, "account", "nobody", FIXTURE_ACCOUNT("astreinte", "", ""));
    fixture_put(r, 20, "account", "software",
                "{\"role\":\"service\",\"territories\":[],\"establishments\":[],"
                "\"acts_for\":\"dts-nord\",\"name\":null,\"disabled\":false}");
    replica_turn_end(r);
}

static const char *const accounts[] = {"mecs-1", "mecs-2",   "dts",     "dts-nord",     "astreinte",
                                       "def",    "mobile",   "admin",   "astreinte-59", "def-59",
                                       "nobody", "admin-31", "software"};

/* In the order of accounts. */
#define SEEN_BY(...)                                                                               \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

struct sight {
    const char *establishment, *territory, *origin, *created_by;
    bool seen[ARRAY_LENGTH(accounts)];
};

static void check(const struct replica *r, enum record_kind kind, const struct sight *sights,
                  size_t n)
{
    for (size_t a = 0; a < ARRAY_LENGTH(accounts); a++) {
        struct viewer v;
        assert_int_equal(viewer_resolve(r, accounts[a], &v), 0);
        for (size_t i = 0; i < n; i++) {
            const struct sight *s = &sights[i];
            struct scope_members scope = {kind,
                                          s->establishment,
                                          replica_territory(r, span_of(s->territory)),
                                          s->origin[0] ? replica_territory(r, span_of(s->origin))
                                                       : NULL,
                                          s->created_by,
                                          NULL};
            if (viewer_sees(&v, scope) != s->seen[a])
                fail_msg("%s, %s %zu: should %sbe seen", accounts[a], record_kind_codes[kind], i,
                         s->seen[a] ? "" : "not ");
        }
        viewer_clear(&v);
    }
}

static void units_are_seen_by_establishment_and_department(void **state)
{
    (void)state;
    static const struct sight sights[] = {
        /*                            m1 m2 ds dn as de mo ad a5 d5 no a3 so */
        {"e-1", "dts-nord", "", "", SEEN_BY(1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1)},
        {"e-2", "mds-muret", "", "", SEEN_BY(0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1)},
        {"e-9", "utpas-1", "", "", SEEN_BY(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0)},
    };
    struct replica r;
    load(&r);
    check(&r, RECORD_UNIT, sights, ARRAY_LENGTH(sights));
    check(&r, RECORD_MOVEMENT, sights, ARRAY_LENGTH(sights));
    check(&r, RECORD_ESTABLISHMENT, sights, ARRAY_LENGTH(sights));
    replica_free(&r);
}

static void holds_are_seen_by_both_sides(void **state)
{
    (void)state;
    static const struct sight sights[] = {
        /*                                             m1 m2 ds dn as de mo ad a5 d5 no a3 so */
        {"e-1", "dts-nord", "dts-sud", "dts", SEEN_BY(1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        {"e-1", "dts-nord", "mds-muret", "mds", SEEN_BY(1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        {"e-2", "dts-sud", "d31", "astreinte", SEEN_BY(0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        /* asked for somebody else's territory: it stays the caller's own */
        {"e-2", "dts-sud", "dts-nord", "dts", SEEN_BY(0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1)},
        /* by its software, and for it */
        {"e-2", "dts-sud", "dts-sud", "software", SEEN_BY(0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1)},
        {"e-2", "dts-sud", "dts-sud", "dts-nord", SEEN_BY(0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1)},
        /* across départements: both astreintes */
        {"e-9", "utpas-1", "dts-sud", "dts", SEEN_BY(0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0)},
    };
    struct replica r;
    load(&r);
    check(&r, RECORD_HOLD, sights, ARRAY_LENGTH(sights));
    replica_free(&r);
}

static void requests_are_seen_where_they_come_from(void **state)
{
    (void)state;
    static const struct sight sights[] = {
        /*                                           m1 m2 ds dn as de mo ad a5 d5 no a3 so */
        {"", "dts-sud", "dts-sud", "dts", SEEN_BY(0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        {"", "mds-muret", "mds-muret", "mds", SEEN_BY(0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        {"", "d31", "d31", "astreinte", SEEN_BY(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0)},
        {"", "utpas-1", "utpas-1", "x", SEEN_BY(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0)},
        {"", "dts-nord", "dts-nord", "dts", SEEN_BY(0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1)},
    };
    struct replica r;
    load(&r);
    check(&r, RECORD_REQUEST, sights, ARRAY_LENGTH(sights));
    replica_free(&r);
}

/* A record that changes one of these has left for some, and come to others. */
static void every_member_of_a_scope_counts(void **state)
{
    (void)state;
    struct territory here = {0};
    struct territory there = {0};
    const struct scope_members scope = {RECORD_HOLD, "e-1", &here, &here, "dts", NULL};
    struct scope_members others[] = {scope, scope, scope, scope, scope};
    others[0].kind = RECORD_REQUEST;
    others[1].establishment = "e-2";
    others[2].territory = &there;
    others[3].origin = &there;
    others[4].created_by = "def";
    assert_true(scope_equals(scope, scope));
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(scope_equals(scope, others[i]));
}

/* Streams */

#define KINDS (1u << RECORD_HOLD | 1u << RECORD_REQUEST)

static const struct fixture_hold asked = {
    "u-1", "e-1", "dts-nord", "dts-sud", "dts", "r-1", "0,1", "held", FIXTURE_AT + 45 * USEC_MIN,
    0};
static const struct fixture_request need = {"dts-sud", "dts", "open", true, FIXTURE_AT, 84};

static void each_is_told_of_its_own_only(void **state)
{
    (void)state;
    struct replica r;
    struct listener l[ARRAY_LENGTH(accounts)] = {0};
    load(&r);
    for (size_t a = 0; a < ARRAY_LENGTH(accounts); a++) {
        listen_to(&r, &l[a], accounts[a], KINDS);
        assert_string_equal(told(&r, &l[a]), "");
    }
    replica_turn_end(&r);
    fixture_put_request(&r, 21, "r-1", &need);
    fixture_put_hold(&r, 22, "h-1", &asked);
    static const char *const first[ARRAY_LENGTH(accounts)] = {
        "+h-1 ", "", "+r-1 +h-1 ", "", "+r-1 +h-1 ", "+r-1 +h-1 ", "", "", "", "", "", "", ""};
    for (size_t a = 0; a < ARRAY_LENGTH(accounts); a++)
        assert_string_equal(told(&r, &l[a]), first[a]);
    replica_turn_end(&r);
    assert_int_equal(replica_apply(&r, 23, "hold", "h-1", NULL), 0);
    assert_int_equal(replica_apply(&r, 23, "request", "r-1", NULL), 0);
    replica_apply_end(&r, 23);
    static const char *const last[ARRAY_LENGTH(accounts)] = {
        "-h-1 ", "", "-h-1 -r-1 ", "", "-h-1 -r-1 ", "-h-1 -r-1 ", "", "", "", "", "", "", ""};
    for (size_t a = 0; a < ARRAY_LENGTH(accounts); a++) {
        assert_string_equal(told(&r, &l[a]), last[a]);
        hush(&l[a]);
    }
    replica_free(&r);
}

/* What came and went while somebody was away is told, as far as its rights went. */
static void a_resume_tells_what_left(void **state)
{
    (void)state;
    struct replica r;
    struct listener dts = {0};
    struct listener nord = {0};
    struct listener mecs = {0};
    load(&r);
    fixture_put_request(&r, 21, "r-1", &need);
    fixture_put_hold(&r, 22, "h-1", &asked);
    replica_turn_end(&r);
    struct fixture_request moved = need;
    moved.origin = "dts-nord";
    moved.created_by = "astreinte";
    fixture_put_request(&r, 23, "r-1", &moved);
    assert_int_equal(replica_apply(&r, 24, "hold", "h-1", NULL), 0);
    replica_apply_end(&r, 24);
    replica_turn_end(&r);
    listen_to(&r, &dts, "dts", KINDS);
    stream_start_after(&dts.stream, &r, 22);
    assert_string_equal(told(&r, &dts), "-r-1 -h-1 ");
    listen_to(&r, &nord, "dts-nord", KINDS);
    stream_start_after(&nord.stream, &r, 22);
    assert_string_equal(told(&r, &nord), "+r-1 ");
    listen_to(&r, &mecs, "mecs-2", KINDS);
    stream_start_after(&mecs.stream, &r, 22);
    assert_string_equal(told(&r, &mecs), "");
    hush(&dts);
    hush(&nord);
    hush(&mecs);
    replica_free(&r);
}

/* A load brings departures with the scope that the database wrote down. */
static void departures_keep_who_asked(void **state)
{
    (void)state;
    struct replica r;
    struct listener l = {0};
    load(&r);
    int result = replica_load_begin(&r, "aa", 30, 0);
    result = result < 0 ? result : replica_load_epoch(&r, "aa", 0);
    fixture_record(&r, "territory", "d31", 1,
                   "{\"name\":\"31\",\"level\":\"dep\",\"parent\":null}");
    fixture_record(&r, "territory", "dts-nord", 2,
                   "{\"name\":\"Nord\",\"level\":\"dts\",\"parent\":\"d31\"}");
    fixture_record(&r, "account", "dts-nord", 9, FIXTURE_ACCOUNT("territory", "\"dts-nord\"", ""));
    fixture_record(&r, "hold_policy", "u-1", 9, "{\"minutes\":30,\"end\":\"escalate\"}");
    result = result < 0 ? result
                        : replica_load_departed(&r, 21, "hold", "h-1",
                                                "{\"establishment\":\"e-1\",\"territory\":"
                                                "\"dts-nord\",\"origin\":\"d31\","
                                                "\"created_by\":\"dts-nord\"}");
    result = result < 0 ? result
                        : replica_load_departed(&r, 22, "hold", "h-2",
                                                "{\"establishment\":\"e-1\",\"territory\":"
                                                "\"dts-nord\",\"origin\":\"d31\","
                                                "\"created_by\":\"astreinte\"}");
    result = result < 0 ? result
                        : replica_load_departed(&r, 23, "request", "r-1",
                                                "{\"establishment\":null,\"territory\":\"dts-nord\""
                                                ",\"origin\":\"dts-nord\",\"created_by\":\"x\"}");
    result = result < 0 ? result
                        : replica_load_departed(&r, 24, "mission", "m-1",
                                                "{\"establishment\":\"e-1\",\"territory\":null,"
                                                "\"origin\":null,\"created_by\":null}");
    result = result < 0 ? result : replica_load_end(&r);
    assert_int_equal(result, 0);
    listen_to(&r, &l, "dts-nord", KINDS);
    stream_start_after(&l.stream, &r, 10);
    assert_string_equal(told(&r, &l), "-h-1 -r-1 ");
    hush(&l);
    replica_free(&r);
}

static void filters_know_holds_and_requests(void **state)
{
    (void)state;
    struct replica r;
    struct listener l = {0};
    load(&r);
    fixture_put_request(&r, 21, "r-1", &need);
    fixture_put_hold(&r, 22, "h-1", &asked);
    struct fixture_hold other = asked;
    other.unit = "u-2";
    other.request = NULL;
    fixture_put_hold(&r, 23, "h-2", &other);
    struct fixture_request elsewhere = need;
    elsewhere.origin = "dts-nord";
    fixture_put_request(&r, 24, "r-2", &elsewhere);
    replica_turn_end(&r);
    listen_to(&r, &l, "astreinte", KINDS);
    static char *one_unit[] = {(char *)"u-1"};
    static char *one_request[] = {(char *)"r-1"};
    static char *south[] = {(char *)"dts-sud"};
    static char *e1[] = {(char *)"e-1"};
    const struct {
        struct filter filter;
        const char *told;
    } cases[] = {
        {{.kinds = 1u << RECORD_HOLD}, "+h-1 +h-2 "},
        {{.kinds = 1u << RECORD_REQUEST}, "+r-1 +r-2 "},
        {{.units = {one_unit, 1}}, "+u-1 +h-1 "},
        {{.requests = {one_request, 1}}, "+r-1 +h-1 "},
        {{.units = {one_unit, 1}, .requests = {one_request, 1}}, "+h-1 "},
        {{.territories = {south, 1}}, "+e-2 +u-2 +u-3 +r-1 "},
        {{.establishments = {e1, 1}}, "+e-1 +u-1 +h-1 +h-2 "},
        {{.modality = 1u << MODALITY_INTERNAT}, "+u-1 +u-2 +u-3 "},
        {{.kinds = 1u << RECORD_HOLD, .modality = 1u << MODALITY_INTERNAT}, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        *l.stream.filter = cases[i].filter;
        stream_start_full(&l.stream, &r);
        assert_string_equal(told(&r, &l), cases[i].told);
    }
    *l.stream.filter = (struct filter){0};
    hush(&l);
    replica_free(&r);
}

/* The exact address of a home reaches whoever holds a place there, in that hold alone. */
static void a_hold_is_one_text_for_all(void **state)
{
    (void)state;
    struct replica r;
    struct viewer dts;
    char text[2048];
    load(&r);
    struct fixture_hold accepted = asked;
    accepted.unit = "u-3";
    fixture_put_hold(&r, 21, "h-1", &accepted);
    accepted.state = "accepted";
    accepted.arrive_by = FIXTURE_AT + USEC_HOUR;
    fixture_put_hold(&r, 22, "h-2", &accepted);
    assert_int_equal(viewer_resolve(&r, "dts", &dts), 0);
    struct entry *e = replica_find(&r, RECORD_HOLD, span_of("h-1"));
    assert_int_equal(viewer_view(&dts, version_scope(&e->version)), VIEW_PRECISE);
    span json = entry_json(e, VIEW_PRECISE);
    snprintf(text, sizeof text, "%.*s", (int)json.n, json.p);
    assert_null(strstr(text, "allee"));
    assert_non_null(strstr(text, "{\"kind\":\"hold\",\"id\":\"h-1\",\"revision\":21,\"unit\":"));
    json = entry_json(replica_find(&r, RECORD_HOLD, span_of("h-2")), VIEW_PRECISE);
    snprintf(text, sizeof text, "%.*s", (int)json.n, json.p);
    assert_non_null(strstr(text, "\"place\":{\"address\":\"3 allee\""));
    assert_non_null(strstr(text, "43.46120"));
    viewer_clear(&dts);
    replica_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_seen_by_establishment_and_department),
        cmocka_unit_test(holds_are_seen_by_both_sides),
        cmocka_unit_test(requests_are_seen_where_they_come_from),
        cmocka_unit_test(every_member_of_a_scope_counts),
        cmocka_unit_test(each_is_told_of_its_own_only),
        cmocka_unit_test(a_resume_tells_what_left),
        cmocka_unit_test(departures_keep_who_asked),
        cmocka_unit_test(filters_know_holds_and_requests),
        cmocka_unit_test(a_hold_is_one_text_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
