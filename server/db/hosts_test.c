/* SPDX-License-Identifier: EUPL-1.2 */
#include "db/hosts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct hosts_extra extra = {"ugod-writer", "-c lock_timeout=5s"};

static const char *param(struct hosts *h, size_t i, const char *keyword)
{
    const char *const *keywords, *const *values;
    const char *found = NULL;
    hosts_params(h, i, &keywords, &values);
    for (size_t k = 0; keywords[k] != NULL; k++)
        if (strcmp(keywords[k], keyword) == 0) {
            assert_null(found); /* said once */
            found = values[k];
        }
    return found;
}

static struct hosts *parse(const char *conninfo)
{
    struct hosts *h = NULL;
    assert_int_equal(hosts_parse(conninfo, &extra, &h), 0);
    return h;
}

static void test_one_host_per_attempt(void **state)
{
    (void)state;
    struct hosts *h = parse("host=a,b,c hostaddr=10.0.0.1,,10.0.0.3 port=1,2,3 dbname=ugo");
    assert_int_equal(hosts_count(h), 3);
    assert_string_equal(param(h, 1, "host"), "b");
    assert_string_equal(param(h, 1, "hostaddr"), "");
    assert_string_equal(param(h, 2, "host"), "c");
    assert_string_equal(param(h, 2, "hostaddr"), "10.0.0.3");
    assert_string_equal(param(h, 2, "port"), "3");
    assert_string_equal(param(h, 2, "dbname"), "ugo");
    hosts_free(h);
}

static void test_uri_and_shared_port(void **state)
{
    (void)state;
    struct hosts *h = parse("host=a,b port=6000");
    assert_string_equal(param(h, 0, "port"), "6000");
    assert_string_equal(param(h, 1, "port"), "6000");
    hosts_free(h);
    h = parse("postgresql://u@h1:5,h2:6/db?sslmode=require");
    assert_int_equal(hosts_count(h), 2);
    assert_string_equal(param(h, 1, "host"), "h2");
    assert_string_equal(param(h, 1, "port"), "6");
    assert_string_equal(param(h, 1, "user"), "u");
    assert_string_equal(param(h, 1, "sslmode"), "require");
    hosts_free(h);
}

static void test_defaults_give_way(void **state)
{
    (void)state;
    struct hosts *h = parse("");
    assert_int_equal(hosts_count(h), 1);
    assert_null(param(h, 0, "host"));
    assert_string_equal(param(h, 0, "target_session_attrs"), "read-write");
    assert_string_equal(param(h, 0, "gssencmode"), "disable");
    assert_string_equal(param(h, 0, "tcp_user_timeout"), "10000");
    assert_string_equal(param(h, 0, "options"), "-c lock_timeout=5s");
    assert_string_equal(param(h, 0, "application_name"), "ugod-writer");
    hosts_free(h);
    h = parse("target_session_attrs=any tcp_user_timeout=7 options='-c geqo=off' "
              "application_name=x");
    assert_string_equal(param(h, 0, "target_session_attrs"), "any");
    assert_string_equal(param(h, 0, "tcp_user_timeout"), "7");
    assert_string_equal(param(h, 0, "options"), "-c geqo=off -c lock_timeout=5s");
    assert_string_equal(param(h, 0, "application_name"), "ugod-writer");
    hosts_free(h);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"nonsense", "host=a,b port=1,2,3",
                                      "host=a,b hostaddr=10.0.0.1", "colour=blue"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct hosts *h = NULL;
        assert_int_equal(hosts_parse(bad[i], &extra, &h), -EINVAL);
        assert_null(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_host_per_attempt),
        cmocka_unit_test(test_uri_and_shared_port),
        cmocka_unit_test(test_defaults_give_way),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
