/* SPDX-License-Identifier: EUPL-1.2 */
/* Credentials: which lets its account in, until when, and what of them concerns who is in. */
#include "core/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/replica_fixture.h"

#define SEEN 1000000000000
#define SESSION(account, expires, seen)                                                            \
    "{\"account\":\"" account "\",\"type\":\"session\",\"expires_at\":" expires                    \
    ",\"revoked\":false,\"label\":null,\"opened_at\":900000000000,\"seen_at\":" seen "}"

#define LINK(expires)                                                                              \
    "{\"account\":\"a\",\"type\":\"link\",\"expires_at\":" expires ",\"revoked\":false,"           \
    "\"label\":null,\"unit\":\"u-1\",\"question\":\"declare\",\"hold\":null,\"made_at\":1}"

static struct credential *decoded(const char *state)
{
    struct credential *c = NULL;
    assert_int_equal(credential_decode("ab", state, &c), 0);
    return c;
}

static void assert_trouble(const char *state, enum credential_type type, usec_t at, const char *why)
{
    struct credential *c = decoded(state);
    const char *said = credential_trouble(c, type, at);
    assert_string_equal(said ? said : "in", why);
    credential_destroy(c);
}

static void test_a_session_ends_twice(void **state)
{
    (void)state;
    const char *session = SESSION("a", "1010000000000", "1000000000000");
    assert_trouble(session, CREDENTIAL_SESSION, SEEN, "in");
    assert_trouble(session, CREDENTIAL_SESSION, SEEN + SESSION_IDLE - 1, "in");
    assert_trouble(session, CREDENTIAL_SESSION, SEEN + SESSION_IDLE, "session_ended");
    session = SESSION("a", "1000000000005", "1000000000000");
    assert_trouble(session, CREDENTIAL_SESSION, SEEN + 4, "in");
    assert_trouble(session, CREDENTIAL_SESSION, SEEN + 5, "session_ended");
}

/* A cookie is no token, a token no cookie, and a password's id is nobody's secret. */
static void test_each_at_its_door(void **state)
{
    (void)state;
    static const char *const states[CREDENTIAL_TYPES] = {
        [CREDENTIAL_TOKEN] = "{\"account\":\"a\",\"type\":\"token\",\"revoked\":false}",
        [CREDENTIAL_CERTIFICATE] = "{\"account\":\"a\",\"type\":\"certificate\",\"revoked\":false}",
        [CREDENTIAL_SESSION] = SESSION("a", "1010000000000", "1000000000000"),
        [CREDENTIAL_PASSWORD] = ("{\"account\":\"a\",\"type\":\"password\",\"revoked\":false,"
                                 "\"changed_at\":1,\"password\":true,\"totp\":true}"),
        [CREDENTIAL_LINK] = LINK("10000000000000"),
    };
    for (int of = 0; of < CREDENTIAL_TYPES; of++)
        for (int as = 0; as < CREDENTIAL_TYPES; as++)
            assert_trouble(states[of], (enum credential_type)as, SEEN,
                           of == as && of != CREDENTIAL_PASSWORD ? "in"
                           : as == CREDENTIAL_SESSION            ? "session_ended"
                                                                 : "bad_credential");
    assert_string_equal(credential_trouble(NULL, CREDENTIAL_TOKEN, SEEN), "bad_credential");
    assert_trouble("{\"account\":\"a\",\"type\":\"token\",\"revoked\":true}", CREDENTIAL_TOKEN, 1,
                   "revoked");
    struct credential *c = decoded(states[CREDENTIAL_TOKEN]);
    assert_true(credential_end(c) == USEC_NEVER && !session_touch_due(c, USEC_NEVER));
    credential_destroy(c);
    c = decoded(states[CREDENTIAL_PASSWORD]);
    assert_true(c->second_factor);
    credential_destroy(c);
    assert_int_equal(credential_decode("ab", "{\"account\":\"a\",\"type\":\"ring\"}", &c),
                     -EBADMSG);
    assert_int_equal(credential_decode("ab", "{\"account\":\"a\",\"type\":\"link\"}", &c),
                     -EBADMSG);
}

static void test_when_to_touch(void **state)
{
    (void)state;
    struct credential *c = decoded(SESSION("a", "1010000000000", "1000000000000"));
    assert_false(session_touch_due(c, SEEN + SESSION_TOUCH));
    assert_true(session_touch_due(c, SEEN + SESSION_TOUCH + 1));
    credential_destroy(c);
}

static bool differ(const char *was, const char *is)
{
    struct credential *before = was ? decoded(was) : NULL, *after = is ? decoded(is) : NULL;
    bool differs = credential_rights_differ(before, after);
    credential_destroy(before);
    credential_destroy(after);
    return differs;
}

static void test_whom_it_concerns(void **state)
{
    (void)state;
    const char *session = SESSION("a", "1010000000000", "1000000000000");
    const char *token = "{\"account\":\"a\",\"type\":\"token\",\"revoked\":false}";
    const char *password = "{\"account\":\"a\",\"type\":\"password\",\"revoked\":false}";
    assert_false(differ(NULL, NULL));
    assert_false(differ(NULL, session));
    assert_false(differ(session, SESSION("a", "1010000000000", "1000000600000")));
    assert_true(differ(session, SESSION("b", "1010000000000", "1000000000000")));
    assert_true(differ(session, SESSION("a", "1010000000001", "1000000000000")));
    assert_true(differ(session, NULL));
    assert_true(differ(NULL, token) && differ(token, token) && differ(token, NULL));
    assert_false(differ(NULL, password) || differ(password, password) || differ(password, NULL));
}

/* What the replica's rights grow by when a credential's state becomes this one. */
static unsigned grown(struct replica *r, const char *state)
{
    const uint64_t rights = r->rights;
    const int64_t revision = r->live->revision + 1;
    assert_int_equal(replica_apply(r, revision, "credential", "ab", state), 0);
    replica_apply_end(r, revision);
    return (unsigned)(r->rights - rights);
}

/* Every connection looks at its rights when they grow: not each time that somebody is seen. */
static void test_in_a_replica(void **state)
{
    struct replica r;
    (void)state;
    replica_init(&r);
    fixture_load(&r);
    assert_int_equal(grown(&r, SESSION("def", "1010000000000", "1000000000000")), 0);
    assert_int_equal(grown(&r, SESSION("def", "1010000000000", "1000000600000")), 0);
    const struct credential *c = replica_credential(&r, span_of("ab"));
    assert_true(c != NULL && c->seen_at == SEEN + 600000 && strcmp(c->account, "def") == 0);
    assert_int_equal(grown(&r, NULL), 1);
    assert_null(replica_credential(&r, span_of("ab")));
    assert_int_equal(grown(&r, "{\"account\":\"def\",\"type\":\"token\",\"revoked\":false}"), 1);
    replica_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_ends_twice), cmocka_unit_test(test_each_at_its_door),
        cmocka_unit_test(test_when_to_touch),        cmocka_unit_test(test_whom_it_concerns),
        cmocka_unit_test(test_in_a_replica),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
