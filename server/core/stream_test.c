/* SPDX-License-Identifier: EUPL-1.2 */
/* Replica, viewers, filters and streams together: what a subscriber is told, and what it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/encode.h"
#include "core/replica_fixture.h"
#include "core/search.h"
#include "core/stream.h"

struct world {
    struct replica replica;
    struct viewer viewer;
    struct stream stream;
};

static struct filter *filter_new(void)
{
    struct filter *f = calloc(1, sizeof *f);
    assert_non_null(f);
    return f;
}

/* A subscriber of units only. */
static void subscribe(struct world *w, const char *account)
{
    assert_int_equal(viewer_resolve(&w->replica, account, &w->viewer), 0);
    w->stream.filter = filter_new();
    w->stream.filter->kinds = 1u << RECORD_UNIT;
    stream_start_full(&w->stream, &w->replica);
}

static void world_open(struct world *w, const char *account)
{
    *w = (struct world){0};
    replica_init(&w->replica);
    fixture_load(&w->replica);
    subscribe(w, account);
}

static void world_close(struct world *w)
{
    stream_clear(&w->stream);
    viewer_clear(&w->viewer);
    replica_free(&w->replica);
}

/* Everything the stream has to say, as "+id " and "-id ". */
static const char *told(struct world *w)
{
    static char text[512];
    struct entry *e;
    enum stream_item item;
    text[0] = 0;
    while ((item = stream_next(&w->stream, &w->replica, &w->viewer, &e)) != STREAM_END) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%c%s ", item == STREAM_SET ? '+' : '-', e->id);
        stream_take(&w->stream, e);
    }
    replica_turn_end(&w->replica);
    return text;
}

static void each_role_sees_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *account, *told;
    } cases[] = {
        {"mecs-1", "+u-1 "},        {"astreinte", "+u-1 +u-2 +u-3 "}, {"dts", "+u-1 +u-2 +u-3 "},
        {"def", "+u-1 +u-2 +u-3 "}, {"admin", "+u-1 +u-2 +u-3 "},     {"mobile", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct world w;
        world_open(&w, cases[i].account);
        assert_string_equal(told(&w), cases[i].told);
        world_close(&w);
    }
}

static void a_home_is_shown_by_its_commune(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "dts");
    struct entry *e = replica_find(&w.replica, RECORD_UNIT, span_of("u-2"));
    char text[4096];
    span json = entry_json(e, viewer_view(&w.viewer, version_scope(&e->version)));
    snprintf(text, sizeof text, "%.*s", (int)json.n, json.p);
    assert_non_null(strstr(text, "\"point\":[43.46000,1.33000],\"precision\":\"commune\""));
    assert_null(strstr(text, "43.4612"));
    e = replica_find(&w.replica, RECORD_UNIT, span_of("u-3"));
    json = entry_json(e, VIEW_PUBLIC);
    snprintf(text, sizeof text, "%.*s", (int)json.n, json.p);
    assert_null(strstr(text, "point"));
    assert_null(strstr(text, "commune"));
    json = entry_json(e, VIEW_PRECISE);
    snprintf(text, sizeof text, "%.*s", (int)json.n, json.p);
    assert_non_null(strstr(text, "43.4612"));
    world_close(&w);
}

static void a_change_is_told_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    told(&w);
    fixture_declare(&w.replica, 11, "u-2", 4, 3);
    fixture_declare(&w.replica, 12, "u-2", 4, 2);
    assert_string_equal(told(&w), "+u-2 ");
    assert_string_equal(told(&w), "");
    world_close(&w);
}

/* One that stood at the end is told gone only for what it had. */
static void gone_is_exact_at_the_end(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    w.stream.filter->modality = 1u << MODALITY_INTERNAT;
    struct search_request *q = calloc(1, sizeof *q);
    w.stream.filter->search = q; /* one child, anything: a unit with a free place */
    assert_string_equal(told(&w), "+u-1 +u-3 ");
    fixture_declare(&w.replica, 11, "u-2", 5, 5); /* full before and after */
    assert_string_equal(told(&w), "");
    fixture_declare(&w.replica, 12, "u-1", 10, 10);
    assert_string_equal(told(&w), "-u-1 ");
    fixture_declare(&w.replica, 13, "u-1", 10, 9);
    assert_string_equal(told(&w), "+u-1 ");
    world_close(&w);
}

