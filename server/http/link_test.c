/* SPDX-License-Identifier: EUPL-1.2 */
/* A link's address: what it shows, what it may say, and that it is good for nothing else. */
#include "core/hold_fixture.h"
#include "http/route.h"
#include "http/web_fixture.h"

#define SECRET "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* 24 zero bytes */
#define OTHER "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
#define BY_LINK(secret) "Authorization: Link " secret "\r\nSec-Fetch-Site: same-origin\r\n"
#define ENDS (FIXTURE_AT + USEC_HOUR)

static const struct fixture_hold asked = {.unit = "u-1",
                                          .establishment = "e-1",
                                          .territory = "dts-nord",
                                          .origin = "dts-sud",
                                          .created_by = "dts",
                                          .state = "held",
                                          .held_until = ENDS};

/* A link of mecs-1 about u-1; hold: it asks about this hold. */
static void give_link(struct world *w, const char *secret, const char *hold)
{
    char id[DIGEST_TEXT], state[512], quoted[64];
    digest_hex(span_of(secret), id);
    snprintf(state, sizeof state,
             "{\"account\":\"mecs-1\",\"type\":\"link\",\"expires_at\":%lld,\"revoked\":false,"
             "\"label\":null,\"unit\":\"u-1\",\"question\":\"%s\",\"hold\":%s,\"made_at\":1}",
             (long long)ENDS, hold ? "hold" : "declare",
             fixture_quoted(hold, quoted, sizeof quoted));
    apply(w, "credential", id, state);
    turn(w);
}

static void give_hold(struct world *w)
{
    fixture_put_hold(&w->replica, ++w->revision, "h-1", &asked);
    turn(w);
}

static void no_command(struct world *w)
{
    struct desk_command c;
    assert_false(desk_take_command(&w->desk, &c));
}

/* The command that an answer made, which the database takes. The text is borrowed until the next.
 */
static const char *command_of(struct world *w, const char *who, const char *body)
{
    static char text[1024];
    ask(w, "POST /v1/link", who, body);
    struct desk_command c = take_command(w);
    snprintf(text, sizeof text, "%s", c.json);
    free(c.json);
    database_answers(w, c.ticket, "ok", -1);
    ASSERT_ANSWERS(heard(w), 200, "\"question\":\"");
    return text;
}

/* Reading */

static void it_shows_its_unit(void **state)
{
    struct world *w = *state;
    give_link(w, SECRET, NULL);
    const char *said = answer(w, "GET /v1/link", BY_LINK(SECRET), NULL);
    ASSERT_ANSWERS(said, 200, "\r\n\r\n{\"question\":\"declare\",\"unit_name\":\"Groupe\",");
    ASSERT_SAYS(said, "\"establishment_name\":\"Les Tilleuls\",\"expires_at\":\"2025-11-21T19:00");
    ASSERT_SAYS(said, "\"now\":\"2025-11-21T18:00:00");
    ASSERT_SAYS(said, "\"unit\":{\"kind\":\"unit\",\"id\":\"u-1\"");
    ASSERT_SAYS(said, "Referrer-Policy: no-referrer");
    ASSERT_SAYS(said, "Cache-Control: no-store");
    ASSERT_SILENT_ON(said, SECRET);
    ASSERT_SILENT_ON(said, "ETag");
}

static void it_shows_its_hold(void **state)
{
    struct world *w = *state;
    give_hold(w);
    give_link(w, SECRET, "h-1");
    const char *said = answer(w, "GET /v1/link", BY_LINK(SECRET), NULL);
    ASSERT_ANSWERS(said, 200, "{\"question\":\"hold\",\"unit_name\":\"Groupe\"");
    ASSERT_SAYS(said, "\"hold\":{\"kind\":\"hold\",\"id\":\"h-1\"");
    ASSERT_SAYS(said, "\"expires_in_ms\":3600000");
}

/* Saying */

static void it_declares(void **state)
{
    struct world *w = *state;
    char id[DIGEST_TEXT], link[96];
    digest_hex(span_of(SECRET), id);
    snprintf(link, sizeof link, "\"link\":\"%s\"", id);
    give_link(w, SECRET, NULL);
    const char *command = command_of(w, BY_LINK(SECRET) "Idempotency-Key: tap-1\r\n",
                                     "{\"free\":2,\"observed_at\":\"2025-11-21T18:00:00Z\"}");
    ASSERT_SAYS(command, "\"account\":\"mecs-1\"");
    ASSERT_SAYS(command, "\"op\":\"unit.declare\"");
    ASSERT_SAYS(command, "\"key\":\"tap-1\"");
    ASSERT_SAYS(command, "\"channel\":\"link\"");
    ASSERT_SAYS(command, "\"unit\":\"u-1\"");
    ASSERT_SAYS(command, link);
    ASSERT_SILENT_ON(command, SECRET);
    command = command_of(w, BY_LINK(SECRET), "{\"unchanged\":true}");
    ASSERT_SAYS(command, "\"op\":\"unit.confirm\"");
    ASSERT_SILENT_ON(command, "unchanged");
    ASSERT_SAYS(command, link);
}

