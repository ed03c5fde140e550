/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers that wait for a reader: how many are made ready at a pull, and when no more questions are
 * taken. (P11: memory per connection is bounded.) */
#include "line/session.h"
#include "line/session_fixture.h"

#define LONG_NAME "%0800d"
#define UNITS 100 /* of some 1.8 KB */

/* Units enough for one list of them to be most of what a connection may hold. */
static void add_units(struct world *w)
{
    static const struct fixture_unit unit = {"e-1", "dts-nord", "exact", 10, 8, 0, 216, FIXTURE_AT};
    const int64_t revision = w->replica.live->revision + 1;
    char text[2048], long_text[3072], id[32];
    fixture_unit_state(&unit, text, sizeof text);
    const char *name = strstr(text, "Groupe");
    snprintf(long_text, sizeof long_text, "%.*s" LONG_NAME "%s", (int)(name - text), text, 0,
             name + strlen("Groupe"));
    for (unsigned i = 0; i < UNITS; i++) {
        snprintf(id, sizeof id, "u-x%u", i);
        assert_int_equal(replica_apply(&w->replica, revision, "unit", id, long_text), 0);
    }
    replica_apply_end(&w->replica, revision);
    replica_turn_end(&w->replica);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
}

static void lists(struct world *w, int id)
{
    char line[128];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"unit.list\"}", id);
    say(w, line);
    assert_int_equal(w->last, 0);
}

static const struct session *session(const struct world *w)
{
    return (const struct session *)w->door; /* its first member */
}

/* Pulls this many bytes at most; the text goes after what was pulled before. */
static size_t pull(struct world *w, size_t *n, size_t room)
{
    size_t got = door_pull(w->door, w->now, w->out + *n, room);
    *n += got;
    w->out[*n] = 0;
    return got;
}

/* Each answer once, in the order of their questions. */
static void answers_in_order(const char *said, int first, int last)
{
    for (int id = first; id <= last; id++) {
        char part[32];
        snprintf(part, sizeof part, "\"id\":%d,\"result\"", id);
        said = strstr(said, part);
        if (said == NULL) {
            fail_msg("no answer %d, or out of order", id);
            return;
        }
    }
}

/* A reader that takes little makes one answer ready at a time, whatever waits behind it. */
static void answers_wait_for_room(void **state)
{
    struct world *w = *state;
    size_t n = 0;
    greet(w, "def");
    lists(w, 11);
    lists(w, 12);
    lists(w, 13);
    assert_int_equal(session(w)->n_pending, 3);
    assert_int_equal(pull(w, &n, 10), 10);
    assert_int_equal(session(w)->n_pending, 2);
    for (unsigned left = 2; left > 0; left--) { /* not before the last of it is taken */
        while (session(w)->n_pending == left)
            assert_int_equal(pull(w, &n, 100), 100);
        assert_int_equal(session(w)->n_pending, left - 1);
    }
    while (pull(w, &n, 100) > 0)
        continue;
    answers_in_order(w->out, 11, 13);
}

/* A reader that takes much gets all that fits at once: one write, not one an answer. */
static void answers_that_fit_come_together(void **state)
{
    struct world *w = *state;
    size_t n = 0;
    greet(w, "def");
    for (int id = 11; id <= 14; id++)
        lists(w, id);
    assert_true(pull(w, &n, 64 * 1024) > 0);
    answers_in_order(w->out, 11, 14);
    assert_int_equal(pull(w, &n, 64 * 1024), 0);
}

/* Whoever asks without reading is refused by the bytes that wait, long before the count of
 * requests; those in the middle of being sent count, too. */
static void asking_without_reading_is_refused(void **state)
{
    struct world *w = *state;
    size_t n = 0;
    greet(w, "def");
    add_units(w);
    lists(w, 11);
    const size_t one = session(w)->pending->call->result.n;
    assert_in_range(one, feed_limits.output_bytes / 2 + 1, feed_limits.output_bytes - 1);
    lists(w, 12);
    assert_int_equal(session(w)->n_pending, 2);
    lists(w, 13);
    assert_int_equal(session(w)->n_pending, 2);
    assert_int_equal(pull(w, &n, 100), 100); /* the refusal, and the beginning of 11 */
    lists(w, 14);
    while (pull(w, &n, 1000) > 0)
        continue;
    answers_in_order(w->out, 11, 12);
    ASSERT_SAYS(w->out, "\"id\":13,\"error\":{\"code\":20");
    ASSERT_SAYS(w->out, "\"id\":14,\"error\":{\"code\":20");
    n = 0;
    lists(w, 15); /* as soon as it has read */
    while (pull(w, &n, 1000) > 0)
        continue;
    answers_in_order(w->out, 15, 15);
}

/* One answer half sent and one behind it are as much as two behind. */
static void what_is_being_sent_counts(void **state)
{
    struct world *w = *state;
    size_t n = 0;
    greet(w, "def");
    add_units(w);
    lists(w, 11);
    assert_int_equal(pull(w, &n, 100), 100);
    assert_int_equal(session(w)->n_pending, 0);
    lists(w, 12);
    assert_int_equal(session(w)->n_pending, 1);
    lists(w, 13);
    assert_int_equal(session(w)->n_pending, 1);
    while (pull(w, &n, 1000) > 0)
        continue;
    answers_in_order(w->out, 11, 12);
    ASSERT_SAYS(w->out, "\"id\":13,\"error\":{\"code\":20");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(answers_wait_for_room),
        CONVERSATION(answers_that_fit_come_together),
        CONVERSATION(asking_without_reading_is_refused),
        CONVERSATION(what_is_being_sent_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
