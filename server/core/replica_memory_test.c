/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation of the replica fails once: loading, each kind of change, the departures, the
 * growth of its tables. A failure is -ENOMEM, never swallowed (the replica would silently lack
 * something); what is there can still be freed, and nothing leaks (the sanitizer's word). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/scarce_fixture.h"
#include "core/mission_fixture.h"

#define REVISION (FIXTURE_REVISION + 1)

/* What may fail: 0 or negative. */
typedef int act_fn(struct replica *r);

/* The act on the fixture's registry with each of its allocations failing; how many there were. */
static long fails_everywhere(act_fn *prepare, act_fn *act)
{
    long nth = 0;
    for (bool failed = true; failed; nth += failed) {
        struct replica r;
        replica_init(&r);
        fixture_load(&r);
        if (prepare != NULL)
            assert_int_equal(prepare(&r), 0);
        scarce_begin(nth);
        int result = act(&r);
        failed = scarce_end();
        if (result != (failed ? -ENOMEM : 0))
            fail_msg("allocation %ld %s: %d", nth, failed ? "failed" : "did not fail", result);
        replica_free(&r);
    }
    return nth;
}

/* ── Loading ── */

static const struct fixture_unit somewhere = {"e-1", "mds-x", "exact", 10, 8, 0, 216, FIXTURE_AT};

static const struct fixture_hold promised = {"u-1", "e-1", "mds-x",    "mds-z",    "dts",
                                             "r-1", "0,1", "accepted", FIXTURE_AT, FIXTURE_AT};
static const struct fixture_request need = {"mds-z", "dts", "open", true, FIXTURE_AT, 84};

static int load_unit(struct replica *r, const char *id)
{
    char text[2048];
    return replica_load_record(r, "unit", id, 5, fixture_unit_state(&somewhere, text, sizeof text));
}

static int load_again(struct replica *r)
{
    static const struct {
        const char *kind, *id, *state;
    } records[] = {
        {"territory", "d31", "{\"name\":\"31\",\"level\":\"dep\",\"parent\":null}"},
        {"territory", "mds-x", "{\"name\":\"X\",\"level\":\"mds\",\"parent\":\"dts-x\"}"},
        {"establishment", "e-1", FIXTURE_ESTABLISHMENT("mds-x")},
        {"commune", "31395",
         "{\"name\":\"MURET\",\"postcodes\":[\"31600\",\"31601\"],\"point\":[43.46,1.33],"
         "\"territory\":\"mds-x\"}"},
        {"account", "mecs-1", FIXTURE_ACCOUNT("establishment", "\"d31\"", "\"e-1\"")},
        {"credential", "ab",
         "{\"account\":\"mecs-1\",\"type\":\"token\",\"expires_at\":null,\"revoked\":false,"
         "\"label\":\"l\"}"},
    };
    static const struct fixture_mission van = {"e-1", "mds-x", "mds-x", "dts", "van", "assigned"};
    char text[2048];
    int result = replica_load_begin(r, "aa", 5, 0);
    if (result == 0)
        result = replica_load_epoch(r, "aa", 0);
    for (size_t i = 0; result == 0 && i < ARRAY_LENGTH(records); i++)
        result = replica_load_record(r, records[i].kind, records[i].id, 5, records[i].state);
    if (result == 0)
        result = load_unit(r, "u-1");
    if (result == 0)
        result = replica_load_record(r, "hold", "h-1", 5,
                                     fixture_hold_state(&promised, text, sizeof text));
    if (result == 0)
        result = replica_load_record(r, "request", "r-1", 5,
                                     fixture_request_state(&need, text, sizeof text));
    if (result == 0)
        result = replica_load_record(r, "mission", "m-1", 5,
                                     fixture_mission_state(&van, text, sizeof text));
    if (result == 0)
        result = replica_load_record(r, "calendar", "d31", 5, FIXTURE_CALENDAR);
    if (result == 0)
        result = replica_load_record(r, "rota", "t-1", 5,
                                     "{\"duty\":\"mobile\",\"territory\":\"d31\",\"account\":"
                                     "\"van\",\"from_at\":1,\"to_at\":2}");
    if (result == 0)
        result = replica_load_departed(r, 3, "mission", "m-0",
                                       "{\"establishment\":\"e-0\",\"territory\":\"mds-y\","
                                       "\"team\":\"van\"}");
    if (result == 0)
        result = replica_load_departed(r, 3, "hold", "h-0",
                                       "{\"establishment\":\"e-0\",\"territory\":\"mds-y\","
                                       "\"origin\":\"mds-w\",\"created_by\":\"dts\"}");
    if (result == 0)
        result = replica_load_departed(r, 4, "unit", "u-0",
                                       "{\"establishment\":\"e-0\",\"territory\":\"mds-y\"}");
    return result < 0 ? result : replica_load_end(r);
}

static void loading(void **state)
{
    (void)state;
    assert_in_range(fails_everywhere(NULL, load_again), 40, 400);
}

/* ── Changes ── */

static int applied(struct replica *r, const char *kind, const char *id, const char *state)
{
    int result = replica_apply(r, REVISION, kind, id, state);
    if (result == 0)
        replica_apply_end(r, REVISION);
    return result;
}

static int put_unit(struct replica *r, const char *id, const struct fixture_unit *u)
{
    char text[2048];
    return applied(r, "unit", id, fixture_unit_state(u, text, sizeof text));
}

static int declare(struct replica *r)
{
    static const struct fixture_unit u = {"e-1", "dts-nord", "exact", 10, 7, 144, 216, FIXTURE_AT};
    int result = put_unit(r, "u-1", &u);
    return result < 0 ? result : put_unit(r, "u-1", &u); /* within one turn, too */
}

static int new_unit(struct replica *r)
{
    return put_unit(r, "u-new", &somewhere);
}

static int move_unit(struct replica *r)
{
    return put_unit(r, "u-1", &somewhere);
}

static int close_unit(struct replica *r)
{
    return applied(r, "unit", "u-2", NULL);
}

static int declare_and_close_unit(struct replica *r)
{
    int result = declare(r);
    return result < 0 ? result : applied(r, "unit", "u-1", NULL);
}

static int ask_and_end(struct replica *r)
{
    char text[2048];
    int result = applied(r, "request", "r-1", fixture_request_state(&need, text, sizeof text));
    struct fixture_request moved = need;
    moved.origin = "dts-sud";
    if (result == 0)
        result = applied(r, "request", "r-1", fixture_request_state(&moved, text, sizeof text));
    if (result == 0)
        result = applied(r, "hold", "h-1", fixture_hold_state(&promised, text, sizeof text));
    return result < 0 ? result : applied(r, "hold", "h-1", NULL);
}

static int change_establishment(struct replica *r)
{
    int result = applied(r, "establishment", "e-1", FIXTURE_ESTABLISHMENT("dts-sud"));
    if (result == 0)
        result = applied(r, "establishment", "e-9", FIXTURE_ESTABLISHMENT("dts-sud"));
    return result < 0 ? result : applied(r, "establishment", "e-1", NULL);
}

static int move_territory(struct replica *r)
{
    int result = applied(r, "territory", "dts-sud",
                         "{\"name\":\"Sud\",\"level\":\"dts\",\"parent\":\"dts-nord\"}");
    return result < 0 ? result
                      : applied(r, "territory", "mds-z",
                                "{\"name\":\"Z\",\"level\":\"mds\",\"parent\":\"dts-z\"}");
}

static int change_rest(struct replica *r)
{
    static const char token[] = "{\"account\":\"def\",\"type\":\"token\",\"expires_at\":null,"
                                "\"revoked\":false,\"label\":null}";
    static const char toulouse[] =
        "{\"name\":\"Toulouse\",\"postcodes\":[\"31000\",\"31100\"],\"point\":null,"
        "\"territory\":\"dts-nord\"}";
    int result = applied(r, "account", "def", FIXTURE_ACCOUNT("def", "\"dts-sud\"", "\"e-2\""));
    if (result == 0)
        result = applied(r, "account", "new", FIXTURE_ACCOUNT("def", "\"d31\"", ""));
    if (result == 0)
        result = applied(r, "account", "new", NULL);
    if (result == 0)
        result = applied(r, "credential", "ab", token);
    if (result == 0)
        result = applied(r, "credential", "ab", token);
    if (result == 0)
        result = applied(r, "commune", "31555", toulouse);
    return result < 0 ? result : applied(r, "commune", "31395", toulouse);
}

static int new_epoch(struct replica *r)
{
    return replica_new_epoch(r, "bb", FIXTURE_REVISION);
}

static void changes(void **state)
{
    static const struct {
        const char *name;
        act_fn *act;
        long least;
    } acts[] = {
        {"declare", declare, 10},
        {"new unit", new_unit, 10},
        {"move unit", move_unit, 10},
        {"close unit", close_unit, 3},
        {"declare and close unit", declare_and_close_unit, 12},
        {"request and hold", ask_and_end, 40},
        {"establishment", change_establishment, 15},
        {"territory", move_territory, 5},
        {"accounts, credentials, communes", change_rest, 20},
        {"epoch", new_epoch, 2},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(acts); i++) {
        long n = fails_everywhere(NULL, acts[i].act);
        if (n < acts[i].least || n > 400)
            fail_msg("%s: %ld allocations", acts[i].name, n);
    }
}

/* ── Growth: the unit after which tables, list and index are full ── */

#define FULL 256 /* first size of slots and list */

static int put_units(struct replica *r, unsigned n)
{
    char id[32];
    int result = 0;
    for (unsigned i = r->live->n_slots; result == 0 && i < n; i++) {
        snprintf(id, sizeof id, "u-x%u", i);
        result = put_unit(r, id, &somewhere);
    }
    return result;
}

static int fill_but_one(struct replica *r)
{
    return put_units(r, FULL - 1);
}

static int fill(struct replica *r)
{
    return put_units(r, FULL);
}

static int fill_list(struct replica *r)
{
    char id[32];
    int result = 0;
    for (size_t i = r->live->timeline.n; result == 0 && i < r->live->timeline.room; i++) {
        snprintf(id, sizeof id, "u-y%zu", i);
        result = put_unit(r, id, &somewhere);
    }
    return result;
}

static void growth(void **state)
{
    (void)state;
    long more = fails_everywhere(fill, new_unit) - fails_everywhere(fill_but_one, new_unit);
    assert_in_range(more, 2, 100); /* at least both arrays of slots */
    fails_everywhere(fill_list, new_unit);
    fails_everywhere(fill_list, close_unit);
    fails_everywhere(fill_list, change_establishment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading),
        cmocka_unit_test(changes),
        cmocka_unit_test(growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
