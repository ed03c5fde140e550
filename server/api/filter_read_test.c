/* SPDX-License-Identifier: EUPL-1.2 */
/* The name of what a stream sends: the same for the same filter and rights, for no other. */
#include "api/desk_fixture.h"
#include "api/filter_read.h"

static void print(struct office *o, const char *account, const char *filter,
                  char ret_text[static FINGERPRINT_TEXT])
{
    office_viewer(o, account);
    json_t *json = filter ? json_loads(filter, 0, NULL) : NULL;
    char *text = json ? filter_text(json) : NULL;
    assert_int_equal(filter_fingerprint(text, &o->viewer, ret_text), 0);
    assert_int_equal(strlen(ret_text), FINGERPRINT_TEXT - 1);
    json_decref(json);
    free(text);
}

static void a_fingerprint_is_of_filter_and_rights(void **state)
{
    struct office *o = *state;
    static const struct {
        const char *account, *filter;
        bool same;
    } cases[] = {
        {"dts", "{\"kinds\":[\"hold\"],\"units\":[\"u-1\"]}", true},
        {"dts", "{\"units\":[\"u-1\"],\"kinds\":[\"hold\"]}", true},
        {"dts", "{\"units\":[\"u-2\"],\"kinds\":[\"hold\"]}", false},
        {"dts", "{\"kinds\":[\"hold\"]}", false},
        {"dts", NULL, false},
        {"def", "{\"kinds\":[\"hold\"],\"units\":[\"u-1\"]}", false},
        {"dts-2", "{\"kinds\":[\"hold\"],\"units\":[\"u-1\"]}", false}, /* its own asks differ */
        {"software", "{\"kinds\":[\"hold\"],\"units\":[\"u-1\"]}", false},
    };
    char first[FINGERPRINT_TEXT];
    char text[FINGERPRINT_TEXT];
    assert_int_equal(replica_apply(&o->replica, 11, "account", "dts-2",
                                   FIXTURE_ACCOUNT("territory", "\"dts-sud\"", "")),
                     0);
    assert_int_equal(replica_apply(&o->replica, 11, "account", "software",
                                   "{\"role\":\"service\",\"territories\":[],"
                                   "\"establishments\":[],\"acts_for\":\"dts\",\"name\":null,"
                                   "\"disabled\":false}"),
                     0);
    print(o, cases[0].account, cases[0].filter, first);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        print(o, cases[i].account, cases[i].filter, text);
        if ((strcmp(text, first) == 0) != cases[i].same)
            fail_msg("%s %s", cases[i].account, cases[i].filter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_fingerprint_is_of_filter_and_rights, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
