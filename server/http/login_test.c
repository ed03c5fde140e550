/* SPDX-License-Identifier: EUPL-1.2 */
/* Coming in with a password and a code. The test plays database and threads. */
#include <jansson.h>

#include "api/totp.h"
#include "http/web_fixture.h"

#define SECRET "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" /* 12345678901234567890 */
#define PASSWORD "correct horse battery"
#define CHANGED_AT "1700000000000001"

/* What the database has of an account. */
struct known {
    bool none, no_password, disabled;
    const char *role, *secret, *last_step;
};

static const struct known astreinte = {.role = "astreinte", .secret = SECRET};
static const struct known home = {.role = "establishment"};
static const struct known nobody = {.none = true};

static const char *cell(const void *source, int row, int col)
{
    (void)row;
    return ((const char *const *)source)[col];
}

/* Derived from the right password: 32 bytes 'h'. */
static void scrypt_text(char text[static SCRYPT_TEXT])
{
    struct scrypt s = SCRYPT_NEW;
    memset(s.salt, 's', sizeof s.salt);
    memset(s.hash, 'h', sizeof s.hash);
    scrypt_write(&s, text);
}

static void database_knows(struct world *w, const struct known *k)
{
    char scrypt[SCRYPT_TEXT];
    struct desk_read read;
    scrypt_text(scrypt);
    const char *const cells[] = {k->no_password ? NULL : scrypt,
                                 k->secret,
                                 k->last_step,
                                 k->role,
                                 k->disabled ? "t" : "f",
                                 k->no_password ? NULL : CHANGED_AT};
    struct rows rows = {.n_rows = k->none ? 0 : 1, .n_cols = 6, .source = cells, .cell = cell};
    assert_true(desk_take_read(&w->desk, &read));
    assert_int_equal(read.query, DESK_LOGIN);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    assert_int_equal(desk_rows(&w->desk, w->now, read.ticket, &rows), 0);
    turn(w);
}

/* What a thread makes of one password; false: there is none to derive. */
static bool derive_one(struct world *w)
{
    struct derivation d;
    unsigned char hash[SCRYPT_HASH];
    if (!web_take_derivation(&w->web, &d))
        return false;
    assert_int_equal(d.with.log_n, 15);
    memset(hash, span_is(d.password, PASSWORD) ? 'h' : 'x', sizeof hash);
    assert_int_equal(web_derived(&w->web, w->now, d.ticket, hash), 0);
    turn(w);
    return true;
}

static const char *code_at(usec_t at)
{
    static char code[TOTP_DIGITS + 1];
    assert_int_equal(totp_code(span_of("12345678901234567890"), totp_step(at), code), 0);
    return code;
}

#define PAGE "Origin: https://ugo.example\r\nSec-Fetch-Site: same-origin\r\n"

/* Up to what the database is asked. */
static void knock(struct world *w, const char *account, const char *password, const char *code)
{
    char body[512], totp[64] = "";
    if (code != NULL)
        snprintf(totp, sizeof totp, ",\"totp\":\"%s\"", code);
    snprintf(body, sizeof body, "{\"account\":\"%s\",\"password\":\"%s\"%s}", account, password,
             totp);
    ask(w, "POST /v1/login", PAGE, body);
}

/* Up to the answer, or to the command. */
static const char *sign_in(struct world *w, const char *account, const struct known *k,
                           const char *password, const char *code)
{
    knock(w, account, password, code);
    assert_string_equal(heard(w), "");
    database_knows(w, k);
    assert_true(derive_one(w));
    return heard(w);
}

