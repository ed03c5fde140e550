/* SPDX-License-Identifier: EUPL-1.2 */
/* What an account sees is found out once and serves its next requests, as long as it is true. */
#include "http/web_fixture.h"

static const char question[] = "{\"children\":[{}],\"emergency\":true}";

/* How many there are of it; *ret is one of them. */
static int kept(const struct world *w, const char *account, const struct viewer **ret)
{
    int n = 0;
    for (size_t i = 0; i < VIEWERS_KEPT; i++) {
        const struct viewer *v = &w->web.viewers[i];
        if (v->account == NULL || strcmp(v->account, account) != 0)
            continue;
        n++;
        if (ret != NULL)
            *ret = v;
    }
    return n;
}

static void what_an_account_sees_is_kept(void **state)
{
    struct world *w = *state;
    const struct viewer *def = NULL;
    assert_int_equal(kept(w, "def", NULL), 0);
    ASSERT_ANSWERS(answer(w, "POST /v1/search", BEARER("def"), question), 200, "\"results\"");
    assert_int_equal(kept(w, "def", &def), 1);
    assert_true(def->slots_at == w->replica.scopes);
    const char *account = def->account;
    connect_again(w);
    ASSERT_ANSWERS(answer(w, "POST /v1/search", BEARER("def"), question), 200, "\"results\"");
    assert_int_equal(kept(w, "def", &def), 1);
    assert_ptr_equal(def->account, account);
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("mecs-1"), NULL), 200, "\"mecs-1\"");
    assert_int_equal(kept(w, "def", NULL), 1);
    assert_int_equal(kept(w, "mecs-1", NULL), 1);
}

static void it_is_taken_while_it_is_used(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"def\"");
    assert_int_equal(kept(w, "def", NULL), 1);
    ASSERT_ANSWERS(answer(w, "GET /v1/events", BEARER("def"), NULL), 200, "event: mark\n");
    assert_int_equal(kept(w, "def", NULL), 0);
    struct door *stream = reconnect(w, "192.0.2.1");
    ASSERT_ANSWERS(answer(w, "GET /v1/me", BEARER("def"), NULL), 200, "\"def\"");
    assert_int_equal(kept(w, "def", NULL), 1);
    door_free(stream);
    assert_int_equal(kept(w, "def", NULL), 2);
}

static void other_rights_are_found_out_anew(void **state)
{
    struct world *w = *state;
    ASSERT_ANSWERS(answer(w, "GET /v1/units", BEARER("mecs-1"), NULL), 200, "\"u-1\"");
    apply(w, "account", "mecs-1", FIXTURE_ACCOUNT("establishment", "", ""));
    ASSERT_SILENT_ON(answer(w, "GET /v1/units", BEARER("mecs-1"), NULL), "\"u-1\"");
    give_token(w, "mecs-1", 0, true);
    ASSERT_ANSWERS(answer(w, "GET /v1/units", BEARER("mecs-1"), NULL), 401, "\"revoked\"");
}

/* More accounts than places: whoever came first makes room. */
static void not_everybody_is_kept(void **state)
{
    struct world *w = *state;
    char id[16], who[64];
    for (int i = 0; i < 2 * VIEWERS_KEPT; i++) {
        snprintf(id, sizeof id, "def-%d", i);
        apply(w, "account", id, FIXTURE_ACCOUNT("def", "\"d31\"", ""));
        give_token(w, id, 0, false);
    }
    for (int i = 0; i < 2 * VIEWERS_KEPT; i++) {
        snprintf(who, sizeof who, "Authorization: Bearer token-of-def-%d\r\n", i);
        ASSERT_ANSWERS(answer(w, "GET /v1/me", who, NULL), 200, "\"def-");
    }
    assert_int_equal(kept(w, "def-0", NULL), 0);
    assert_int_equal(kept(w, id, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONVERSATION(what_an_account_sees_is_kept),
        CONVERSATION(it_is_taken_while_it_is_used),
        CONVERSATION(other_rights_are_found_out_anew),
        CONVERSATION(not_everybody_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
