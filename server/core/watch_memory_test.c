/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation of the watch fails once. A failure is -ENOMEM, never swallowed (somebody would
 * be passed over), and nothing leaks (the sanitizer's word). */
#include "core/watch_fixture.h"

#include "base/scarce_fixture.h"
#include "core/expected.h"
#include "core/mission_fixture.h"
#include "core/search.h"

/* Units gained in every way, and three requests, one of them for a later day. */
static void populate(struct watch_fixture *f)
{
    put(f, "calendar", "d31", FIXTURE_CALENDAR);
    put_request(f, "r-1", (struct fixture_wanted){.emergency = true, .from = "\"31395\""});
    put_request(f, "r-2", (struct fixture_wanted){0});
    put_request(f, "r-3", (struct fixture_wanted){.wanted_on = "2025-12-10"});
    next_revision(f);
    put_unit(f, "u-7", place(5, 4));
    put_unit(f, "u-8", place(5, 4));
    put_unit(f, "u-9", place(5, 3));
    put_hold(f, "h-1", "r-0", "u-8", "expired", NULL);
    put_offer(f, "o-1", "r-0", "u-9", "lapsed");
    put_movement(f, "v-1", "u-9", "entry", "2025-12-10", "planned");
    put_movement(f, "v-2", "u-7", "exit", "2025-12-02", "planned");
}

/* The worker's next turn, its first if it has no watch yet; it says everything that it has to. */
static int watch_all(struct watch_fixture *f, int *ret_said)
{
    uint64_t ticket;
    char *json;
    size_t n;
    int r = f->watch ? 0 : request_watch_new(&f->replica, &f->watch);
    if (r == 0)
        r = request_watch_turn(f->watch);
    while (r == 0 && request_watch_take(f->watch, &ticket, &json, &n)) {
        free(json);
        request_watch_answered(f->watch, ticket, WATCH_FAILED, -1);
        ++*ret_said;
    }
    return r;
}

static void fails_everywhere(bool starts)
{
    long nth = 0;
    for (bool failed = true; failed; nth += failed) {
        struct watch_fixture f = {0};
        int said = 0;
        set_up_at(&f);
        if (starts) {
            request_watch_free(f.watch);
            f.watch = NULL;
        } else {
            assert_string_equal(turn(&f), "");
        }
        populate(&f);
        scarce_begin(nth);
        int r = watch_all(&f, &said);
        failed = scarce_end();
        if (r != (failed ? -ENOMEM : 0) || (!failed && said != 3))
            fail_msg("allocation %ld %s: %d, said %d", nth, failed ? "failed" : "did not fail", r,
                     said);
        request_watch_free(f.watch);
        replica_free(&f.replica);
    }
    assert_in_range(nth, 20, 400);
}

static void a_watch_that_starts(void **state)
{
    (void)state;
    fails_everywhere(true);
}

static void a_watch_that_runs(void **state)
{
    (void)state;
    fails_everywhere(false);
}

static void what_is_expected(void **state)
{
    (void)state;
    struct search_request q = {.emergency = true, .now = FIXTURE_AT, .n_children = 1};
    q.children[0].age_months = 84;
    const struct days days = {day_read("2025-12-01"), day_read("2025-12-20"), RHYTHM_ALL};
    long nth = 0;
    for (bool failed = true; failed; nth += failed) {
        struct watch_fixture f = {0};
        struct search_answer before, after;
        struct expected x;
        set_up_at(&f);
        populate(&f);
        search_run(f.replica.live->index, &q, &before);
        scarce_begin(nth);
        int r = expected_read(&f.replica, f.at, NULL, &x);
        int laid = r < 0 ? r : expected_lay(&f.replica, &days, &x);
        failed = scarce_end();
        assert_int_equal(laid, failed ? -ENOMEM : 0);
        if (!failed) {
            assert_true(x.n > 0);
            assert_int_equal(expected_lift(&f.replica, &x), 0);
        }
        if (r == 0)
            expected_free(&x);
        search_run(f.replica.live->index, &q, &after);
        assert_int_equal(after.total, before.total);
        assert_memory_equal(after.rejected, before.rejected, sizeof after.rejected);
        request_watch_free(f.watch);
        replica_free(&f.replica);
    }
    assert_in_range(nth, 1, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watch_that_starts),
        cmocka_unit_test(a_watch_that_runs),
        cmocka_unit_test(what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