/* The session is opened, as the database says. */
static const char *session_opens(struct world *w, const char *account)
{
    struct desk_command command = take_command(w);
    json_t *json = json_loads(command.json, 0, NULL);
    const char *id = NULL, *of = NULL;
    char state[256];
    assert_int_equal(json_unpack(json, "{s:{s:s,s:s}}", "params", "id", &id, "account", &of), 0);
    assert_string_equal(of, account);
    ASSERT_SAYS(command.json, "\"account\":\"daemon\",\"op\":\"session.open\"");
    ASSERT_SAYS(command.json, "\"changed_at\":" CHANGED_AT);
    database_answers(w, command.ticket, "ok", w->revision + 1);
    assert_string_equal(heard(w), "");
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"session\",\"expires_at\":%lld,\"seen_at\":%lld,"
             "\"revoked\":false}",
             account, (long long)(FIXTURE_AT + w->now + SESSION_TIME),
             (long long)(FIXTURE_AT + w->now));
    apply(w, "credential", id, state);
    turn(w);
    json_decref(json);
    free(command.json);
    return heard(w);
}

/* ── Coming in ── */

static void an_establishment_needs_a_password(void **state)
{
    struct world *w = *state;
    assert_string_equal(sign_in(w, "mecs-1", &home, PASSWORD, NULL), "");
    const char *said = session_opens(w, "mecs-1");
    ASSERT_ANSWERS(said, 200, "{\"account\":\"mecs-1\",\"name\":null,\"role\":\"establishment\"");
    ASSERT_SAYS(said, "\"idle_s\":1800,\"expires_at\":\"2025-11-22T06:00:00Z\"}");
    const char *cookie = strstr(said, "Set-Cookie: __Host-ugo=");
    assert_non_null(cookie);
    ASSERT_SAYS(cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n");
    const char *token = strstr(said, "\"anti_forgery\":\"");
    assert_non_null(token);

    char who[640];
    snprintf(who, sizeof who, PAGE "Cookie: %.*s\r\nUgo-Anti-Forgery: %.43s\r\n",
             (int)strcspn(cookie + 12, ";"), cookie + 12, token + 16);
    said = answer(w, "GET /v1/session", who, NULL);
    ASSERT_ANSWERS(said, 200, "\"account\":\"mecs-1\"");
    ASSERT_SILENT_ON(said, "Set-Cookie");
    ASSERT_SAYS(said, "\"idle_s\":1800");
    assert_string_equal(answer(w, "POST /v1/units/u-1/confirm", who, "{}"), "");
    free(take_command(w).json);
}

static void others_need_a_code_too(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(sign_in(w, "astreinte", &astreinte, PASSWORD, NULL), 401,
                   "\"detail\":\"totp_required\"");
    assert_string_equal(sign_in(w, "astreinte", &astreinte, PASSWORD, code_at(FIXTURE_AT)), "");
    struct desk_command command = take_command(w);
    char step[64];
    snprintf(step, sizeof step, "\"totp_step\":%lld}", (long long)totp_step(FIXTURE_AT));
    ASSERT_SAYS(command.json, step);
    free(command.json);
    connect_again(w);
    char spaced[16];
    const char *code = code_at(FIXTURE_AT);
    snprintf(spaced, sizeof spaced, "%.3s %s", code, code + 3);
    assert_string_equal(sign_in(w, "astreinte", &astreinte, PASSWORD, spaced), "");
    ASSERT_ANSWERS(session_opens(w, "astreinte"), 200, "\"role\":\"astreinte\"");
}

static void what_is_wrong_is_told_in_one_way(void **state)
{
    struct world *w = *state;
    static const struct known disabled = {.role = "establishment", .disabled = true};
    static const struct known no_password = {.role = "establishment", .no_password = true};
    const struct {
        const char *account, *password;
        const struct known *k;
    } cases[] = {
        {"mecs-1", "wrong horse battery", &home}, {"no-such", PASSWORD, &nobody},
        {"mecs-1", PASSWORD, &disabled},          {"mecs-1", PASSWORD, &no_password},
        {"astreinte", "wrong horse", &astreinte},
    };
    char first[4096] = "";
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        w->now += DELAYS_FORGOTTEN;
        replica_ledger(&w->replica, FIXTURE_AT, w->now);
        connect_again(w);
        const char *said =
            sign_in(w, cases[i].account, cases[i].k, cases[i].password, code_at(FIXTURE_AT));
        ASSERT_ANSWERS(said, 401, "\"detail\":\"wrong_credentials\"");
        if (i == 0)
            snprintf(first, sizeof first, "%s", said);
        assert_string_equal(said, first); /* every byte of it */
    }
    struct desk_command none;
    assert_false(desk_take_command(&w->desk, &none));
}

