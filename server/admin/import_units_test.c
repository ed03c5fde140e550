/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"

static int read(struct import *im, const char *text)
{
    import_init(im);
    return import_units(span_of(text), im);
}

static void a_foster_family(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(
        read(&im, "establishment;establishment_name;establishment_kind;commune;latitude;longitude;"
                  "contact_day;min_months;max_months;sex;siblings_max;siblings_mixed;admission;"
                  "accepts_mna;accepts_disability;authorised;ttl_h\n"
                  "af-0042;Famille d'essai;assistant_familial;31395;43.46;1.32;05 36 49 00 42;0;"
                  "216;any;2;oui;always;non;inconnu;2;72\n"),
        0);
    assert_int_equal(im.n_bad, 0);
    assert_json(nth_params(&im, "establishment.put", 0),
                "{'id':'e-af-0042','name':'Famille d\\u0027essai','establishment_kind':"
                "'assistant_familial','commune':'31395','point':[43.46,1.32],'precision':'exact',"
                "'contact':{'day':'05 36 49 00 42'}}");
    assert_json(nth_params(&im, "unit.put", 0),
                "{'id':'u-af-0042','establishment':'e-af-0042','min_months':0,'max_months':216,"
                "'sex':'any','siblings_max':2,'siblings_mixed':true,'admission':'always',"
                "'accepts':{'mna':'no','disability':'unknown'},'authorised':2,'ttl_s':259200}");
    import_free(&im);
}

static void several_units_of_one_establishment(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(
        read(&im, "establishment;unit;establishment_name;operator;name;modality;closed;sex\n"
                  "310000011;310000011-a;Maison d'essai;;Groupe A;internat;;\n"
                  "310000011;310000011-b;;Association;Groupe B;urgence;non;unknown\n"
                  "310000011;310000011-c;;;;;oui;\n"
                  "e-villa;u-villa-1;;;Villa;internat;;\n"),
        0);
    assert_int_equal(im.n_bad, 0);
    assert_int_equal(count_commands(&im, "establishment.put"), 1);
    assert_json(nth_params(&im, "establishment.put", 0),
                "{'id':'e-310000011','finess':'310000011','name':'Maison d\\u0027essai',"
                "'operator':'Association'}");
    assert_json(nth_params(&im, "unit.put", 1),
                "{'id':'u-310000011-b','establishment':'e-310000011','name':'Groupe B',"
                "'modality':'urgence','sex':null}");
    assert_json(nth_params(&im, "unit.put", 2), "{'id':'u-villa-1','establishment':'e-villa',"
                                                "'name':'Villa','modality':'internat'}");
    assert_json(nth_params(&im, "unit.close", 0), "{'unit':'u-310000011-c'}");
    import_free(&im);
}

static void beds_in_reserve(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read(&im, "establishment;unit;modality;fallback\n"
                               "pad;pad-1;pad;310000011\n"
                               "pad;pad-2;pad;u-villa-1\n"
                               "pad;pad-3;pad;non\n"
                               "pad;pad-4;pad;oui\n"
                               "pad;pad-5;pad;Villa 1\n"),
                     0);
    assert_string_equal(text_at(nth_params(&im, "unit.put", 0), "fallback"), "u-310000011");
    assert_string_equal(text_at(nth_params(&im, "unit.put", 1), "fallback"), "u-villa-1");
    assert_true(json_is_null(json_object_get(nth_params(&im, "unit.put", 2), "fallback")));
    assert_bad(&im, 0, 5, "cell_invalid");
    assert_bad(&im, 1, 6, "cell_invalid");
    import_free(&im);
}

static void bad_lines_are_left_out(void **state)
{
    static const struct {
        const char *line, *code;
    } cases[] = {
        {"Été;;;;;;;;;;;;;\n", "reference_invalid"},
        {"a;A_b;;;;;;;;;;;;\n", "reference_invalid"},
        {"ok;;;;;;;;;;;;;\n", "unit_doubled"},
        {"ok;b;Autre nom;;;;;;;;;;;\n", "establishment_contradicts"},
        {"a;;;;;;;;;;;;;peut-être\n", "cell_invalid"},
        {"a;;;;;;;0;18x;;;;;\n", "cell_invalid"},
        {"a;;;;;;;216;12;;;;;\n", "ages_reversed"},
        {"a;;;;;;;;;filles;;;;\n", "cell_invalid"},
        {"a;;;;;;;;;;foyer;;;\n", "cell_invalid"},
        {"a;;;;;;;;;;;10000;;\n", "cell_invalid"},
        {"a;;;;;;;;;;;;100;\n", "cell_invalid"},
        {"a;;N;assistant_familial;;;;;;;;;;\n", NULL},
        {"a;;N;assistant_familial;31395;48.85;2.35;;;;;;;\n", NULL}, /* still in France */
        {"a;;N;mecs;31395;0;0;;;;;;;\n", "point_outside"},
        {"a;;N;mecs;31395;43.4;;;;;;;;\n", "point_outside"},
        {"a;;N;mecs;Muret;;;;;;;;;\n", "insee_invalid"},
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct import im;

        snprintf(text, sizeof text,
                 "establishment;unit;establishment_name;establishment_kind;commune;latitude;"
                 "longitude;min_months;max_months;sex;modality;authorised;siblings_max;closed\n"
                 "ok;;Nom;;;;;;;;;;;\n%s",
                 cases[i].line);
        assert_int_equal(read(&im, text), 0);
        if (cases[i].code != NULL) {
            assert_int_equal(im.n_bad, 1);
            assert_bad(&im, 0, 3, cases[i].code);
            assert_int_equal(json_array_size(im.commands), 2);
        } else {
            assert_int_equal(im.n_bad, 0);
        }
        import_free(&im);
    }
}

static void homes_are_never_exact(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read(&im, "establishment;establishment_name;establishment_kind;visibility\n"
                               "a;A;assistant_familial;exact\nb;B;assistant_familial;hidden\n"
                               "c;C;mecs;exact\nd;D;lieu_de_vie;exact\n"),
                     0);
    assert_int_equal(im.n_bad, 2);
    assert_bad(&im, 0, 2, "home_not_exact");
    assert_bad(&im, 1, 5, "home_not_exact");
    assert_int_equal(count_commands(&im, "establishment.put"), 2);
    import_free(&im);
}

static void damaged_files_are_refused(void **state)
{
    struct import im;

    (void)state;
    assert_refused(&im, read(&im, "establishment;name\na;A;B\n"), 2, "wrong_column_count");
    assert_refused(&im, read(&im, "establishment;nom\na;A\n"), 1, "column_unknown");
    assert_refused(&im, read(&im, "unit;name\na;A\n"), 1, "column_missing");
    assert_refused(&im, read(&im, "establishment;name\na;\xef\xbf\xbd\n"), 2, "lost_accents");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foster_family),
        cmocka_unit_test(several_units_of_one_establishment),
        cmocka_unit_test(beds_in_reserve),
        cmocka_unit_test(bad_lines_are_left_out),
        cmocka_unit_test(homes_are_never_exact),
        cmocka_unit_test(damaged_files_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
