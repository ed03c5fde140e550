/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"

#define HEADER "territory;name;level;parent;communes\n"

static int read(struct import *im, const char *text)
{
    import_init(im);
    return import_territories(span_of(text), im);
}

static void parents_come_first_then_communes(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read(&im, HEADER "mds-muret;MDS de Muret;mds;dts-sud;31395  31547\n"
                                      "dts-sud;DTS Sud;dts;d31;\n"
                                      "d31;Haute-Garonne;departement;;\n"
                                      "mds-luchon;MDS de Luchon;mds;dts-sud;31042\n"),
                     0);
    assert_json(nth_params(&im, "territory.put", 0),
                "{'code':'d31','name':'Haute-Garonne','level':'departement','parent':null}");
    assert_json(nth_params(&im, "territory.put", 1),
                "{'code':'dts-sud','name':'DTS Sud','level':'dts','parent':'d31'}");
    assert_json(json_object_get(nth_params(&im, "territory.put", 2), "code"), "'mds-muret'");
    assert_json(json_object_get(nth_params(&im, "territory.put", 3), "code"), "'mds-luchon'");
    assert_json(nth_params(&im, "commune.put", 1), "{'insee':'31547','territory':'mds-muret'}");
    assert_json(nth_params(&im, "commune.put", 2), "{'insee':'31042','territory':'mds-luchon'}");
    assert_int_equal(json_array_size(im.commands), 7);
    assert_json(json_object_get(nth_command(&im, "commune.put", 2), "line"), "5");
    import_free(&im);
}

static void contradictions_refuse_the_file(void **state)
{
    struct import im;

    (void)state;
    assert_refused(&im, read(&im, HEADER "a;A;dts;b;\nb;B;dts;a;\n"), 2, "territory_circle");
    assert_refused(&im, read(&im, HEADER "a;A;dts;a;\n"), 2, "territory_circle");
    assert_refused(&im, read(&im, HEADER "a;A;dts;;\na;A;dts;;\n"), 3, "territory_doubled");
    assert_refused(&im, read(&im, HEADER "a;A;dts;;31395\nb;B;dts;;31042 31395\n"), 3,
                   "commune_doubled");
    assert_refused(&im, read(&im, HEADER "a;A;dts;;Muret\n"), 2, "insee_invalid");
    assert_refused(&im, read(&im, HEADER "A;A;dts;;\n"), 2, "territory_code_invalid");
    assert_refused(&im, read(&im, HEADER "a;A;DTS;;\n"), 2, "level_invalid");
    assert_refused(&im, read(&im, HEADER "a;;dts;;\n"), 2, "name_missing");
    assert_refused(&im, read(&im, HEADER "a;A;dts\n"), 2, "wrong_column_count");
    assert_refused(&im, read(&im, "territory;name;level\n"), 1, "column_missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_come_first_then_communes),
        cmocka_unit_test(contradictions_refuse_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
