/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"

#define HEADER "code_insee;nom_commune;code_postal;departement;latitude;longitude\n"

static int read(struct import *im, const char *text)
{
    import_init(im);
    return import_communes(span_of(text), im);
}

static void lines_of_one_commune_become_one_command(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read(&im, HEADER "31555;TOULOUSE;31000;31;43.6;1.43\n"
                                      "2A004;AJACCIO;20000;2A;;\n"
                                      "31555;TOULOUSE;31100;31;43.59;1.40\n"
                                      "31555;TOULOUSE;31100;31;43.59;1.40\n"
                                      "2A004;AJACCIO;20090;2A;41.93;8.70\n"
                                      "99138;MONACO;98000;99;43.74;7.42\n"),
                     0);
    assert_int_equal(im.n_bad, 0);
    assert_int_equal(count_commands(&im, "commune.put"), 3);
    assert_json(nth_params(&im, "commune.put", 0),
                "{'insee':'31555','name':'TOULOUSE','postcodes':['31000','31100'],"
                "'point':[43.6,1.43]}");
    assert_json(nth_params(&im, "commune.put", 1),
                "{'insee':'2A004','name':'AJACCIO','postcodes':['20000','20090'],"
                "'point':[41.93,8.7]}");
    import_free(&im);
}

static void bad_lines_are_left_out(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read(&im, HEADER "31555;TOULOUSE;31000;31;43.6;1.43\n"
                                      "31555;BLAGNAC;31700;31;43.6;1.4\n"
                                      "3155;MURET;31600;31;;\n"
                                      "31395;;31600;31;;\n"
                                      "31395;MURET;3160;31;;\n"
                                      "31395;MURET;31600;31;1.32;43.4\n"
                                      "31395;MURET;31600;31;43.4;\n"),
                     0);
    assert_int_equal(im.n_bad, 6);
    assert_bad(&im, 0, 3, "commune_two_names");
    assert_bad(&im, 1, 4, "insee_invalid");
    assert_bad(&im, 2, 5, "name_missing");
    assert_bad(&im, 3, 6, "postcode_invalid");
    assert_bad(&im, 4, 7, "point_outside");
    assert_bad(&im, 5, 8, "point_outside");
    assert_int_equal(count_commands(&im, "commune.put"), 1);
    import_free(&im);
}

static void damaged_files_are_refused(void **state)
{
    struct import im;

    (void)state;
    assert_refused(&im, read(&im, HEADER "31555;TOULOUSE;31000;31;43.6\n"), 2,
                   "wrong_column_count");
    assert_refused(&im, read(&im, HEADER "31555;TOUL\xcfUSE;31000;31;;\n"), 2, "not_utf8");
    assert_refused(&im, read(&im, "code_insee,nom_commune\n"), 1, "column_unknown");
    assert_refused(&im, read(&im, HEADER), 1, "empty_file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_one_commune_become_one_command),
        cmocka_unit_test(bad_lines_are_left_out),
        cmocka_unit_test(damaged_files_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
