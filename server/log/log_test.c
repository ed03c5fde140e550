/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"

static int reader, saved;
static char got[16 * LOG_LINE_MAX];

static int capture(void **unused)
{
    (void)unused;
    int pair[2];
    assert_int_equal(pipe(pair), 0);
    saved = dup(STDERR_FILENO);
    dup2(pair[1], STDERR_FILENO);
    close(pair[1]);
    reader = pair[0];
    log_setup(LOG_INFO, LOG_TARGET_STDERR);
    log_name("");
    return 0;
}

static int restore(void **unused)
{
    (void)unused;
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(reader);
    return 0;
}

/* What was logged since; the marker keeps the read from blocking when that is nothing. */
static const char *logged(void)
{
    assert_int_equal(write(STDERR_FILENO, "\1", 1), 1);
    size_t n = 0;
    do {
        ssize_t more = read(reader, got + n, sizeof got - n);
        assert_true(more > 0);
        n += (size_t)more;
    } while (got[n - 1] != '\1');
    got[n - 1] = '\0';
    return got;
}

/* Behind the time, which is checked for its shape only. */
static const char *logged_body(void)
{
    const char *line = logged();
    assert_true(strlen(line) > 28);
    const char *shape = "0000-00-00T00:00:00.000000Z ";
    for (size_t i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == '0')
            assert_in_range(line[i], '0', '9');
        else
            assert_int_equal(line[i], shape[i]);
    }
    return line + 28;
}

static void fields(void **unused)
{
    (void)unused;
    errno = ENOENT;
    log_line(LOG_INFO, "worker_ready",
             "slot=%u rev=%ld big=%llu n=%zu f=%.1f hex=%x c=%c part=%.*s", 3U, -48211L,
             18446744073709551615ULL, (size_t)7, 1.25, 255U, 'z', 2, "abcdef");
    assert_int_equal(errno, ENOENT);
    assert_string_equal(logged_body(),
                        "info worker_ready slot=3 rev=-48211 big=18446744073709551615"
                        " n=7 f=1.2 hex=ff c=z part=ab\n");
    log_line(LOG_WARNING, "bare", "flag key=%s y=a%db%%", "v", 2);
    assert_string_equal(logged_body(), "warning bare flag key=v y=a2b%\n");
}

static void quoting(void **unused)
{
    (void)unused;
    const char *none = NULL;
    log_line(LOG_INFO, "q", "a=%s b=%s c=%s d=%s", "x y", "", "1\n2 \"z\\\x1b[0m",
             getenv("UGO_NEVER_SET") ? "" : none);
    assert_string_equal(logged_body(),
                        "info q a=\"x y\" b=\"\" c=\"1\\n2 \\\"z\\\\\\x1b[0m\" d=-\n");
    log_line(LOG_INFO, "q2", "a=%s b=%s", "k=v", "Évry");
    assert_string_equal(logged_body(), "info q2 a=\"k=v\" b=\"Évry\"\n");
}

static void cut(void **unused)
{
    (void)unused;
    static char longest[3 * LOG_LINE_MAX];
    memset(longest, 'a', sizeof longest - 1);
    log_line(LOG_INFO, "plain_cut", "a=%s", longest);
    const char *line = logged();
    assert_true(strlen(line) <= LOG_LINE_MAX);
    assert_string_equal(line + strlen(line) - 4, "…\n");
    memset(longest, '\n', sizeof longest - 1);
    log_line(LOG_INFO, "quoted_cut", "a=%s b=%d", longest, 1);
    line = logged();
    assert_true(strlen(line) <= LOG_LINE_MAX);
    assert_string_equal(line + strlen(line) - 5, "\"…\n");
}

static void levels_and_names(void **unused)
{
    (void)unused;
    log_line(LOG_DEBUG, "quiet", "a=%d", 1);
    assert_string_equal(logged(), "");
    log_setup(LOG_DEBUG, LOG_TARGET_JOURNALD);
    log_name("worker=2");
    log_line(LOG_DEBUG, "loud", "a=%d", 1);
    assert_string_equal(logged(), "<7>debug loud worker=2 a=1\n");
    log_line(LOG_ERROR, "bad", "a=%d", 1);
    assert_string_equal(logged(), "<3>error bad worker=2 a=1\n");
}

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void rate_limit(void **unused)
{
    (void)unused;
    log_setup(LOG_INFO, LOG_TARGET_JOURNALD);
    for (int i = 0; i < LOG_BURST + 5; i++)
        log_line(LOG_INFO, "flood", "i=%d", i);
    assert_int_equal(lines_of(logged()), LOG_BURST);
    log_line(LOG_INFO, "other", "i=%d", 0); /* another event is not held back */
    assert_string_equal(logged(), "<6>info other i=0\n");
    log_flush();
    assert_string_equal(logged(), "<5>notice flood suppressed=5\n");
    log_flush();
    assert_string_equal(logged(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields, capture, restore),
        cmocka_unit_test_setup_teardown(quoting, capture, restore),
        cmocka_unit_test_setup_teardown(cut, capture, restore),
        cmocka_unit_test_setup_teardown(levels_and_names, capture, restore),
        cmocka_unit_test_setup_teardown(rate_limit, capture, restore),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
