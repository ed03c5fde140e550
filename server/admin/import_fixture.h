/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of the importers share: reading a text, and looking at what came of it. */
#ifndef ADMIN_IMPORT_FIXTURE_H
#define ADMIN_IMPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four it needs */
#include <cmocka.h>

#include "admin/import.h"

/* The n-th command of an operation, from 0; NULL when there are fewer. */
static inline json_t *nth_command(const struct import *im, const char *op, size_t n)
{
    size_t i;
    json_t *command;

    json_array_foreach (im->commands, i, command)
        if (strcmp(json_string_value(json_object_get(command, "op")), op) == 0 && n-- == 0)
            return command;
    return NULL;
}

static inline json_t *nth_params(const struct import *im, const char *op, size_t n)
{
    json_t *command = nth_command(im, op, n);

    assert_non_null(command);
    return json_object_get(command, "params");
}

static inline const char *text_at(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static inline size_t count_commands(const struct import *im, const char *op)
{
    size_t n = 0;

    while (nth_command(im, op, n) != NULL)
        n++;
    return n;
}

static inline int counted(const struct import *im, const char *code)
{
    return (int)json_integer_value(json_object_get(im->counts, code));
}

/* Compares with JSON written with single quotes. */
static inline void assert_json(const json_t *value, const char *expected)
{
    char text[4096];
    char *got = json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_REAL_PRECISION(12));
    json_t *wanted;

    snprintf(text, sizeof text, "%s", expected);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    wanted = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(wanted);
    if (!json_equal(value, wanted))
        fail_msg("got %s, expected %s", got != NULL ? got : "nothing", text);
    json_decref(wanted);
    free(got);
}

static inline void assert_bad(const struct import *im, int n, int line, const char *code)
{
    assert_true(im->n_bad > n);
    assert_string_equal(im->bad[n].code, code);
    assert_int_equal(im->bad[n].line, line);
}

static inline void assert_refused(struct import *im, int r, int line, const char *code)
{
    assert_int_equal(r, IMPORT_REFUSED);
    assert_string_equal(im->damage.code, code);
    assert_int_equal(im->damage.line, line);
    import_free(im);
}

#endif