static void a_code_is_used_once(void **state)
{
    struct world *w = *state;
    char step[32], wrong[] = "000000";
    struct known k = astreinte;
    k.last_step = step;
    snprintf(step, sizeof step, "%lld", (long long)totp_step(FIXTURE_AT));
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, PASSWORD, code_at(FIXTURE_AT)), 401,
                   "\"detail\":\"wrong_code\"");
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, PASSWORD, wrong), 401, "\"detail\":\"wrong_code\"");
    connect_again(w);
    w->now = DELAYS_FORGOTTEN;
    replica_ledger(&w->replica, FIXTURE_AT, w->now);
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, PASSWORD, code_at(FIXTURE_AT + 2 * TOTP_STEP)), 401,
                   "wrong_code");
    assert_string_equal(sign_in(w, "astreinte", &k, PASSWORD, code_at(FIXTURE_AT + TOTP_STEP)), "");
    free(take_command(w).json);
}

static void a_role_without_its_second_factor_waits_outside(void **state)
{
    struct world *w = *state;
    w->web.second_factor = MAY(ROLE_ASTREINTE) | MAY(ROLE_DEF);
    static const struct known k = {.role = "astreinte"};
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, PASSWORD, NULL), 403,
                   "\"detail\":\"totp_not_enrolled\"");
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, PASSWORD, "123456"), 403, "totp_not_enrolled");
    ASSERT_ANSWERS(sign_in(w, "astreinte", &k, "wrong horse", NULL), 401, "wrong_credentials");
    assert_string_equal(sign_in(w, "mecs-1", &home, PASSWORD, NULL), "");
    free(take_command(w).json);
}

/* The database looks again: what was compared may have changed since. */
static void the_database_has_the_last_word(void **state)
{
    struct world *w = *state;
    assert_string_equal(sign_in(w, "mecs-1", &home, PASSWORD, NULL), "");
    struct desk_command command = take_command(w);
    free(command.json);
    struct desk_outcome refused = {.ticket = command.ticket,
                                   .type = "unauthenticated",
                                   .detail = "wrong_credentials",
                                   .epoch = "aa",
                                   .revision = -1};
    assert_int_equal(desk_outcome(&w->desk, &refused), 0);
    turn(w);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 401, "\"detail\":\"wrong_credentials\"");
    ASSERT_SILENT_ON(said, "Set-Cookie");

    knock(w, "mecs-1", PASSWORD, NULL); /* one that is not there */
    w->now = desk_deadline(&w->desk);
    turn(w);
    ASSERT_ANSWERS(heard(w), 503, "urn:ugo:error:unavailable");
}

static void a_login_is_asked_for_by_our_pages(void **state)
{
    struct world *w = *state;
    static const char body[] = "{\"account\":\"mecs-1\",\"password\":\"p\"}";
    ASSERT_ANSWERS(answer(w, "POST /v1/login", "Origin: https://evil.example\r\n", body), 403,
                   "cross_site");
    ASSERT_ANSWERS(answer(w, "POST /v1/login", "Sec-Fetch-Site: cross-site\r\n", body), 403,
                   "cross_site");
    ASSERT_ANSWERS(answer(w, "POST /v1/login", PAGE, "{\"account\":\"mecs-1\"}"), 422,
                   "{\"pointer\":\"/password\",\"detail\":\"required\"}");
    ASSERT_ANSWERS(answer(w, "POST /v1/login", PAGE, "{\"account\":\"A B\",\"password\":\"p\"}"),
                   422, "{\"pointer\":\"/account\",\"detail\":\"bad_format\"}");
    ASSERT_ANSWERS(answer(w, "POST /v1/login", PAGE, NULL), 422, "required");
    assert_int_equal(w->web.n_derivations, 0);
}

/* ── Delays ── */

