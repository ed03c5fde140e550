/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/ugo-console-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_served(const struct assets *a, const char *path, const char *text)
{
    struct asset_answer got;
    assert_int_equal(assets_find(a, path, (span){0}, (span){0}, &got), 0);
    assert_int_equal(got.body.n, strlen(text));
    assert_memory_equal(got.body.p, text, strlen(text));
}

static void test_contact(void **state)
{
    (void)state;
    struct assets with = {0}, without = {0};
    assert_non_null(mkdtemp(folder));
    write_file("page.html", "<p>Write to %CONTACT%.</p>");
    write_file("plain.html", "<p>100 %</p>");
    write_file("code.js", "\"%CONTACT%\"");
    assert_int_equal(console_load(folder, "A & B <a@example.org>", &with), 0);
    assert_served(&with, "/page.html", "<p>Write to A &amp; B &lt;a@example.org>.</p>");
    assert_served(&with, "/plain.html", "<p>100 %</p>");
    assert_served(&with, "/code.js", "\"%CONTACT%\"");
    assert_int_equal(console_load(folder, "", &without), 0);
    assert_served(&without, "/page.html", "<p>Write to –.</p>");
    assets_clear(&with);
    assets_clear(&without);
    static const char *const names[] = {"page.html", "plain.html", "code.js"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void test_none(void **state)
{
    (void)state;
    struct assets none = {0};
    assert_int_equal(console_load("", "", &none), 0);
    assert_int_equal(console_load("/nowhere/at/all", "x", &none), 0);
    assert_int_equal(none.by_path.count, 0);
    assets_clear(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_contact), cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