static void a_slow_one_catches_up_and_never_keeps_a_ghost(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    told(&w);
    int64_t position = w.replica.live->revision;
    fixture_declare(&w.replica, 11, "u-1", 10, 9);
    replica_turn_end(&w.replica);
    assert_int_equal(replica_apply(&w.replica, 12, "unit", "u-2", NULL), 0);
    replica_apply_end(&w.replica, 12);
    replica_turn_end(&w.replica);
    stream_start_after(&w.stream, &w.replica, position);
    assert_string_equal(told(&w), "+u-1 -u-2 ");
    world_close(&w);
}

/* A unit that moves to another establishment leaves the first one's copy. */
static void a_move_is_a_departure(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "mecs-1");
    assert_string_equal(told(&w), "+u-1 ");
    struct fixture_unit moved = {"e-2", "dts-sud", "exact", 10, 8, 144, 216, FIXTURE_AT};
    fixture_put_unit(&w.replica, 11, "u-1", &moved);
    assert_string_equal(told(&w), "-u-1 ");
    moved.establishment = "e-1";
    fixture_put_unit(&w.replica, 12, "u-1", &moved);
    assert_string_equal(told(&w), "+u-1 ");
    world_close(&w);
}

static void what_came_and_went_within_a_turn_is_not_told(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    told(&w);
    struct fixture_unit brief = {"e-1", "dts-nord", "exact", 1, 0, 0, 12, FIXTURE_AT};
    fixture_put_unit(&w.replica, 11, "u-9", &brief);
    assert_int_equal(replica_apply(&w.replica, 12, "unit", "u-9", NULL), 0);
    replica_apply_end(&w.replica, 12);
    assert_string_equal(told(&w), "");
    world_close(&w);
}

/* Closed and put again within one turn, and no longer what the filter asks for. */
static void what_came_back_otherwise_within_a_turn_is_gone(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    w.stream.filter->search = calloc(1, sizeof(struct search_request));
    assert_string_equal(told(&w), "+u-1 +u-3 ");
    assert_int_equal(replica_apply(&w.replica, 11, "unit", "u-1", NULL), 0);
    replica_apply_end(&w.replica, 11);
    struct fixture_unit full = {"e-1", "dts-nord", "exact", 4, 4, 0, 72, FIXTURE_AT};
    fixture_put_unit(&w.replica, 12, "u-1", &full);
    assert_string_equal(told(&w), "-u-1 ");
    world_close(&w);
}

static void departures_are_forgotten_after_48_hours(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    assert_int_equal(replica_apply(&w.replica, 11, "unit", "u-2", NULL), 0);
    replica_apply_end(&w.replica, 11);
    replica_turn_end(&w.replica);
    replica_ledger(&w.replica, FIXTURE_AT, 0);
    replica_ledger(&w.replica, FIXTURE_AT + 48 * USEC_HOUR, 0);
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 10), RESUME_OK);
    replica_ledger(&w.replica, FIXTURE_AT + 49 * USEC_HOUR, 0);
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 10), RESUME_COMPACTED);
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 11), RESUME_OK);
    world_close(&w);
}

/* Two days in one turn of the loop, after a database that was away: what left meanwhile is told. */
static void what_leaves_after_a_long_silence_is_told(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    told(&w);
    assert_int_equal(replica_apply(&w.replica, 11, "unit", "u-2", NULL), 0);
    assert_int_equal(replica_apply(&w.replica, 11, "unit", "u-3", NULL), 0);
    replica_apply_end(&w.replica, 11);
    replica_ledger(&w.replica, FIXTURE_AT + 49 * USEC_HOUR, 0);
    replica_ledger(&w.replica, FIXTURE_AT + 98 * USEC_HOUR, 0);
    assert_string_equal(told(&w), "-u-2 -u-3 ");
    replica_ledger(&w.replica, FIXTURE_AT + 99 * USEC_HOUR, 0); /* both, at once */
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 10), RESUME_COMPACTED);
    stream_start_after(&w.stream, &w.replica, 10);
    assert_string_equal(told(&w), "");
    world_close(&w);
}