/* How long an attempt waits for its refusal. */
static usec_t refused_after(struct world *w, const char *account, const struct known *k)
{
    usec_t began = w->now;
    const char *said = sign_in(w, account, k, "wrong horse battery", NULL);
    if (*said == '\0') {
        usec_t at = door_deadline(w->door);
        assert_true(at < USEC_NEVER);
        assert_int_equal(door_tick(w->door, at - 1), 0);
        assert_string_equal(heard(w), "");
        w->now = at;
        assert_int_equal(door_tick(w->door, w->now), 0);
        said = heard(w);
    }
    ASSERT_ANSWERS(said, 401, "wrong_credentials");
    return w->now - began;
}

static void guessing_gets_slow_and_nobody_is_locked_out(void **state)
{
    struct world *w = *state;
    static const int seconds[] = {0, 0, 1, 2, 4, 8, 8, 8};
    for (size_t i = 0; i < ARRAY_LENGTH(seconds); i++)
        assert_int_equal(refused_after(w, "astreinte", &astreinte), seconds[i] * USEC_S);
    /* The same account from elsewhere, where nobody failed: at most 2 s. */
    door_free(reconnect(w, "192.0.2.2"));
    replica_ledger(&w->replica, FIXTURE_AT, w->now);
    usec_t began = w->now;
    assert_string_equal(sign_in(w, "astreinte", &astreinte, PASSWORD, code_at(FIXTURE_AT)), "");
    assert_int_equal(door_deadline(w->door), began + DELAY_OF_OTHERS);
    w->now += DELAY_OF_OTHERS;
    assert_int_equal(door_tick(w->door, w->now), 0);
    replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
    turn(w);
    ASSERT_ANSWERS(session_opens(w, "astreinte"), 200, "\"role\":\"astreinte\"");
    /* Who failed before comes in too, later. */
    door_free(reconnect(w, "192.0.2.1"));
    began = w->now;
    assert_string_equal(sign_in(w, "mecs-1", &home, PASSWORD, NULL), "");
    assert_int_equal(door_deadline(w->door), began + DELAY_MOST);
    w->now += DELAY_MOST;
    assert_int_equal(door_tick(w->door, w->now), 0);
    turn(w);
    ASSERT_ANSWERS(session_opens(w, "mecs-1"), 200, "\"role\":\"establishment\"");
    assert_int_equal(refused_after(w, "mecs-1", &home), 0); /* and is trusted again */
    for (int i = 0; i < 5; i++)
        refused_after(w, "mecs-1", &home);
    w->now += DELAYS_FORGOTTEN;
    assert_int_equal(refused_after(w, "mecs-1", &home), 0);
}

/* Guesses that are sent together are no faster. */
static void guessing_in_parallel_is_bounded(void **state)
{
    struct world *w = *state;
    struct door *door[LOGINS_PER_NETWORK];
    for (unsigned i = 0; i < LOGINS_PER_NETWORK; i++) {
        door[i] = reconnect(w, "192.0.2.1");
        knock(w, "astreinte", "wrong horse battery", NULL);
        assert_string_equal(heard(w), "");
    }
    struct door *last = reconnect(w, "192.0.2.1");
    knock(w, "astreinte", PASSWORD, NULL);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 429, "\"detail\":\"many_logins\"");
    ASSERT_SAYS(said, "Retry-After: ");
    struct door *refused = reconnect(w, "192.0.2.9"); /* others are not concerned */
    knock(w, "mecs-1", PASSWORD, NULL);
    assert_string_equal(heard(w), "");
    door_free(refused);
    door_free(last);
    for (unsigned i = 0; i < LOGINS_PER_NETWORK; i++)
        door_free(door[i]);
}

/* ── Many ── */

