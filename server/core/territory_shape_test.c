/* SPDX-License-Identifier: EUPL-1.2 */
/* The shape of the territories' tree: what tells that scopes and filters reach other records now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/replica_fixture.h"
#include "core/search.h"

static int open_replica(void **state)
{
    struct replica *r = calloc(1, sizeof *r);
    assert_non_null(r);
    replica_init(r);
    fixture_load(r);
    *state = r;
    return 0;
}

static int close_replica(void **state)
{
    struct replica *r = *state;
    replica_free(r);
    free(r);
    return 0;
}

static void describe(struct replica *r, const char *code, const char *parent)
{
    const int64_t revision = r->live->revision + 1;
    char state[128];
    snprintf(state, sizeof state, "{\"name\":\"N\",\"level\":\"l\",\"parent\":%s%s%s}",
             parent ? "\"" : "", parent ? parent : "null", parent ? "\"" : "");
    assert_int_equal(replica_apply(r, revision, "territory", code, state), 0);
    replica_apply_end(r, revision);
}

/* What grows when a territory is described so. */
static void grows(struct replica *r, const char *code, const char *parent, bool moved)
{
    const uint64_t shape = r->shape, rights = r->rights, digest = r->live->territories.shape;
    describe(r, code, parent);
    assert_int_equal(r->shape - shape, moved);
    assert_int_equal(r->rights - rights, moved);
    assert_int_equal(r->live->territories.shape != digest, moved);
}

static void a_move_changes_the_shape(void **state)
{
    struct replica *r = *state;
    const uint64_t before = r->live->territories.shape;
    grows(r, "dts-nord", "d31", false); /* as it was, but its name */
    grows(r, "dts-nord", "dts-sud", true);
    grows(r, "dts-nord", "dts-sud", false);
    grows(r, "d31", NULL, false);
    grows(r, "mds-x", "dts-sud", true); /* a new one */
    grows(r, "dts-nord", NULL, true);
    grows(r, "mds-x", NULL, true);
    grows(r, "dts-nord", "d31", true);
    assert_int_equal(r->live->territories.shape, before); /* as it was, the same digest */
}

/* The digest is the same for every worker: it knows no order and no history. */
static void the_digest_is_of_the_tree_alone(void **state)
{
    static const char *const edges[][2] = {
        {"a", "root"}, {"b", "root"}, {"c", "a"}, {"d", "a"}, {"e", "b"}, {"root", NULL},
    };
    struct territory_tree forth = {0}, back = {0};
    char text[128];
    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_LENGTH(edges); i++) {
        bool first = i < ARRAY_LENGTH(edges);
        const size_t at = first ? i : 2 * ARRAY_LENGTH(edges) - 1 - i;
        const char *up = edges[at][1];
        snprintf(text, sizeof text, "{\"name\":\"N\",\"level\":\"l\",\"parent\":%s%s%s}",
                 up ? "\"" : "", up ? up : "null", up ? "\"" : "");
        assert_true(territory_describe(first ? &forth : &back, edges[at][0], text) >= 0);
    }
    assert_int_equal(forth.shape, back.shape);
    assert_int_not_equal(forth.shape, 0);
    /* c and e changing places is another tree with the same names. */
    assert_int_equal(
        territory_describe(&back, "c", "{\"name\":\"N\",\"level\":\"l\",\"parent\":\"b\"}"), 1);
    assert_int_equal(
        territory_describe(&back, "e", "{\"name\":\"N\",\"level\":\"l\",\"parent\":\"a\"}"), 1);
    assert_int_not_equal(forth.shape, back.shape);
    territory_tree_free(&forth);
    territory_tree_free(&back);
}

/* Loading again tells by itself whether the tree is another one: the changes were not seen. */
static void a_load_with_another_tree_changes_the_shape(void **state)
{
    struct replica *r = *state;
    uint64_t shape = r->shape;
    const uint64_t digest = r->live->territories.shape;
    fixture_load(r);
    assert_int_equal(r->shape, shape);
    assert_int_equal(r->live->territories.shape, digest);
    describe(r, "dts-nord", "dts-sud");
    shape = r->shape;
    fixture_load(r); /* as it was before the move */
    assert_int_equal(r->shape, shape + 1);
    assert_int_equal(r->live->territories.shape, digest);
}

/* Units are searched by the larger territory they are in: the one they are in now. */
static void search_knows_where_units_are_now(void **state)
{
    struct replica *r = *state;
    struct search_request q = {.n_children = 1, .limit = 3};
    struct search_answer answer;
    q.children[0].age_months = UNKNOWN;
    for (int moved = 0; moved < 2; moved++) {
        unsigned same = 0;
        if (moved)
            describe(r, "dts-nord", "dts-sud");
        q.near_group = replica_territory(r, span_of("dts-sud"))->group->number;
        search_run(r->live->index, &q, &answer);
        for (unsigned i = 0; i < answer.n_results; i++) {
            const struct entry *e = replica_unit_at(r, answer.results[i].slot);
            if (strcmp(e->id, "u-1") == 0)
                same = answer.results[i].why >> WHY_SAME_TERRITORY & 1;
        }
        assert_int_equal(same, moved);
    }
}

int main(void)
{
#define with_replica(f) cmocka_unit_test_setup_teardown(f, open_replica, close_replica)
    const struct CMUnitTest tests[] = {
        with_replica(a_move_changes_the_shape),
        with_replica(the_digest_is_of_the_tree_alone),
        with_replica(a_load_with_another_tree_changes_the_shape),
        with_replica(search_knows_where_units_are_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
