/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"
#include "admin/import_text.h"

static void check(const char *text, int outcome, int line)
{
    int found = 0;

    assert_int_equal(text_check(span_of(text), &found), outcome);
    assert_int_equal(found, line);
}

static void sound_text_passes(void **state)
{
    (void)state;
    check("", 0, 0);
    check("élève;cœur;10 €;𝄞\n", 0, 0);
    check("a\r\nb\tc\n", 0, 0);
}

static void damage_is_found_with_its_line(void **state)
{
    (void)state;
    check("a\nb\xe9\n", TEXT_NOT_UTF8, 2);
    check("a\nb\n\xc3", TEXT_NOT_UTF8, 3);       /* cut inside a letter */
    check("\xc0\xaf", TEXT_NOT_UTF8, 1);         /* overlong */
    check("\xed\xa0\x80", TEXT_NOT_UTF8, 1);     /* a surrogate */
    check("\xf4\x90\x80\x80", TEXT_NOT_UTF8, 1); /* beyond Unicode */
    check("ok\nMaison de l'\xef\xbf\xbdle", TEXT_LOST_ACCENTS, 2);
    check("Etablissement priv\xc3\x83\xc2\xa9", TEXT_ENCODED_TWICE, 1);
    check("a\x01", TEXT_CONTROL_CHARACTER, 1);
    check("\n\x7f", TEXT_CONTROL_CHARACTER, 2);
}

static void letters_of_windows_come_back(void **state)
{
    struct buf room = {0};
    span text;
    int line = 0;

    (void)state;
    check("D\xc2\x92"
          "ACCUEIL",
          0, 0);
    check("a\nb\xc2\x81", TEXT_CONTROL_CHARACTER, 2); /* Windows has no letter there */
    assert_int_equal(text_mend(span_of("LIEU D\xc2\x92"
                                       "ACCUEIL \xc2\x9cuvre"),
                               &room, &text),
                     0);
    assert_true(span_is(text, "LIEU D’ACCUEIL œuvre"));
    buf_reset(&room);
    assert_int_equal(text_mend(span_of("sans é"), &room, &text), 0);
    assert_true(span_is(text, "sans é"));
    assert_int_equal(room.n, 0);
    assert_int_equal(text_check(text, &line), 0);
    buf_free(&room);
}

static void nul_is_no_text(void **state)
{
    int line = 0;

    (void)state;
    assert_int_equal(text_check((span){"a\n\0b", 4}, &line), TEXT_CONTROL_CHARACTER);
    assert_int_equal(line, 2);
}

static void mark_is_taken_away(void **state)
{
    (void)state;
    assert_true(span_is(text_without_mark(span_of("\xef\xbb\xbfx")), "x"));
    assert_true(span_is(text_without_mark(span_of("x")), "x"));
}

static void latin1_becomes_utf8(void **state)
{
    struct buf out = {0};
    int line = 0;

    (void)state;
    assert_int_equal(text_from_latin1(span_of("\xe9t\xe9 \x9cuf \x80"), &out, &line), 0);
    assert_true(span_is(buf_span(&out), "été œuf €"));
    buf_reset(&out);
    assert_int_equal(text_from_latin1(span_of("a\nb\x81"), &out, &line), TEXT_CONTROL_CHARACTER);
    assert_int_equal(line, 2);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_text_passes),   cmocka_unit_test(damage_is_found_with_its_line),
        cmocka_unit_test(nul_is_no_text),      cmocka_unit_test(mark_is_taken_away),
        cmocka_unit_test(latin1_becomes_utf8), cmocka_unit_test(letters_of_windows_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
