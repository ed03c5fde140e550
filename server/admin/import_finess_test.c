/* SPDX-License-Identifier: EUPL-1.2 */
/* The two FINESS formats with lines. All names and numbers are made up. */
#include "admin/import_fixture.h"

#define HEADER                                                                                     \
    "nofinesset;nofinessej;rs;adresse_l1;adresse_l2;codepostal;libelle_routage;departement;"       \
    "commune_insee_deduite;telephone;categetab;libcategetab;categagretab;libcategagretab;siret;"   \
    "codeape;dateouv;datemaj;coordxet;coordyet;latitude;longitude;position_source\n"
#define MECS                                                                                       \
    "310000011;310000001;MAISON DES ESSAIS;1 R DU TEST;BP 2;31000;TOULOUSE;31;31555;05 36 49 00 "  \
    "01;177;MECS;4501;ASE;;;2001-01-01;2020-01-01;;;43.6045;1.4442;finess\n"
#define HOME                                                                                       \
    "310000029;310000001;LIEU DE VIE D'ESSAI;;;31600;MURET;31;31395;;462;LVA;4605;X;;;;;;;43.46;"  \
    "1.32;commune\n"

static int read_csv(struct import *im, const char *text)
{
    import_init(im);
    return import_finess(span_of(text), (span){"", 0}, im);
}

static void establishment_and_its_unit(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read_csv(&im, HEADER MECS HOME), 0);
    assert_int_equal(im.n_bad, 0);
    assert_int_equal(counted(&im, "lines"), 2);
    assert_json(nth_params(&im, "establishment.put", 0),
                "{'id':'e-310000011','name':'MAISON DES ESSAIS','establishment_kind':'mecs',"
                "'finess':'310000011','commune':'31555','point':[43.6045,1.4442],"
                "'precision':'exact','address':'1 R DU TEST, BP 2, 31000 TOULOUSE',"
                "'contact':{'day':'0536490001'}}");
    assert_json(nth_params(&im, "unit.put", 0),
                "{'id':'u-310000011','establishment':'e-310000011','name':'Internat'}");
    assert_non_null(json_object_get(nth_command(&im, "unit.put", 0), "generic"));
    assert_json(json_object_get(nth_command(&im, "establishment.put", 0), "departement"), "'31'");
    assert_json(nth_params(&im, "establishment.put", 1),
                "{'id':'e-310000029','name':'LIEU DE VIE D\\u0027ESSAI',"
                "'establishment_kind':'lieu_de_vie','finess':'310000029','commune':'31395',"
                "'point':[43.46,1.32],'precision':'commune','address':'31600 MURET'}");
    import_free(&im);
}

/* A row with one cell other than in MECS. */
static void with(char *out, size_t size, const char *what, const char *instead)
{
    const char *at = strstr(MECS, what);

    assert_non_null(at);
    snprintf(out, size, HEADER HOME "%.*s%s%s", (int)(at - MECS), MECS, instead, at + strlen(what));
}

static void bad_lines_are_left_out(void **state)
{
    static const struct {
        const char *what, *instead, *code;
    } cases[] = {
        {";177;", ";999;", "category_unknown"},
        {";177;", ";MECS;", "category_unknown"},
        {"310000011;", "3100000;", "finess_invalid"},
        {"310000011;", "310000029;", "finess_doubled"},
        {"MAISON DES ESSAIS", "", "name_missing"},
        {"43.6045;1.4442", "40.4;-3.7", "point_outside"},
        {"43.6045;1.4442", "1.4442;43.6045", "point_outside"},
        {"43.6045;1.4442", "-20.9;55.5", "point_outside"},
        {"43.6045;1.4442", "43.6045;", "point_invalid"},
        {"43.6045;1.4442", "nord;sud", "point_invalid"},
        {";31;31555;", ";;;", "departement_unknown"},
        {";31;31555;", ";99;;", "departement_unknown"},
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct import im;

        with(text, sizeof text, cases[i].what, cases[i].instead);
        assert_int_equal(read_csv(&im, text), 0);
        assert_int_equal(im.n_bad, 1);
        assert_bad(&im, 0, 3, cases[i].code);
        assert_int_equal(count_commands(&im, "establishment.put"), 1); /* the other one */
        import_free(&im);
    }
}

