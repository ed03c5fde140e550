/* SPDX-License-Identifier: EUPL-1.2 */
/* Secrets that the server makes: what the database is told, what is shown, and when nothing is. The
 * test plays the database and whoever derives. */
#include "api/draw.h"

#include "api/command_fixture.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* No two are the same. */
static void draw(unsigned char *ret, size_t n)
{
    static unsigned char drawn;
    memset(ret, ++drawn, n);
}

static int open_drawing(void **state)
{
    int r = office_open(state);
    struct office *o = *state;
    o->desk.random = draw;
    office_viewer(o, "admin");
    return r;
}

#define DRAWS(test) cmocka_unit_test_setup_teardown(test, open_drawing, office_close)

/* The command that is on its way, whole; the caller's to decref. */
static json_t *command_of(struct office *o)
{
    struct desk_command command;
    if (!desk_take_command(&o->desk, &command))
        fail_msg("no command: %.*s", (int)o->call->data.n, o->call->data.p);
    json_t *json = json_loads(command.json, 0, NULL);
    free(command.json);
    assert_non_null(json);
    return json;
}

static json_t *command_to(struct office *o, const char *method, const char *params)
{
    assert_int_equal(office_try(o, method, params), 0);
    return command_of(o);
}

static const char *param(const json_t *command, const char *name)
{
    return json_string_value(json_object_get(json_object_get(command, "params"), name));
}

struct cells {
    const char *const *cell;
    int n_cols;
};

static const char *cell(const void *source, int row, int col)
{
    const struct cells *c = source;
    return c->cell[row * c->n_cols + col];
}

/* What the database was asked: parameters between spaces, "-" for none. */
static void database_says(struct office *o, enum desk_question question, const char *asked,
                          const struct cells *cells, int n_rows)
{
    struct desk_read read;
    char text[256] = "";
    size_t n = 0;
    assert_true(desk_take_read(&o->desk, &read));
    assert_int_equal(read.query, question);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++) {
        if (i == 0 || read.params[i] != NULL)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? " " : "", read.params[i]);
        free(read.params[i]);
    }
    assert_string_equal(text, asked);
    struct rows rows = {n_rows, cells->n_cols, cells, cell};
    assert_int_equal(desk_rows(&o->desk, 0, read.ticket, &rows), 0);
}

/* The record that a command left. */
static json_t *shown(struct office *o, const char *asked, const char *state)
{
    const char *const record[] = {"12", state};
    database_says(o, DESK_ADMIN_RECORD, asked, &(struct cells){record, 2}, 1);
    return office_answer(o);
}

static void ok_with_mark(struct office *o, const char *mark)
{
    char made[64];
    snprintf(made, sizeof made, "{\"mark\":\"%s\"}", mark);
    office_ok(o, FIXTURE_REVISION, made);
}

static void derive(struct office *o, char filler, const char *password)
{
    uint64_t ticket;
    struct scrypt with;
    span taken;
    unsigned char hash[SCRYPT_HASH];
    assert_true(draw_take(&o->desk, &ticket, &with, &taken));
    assert_true(ticket & DRAW_TICKET);
    if (password != NULL)
        assert_true(span_is(taken, password));
    memset(hash, filler, sizeof hash);
    assert_int_equal(draw_derived(&o->desk, 0, ticket, hash), 0);
}

/* Tokens */

static void a_token_is_known_by_its_digest(void **state)
{
    struct office *o = *state;
    json_t *command = command_to(o, "credential.put",
                                 "{\"account\":\"def\",\"type\":\"token\",\"expires_at\":"
                                 "\"2023-11-14T22:13:20Z\"}");
    char id[DIGEST_TEXT], asked[128];
    snprintf(id, sizeof id, "%s", param(command, "id"));
    ASSERT_MEMBER(command, "params.expires_at", "1700000000000000");
    ok_with_mark(o, param(command, "mark"));
    snprintf(asked, sizeof asked, "credential %s %d", id, FIXTURE_REVISION);
    json_t *answer = shown(o, asked, "{\"account\":\"def\",\"expires_at\":1700000000000000}");
    const char *token = json_string_value(json_object_get(answer, "token"));
    char digest[DIGEST_TEXT];
    digest_hex(span_of(token), digest);
    assert_string_equal(digest, id);
    ASSERT_MEMBER(answer, "repeated", "false");
    ASSERT_MEMBER(answer, "credential.revision", "12");
    ASSERT_MEMBER(answer, "credential.expires_at", "\"2023-11-14T22:13:20Z\"");
    char *sent = json_dumps(command, 0);
    assert_null(strstr(sent, token));
    free(sent);
    json_decref(answer);
    json_decref(command);
}

