/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void lists(void **state)
{
    (void)state;
    span rest = span_of(" , a ,,b c\t,\tclose"), element;
    assert_true(field_next(&rest, &element) && span_is(element, "a"));
    assert_true(field_next(&rest, &element) && span_is(element, "b c"));
    assert_true(field_next(&rest, &element) && span_is(element, "close"));
    assert_false(field_next(&rest, &element));
    rest = (span){NULL, 0};
    assert_false(field_next(&rest, &element));
}

static void names(void **state)
{
    (void)state;
    assert_true(field_is(span_of("Content-TYPE"), "content-type"));
    assert_false(field_is(span_of("content-typ"), "content-type"));
    assert_false(field_is(span_of("content-type2"), "content-type"));
    assert_false(field_is((span){"host\0", 5}, "host"));
    assert_true(field_is_token(span_of("a!#$%&'*+-.^_`|~9Z")));
    assert_false(field_is_token(span_of("")));
    assert_false(field_is_token(span_of("a b")));
    assert_false(field_is_token((span){"a\0", 2}));
    assert_false(field_is_token(span_of("a\xC3")));
}

static void tags(void **state)
{
    (void)state;
    const span tag = span_of("42");
    assert_true(field_names_tag(span_of("\"42\""), tag, true));
    assert_true(field_names_tag(span_of("\"42\""), tag, false));
    assert_true(field_names_tag(span_of("W/\"42\""), tag, true));
    assert_false(field_names_tag(span_of("W/\"42\""), tag, false));
    assert_true(field_names_tag(span_of("\"1\" , W/\"a,b\", \"42\""), tag, true));
    assert_true(field_names_tag(span_of("*"), tag, false));
    assert_false(field_names_tag(span_of("\"*\""), tag, true));
    assert_false(field_names_tag(span_of("42"), tag, true));
    assert_false(field_names_tag(span_of("\"4\", \"2\""), tag, true));
    assert_false(field_names_tag(span_of("\"x,\"42\""), tag, true));
    assert_false(field_names_tag(span_of("w/\"42\""), tag, true));
    assert_false(field_names_tag(span_of("\"42"), tag, true));
    assert_false(field_names_tag(span_of("\"42\" \"43\""), tag, true));
    assert_false(field_names_tag((span){NULL, 0}, tag, true));
}

static void revisions(void **state)
{
    (void)state;
    int64_t revision = -1;
    assert_true(field_revision(span_of("\"48211\""), &revision));
    assert_int_equal(revision, 48211);
    assert_true(field_revision(span_of("\"0\""), &revision));
    assert_int_equal(revision, 0);
    static const char *const others[] = {
        "",       "*",        "48211",       "W/\"48211\"", "\"\"",
        "\"-1\"", "\"0048\"", "\"1\",\"2\"", "\"1x\"",      "\"1234567890123456\""};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(field_revision(span_of(others[i]), &revision));
}

#define ALL ((1u << CODING_COUNT) - 1)
#define GZIP (1u << CODING_GZIP | 1u << CODING_IDENTITY)

static void codings(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        unsigned offered;
        enum coding coding;
    } cases[] = {
        {NULL, ALL, CODING_IDENTITY},
        {"", ALL, CODING_IDENTITY},
        {"gzip, deflate, br, zstd", ALL, CODING_BR},
        {"gzip, deflate, br", GZIP, CODING_GZIP},
        {"br", GZIP, CODING_IDENTITY},
        {"GZIP", ALL, CODING_GZIP},
        {"x-gzip", ALL, CODING_GZIP},
        {"br;q=0.5, gzip;q=0.8", ALL, CODING_GZIP},
        {"br;q=0.5,gzip;q=0.8,identity", ALL, CODING_IDENTITY},
        {"br ; q=0.900 , gzip ; Q=0.899", ALL, CODING_BR},
        {"br;q=0, gzip;q=0.001", ALL, CODING_GZIP},
        {"br;q=0, gzip;q=0", ALL, CODING_IDENTITY},
        {"*", ALL, CODING_BR},
        {"*;q=0.1", GZIP, CODING_GZIP},
        {"gzip;q=0, *", ALL, CODING_BR},
        {"gzip;q=0, *", GZIP, CODING_IDENTITY},
        {"identity;q=0, gzip;q=0.1", ALL, CODING_GZIP},
        {"identity;q=0", ALL, CODING_IDENTITY}, /* nothing left: a readable answer anyway */
        {"*;q=0", ALL, CODING_IDENTITY},
        {"*;q=0, br;q=0.3", ALL, CODING_BR},
        {"deflate", ALL, CODING_IDENTITY},
        /* Not well formed: what everybody reads. */
        {"br;q=2", ALL, CODING_IDENTITY},
        {"br;q=1.1", ALL, CODING_IDENTITY},
        {"br;q=0.1234", ALL, CODING_IDENTITY},
        {"br;q=", ALL, CODING_IDENTITY},
        {"br;level=3", ALL, CODING_IDENTITY},
        {"br q=1", ALL, CODING_IDENTITY},
        {"br;q=2, gzip", ALL, CODING_IDENTITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        span accept = cases[i].accept ? span_of(cases[i].accept) : (span){NULL, 0};
        if (field_coding(accept, cases[i].offered) != cases[i].coding)
            fail_msg("%s", cases[i].accept);
    }
}

static void media(void **state)
{
    (void)state;
    assert_true(field_is_json(span_of("application/json")));
    assert_true(field_is_json(span_of("Application/JSON ; Charset=UTF-8")));
    assert_true(field_is_json(span_of("application/json;charset=\"utf-8\"")));
    assert_false(field_is_json(span_of("application/json;charset=latin1")));
    assert_false(field_is_json(span_of("application/jsonp")));
    assert_false(field_is_json(span_of("text/plain")));
    assert_false(field_is_json(span_of("text/plain;application/json")));
    assert_false(field_is_json((span){NULL, 0}));
}

static void cookies(void **state)
{
    (void)state;
    span value;
    assert_true(field_cookie(span_of("a=1; __Host-ugo=x=y; b"), "__Host-ugo", &value));
    assert_true(span_is(value, "x=y"));
    assert_true(field_cookie(span_of("__Host-ugo="), "__Host-ugo", &value));
    assert_int_equal(value.n, 0);
    assert_false(
        field_cookie(span_of("x__Host-ugo=1;__Host-ugo2=1; __host-ugo=1"), "__Host-ugo", &value));
    assert_false(field_cookie(span_of("__Host-ugo"), "__Host-ugo", &value));
    assert_false(field_cookie(span_of("__Host-ugo=1; __Host-ugo=2"), "__Host-ugo", &value));
    assert_false(field_cookie((span){NULL, 0}, "__Host-ugo", &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),     cmocka_unit_test(names),   cmocka_unit_test(tags),
        cmocka_unit_test(revisions), cmocka_unit_test(codings), cmocka_unit_test(media),
        cmocka_unit_test(cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