static void categories_without_places_are_counted(void **state)
{
    char text[2048];
    struct import im;

    (void)state;
    with(text, sizeof text, ";177;", ";286;");
    assert_int_equal(read_csv(&im, text), 0);
    assert_int_equal(im.n_bad, 0);
    assert_int_equal(counted(&im, "skipped_without_places"), 1);
    assert_int_equal(counted(&im, "establishments"), 1);
    import_free(&im);
    with(text, sizeof text, ";177;", ";355;");
    assert_int_equal(read_csv(&im, text), 0);
    assert_int_equal(counted(&im, "skipped_other_field"), 1);
    import_free(&im);
}

static void projected_points_are_used_when_alone(void **state)
{
    char text[2048];
    struct import im;
    json_t *point;

    (void)state;
    with(text, sizeof text, ";;;43.6045;1.4442", ";574357.0;6279642.0;;");
    assert_int_equal(read_csv(&im, text), 0);
    point = json_object_get(nth_params(&im, "establishment.put", 1), "point");
    assert_true(json_real_value(json_array_get(point, 0)) > 43.59);
    assert_true(json_real_value(json_array_get(point, 0)) < 43.62);
    assert_true(json_real_value(json_array_get(point, 1)) > 1.43);
    assert_true(json_real_value(json_array_get(point, 1)) < 1.45);
    import_free(&im);
}

static void damaged_tables_are_refused(void **state)
{
    struct import im;

    (void)state;
    assert_refused(&im, read_csv(&im, HEADER MECS "310000037;x\n"), 3, "wrong_column_count");
    assert_refused(&im, read_csv(&im, HEADER MECS "310000037;\xef\xbf\xbd"), 3, "lost_accents");
    assert_refused(&im, read_csv(&im, HEADER "310000037;\xe9\n"), 2, "not_utf8");
    assert_refused(&im, read_csv(&im, HEADER MECS "\"310000037;x\n"), 3, "unclosed_quote");
    assert_refused(&im, read_csv(&im, HEADER), 1, "empty_file");
    assert_refused(&im, read_csv(&im, ""), 1, "empty_file");
    assert_refused(&im, read_csv(&im, "a;b\n1;2\n"), 1, "format_unknown");
    assert_refused(&im, read_csv(&im, "nofinesset;rs;rs;departement;categetab\n"), 1,
                   "column_doubled");
    assert_refused(&im, read_csv(&im, "nofinesset;rs;departement\n"), 1, "column_missing");
    assert_refused(&im, read_csv(&im, "nofinesset;rs;departement;categetab;nom\n"), 1,
                   "column_unknown");
}

/* ── cs1100502 ────────────────────────────────────────────────────────────────────────────── */

#define BANNER "finess;etalab;111;2026-05-12\n"
#define REST ";;;;;;;2001-01-01;2001-01-01;2020-01-01;\n"
#define REUNION                                                                                    \
    "structureet;970400012;970400001;FOYER D'ESSAI;\"FOYER \"\"LES \xc9tOILES\"\"\";;;40;CHE;DU "  \
    "TEST;B;;410;9D;LA REUNION;97437 ST BENOIT;0262000000;;241;Placement;4502;PJJ" REST
#define LYON                                                                                       \
    "structureet;690000013;690000001;MAISON D'ESSAI;;;;;;;;;381;69;RHONE;69001 LYON;;;177;MECS;"   \
    "4501;ASE" REST