/* The same key again: the command is the same to the database though another token was drawn, and
 * that other one, which nobody knows, is not shown. */
static void a_repetition_shows_no_secret(void **state)
{
    struct office *o = *state;
    static const char params[] =
        "{\"account\":\"def\",\"type\":\"token\",\"idempotency_key\":\"k\"}";
    json_t *first = command_to(o, "credential.put", params);
    json_t *again = command_to(o, "credential.put", params);
    ASSERT_MEMBER(first, "key", "\"k\"");
    assert_string_equal(json_string_value(json_object_get(first, "digest")),
                        json_string_value(json_object_get(again, "digest")));
    assert_string_not_equal(param(first, "id"), param(again, "id"));
    assert_string_not_equal(param(first, "mark"), param(again, "mark"));
    ok_with_mark(o, param(first, "mark"));
    char asked[128];
    snprintf(asked, sizeof asked, "credential %s %d", param(again, "id"), FIXTURE_REVISION);
    json_t *answer = shown(o, asked, NULL);
    ASSERT_MEMBER(answer, "token", "null");
    ASSERT_MEMBER(answer, "repeated", "true");
    json_decref(answer);
    json_decref(first);
    json_decref(again);
}

static void no_mark_no_secret(void **state)
{
    struct office *o = *state;
    json_decref(command_to(o, "totp.put", "{\"account\":\"def\"}"));
    office_ok(o, FIXTURE_REVISION, NULL);
    struct desk_read read;
    assert_true(desk_take_read(&o->desk, &read));
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    const char *const record[] = {"12", "{}"};
    struct rows rows = {1, 2, &(struct cells){record, 2}, cell};
    assert_int_equal(desk_rows(&o->desk, 0, read.ticket, &rows), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "secret", "null");
    ASSERT_MEMBER(answer, "address", "null");
    json_decref(answer);
}

static void what_a_credential_needs(void **state)
{
    struct office *o = *state;
    json_t *answer = office_ask(o, "credential.put",
                                "{\"account\":\"def\",\"type\":\"token\",\"id\":\"" DIGEST "\"}");
    ASSERT_MEMBER(answer, "errors.0.detail", "\"only_for_certificate\"");
    json_decref(answer);
    answer = office_ask(o, "credential.put", "{\"account\":\"def\",\"type\":\"certificate\"}");
    ASSERT_MEMBER(answer, "errors.0.pointer", "\"/id\"");
    json_decref(answer);
    json_t *command =
        command_to(o, "credential.put",
                   "{\"account\":\"def\",\"type\":\"certificate\",\"id\":\"" DIGEST "\"}");
    assert_string_equal(param(command, "id"), DIGEST);
    assert_null(param(command, "mark"));
    json_decref(command);
    office_ok(o, FIXTURE_REVISION, NULL);
    char asked[128];
    snprintf(asked, sizeof asked, "credential %s %d", DIGEST, FIXTURE_REVISION);
    answer = shown(o, asked, "{}");
    ASSERT_MEMBER(answer, "token", "");
    json_decref(answer);
}

/* Links */

#define LINK_PARAMS "{\"account\":\"home\",\"unit\":\"u-1\",\"question\":\"declare\"}"

static void a_link_is_an_address(void **state)
{
    struct office *o = *state;
    static const char *const urls[] = {"https://ugo.example.fr", "https://ugo.example.fr/"};
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        o->desk.public_url = urls[i];
        json_t *command = command_to(o, "link.put", LINK_PARAMS);
        char digest[DIGEST_TEXT], asked[128];
        ok_with_mark(o, param(command, "mark"));
        snprintf(asked, sizeof asked, "credential %s %d", param(command, "id"), FIXTURE_REVISION);
        json_t *answer = shown(o, asked, "{\"type\":\"link\",\"hold\":\"h-1\"}");
        const char *address = json_string_value(json_object_get(answer, "address"));
        assert_int_equal(strncmp(address, "https://ugo.example.fr/l/", 25), 0);
        assert_int_equal(strlen(address + 25), BASE64URL_TEXT(LINK_BYTES) - 1);
        digest_hex(span_of(address + 25), digest);
        assert_string_equal(digest, param(command, "id"));
        ASSERT_MEMBER(answer, "repeated", "false");
        ASSERT_MEMBER(answer, "credential.hold", "");
        char *sent = json_dumps(command, 0);
        assert_null(strstr(sent, address + 25));
        free(sent);
        json_decref(answer);
        json_decref(command);
    }
}