static void it_answers_a_hold(void **state)
{
    struct world *w = *state;
    give_hold(w);
    give_link(w, SECRET, "h-1");
    const char *command = command_of(w, BY_LINK(SECRET), "{\"accept\":true}");
    ASSERT_SAYS(command, "\"op\":\"hold.accept\"");
    ASSERT_SAYS(command, "\"hold\":\"h-1\"");
    command = command_of(w, BY_LINK(SECRET), "{\"refuse\":\"full\"}");
    ASSERT_SAYS(command, "\"op\":\"hold.refuse\"");
    ASSERT_SAYS(command, "\"code\":\"full\"");
}

static void it_says_one_thing(void **state)
{
    struct world *w = *state;
    static const char *const of_unit[] = {
        "{}",
        "{\"unchanged\":false}",
        "{\"unchanged\":true,\"free\":1}",
        "{\"unchanged\":true,\"open\":1}",
        "{\"open\":1}",
        "{\"free\":1,\"occupied\":1}",
        "{\"free\":-1}",
        "{\"free\":\"1\"}",
        "{\"free\":1,\"unit\":\"u-2\"}",
        "{\"free\":1,\"link\":\"x\"}",
        "{\"free\":1,\"closed\":{\"n\":0}}",
        "{\"free\":1,\"idempotency_key\":\"x\"}",
        "{\"accept\":true}",
    };
    static const char *const of_hold[] = {
        "{}",
        "{\"accept\":false}",
        "{\"accept\":true,\"refuse\":\"full\"}",
        "{\"refuse\":\"mad\"}",
        "{\"refuse\":\"full\",\"arrive_by\":\"2025-11-21T19:00:00Z\"}",
        "{\"accept\":true,\"hold\":\"h-2\"}",
        "{\"free\":1}",
    };
    give_hold(w);
    give_link(w, SECRET, NULL);
    give_link(w, OTHER, "h-1");
    for (size_t i = 0; i < ARRAY_LENGTH(of_unit); i++)
        ASSERT_ANSWERS(answer(w, "POST /v1/link", BY_LINK(SECRET), of_unit[i]), 422, "\"errors\"");
    for (size_t i = 0; i < ARRAY_LENGTH(of_hold); i++)
        ASSERT_ANSWERS(answer(w, "POST /v1/link", BY_LINK(OTHER), of_hold[i]), 422, "\"errors\"");
    no_command(w);
}

/* What stands against a declaration is told, without the holds themselves. */
static void refusals_tell_no_holds(void **state)
{
    struct world *w = *state;
    give_hold(w);
    give_link(w, SECRET, NULL);
    ask(w, "POST /v1/link", BY_LINK(SECRET), "{\"free\":0}");
    struct desk_command c = take_command(w);
    free(c.json);
    database_answers(w, c.ticket, "conflicts_with_holds", -1);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 409, "conflicts_with_holds");
    ASSERT_SAYS(said, "answer_or_release_first");
    ASSERT_SILENT_ON(said, "age_months");
    ASSERT_SILENT_ON(said, "h-1");
}

/* What it is not */

static void nowhere_else(void **state)
{
    struct world *w = *state;
    const struct route *route;
    give_link(w, SECRET, NULL);
    for (size_t i = 0; (route = route_at(i)) != NULL; i++) {
        static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
        char line[128];
        if (route->own == ROUTE_LINK || route->own == ROUTE_LOGIN)
            continue;
        snprintf(line, sizeof line, "%s %s", methods[route->method], route->path);
        for (char *at = line; (at = strpbrk(at, "{}")) != NULL;)
            *at = 'u';
        const char *body = route->method == HTTP_GET ? NULL : "{}";
        ASSERT_ANSWERS(answer(w, line, BY_LINK(SECRET), body), 401, "bad_credential");
        ASSERT_ANSWERS(answer(w, line, "Authorization: Bearer " SECRET "\r\n", body), 401,
                       "bad_credential");
        ASSERT_ANSWERS(answer(w, line, "Cookie: __Host-ugo=" SECRET "\r\n", body), 401,
                       "bad_credential");
    }
    no_command(w);
}