static void many_at_once(void **state)
{
    struct world *w = *state;
    struct door *door[DERIVATIONS_MOST];
    char address[32];
    for (unsigned i = 0; i < DERIVATIONS_MOST; i++) {
        snprintf(address, sizeof address, "192.0.2.%u", 10 + i);
        door[i] = reconnect(w, address);
        knock(w, "mecs-1", PASSWORD, NULL);
        assert_string_equal(heard(w), "");
    }
    struct door *last = reconnect(w, "192.0.2.99");
    knock(w, "astreinte", PASSWORD, NULL);
    const char *said = heard(w);
    ASSERT_ANSWERS(said, 503, "\"detail\":\"many_logins\"");
    ASSERT_SAYS(said, "Retry-After: 1\r\n");
    for (unsigned i = 0; i < DERIVATIONS_MOST; i++)
        database_knows(w, &home);
    unsigned n = 0;
    while (derive_one(w))
        n++;
    assert_int_equal(n, DERIVATIONS_MOST);
    /* Derived is done: whoever waits for the database keeps nobody out. */
    knock(w, "astreinte", PASSWORD, NULL);
    assert_string_equal(heard(w), "");
    struct desk_command command;
    for (n = 0; desk_take_command(&w->desk, &command); n++)
        free(command.json);
    assert_int_equal(n, DERIVATIONS_MOST);
    door_free(last);
    for (unsigned i = 0; i < DERIVATIONS_MOST; i++)
        door_free(door[i]);
    door_free(reconnect(w, "192.0.2.1"));
    assert_int_equal(w->web.n_derivations, 0);
}

/* Whoever fails slowly keeps nobody out either. */
static void those_who_are_delayed_take_no_room(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 6; i++)
        refused_after(w, "astreinte", &astreinte);
    assert_string_equal(sign_in(w, "astreinte", &astreinte, "wrong horse", NULL), "");
    assert_int_equal(w->web.n_derivations, 0);
}

static void a_connection_goes_while_it_derives(void **state)
{
    struct world *w = *state;
    struct derivation d;
    unsigned char hash[SCRYPT_HASH] = {0};
    knock(w, "mecs-1", PASSWORD, NULL);
    database_knows(w, &home);
    assert_true(web_take_derivation(&w->web, &d));
    assert_int_equal(w->web.n_derivations, 1);
    connect_again(w);
    assert_int_equal(w->web.n_derivations, 0);
    assert_int_equal(web_derived(&w->web, w->now, d.ticket, hash), 0);
    assert_string_equal(heard(w), "");

    knock(w, "mecs-1", PASSWORD, NULL);
    database_knows(w, &home);
    assert_true(web_take_derivation(&w->web, &d));
    assert_int_equal(web_derived(&w->web, w->now, d.ticket, NULL), 0); /* no memory to derive */
    turn(w);
    ASSERT_ANSWERS(heard(w), 503, "many_logins");
    assert_int_equal(w->web.n_derivations, 0);
}

/* Rights that change concern those who have some. */
static void others_change_while_one_comes_in(void **state)
{
    struct world *w = *state;
    knock(w, "mecs-1", PASSWORD, NULL);
    give_token(w, "def", 0, true);
    turn(w);
    assert_string_equal(heard(w), "");
    database_knows(w, &home);
    assert_true(derive_one(w));
    give_token(w, "dts", 0, true);
    turn(w);
    assert_string_equal(heard(w), "");
    ASSERT_ANSWERS(session_opens(w, "mecs-1"), 200, "\"account\":\"mecs-1\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(an_establishment_needs_a_password),
        CONVERSATION(others_need_a_code_too),
        CONVERSATION(what_is_wrong_is_told_in_one_way),
        CONVERSATION(a_code_is_used_once),
        CONVERSATION(a_role_without_its_second_factor_waits_outside),
        CONVERSATION(the_database_has_the_last_word),
        CONVERSATION(a_login_is_asked_for_by_our_pages),
        CONVERSATION(guessing_gets_slow_and_nobody_is_locked_out),
        CONVERSATION(guessing_in_parallel_is_bounded),
        CONVERSATION(many_at_once),
        CONVERSATION(those_who_are_delayed_take_no_room),
        CONVERSATION(a_connection_goes_while_it_derives),
        CONVERSATION(others_change_while_one_comes_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
