/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"
#include "admin/words.h"

static const struct words *const tables[] = {words_general, words_import, words_help};

static void add(struct buf *out, enum language language, const char *code, ...)
{
    va_list arguments;

    va_start(arguments, code);
    words_add(out, language, code, arguments);
    va_end(arguments);
}

static void arguments_take_their_places(void **state)
{
    struct buf out = {0};

    (void)state;
    add(&out, LANGUAGE_EN, "migrate_done", "3", "14", NULL);
    assert_true(span_is(buf_span(&out), "Schema brought from version 3 to version 14."));
    buf_reset(&out);
    add(&out, LANGUAGE_FR, "account_exists", "def-31", NULL);
    assert_true(span_is(buf_span(&out), "le compte def-31 existe déjà (ugoctl account token def-31 "
                                        "pour un nouveau jeton)"));
    buf_reset(&out);
    add(&out, LANGUAGE_FR, "no_such_word", NULL);
    assert_true(span_is(buf_span(&out), "no_such_word"));
    buf_free(&out);
}

/* The set of {n} of a sentence as bits. */
static unsigned places(const char *text)
{
    unsigned found = 0;

    for (; *text != '\0'; text++)
        if (text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}')
            found |= 1U << (text[1] - '0');
    return found;
}

static void both_languages_say_the_same(void **state)
{
    (void)state;
    for (size_t t = 0; t < ARRAY_LENGTH(tables); t++)
        for (const struct words *w = tables[t]; w->code != NULL; w++)
            if (places(w->fr) != places(w->en))
                fail_msg("%s: other arguments in French than in English", w->code);
}

static void no_code_stands_twice(void **state)
{
    (void)state;
    for (size_t t = 0; t < ARRAY_LENGTH(tables); t++)
        for (const struct words *w = tables[t]; w->code != NULL; w++) {
            const char *first = words_get(LANGUAGE_FR, w->code);

            if (first != w->fr)
                fail_msg("%s stands twice", w->code);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_take_their_places),
        cmocka_unit_test(both_languages_say_the_same),
        cmocka_unit_test(no_code_stands_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
