/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/assets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const span none = {NULL, 0};

static int find(const struct assets *a, const char *path, const char *accept, const char *tags,
                struct asset_answer *ret)
{
    return assets_find(a, path, accept ? span_of(accept) : none, tags ? span_of(tags) : none, ret);
}

static void add(struct assets *a, const char *path, enum coding coding, const char *body)
{
    assert_int_equal(assets_add(a, path, coding, span_of(body)), 0);
}

static void files(void **state)
{
    (void)state;
    struct assets a = {0};
    struct asset_answer got;
    assert_int_equal(find(&a, "/", NULL, NULL, &got), ASSETS_NONE);
    char own[] = "<!doctype html>"; /* not borrowed: changed below */
    assert_int_equal(assets_add(&a, "/index.html", CODING_IDENTITY, span_of(own)), 0);
    own[0] = 'x';
    add(&a, "/assets/main-0BJT4KQZ.js", CODING_IDENTITY, "1");
    add(&a, "/empty.css", CODING_IDENTITY, "");
    assert_int_equal(a.bytes, 16);

    assert_int_equal(find(&a, "/", "gzip", NULL, &got), 0);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.type, "text/html; charset=utf-8");
    assert_null(got.encoding);
    assert_false(got.varies);
    assert_int_equal(got.cache, CACHE_ASK_AGAIN);
    assert_int_equal(got.tag.n, 32);
    assert_true(span_is(got.body, "<!doctype html>"));
    span tag = got.tag;
    assert_int_equal(find(&a, "/index.html", NULL, NULL, &got), 0);
    assert_true(span_equals(got.tag, tag));

    assert_int_equal(find(&a, "/assets/main-0BJT4KQZ.js", NULL, NULL, &got), 0);
    assert_int_equal(got.cache, CACHE_FOR_EVER);
    assert_string_equal(got.type, "text/javascript; charset=utf-8");
    assert_false(span_equals(got.tag, tag));
    assert_int_equal(find(&a, "/empty.css", NULL, NULL, &got), 0);
    assert_int_equal(got.body.n, 0);

    static const char *const absent[] = {"/index",        "/index.html/",          "/assets",
                                         "/Index.html",   "/assets/../index.html", "index.html",
                                         "/index.html.gz"};
    for (size_t i = 0; i < ARRAY_LENGTH(absent); i++)
        assert_int_equal(find(&a, absent[i], NULL, NULL, &got), ASSETS_NONE);
    assets_clear(&a);
    assets_clear(NULL);
    assert_int_equal(find(&a, "/", NULL, NULL, &got), ASSETS_NONE);
}

static void what_is_not_served(void **state)
{
    (void)state;
    struct assets a = {0};
    char longest[202 + 5];
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "/", 1);
    memcpy(longest + 201 - 4, ".css", 5);
    static const char *const types[] = {"/a", "/a.map", "/a.js.gz", "/a.HTML", "/a.", "/js"};
    static const char *const paths[] = {"",        "a.js",          "/",       "/a/",
                                        "//a.js",  "/../a.js",      "/.a.js",  "/a/.js",
                                        "/a b.js", "/a\xC3\xA9.js", "/a?b.js", "/a/./b.js"};
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
        assert_int_equal(assets_add(&a, types[i], CODING_IDENTITY, none), ASSETS_TYPE);
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        assert_int_equal(assets_add(&a, paths[i], CODING_IDENTITY, none), ASSETS_PATH);
    assert_int_equal(assets_add(&a, longest, CODING_IDENTITY, none), ASSETS_PATH);
    assert_int_equal(assets_add(&a, longest + 1, CODING_IDENTITY, none), ASSETS_PATH);
    longest[1] = '/';
    assert_int_equal(assets_add(&a, longest + 1, CODING_IDENTITY, none), 0);
    add(&a, "/a.js", CODING_GZIP, "z");
    assert_int_equal(assets_add(&a, "/a.js", CODING_GZIP, none), ASSETS_TWICE);
    struct asset_answer got;
    assert_int_equal(find(&a, "/a.js", "gzip", NULL, &got), ASSETS_NONE);
    assets_clear(&a);
}

