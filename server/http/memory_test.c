/* SPDX-License-Identifier: EUPL-1.2 */
/* Every allocation fails once: of the reader, of a query, of the files, of an answer. Nothing
 * leaks, and the same asked again is done. */
#include "base/scarce_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "http/assets.h"
#include "http/query.h"
#include "http/request.h"

static const struct shape table[] = {{"unit", SHAPE_TEXT, .max = 100}, {0}};

static int read_request(void)
{
    struct http_reader r = http_reader(NULL);
    struct http_request q;
    int status;
    const char *detail;
    char body[3000] = {'{'};
    span head = span_of("POST /v1/search HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n");
    span in = head;
    int result = http_reader_feed(&r, &in, &q, &status, &detail);
    if (result == HTTP_MORE) {
        in = (span){body, sizeof body};
        result = http_reader_feed(&r, &in, &q, &status, &detail);
    }
    assert_true(result == -ENOMEM || (result == 0 && q.body.n == sizeof body));
    http_reader_clear(&r);
    return result;
}

static int read_query(void)
{
    struct shape_errors errors = {0};
    json_t *params = NULL;
    int result = query_params(span_of("unit=u-1&other=%20"), table, &params, &errors);
    json_decref(params);
    return result;
}

static int serve_files(void)
{
    struct assets a = {0};
    struct asset_answer answer;
    struct buf out = {0};
    int result = assets_add(&a, "/a.js", CODING_IDENTITY, span_of("1"));
    for (int i = 0; result == 0 && i < 20; i++) {
        char path[32];
        snprintf(path, sizeof path, "/b%d.css", i);
        result = assets_add(&a, path, CODING_BR, span_of("2"));
    }
    if (result == 0) {
        struct http_head head = {0};
        span none = {NULL, 0};
        assert_int_equal(assets_find(&a, "/a.js", none, none, &answer), 0);
        asset_head(&answer, &head);
        http_answer_write(&head, answer.body, false, &out);
        const struct http_problem problem = {.error = ERROR_INTERNAL, .detail = "x"};
        http_problem_write(&problem, head, &out);
        result = buf_check(&out);
    } else if (result == -ENOMEM) {
        /* What could not be added was not, and can be. */
        scarce_end();
        int again = assets_add(&a, "/a.js", CODING_IDENTITY, span_of("1"));
        assert_true(again == 0 || again == ASSETS_TWICE);
        scarce_left = -2;
    }
    buf_free(&out);
    assets_clear(&a);
    return result;
}

static void each_fails_once(int (*work)(void))
{
    for (long nth = 0; nth < 1000; nth++) {
        scarce_begin(nth);
        int result = work();
        if (!scarce_end()) {
            assert_int_equal(result, 0);
            assert_true(nth > 0);
            return;
        }
        assert_int_equal(result, -ENOMEM);
    }
    fail();
}

static void the_reader(void **state)
{
    (void)state;
    each_fails_once(read_request);
}

static void a_query(void **state)
{
    (void)state;
    each_fails_once(read_query);
}

static void the_files(void **state)
{
    (void)state;
    each_fails_once(serve_files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader),
        cmocka_unit_test(a_query),
        cmocka_unit_test(the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