static void nobody_else(void **state)
{
    struct world *w = *state;
    static const char *const others[] = {
        "",
        BEARER("mecs-1"),
        "Authorization: Link token-of-mecs-1\r\n",
        "Authorization: Link\r\n",
        "Authorization: Link " OTHER "\r\n",
        "Authorization: Link " SECRET "A\r\n",
        "Authorization: Basic " SECRET "\r\n",
    };
    give_link(w, SECRET, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        ask(w, "POST /v1/link", others[i], "{\"free\":1}");
        w->now += DELAY_MOST;
        turn(w);
        assert_int_equal(door_tick(w->door, w->now), 0);
        ASSERT_ANSWERS(heard(w), 401, "bad_credential");
    }
    no_command(w);
    ask(w, "POST /v1/link", BY_LINK(SECRET) "Origin: https://elsewhere.example\r\n",
        "{\"free\":1}");
    ASSERT_ANSWERS(heard(w), 403, "cross_site");
    ASSERT_ANSWERS(answer(w, "POST /v1/link",
                          "Authorization: Link " SECRET "\r\nSec-Fetch-Site: cross-site\r\n",
                          "{\"free\":1}"),
                   403, "cross_site");
    no_command(w);
}

static void who_guesses_waits(void **state)
{
    struct world *w = *state;
    static const usec_t waits[] = {0, 0, 1, 2, 4, 8, 8};
    give_link(w, SECRET, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(waits); i++) {
        ask(w, "GET /v1/link", BY_LINK(OTHER), NULL);
        if (waits[i] > 0) {
            assert_string_equal(heard(w), "");
            deadline_comes(w, w->now + waits[i] * USEC_S);
        }
        ASSERT_ANSWERS(heard(w), 401, "bad_credential");
    }
    /* Whoever has one does not. */
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 200, "u-1");
}

/* Ending */

static void when_its_time_has_come(void **state)
{
    struct world *w = *state;
    give_link(w, SECRET, NULL);
    w->now += USEC_HOUR - 1;
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 200, "u-1");
    w->now++;
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 401, "expired");
    ASSERT_ANSWERS(answer(w, "POST /v1/link", BY_LINK(SECRET), "{\"free\":1}"), 401, "expired");
    no_command(w);
}

static void when_it_is_taken_back(void **state)
{
    struct world *w = *state;
    char id[DIGEST_TEXT];
    digest_hex(span_of(SECRET), id);
    give_link(w, SECRET, NULL);
    ask(w, "POST /v1/link", BY_LINK(SECRET), "{\"free\":1}");
    struct desk_command c = take_command(w);
    free(c.json);
    apply(w, "credential", id, NULL); /* while it asks */
    turn(w);
    ASSERT_ANSWERS(heard(w), 401, "unauthenticated");
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 401, "bad_credential");
}

static void when_its_account_may_not(void **state)
{
    struct world *w = *state;
    give_link(w, SECRET, NULL);
    apply(w, "account", "mecs-1", FIXTURE_ACCOUNT("establishment", "", "\"e-2\""));
    turn(w);
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 404, "not_found");
    apply(w, "account", "mecs-1",
          "{\"role\":\"establishment\",\"territories\":[],\"establishments\":[\"e-1\"],"
          "\"acts_for\":null,\"name\":null,\"disabled\":true}");
    turn(w);
    ASSERT_ANSWERS(answer(w, "GET /v1/link", BY_LINK(SECRET), NULL), 401, "bad_credential");
}

/* The page */

static void its_page(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, "GET /l/" SECRET, "", NULL), 404, "");
    assert_int_equal(assets_add(&w->assets, "/link.html", CODING_IDENTITY, span_of("<p>link")), 0);
    const char *said = answer(w, "GET /l/" SECRET, "", NULL);
    ASSERT_ANSWERS(said, 200, "<p>link");
    ASSERT_SAYS(said, "Content-Security-Policy: default-src 'none'");
    ASSERT_SAYS(said, "Referrer-Policy: no-referrer");
    ASSERT_SILENT_ON(said, SECRET);
    ASSERT_ANSWERS(answer(w, "GET /l/a/b", "", NULL), 404, "");
    ASSERT_ANSWERS(answer(w, "POST /l/" SECRET, "", "{}"), 405, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(it_shows_its_unit),
        CONVERSATION(it_shows_its_hold),
        CONVERSATION(it_declares),
        CONVERSATION(it_answers_a_hold),
        CONVERSATION(it_says_one_thing),
        CONVERSATION(refusals_tell_no_holds),
        CONVERSATION(nowhere_else),
        CONVERSATION(nobody_else),
        CONVERSATION(who_guesses_waits),
        CONVERSATION(when_its_time_has_come),
        CONVERSATION(when_it_is_taken_back),
        CONVERSATION(when_its_account_may_not),
        CONVERSATION(its_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
