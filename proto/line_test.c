/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* realloc as line.c sees it (the linker's --wrap): counts bytes asked for, and fails on demand. */
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
static size_t asked;
static bool failing;

void *__wrap_realloc(void *p, size_t n)
{
    asked += n;
    return failing ? NULL : __real_realloc(p, n);
}

/* Feeds text in pieces of `piece` bytes, each in memory of its own so that a look beyond it is
 * seen; joins the lines with '|' into ret. The last outcome. */
static int split(struct line_splitter *l, const char *text, size_t piece, char ret[static 200])
{
    int r = LINE_MORE;
    size_t n = 0, length = strlen(text);
    for (size_t at = 0; at < length && r == LINE_MORE; at += piece) {
        size_t size = length - at < piece ? length - at : piece;
        char *own = malloc(size);
        memcpy(own, text + at, size);
        span in = {own, size}, line;
        while ((r = line_next(l, &in, &line)) == 0) {
            memcpy(ret + n, line.p, line.n);
            n += line.n;
            ret[n++] = '|';
        }
        free(own);
    }
    ret[n] = '\0';
    return r;
}

static void lines_in_any_pieces(void **state)
{
    (void)state;
    const char *text = "one\n\ntwo two\r\n{\"three\":3}\n\n\nrest";
    for (size_t piece = 1; piece <= strlen(text); piece++) {
        char got[200];
        struct line_splitter l = line_splitter(11);
        assert_int_equal(split(&l, text, piece, got), LINE_MORE);
        assert_string_equal(got, "one||two two\r|{\"three\":3}|||");
        assert_true(line_pending(&l));
        line_splitter_free(&l);
    }
}

static void whole_lines_are_not_copied(void **state)
{
    (void)state;
    struct line_splitter l = line_splitter(10);
    span in = span_of("abc\ndef\n"), line;
    const char *start = in.p;
    asked = 0;
    assert_int_equal(line_next(&l, &in, &line), 0);
    assert_ptr_equal(line.p, start);
    assert_int_equal(line_next(&l, &in, &line), 0);
    assert_ptr_equal(line.p, start + 4);
    assert_int_equal(line_next(&l, &in, &line), LINE_MORE);
    assert_int_equal(in.n, 0);
    assert_int_equal(asked, 0);
}

static void limit_is_exact(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= 12; piece++) {
        char got[200];
        struct line_splitter l = line_splitter(5);
        assert_int_equal(split(&l, "12345\n", piece, got), LINE_MORE);
        assert_string_equal(got, "12345|");
        assert_int_equal(split(&l, "1\n123456\n1\n", piece, got), LINE_TOO_LONG);
        assert_string_equal(got, "1|");
        assert_null(l.p);
    }
}

static void too_long_is_for_ever(void **state)
{
    (void)state;
    struct line_splitter l = line_splitter(3);
    span in = span_of("1234"), line, more = span_of("\na\n"), none = {NULL, 0};
    assert_int_equal(line_next(&l, &in, &line), LINE_TOO_LONG);
    assert_int_equal(line_next(&l, &more, &line), LINE_TOO_LONG);
    line_splitter_limit(&l, 100);
    assert_int_equal(line_next(&l, &more, &line), LINE_TOO_LONG);
    assert_int_equal(line_next(&l, &none, &line), LINE_TOO_LONG);
}

static void limit_moves_within_a_line(void **state)
{
    (void)state;
    char got[200];
    struct line_splitter l = line_splitter(4);
    assert_int_equal(split(&l, "1234", 2, got), LINE_MORE);
    line_splitter_limit(&l, 8);
    assert_int_equal(split(&l, "5678\n", 2, got), LINE_MORE);
    assert_string_equal(got, "12345678|");
    assert_int_equal(split(&l, "123456", 2, got), LINE_MORE);
    line_splitter_limit(&l, 4);
    assert_int_equal(split(&l, "7", 1, got), LINE_TOO_LONG);
}

static void nothing_is_kept_between_lines(void **state)
{
    (void)state;
    struct line_splitter l = line_splitter(100);
    span first = span_of("ab"), second = span_of("cd\n"), line;
    assert_int_equal(line_next(&l, &first, &line), LINE_MORE);
    assert_int_equal(line_next(&l, &second, &line), 0);
    assert_true(span_is(line, "abcd"));
    assert_false(line_pending(&l));
    assert_int_equal(line_next(&l, &second, &line), LINE_MORE);
    assert_null(l.p);
    assert_int_equal(l.room, 0);
}

/* One byte at a time, the memory moved in all stays within a small multiple of the line. */
static void one_byte_at_a_time_is_linear(void **state)
{
    (void)state;
    const size_t n = 64 * 1024;
    struct line_splitter l = line_splitter(n);
    span line;
    asked = 0;
    for (size_t i = 0; i < n; i++) {
        span in = {"x", 1};
        assert_int_equal(line_next(&l, &in, &line), LINE_MORE);
    }
    span end = {"\n", 1};
    assert_int_equal(line_next(&l, &end, &line), 0);
    assert_int_equal(line.n, n);
    assert_in_range(asked, n, 2 * n);
    line_splitter_free(&l);
}

static void memory_runs_out(void **state)
{
    (void)state;
    struct line_splitter l = line_splitter(1000);
    span in = span_of("abc"), line;
    failing = true;
    assert_int_equal(line_next(&l, &in, &line), -ENOMEM);
    failing = false;
    assert_int_equal(in.n, 3);
    assert_int_equal(line_next(&l, &in, &line), LINE_MORE);
    char many[300];
    memset(many, 'x', sizeof many);
    span more = {many, sizeof many}, end = span_of("\n");
    failing = true;
    assert_int_equal(line_next(&l, &more, &line), -ENOMEM);
    failing = false;
    assert_int_equal(line_next(&l, &more, &line), LINE_MORE);
    assert_int_equal(line_next(&l, &end, &line), 0);
    assert_int_equal(line.n, 303);
    line_splitter_free(&l);
    line_splitter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_any_pieces),
        cmocka_unit_test(whole_lines_are_not_copied),
        cmocka_unit_test(limit_is_exact),
        cmocka_unit_test(too_long_is_for_ever),
        cmocka_unit_test(limit_moves_within_a_line),
        cmocka_unit_test(nothing_is_kept_between_lines),
        cmocka_unit_test(one_byte_at_a_time_is_linear),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
