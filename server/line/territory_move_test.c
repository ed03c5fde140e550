/* SPDX-License-Identifier: EUPL-1.2 */
/* A territory that moves changes its own record only, though filters and scopes reach other units
 * then: live streams start over, and a position of before does not resume. */
#include "line/session_fixture.h"

#define MOVED 18

static void territory(struct world *w, int64_t revision, const char *code, const char *state)
{
    assert_int_equal(replica_apply(&w->replica, revision, "territory", code, state), 0);
    replica_apply_end(&w->replica, revision);
    assert_int_equal(line_refresh(&w->line, w->now), 0);
    replica_turn_end(&w->replica);
}

static void move_nord(struct world *w)
{
    territory(w, MOVED, "dts-nord", "{\"name\":\"Nord\",\"level\":\"dts\",\"parent\":\"dts-sud\"}");
}

static void the_last_mark(const char *said, char *token, size_t room)
{
    const char *at = NULL;
    for (const char *p = said; (p = strstr(p, "\"upto\":\"")) != NULL; p++)
        at = p + 8;
    if (at == NULL) {
        fail_msg("no mark in: %s", said);
        return;
    }
    snprintf(token, room, "%.*s", (int)strcspn(at, "\""), at);
}

#define SUD "{\"kinds\":[\"unit\"],\"territories\":[\"dts-sud\"]}"

static void a_live_stream_starts_over(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    const char *said = ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":" SUD "}");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");
    move_nord(w);
    said = heard(w);
    ASSERT_SAYS(
        said,
        "\"method\":\"start\",\"params\":{\"sub\":\"a\",\"resumed\":false,\"why\":\"scope\"}");
    ASSERT_SAYS(said, "\"id\":\"u-1\"");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SAYS(said, "\"method\":\"mark\"");
}

/* What the account may see: its département is the one that its territories are in now. */
static void a_scope_follows_the_tree(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    ASSERT_SAYS(ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":{\"kinds\":[\"unit\"]}}"),
                "\"id\":\"u-1\"");
    territory(w, MOVED, "dts-nord", "{\"name\":\"Nord\",\"level\":\"dts\",\"parent\":\"d59\"}");
    const char *said = heard(w);
    ASSERT_SAYS(said, "\"why\":\"scope\"");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
    ASSERT_SILENT_ON(said, "\"id\":\"u-1\"");
    ASSERT_SAYS(ask(w, "unit.get", "{\"unit\":\"u-1\"}"), "not_found");
}

/* A new name moves nobody. */
static void a_new_name_is_no_move(void **state)
{
    struct world *w = *state;
    greet(w, "def");
    ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":" SUD "}");
    territory(w, MOVED, "dts-nord",
              "{\"name\":\"Grand Nord\",\"level\":\"dts\",\"parent\":\"d31\"}");
    ASSERT_SILENT_ON(heard(w), "\"method\":\"start\"");
}

/* Subscribed, away while the territory moved, back with the position of before. */
static const char *back_after(struct world *w, bool moved)
{
    char token[80], params[256];
    greet(w, "def");
    the_last_mark(ask(w, "subscribe", "{\"sub\":\"a\",\"filter\":" SUD "}"), token, sizeof token);
    door_free(w->door);
    if (moved)
        move_nord(w);
    w->door = line_open(&w->line, w->now, "");
    greet(w, "def");
    snprintf(params, sizeof params, "{\"sub\":\"a\",\"filter\":" SUD ",\"since\":\"%s\"}", token);
    return ask(w, "subscribe", params);
}

static void a_position_of_before_does_not_resume(void **state)
{
    const char *said = back_after(*state, true);
    ASSERT_SAYS(said, "\"resumed\":false");
    ASSERT_SAYS(said, "\"id\":\"u-1\"");
    ASSERT_SAYS(said, "\"id\":\"u-2\"");
}

static void without_a_move_it_resumes(void **state)
{
    const char *said = back_after(*state, false);
    ASSERT_SAYS(said, "\"resumed\":true");
    ASSERT_SILENT_ON(said, "\"set\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(a_live_stream_starts_over), CONVERSATION(a_scope_follows_the_tree),
        CONVERSATION(a_new_name_is_no_move),     CONVERSATION(a_position_of_before_does_not_resume),
        CONVERSATION(without_a_move_it_resumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