static void a_repetition_shows_no_address(void **state)
{
    struct office *o = *state;
    o->desk.public_url = "https://ugo.example.fr";
    json_t *command = command_to(o, "link.put", LINK_PARAMS);
    char asked[128];
    ok_with_mark(o, "0123456789abcdef0123456789abcdef");
    snprintf(asked, sizeof asked, "credential %s %d", param(command, "id"), FIXTURE_REVISION);
    json_t *answer = shown(o, asked, NULL);
    ASSERT_MEMBER(answer, "address", "null");
    ASSERT_MEMBER(answer, "repeated", "true");
    json_decref(answer);
    json_decref(command);
}

static void no_address_without_the_consoles(void **state)
{
    struct office *o = *state;
    static const char *const urls[] = {NULL, ""};
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        o->desk.public_url = urls[i];
        json_t *answer = office_ask(o, "link.put", LINK_PARAMS);
        ASSERT_MEMBER(answer, "type", "\"unavailable\"");
        ASSERT_MEMBER(answer, "detail", "\"no_public_url\"");
        json_decref(answer);
    }
    assert_int_equal(o->desk.n_commands, 0);
}

/* Passwords */

static void a_password_is_derived_first(void **state)
{
    struct office *o = *state;
    struct desk_command none;
    assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
    assert_false(desk_take_command(&o->desk, &none));
    derive(o, 'h', NULL);
    json_t *command = command_of(o);
    struct scrypt with;
    assert_int_equal(scrypt_read(span_of(param(command, "scrypt")), &with), 0);
    assert_int_equal(with.hash[0], 'h');
    assert_int_equal(with.log_n, 15);
    ok_with_mark(o, param(command, "mark"));
    char id[DIGEST_TEXT], asked[128];
    digest_hex(span_of("password-def"), id);
    snprintf(asked, sizeof asked, "credential %s %d", id, FIXTURE_REVISION);
    json_t *answer = shown(o, asked, "{\"password\":true}");
    const char *password = json_string_value(json_object_get(answer, "password"));
    assert_int_equal(strlen(password), DRAWN_PASSWORD - 1);
    assert_null(password_trouble(span_of(password)));
    char *sent = json_dumps(command, 0);
    assert_null(strstr(sent, password));
    free(sent);
    json_decref(answer);
    json_decref(command);
}

static void it_may_not_be_derived(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    struct scrypt with;
    span password;
    assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
    assert_true(draw_take(&o->desk, &ticket, &with, &password));
    assert_int_equal(draw_derived(&o->desk, 0, ticket, NULL), 0);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"unavailable\"");
    json_decref(answer);
    /* Nobody answers: the call does not wait for ever. */
    assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
    assert_true(draw_take(&o->desk, &ticket, &with, &password));
    assert_int_equal(desk_settle(&o->desk, desk_deadline(&o->desk)), 0);
    answer = office_answer(o);
    ASSERT_MEMBER(answer, "type", "\"unavailable\"");
    json_decref(answer);
    /* Whoever asked has gone meanwhile. */
    assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
    assert_true(draw_take(&o->desk, &ticket, &with, &password));
    desk_close(&o->desk, o->call);
    o->call = NULL;
    unsigned char hash[SCRYPT_HASH] = {0};
    assert_int_equal(draw_derived(&o->desk, 0, ticket, hash), 0);
    assert_int_equal(o->desk.n_commands, 0);
}

static void few_at_a_time(void **state)
{
    struct office *o = *state;
    struct call *calls[DERIVATIONS_HERE];
    for (size_t i = 0; i < DERIVATIONS_HERE; i++) {
        assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
        calls[i] = o->call;
        o->call = NULL;
    }
    json_t *answer = office_ask(o, "password.put", "{\"account\":\"def\"}");
    ASSERT_MEMBER(answer, "detail", "\"many_logins\"");
    json_decref(answer);
    for (size_t i = 0; i < DERIVATIONS_HERE; i++)
        desk_close(&o->desk, calls[i]);
    assert_int_equal(office_try(o, "password.put", "{\"account\":\"def\"}"), 0);
    assert_int_equal(o->call->state, CALL_WAITS_DERIVATION);
}

static void without_random_bytes_no_secret(void **state)
{
    struct office *o = *state;
    static const char *const asked[] = {"password.put", "totp.put"};
    o->desk.random = NULL;
    for (size_t i = 0; i < ARRAY_LENGTH(asked); i++) {
        json_t *answer = office_ask(o, asked[i], "{\"account\":\"def\"}");
        ASSERT_MEMBER(answer, "detail", "\"no_secrets\"");
        json_decref(answer);
    }
}

/* One's own */

#define OLD "the old password"
#define FRESH "the new password"