static void positions_know_their_branch(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, "astreinte");
    fixture_declare(&w.replica, 11, "u-1", 10, 9);
    assert_int_equal(replica_new_epoch(&w.replica, "bb", 10), 1); /* 11 is lost: load again */
    assert_int_equal(replica_new_epoch(&w.replica, "bb", 11), 0);
    fixture_declare(&w.replica, 12, "u-1", 10, 8);
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 11), RESUME_OK);
    assert_int_equal(replica_resume(&w.replica, span_of("aa"), 12), RESUME_LOST_BRANCH);
    assert_int_equal(replica_resume(&w.replica, span_of("bb"), 12), RESUME_OK);
    assert_int_equal(replica_resume(&w.replica, span_of("bb"), 13), RESUME_FUTURE);
    assert_int_equal(replica_resume(&w.replica, span_of("cc"), 1), RESUME_UNKNOWN_EPOCH);
    world_close(&w);
}

/* Whatever happens, in whatever pieces it is sent: the copy equals what the server admits. */
static void random_walks_end_equal(void **state)
{
    (void)state;
    uint64_t seed = 20261122;
    for (int round = 0; round < 300; round++) {
        struct world w;
        world_open(&w, round % 2 ? "dts" : "mecs-1");
        if (round % 4 > 1)
            w.stream.filter->search = calloc(1, sizeof(struct search_request));
        bool copy[12] = {false};
        int64_t revision = FIXTURE_REVISION;
        for (int step = 0; step < 60; step++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            unsigned pick = (unsigned)(seed >> 33);
            char id[16];
            snprintf(id, sizeof id, "u-%u", 1 + pick % 9);
            struct fixture_unit u = {pick & 64 ? "e-1" : "e-2",
                                     pick & 64 ? "dts-nord" : "dts-sud",
                                     "exact",
                                     4,
                                     pick & 128 ? 4 : 3,
                                     0,
                                     72,
                                     FIXTURE_AT};
            if (pick & 256 && replica_find(&w.replica, RECORD_UNIT, span_of(id)) != NULL) {
                assert_int_equal(replica_apply(&w.replica, ++revision, "unit", id, NULL), 0);
                replica_apply_end(&w.replica, revision);
            } else {
                fixture_put_unit(&w.replica, ++revision, id, &u);
            }
            /* Some turns the socket takes nothing, some turns one item. */
            unsigned room = pick & 512 ? 99 : pick & 1024 ? 1 : 0;
            struct entry *e;
            enum stream_item item;
            while (room-- > 0 &&
                   (item = stream_next(&w.stream, &w.replica, &w.viewer, &e)) != STREAM_END) {
                copy[e->id[2] - '0'] = item == STREAM_SET;
                stream_take(&w.stream, e);
            }
            if (pick & 2048)
                replica_turn_end(&w.replica);
        }
        struct entry *e;
        enum stream_item item;
        while ((item = stream_next(&w.stream, &w.replica, &w.viewer, &e)) != STREAM_END) {
            copy[e->id[2] - '0'] = item == STREAM_SET;
            stream_take(&w.stream, e);
        }
        for (int i = 1; i <= 9; i++) {
            char id[16];
            snprintf(id, sizeof id, "u-%d", i);
            e = replica_find(&w.replica, RECORD_UNIT, span_of(id));
            bool seen = e != NULL && viewer_sees(&w.viewer, version_scope(&e->version)) &&
                        filter_admits(w.stream.filter, &w.replica, id, &e->version);
            assert_int_equal(copy[i], seen);
        }
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_sees_its_own),
        cmocka_unit_test(a_home_is_shown_by_its_commune),
        cmocka_unit_test(a_change_is_told_once),
        cmocka_unit_test(gone_is_exact_at_the_end),
        cmocka_unit_test(a_slow_one_catches_up_and_never_keeps_a_ghost),
        cmocka_unit_test(a_move_is_a_departure),
        cmocka_unit_test(what_came_and_went_within_a_turn_is_not_told),
        cmocka_unit_test(what_came_back_otherwise_within_a_turn_is_gone),
        cmocka_unit_test(departures_are_forgotten_after_48_hours),
        cmocka_unit_test(what_leaves_after_a_long_silence_is_told),
        cmocka_unit_test(positions_know_their_branch),
        cmocka_unit_test(random_walks_end_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
