/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HELD                                                                                       \
    "[{\"revision\":3,\"record\":{\"a\":1,\"b\":[1.5,null],\"c\":{\"d\":\"x\"}}},"                 \
    "{\"revision\":4,\"record\":null}]"

/* Where a certificate's entries differ from HELD; NULL: nowhere. */
static void expect(const char *given, const char *pointer)
{
    char found[EVIDENCE_POINTER] = "/entries";
    json_t *one = json_loads(given, JSON_DECODE_ANY, NULL);
    json_t *other = json_loads(HELD, 0, NULL);
    assert_non_null(one);
    assert_non_null(other);
    bool differs = evidence_entries_differ(one, other, found);
    if (differs != (pointer != NULL) || (differs && strcmp(found, pointer) != 0))
        fail_msg("%s: %s, not %s", given, differs ? found : "the same", pointer);
    json_decref(one);
    json_decref(other);
}

#define FIRST "{\"revision\":3,\"record\":{\"a\":1,\"b\":[1.5,null],\"c\":{\"d\":\"x\"}}}"
#define SECOND "{\"revision\":4,\"record\":null}"

static void test_the_same(void **state)
{
    (void)state;
    expect(HELD, NULL);
    expect("[{\"record\":{\"c\":{\"d\":\"x\"},\"b\":[1.5,null],\"a\":1},\"revision\":3}," SECOND
           "]",
           NULL);
    expect("[{\"revision\":3,\"record\":null,\"withheld\":true}," SECOND "]", NULL);
}

static void test_what_differs_is_named(void **state)
{
    (void)state;
    expect("[{\"revision\":3,\"record\":{\"a\":2,\"b\":[1.5,null],\"c\":{\"d\":\"x\"}}}," SECOND
           "]",
           "/entries/0/record/a");
    expect("[{\"revision\":3,\"record\":{\"a\":1,\"b\":[1.5,0],\"c\":{\"d\":\"x\"}}}," SECOND "]",
           "/entries/0/record/b/1");
    expect("[{\"revision\":3,\"record\":{\"a\":1,\"b\":[1.5,null],\"c\":{\"d\":\"y\"}}}," SECOND
           "]",
           "/entries/0/record/c/d");
    expect("[{\"revision\":3,\"record\":{\"a\":1,\"b\":[1.5],\"c\":{\"d\":\"x\"}}}," SECOND "]",
           "/entries/0/record/b/1");
    expect("[" FIRST ",{\"revision\":5,\"record\":null}]", "/entries/1/revision");
    expect("[" FIRST ",{\"revision\":4,\"record\":null,\"more\":1}]", "/entries/1/more");
    expect("[" FIRST ",{\"revision\":4}]", "/entries/1/record");
}

static void test_what_is_missing_or_too_much(void **state)
{
    (void)state;
    expect("[" FIRST "]", "/entries/1");
    expect("[" FIRST "," SECOND "," SECOND "]", "/entries/2");
    expect("[]", "/entries/0");
    expect("null", "/entries");
    /* Withheld says nothing of the rest, nor may a state stand beside it. */
    expect("[{\"revision\":2,\"record\":null,\"withheld\":true}," SECOND "]",
           "/entries/0/revision");
    expect("[{\"revision\":3,\"record\":{\"a\":1},\"withheld\":true}," SECOND "]",
           "/entries/0/record/b");
    expect("[{\"revision\":3,\"record\":null}," SECOND "]", "/entries/0/record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same),
        cmocka_unit_test(test_what_differs_is_named),
        cmocka_unit_test(test_what_is_missing_or_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
