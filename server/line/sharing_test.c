/* SPDX-License-Identifier: EUPL-1.2 */
/* Who shares deltas with whom. What was made for the first is marked behind its back, so that a
 * copy of it can be told from one that was made anew. */
#include "api/prepared.h"
#include "line/session.h"
#include "line/session_fixture.h"

#include <stdlib.h>

/* A further connection, which the fixture's words then go to. */
static struct door *join(struct world *w, const char *account, const char *subscription)
{
    w->door = line_open(&w->line, w->now, "");
    assert_non_null(w->door);
    greet(w, account);
    ASSERT_SAYS(ask(w, "subscribe", subscription), "\"method\":\"mark\"");
    return w->door;
}

static const char *heard_by(struct world *w, struct door *d)
{
    w->door = d;
    return heard(w);
}

static void mark_prepared(struct world *w)
{
    int marked = 0;
    for (int i = 0; w->feeds.prepared != NULL && i < PREPARED_PLACES; i++) {
        const struct buf *deltas = &w->feeds.prepared[i].deltas;
        char *name = deltas->n > 0 ? memmem(deltas->p, deltas->n, "Groupe", 6) : NULL;
        if (name != NULL)
            memcpy(name, "COPIED", 6);
        marked += name != NULL;
    }
    assert_int_equal(marked, 1);
}

static void end_turn(struct world *w)
{
    replica_turn_end(&w->replica);
}

static void those_who_are_shown_the_same_share(void **state)
{
    struct world *w = *state;
    struct door *spare = w->door;
    struct door *first = join(w, "def", "{\"sub\":\"a\"}");
    struct door *second = join(w, "def", "{\"sub\":\"a\",\"filter\":{}}");
    end_turn(w);
    revision_arrives(w, 17, "u-2", 4, 3);
    const char *said = heard_by(w, first);
    ASSERT_SAYS(said, "\"method\":\"delta\",\"params\":{\"sub\":\"a\",\"set\":[{\"kind\":\"unit\"");
    ASSERT_SAYS(said, ".17\",\"fresh_at\"");
    mark_prepared(w);
    said = heard_by(w, second);
    ASSERT_SAYS(said, "COPIED");
    ASSERT_SAYS(said, ".17\",\"fresh_at\"");
    assert_string_equal(heard_by(w, second), "");
    end_turn(w);
    revision_arrives(w, 18, "u-2", 4, 2); /* and on from there */
    ASSERT_SAYS(heard_by(w, second), "\"revision\":18");
    door_free(first);
    door_free(second);
    w->door = spare;
}

static void others_have_their_own(void **state)
{
    static const struct {
        const char *account, *subscription, *said;
    } others[] = {
        {"astreinte", "{\"sub\":\"a\"}", "\"id\":\"u-2\""}, /* another role */
        {"dts", "{\"sub\":\"a\"}", "\"id\":\"u-2\""},       /* and another view */
        {"def", "{\"sub\":\"b\"}", "\"sub\":\"b\""},
        {"def", "{\"sub\":\"a\",\"filter\":{\"units\":[\"u-2\"]}}", "\"id\":\"u-2\""},
        {"def", "{\"sub\":\"a\",\"filter\":{\"units\":[\"u-1\"]}}", ""},
        {"mecs-1", "{\"sub\":\"a\"}", ""}, /* sees u-1 only */
    };
    struct world *w = *state;
    struct door *spare = w->door;
    struct door *door[ARRAY_LENGTH(others)];
    struct door *first = join(w, "def", "{\"sub\":\"a\"}");
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        door[i] = join(w, others[i].account, others[i].subscription);
    end_turn(w);
    revision_arrives(w, 17, "u-2", 4, 3);
    heard_by(w, first);
    mark_prepared(w);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        const char *said = heard_by(w, door[i]);
        ASSERT_SAYS(said, others[i].said);
        ASSERT_SILENT_ON(said, "COPIED");
        if (others[i].said[0] == '\0')
            assert_string_equal(said, "");
    }
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        door_free(door[i]);
    door_free(first);
    w->door = spare;
}

static void one_that_missed_a_turn_catches_up(void **state)
{
    struct world *w = *state;
    struct door *spare = w->door;
    struct door *first = join(w, "def", "{\"sub\":\"a\"}");
    struct door *late = join(w, "def", "{\"sub\":\"a\"}");
    end_turn(w);
    revision_arrives(w, 17, "u-1", 10, 9);
    heard_by(w, first);
    end_turn(w);
    revision_arrives(w, 18, "u-2", 4, 3);
    heard_by(w, first);
    mark_prepared(w);
    const char *said = heard_by(w, late);
    ASSERT_SAYS(said, "\"id\":\"u-1\"");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "COPIED");
    door_free(first);
    door_free(late);
    w->door = spare;
}

/* A subscription is told what its account may see now, not what it saw when it was made. */
static void rights_that_change_part_them(void **state)
{
    struct world *w = *state;
    struct door *spare = w->door;
    struct door *first = join(w, "def", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    struct door *other = join(w, "mecs-1", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}");
    end_turn(w);
    const char *before = ((struct session *)other)->subscriptions->feed.audience;
    char kept[DIGEST_TEXT];
    memcpy(kept, before, sizeof kept);
    assert_int_equal(replica_apply(&w->replica, 17, "account", "mecs-1",
                                   FIXTURE_ACCOUNT("establishment", "", "\"e-2\"")),
                     0);
    replica_apply_end(&w->replica, 17);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    assert_string_not_equal(((struct session *)other)->subscriptions->feed.audience, kept);
    ASSERT_SAYS(heard_by(w, other), "\"why\":\"scope\"");
    door_free(first);
    door_free(other);
    w->door = spare;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(those_who_are_shown_the_same_share),
        CONVERSATION(others_have_their_own),
        CONVERSATION(one_that_missed_a_turn_catches_up),
        CONVERSATION(rights_that_change_part_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