static void classic_lines(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read_csv(&im, BANNER REUNION LYON), 0);
    assert_int_equal(im.n_bad, 0);
    assert_json(nth_params(&im, "establishment.put", 0),
                "{'id':'e-970400012','name':'FOYER \\\"LES ÉtOILES\\\"',"
                "'establishment_kind':'autre','finess':'970400012','commune':'97410',"
                "'precision':'commune','address':'40 B CHE DU TEST, 97437 ST BENOIT',"
                "'contact':{'day':'0262000000'}}");
    assert_json(json_object_get(nth_command(&im, "establishment.put", 0), "departement"), "'974'");
    assert_json(json_object_get(nth_params(&im, "establishment.put", 1), "commune"), "'69381'");
    assert_int_equal(count_commands(&im, "unit.put"), 2);
    import_free(&im);
}

static void classic_points_come_last(void **state)
{
    struct import im;
    json_t *point;

    (void)state;
    assert_int_equal(read_csv(&im, BANNER REUNION LYON
                              "geolocalisation;970400012;349000.0;7671000.0;1,X,100;2020-01-01\n"
                              "geolocalisation;690000013;842666.0;6519924.0;1,X,100;2020-01-01\n"),
                     0);
    assert_int_equal(im.n_bad, 0);
    point = json_object_get(nth_params(&im, "establishment.put", 0), "point");
    assert_true(json_real_value(json_array_get(point, 0)) < -21.0);
    assert_true(json_real_value(json_array_get(point, 1)) > 55.5);
    assert_json(json_object_get(nth_params(&im, "establishment.put", 1), "precision"), "'exact'");
    import_free(&im);
}

static void classic_may_have_become_utf8(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read_csv(&im, BANNER "structureet;690000013;;ÉCOLE D'ESSAI;;;;;;;;;381;69;R;"
                                          "69001 LYON;;;177;M;4501;A" REST),
                     0);
    assert_json(json_object_get(nth_params(&im, "establishment.put", 0), "name"),
                "'ÉCOLE D\\u0027ESSAI'");
    import_free(&im);
}

static void damaged_classic_files_are_refused(void **state)
{
    struct import im;

    (void)state;
    assert_refused(&im, read_csv(&im, BANNER LYON "structureet;690000021;x\n"), 3,
                   "wrong_column_count");
    assert_refused(&im, read_csv(&im, BANNER "equipementsocial;690000021;x\n"), 2,
                   "section_unknown");
    assert_refused(&im, read_csv(&im, BANNER LYON "structureet;\xef\xbf\xbd;x\n"), 3,
                   "lost_accents");
    assert_refused(&im, read_csv(&im, BANNER LYON "structureet;\xe9\x81;x\n"), 3,
                   "control_character");
    assert_refused(&im, read_csv(&im, BANNER), 1, "empty_file");
    assert_refused(&im, read_csv(&im, LYON), 1, "banner_missing");
    import_init(&im);
    assert_refused(&im, import_finess(span_of(BANNER LYON), span_of("{}"), &im), 0,
                   "one_file_only");
}

static void telephones(void **state)
{
    static const struct {
        const char *written, *kept;
    } cases[] = {
        {"05.36.49.00.01", "0536490001"}, {"+33 5 36 49 00 01", "+33536490001"},
        {"0536490001", "0536490001"},     {"12345", NULL},
        {"voir le standard", NULL},       {"05364900010536490001", NULL},
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct import im;
        const json_t *contact;

        with(text, sizeof text, "05 36 49 00 01", cases[i].written);
        assert_int_equal(read_csv(&im, text), 0);
        contact = json_object_get(nth_params(&im, "establishment.put", 1), "contact");
        if (cases[i].kept == NULL)
            assert_null(contact);
        else
            assert_string_equal(json_string_value(json_object_get(contact, "day")), cases[i].kept);
        import_free(&im);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(establishment_and_its_unit),
        cmocka_unit_test(bad_lines_are_left_out),
        cmocka_unit_test(categories_without_places_are_counted),
        cmocka_unit_test(projected_points_are_used_when_alone),
        cmocka_unit_test(damaged_tables_are_refused),
        cmocka_unit_test(classic_lines),
        cmocka_unit_test(classic_points_come_last),
        cmocka_unit_test(classic_may_have_become_utf8),
        cmocka_unit_test(damaged_classic_files_are_refused),
        cmocka_unit_test(telephones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