/* The account's password is derived to 'h's. */
static void database_knows(struct office *o, bool has_password)
{
    char text[SCRYPT_TEXT];
    struct scrypt s = SCRYPT_NEW;
    memset(s.salt, 's', sizeof s.salt);
    memset(s.hash, 'h', sizeof s.hash);
    scrypt_write(&s, text);
    const char *const cells[] = {has_password ? text : NULL,
                                 NULL,
                                 NULL,
                                 "def",
                                 "f",
                                 has_password ? "1700000000000001" : NULL};
    database_says(o, DESK_LOGIN, "def", &(struct cells){cells, 6}, 1);
}

static void change(struct office *o, const struct own_password *asked)
{
    desk_close(&o->desk, o->call);
    o->call = NULL;
    office_viewer(o, "def");
    assert_int_equal(draw_own_password(&o->desk, 0, &o->viewer, asked, &o->call), 0);
}

static void own_password(void **state)
{
    struct office *o = *state;
    change(o, &(struct own_password){.old = OLD, .password = FRESH, .session = DIGEST});
    database_knows(o, true);
    derive(o, 'h', OLD);
    derive(o, 'n', FRESH);
    json_t *command = command_of(o);
    ASSERT_MEMBER(command, "op", "\"password.change\"");
    ASSERT_MEMBER(command, "account", "\"def\"");
    ASSERT_MEMBER(command, "channel", "\"console\"");
    ASSERT_MEMBER(command, "params.changed_at", "1700000000000001");
    ASSERT_MEMBER(command, "params.session", "\"" DIGEST "\"");
    assert_int_equal(json_object_size(json_object_get(command, "params")), 3);
    char *sent = json_dumps(command, 0);
    assert_true(strstr(sent, OLD) == NULL && strstr(sent, FRESH) == NULL);
    free(sent);
    json_decref(command);
    office_ok(o, FIXTURE_REVISION, NULL);
    json_t *answer = office_answer(o);
    ASSERT_MEMBER(answer, "done", "true");
    json_decref(answer);
}

static void another_password_changes_nothing(void **state)
{
    struct office *o = *state;
    for (int has = 0; has < 2; has++) {
        change(o, &(struct own_password){.old = OLD, .password = FRESH});
        database_knows(o, has);
        derive(o, has ? 'x' : '\0', OLD); /* without one it takes as long */
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "type", "\"forbidden\"");
        ASSERT_MEMBER(answer, "detail", "\"wrong_credentials\"");
        json_decref(answer);
        assert_int_equal(o->desk.n_commands, 0);
    }
}

static void nothing_is_derived_before_its_time(void **state)
{
    struct office *o = *state;
    uint64_t ticket;
    struct scrypt with;
    span password;
    change(o, &(struct own_password){.old = OLD, .password = FRESH, .not_before = 4 * USEC_S});
    database_knows(o, true);
    assert_false(draw_take(&o->desk, &ticket, &with, &password));
    assert_int_equal(desk_deadline(&o->desk), 4 * USEC_S);
    assert_int_equal(desk_settle(&o->desk, 4 * USEC_S - 1), 0);
    assert_false(draw_take(&o->desk, &ticket, &with, &password));
    assert_int_equal(desk_settle(&o->desk, 4 * USEC_S), 0);
    derive(o, 'h', OLD);
}

static void passwords_that_may_not_be_chosen(void **state)
{
    struct office *o = *state;
    static const char *const fresh[] = {"short", OLD, "with a control\x01 character"};
    static const char *const details[] = {"\"too_short\"", "\"same\"", "\"not_a_text\""};
    for (size_t i = 0; i < ARRAY_LENGTH(fresh); i++) {
        change(o, &(struct own_password){.old = OLD, .password = fresh[i]});
        json_t *answer = office_answer(o);
        ASSERT_MEMBER(answer, "errors.0.pointer", "\"/new\"");
        ASSERT_MEMBER(answer, "errors.0.detail", details[i]);
        json_decref(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DRAWS(a_token_is_known_by_its_digest),
        DRAWS(a_repetition_shows_no_secret),
        DRAWS(no_mark_no_secret),
        DRAWS(a_link_is_an_address),
        DRAWS(a_repetition_shows_no_address),
        DRAWS(no_address_without_the_consoles),
        DRAWS(what_a_credential_needs),
        DRAWS(a_password_is_derived_first),
        DRAWS(it_may_not_be_derived),
        DRAWS(few_at_a_time),
        DRAWS(without_random_bytes_no_secret),
        DRAWS(own_password),
        DRAWS(another_password_changes_nothing),
        DRAWS(nothing_is_derived_before_its_time),
        DRAWS(passwords_that_may_not_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
