/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/commune.h"

static void names_fold_as_people_type_them(void **state)
{
    (void)state;
    static const struct {
        const char *name, *key;
    } cases[] = {
        {"Muret", "MURET"},
        {"  muret ", "MURET"},
        {"Bagnères-de-Luchon", "BAGNERES DE LUCHON"},
        {"L'Union", "L UNION"},
        {"L\u2019Union", "L UNION"},
        {"Saint-Gaudens", "ST GAUDENS"},
        {"ST GAUDENS", "ST GAUDENS"},
        {"Sainte-Foy-d'Aigrefeuille", "STE FOY D AIGREFEUILLE"},
        {"Montesquieu-Saint-Sernin", "MONTESQUIEU ST SERNIN"},
        {"Saintes", "SAINTES"},
        {"Le Vœu", "LE VOU"}, /* the name and the question fold alike, right or wrong */
        {"---", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char key[COMMUNE_KEY_MAX];
        commune_fold(cases[i].name, key);
        assert_string_equal(key, cases[i].key);
    }
}

static void a_long_name_is_cut(void **state)
{
    (void)state;
    char name[300];
    char key[COMMUNE_KEY_MAX];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    commune_fold(name, key);
    assert_int_equal(strlen(key), COMMUNE_KEY_MAX - 1);
}

static void a_cut_letter_is_no_letter(void **state)
{
    (void)state;
    char key[COMMUNE_KEY_MAX];
    commune_fold("Gr\xC3", key); /* not UTF-8: kept as it is, never read past its end */
    assert_int_equal(strlen(key), 3);
}

static void a_state_is_read_and_shown(void **state)
{
    (void)state;
    struct commune *c = NULL;
    struct buf out = {0};
    assert_int_equal(commune_decode("31395",
                                    "{\"name\":\"MURET\",\"postcodes\":[\"31600\"],"
                                    "\"point\":[43.4612,1.3266],\"territory\":\"dts-sud\"}",
                                    &c),
                     0);
    commune_encode(c, &out);
    buf_char(&out, 0);
    assert_string_equal(out.p, "{\"insee\":\"31395\",\"name\":\"MURET\",\"postcodes\":[\"31600\"],"
                               "\"point\":[43.4612,1.3266],\"territory\":\"dts-sud\"}");
    buf_free(&out);
    commune_destroy(c);
    assert_int_equal(commune_decode("31395", "{}", &c), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_fold_as_people_type_them),
        cmocka_unit_test(a_long_name_is_cut),
        cmocka_unit_test(a_cut_letter_is_no_letter),
        cmocka_unit_test(a_state_is_read_and_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