static void names_with_a_hash(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool for_ever;
    } cases[] = {
        {"/assets/main-0BJT4KQZ.js", true},   {"/assets/a-b-0BJT4KQZ.css", true},
        {"/assets/main-0BJT4KQ.js", false},   {"/assets/main-0bjt4kqz.js", false},
        {"/assets/main-0BJT4KQZx.js", false}, {"/assets/main.js", false},
        {"/main-0BJT4KQZ.js", false},         {"/assets/x-0BJT4KQZ.d/main.js", false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct assets a = {0};
        struct asset_answer got;
        add(&a, cases[i].path, CODING_IDENTITY, "1");
        assert_int_equal(find(&a, cases[i].path, NULL, NULL, &got), 0);
        assert_int_equal(got.cache, cases[i].for_ever ? CACHE_FOR_EVER : CACHE_ASK_AGAIN);
        assets_clear(&a);
    }
}

static void variants(void **state)
{
    (void)state;
    struct assets a = {0};
    struct asset_answer got;
    add(&a, "/a.svg", CODING_BR, "b");
    add(&a, "/a.svg", CODING_GZIP, "g");
    add(&a, "/a.svg", CODING_IDENTITY, "i");
    static const struct {
        const char *accept, *body, *encoding;
    } cases[] = {
        {NULL, "i", NULL},
        {"gzip, deflate, br, zstd", "b", "br"},
        {"gzip;q=1, br;q=0.5", "g", "gzip"},
        {"br;q=0, gzip;q=0", "i", NULL},
        {"identity;q=0, *;q=0", "i", NULL},
    };
    span tags[3];
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(find(&a, "/a.svg", cases[i].accept, NULL, &got), 0);
        assert_true(got.varies && span_is(got.body, cases[i].body));
        assert_true(cases[i].encoding == NULL ? got.encoding == NULL
                                              : strcmp(got.encoding, cases[i].encoding) == 0);
        if (i < 3)
            tags[i] = got.tag;
    }
    assert_false(span_equals(tags[0], tags[1]));
    assert_false(span_equals(tags[1], tags[2]));
    assets_clear(&a);
}

static void what_the_client_has(void **state)
{
    (void)state;
    struct assets a = {0};
    struct asset_answer got;
    char tags[128];
    add(&a, "/a.js", CODING_IDENTITY, "i");
    add(&a, "/a.js", CODING_BR, "b");
    assert_int_equal(find(&a, "/a.js", "br", NULL, &got), 0);
    snprintf(tags, sizeof tags, "\"x\", W/\"%.*s\"", (int)got.tag.n, got.tag.p);
    assert_int_equal(find(&a, "/a.js", "br", tags, &got), 0);
    assert_int_equal(got.status, 304);
    assert_int_equal(got.body.n, 0);
    assert_true(got.type == NULL && got.encoding == NULL && got.varies);

    struct http_head head = {.close = true};
    struct buf out = {0};
    asset_head(&got, &head);
    http_answer_write(&head, got.body, false, &out);
    buf_char(&out, '\0');
    assert_non_null(strstr(out.p, "HTTP/1.1 304 "));
    assert_non_null(
        strstr(out.p, "\r\nVary: Accept-Encoding\r\nCache-Control: no-cache\r\nETag: "));
    assert_non_null(strstr(out.p, "\r\nConnection: close\r\n"));
    assert_null(strstr(out.p, "\r\nContent-"));
    buf_free(&out);

    /* The tag of another variant is not this one's. */
    assert_int_equal(find(&a, "/a.js", NULL, tags, &got), 0);
    assert_int_equal(got.status, 200);
    assert_int_equal(find(&a, "/a.js", NULL, "*", &got), 0);
    assert_int_equal(got.status, 304);
    assets_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(what_is_not_served),
        cmocka_unit_test(names_with_a_hash),
        cmocka_unit_test(variants),
        cmocka_unit_test(what_the_client_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
