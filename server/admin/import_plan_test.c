/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import_fixture.h"
#include "admin/import_plan.h"

#include <stdlib.h>

static json_t *json(const char *text)
{
    char *copy = strdup(text);
    json_t *value;

    assert_non_null(copy);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    value = json_loads(copy, 0, NULL);
    assert_non_null(value);
    free(copy);
    return value;
}

/* Plans commands (an array) for a register. */
static int plan(struct import *im, json_t *known, const char *commands)
{
    import_init(im);
    json_decref(im->commands);
    im->commands = json(commands);
    return import_plan(im, known);
}

#define TERRITORIES                                                                                \
    "'territory':{'d31':{'name':'Haute-Garonne','level':'departement'},"                           \
    "'dts-nord':{'name':'DTS Nord','level':'dts','parent':'d31'},"                                 \
    "'mds-muret':{'name':'MDS de Muret','level':'mds','parent':'d31'}},"
#define COMMUNES                                                                                   \
    "'commune':{'31395':{'name':'MURET','postcodes':['31600'],'point':[43.46,1.32],"               \
    "'territory':'mds-muret'},'31555':{'name':'TOULOUSE','postcodes':['31000','31100']}},"
#define KINDS                                                                                      \
    "'establishment_kind':{'mecs':{'finess_categories':['177'],'ttl_s':86400,"                     \
    "'modality':'internat','visibility':'exact'},'assistant_familial':{'finess_categories':[],"    \
    "'ttl_s':259200,'modality':'familial','visibility':'commune'}},"
#define ESTABLISHMENTS                                                                             \
    "'establishment':{'e-310000011':{'name':'ESSAI','establishment_kind':'mecs',"                  \
    "'finess':'310000011','territory':'d31','commune':'31555','point':[43.6,1.44],"                \
    "'precision':'exact','contact':{'day':'0536490001','night':'0639980001'}},"                    \
    "'e-af':{'name':'F','establishment_kind':'assistant_familial','territory':'d31'}},"
#define UNITS                                                                                      \
    "'unit':{'u-310000011':{'establishment':'e-310000011','name':'Internat','sex':'any',"          \
    "'accepts':{'mna':'yes'},'emergency_reserved':2}}"
#define REGISTER "{" TERRITORIES COMMUNES KINDS ESTABLISHMENTS UNITS "}"
#define PUT(line, hints, params)                                                                   \
    "{'op':'establishment.put','line':" line "," hints "'params':{" params "}}"
#define NEW "'id':'e-310000029','name':'NOUVEAU','establishment_kind':'mecs'"

static void what_changes_nothing_is_left_out(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(
        plan(&im, known,
             "[{'op':'commune.put','line':2,'params':{'insee':'31555','name':'TOULOUSE',"
             "'postcodes':['31100','31000']}},"
             "{'op':'commune.put','line':3,'params':{'insee':'31395','point':[43.46,1.32]}}," PUT(
                 "4", "'departement':'31',",
                 "'id':'e-310000011','name':'ESSAI'") ","
                                                      "{'op':'unit.put','line':4,'generic':true,'"
                                                      "params':{'id':'u-310000011',"
                                                      "'establishment':'e-310000011','name':'"
                                                      "Internat'}},"
                                                      "{'op':'unit.close','line':5,'params':{'unit'"
                                                      ":'u-nobody'}},"
                                                      "{'op':'establishment.close','line':6,'"
                                                      "params':{'establishment':'e-nobody'}}]"),
        0);
    assert_int_equal(json_array_size(im.commands), 0);
    assert_int_equal(counted(&im, "unchanged"), 4);
    assert_int_equal(counted(&im, "closed_never_known"), 2);
    import_free(&im);
    json_decref(known);
}

static void what_a_file_does_not_say_stays(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(
        plan(&im, known,
             "[" PUT("2", "'departement':'31',",
                     "'id':'e-310000011','name':'AUTRE "
                     "NOM','contact':{'day':'0536490002'}") ","
                                                            "{'op':'unit.put','line':2,'"
                                                            "params':{'id':'u-310000011','"
                                                            "establishment':"
                                                            "'e-310000011','sex':null,'"
                                                            "accepts':{'mna':'unknown','"
                                                            "medical':'no'}}}]"),
        0);
    assert_json(nth_params(&im, "establishment.put", 0),
                "{'id':'e-310000011','name':'AUTRE NOM','establishment_kind':'mecs',"
                "'finess':'310000011','territory':'d31','commune':'31555','point':[43.6,1.44],"
                "'precision':'exact','contact':{'day':'0536490002','night':'0639980001'}}");
    assert_json(nth_params(&im, "unit.put", 0),
                "{'id':'u-310000011','establishment':'e-310000011','name':'Internat',"
                "'accepts':{'medical':'no'},'emergency_reserved':2}");
    assert_int_equal(counted(&im, "updated"), 2);
    import_free(&im);
    json_decref(known);
}

static const char *territory_of(const struct import *im, size_t n)
{
    return json_string_value(json_object_get(nth_params(im, "establishment.put", n), "territory"));
}

static void establishments_hang_where_their_commune_does(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(plan(&im, known,
                          "[" PUT("2", "'departement':'31',", NEW ",'commune':'31395'") "," PUT(
                              "3", "'departement':'31',",
                              "'id':'e-b','name':'B','establishment_kind':'mecs',"
                              "'commune':'31555'") "," PUT("4", "'departement':'2A',",
                                                           "'id':'e-c','name':'C',"
                                                           "'establishment_kind':'mecs',"
                                                           "'commune':'2A004'") "]"),
                     0);
    assert_int_equal(im.n_bad, 0);
    assert_string_equal(territory_of(&im, 0), "mds-muret");
    assert_string_equal(territory_of(&im, 1), "d31");
    assert_string_equal(territory_of(&im, 2), "d2a");
    assert_null(json_object_get(nth_params(&im, "establishment.put", 2), "commune"));
    assert_int_equal(counted(&im, "communes_unknown"), 1);
    assert_json(nth_params(&im, "territory.put", 0),
                "{'code':'d2a','name':'Corse-du-Sud','level':'departement'}");
    import_free(&im);
    json_decref(known);
}

static void moving_by_hand_is_respected(void **state)
{
    json_t *known = json(REGISTER);
    json_t *e = json_object_get(json_object_get(known, "establishment"), "e-310000011");
    struct import im;

    (void)state;
    /* under the root for want of a mapping: follows its commune once that is mapped */
    assert_int_equal(json_object_set_new(e, "commune", json_string("31395")), 0);
    assert_int_equal(
        plan(&im, known, "[" PUT("2", "'departement':'31',", "'id':'e-310000011'") "]"), 0);
    assert_string_equal(territory_of(&im, 0), "mds-muret");
    import_free(&im);
    /* somebody hung it elsewhere: stays there … */
    e = json_object_get(json_object_get(known, "establishment"), "e-310000011");
    assert_int_equal(json_object_set_new(e, "territory", json_string("dts-nord")), 0);
    assert_int_equal(
        plan(&im, known, "[" PUT("2", "'departement':'31',", "'id':'e-310000011'") "]"), 0);
    assert_int_equal(json_array_size(im.commands), 0);
    import_free(&im);
    /* … until it moves house */
    assert_int_equal(
        plan(&im, known,
             "[" PUT("2", "'departement':'31',", "'id':'e-310000011','commune':'31555'") "]"),
        0);
    assert_string_equal(territory_of(&im, 0), "d31");
    import_free(&im);
    json_decref(known);
}

static void establishments_follow_a_new_mapping(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(
        plan(&im, known,
             "[{'op':'territory.put','line':2,'params':{'code':'mds-centre','name':'C',"
             "'level':'mds','parent':'d31'}},"
             "{'op':'commune.put','line':2,'params':{'insee':'31555','territory':'mds-centre'}},"
             "{'op':'commune.put','line':2,'params':{'insee':'31999','territory':'mds-centre'}}]"),
        0);
    assert_bad(&im, 0, 2, "commune_unknown");
    assert_int_equal(im.n_bad, 1);
    assert_string_equal(territory_of(&im, 0), "mds-centre");
    assert_int_equal(counted(&im, "establishments_moved"), 1);
    assert_json(nth_params(&im, "commune.put", 0),
                "{'insee':'31555','name':'TOULOUSE','postcodes':['31000','31100'],"
                "'territory':'mds-centre'}");
    import_free(&im);
    json_decref(known);
}

static void references_are_checked(void **state)
{
    static const struct {
        const char *command, *code;
    } cases[] = {
        {PUT("7", "", NEW ",'commune':'31999'"), "commune_unknown"},
        {PUT("7", "", NEW ",'territory':'nowhere'"), "territory_unknown"},
        {PUT("7", "", NEW), "territory_missing"},
        {PUT("7", "", "'id':'e-x','name':'X','territory':'d31'"), "kind_unknown"},
        {PUT("7", "", "'id':'e-x','name':'X','establishment_kind':'foyer','territory':'d31'"),
         "kind_unknown"},
        {PUT("7", "", "'id':'e-x','establishment_kind':'mecs','territory':'d31'"), "name_missing"},
        {PUT("7", "", "'id':'e-af','visibility':'exact'"), "home_not_exact"},
        {"{'op':'unit.put','line':7,'params':{'id':'u-x','establishment':'e-x'}}",
         "establishment_unknown"},
        {"{'op':'unit.put','line':7,'params':{'id':'u-310000011','establishment':'e-310000011',"
         "'min_months':216,'max_months':12}}",
         "ages_reversed"},
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        json_t *known = json(REGISTER);
        struct import im;

        snprintf(text, sizeof text, "[%s]", cases[i].command);
        assert_int_equal(plan(&im, known, text), 0);
        assert_int_equal(im.n_bad, 1);
        assert_bad(&im, 0, 7, cases[i].code);
        assert_int_equal(json_array_size(im.commands), 0);
        import_free(&im);
        json_decref(known);
    }
}

static void territories_must_fit_the_register(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_refused(&im,
                   plan(&im, known,
                        "[{'op':'territory.put','line':3,'params':{'code':'a','name':'A',"
                        "'level':'dts','parent':'b'}}]"),
                   3, "parent_unknown");
    assert_refused(&im,
                   plan(&im, known,
                        "[{'op':'territory.put','line':3,'params':{'code':'d31','name':'A',"
                        "'level':'dts','parent':'mds-muret'}}]"),
                   3, "territory_circle");
    json_decref(known);
}

static void kinds_are_the_registers_own(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    /* the département gave category 177 to a kind of its own; 241 is nobody's yet */
    json_object_set_new(
        json_object_get(known, "establishment_kind"), "maison",
        json("{'finess_categories':['177','238'],'ttl_s':3600,'modality':'internat'}"));
    json_object_del(json_object_get(known, "establishment_kind"), "mecs");
    assert_int_equal(plan(&im, known,
                          "[" PUT("2", "'departement':'31','category':'177',", NEW) "," PUT(
                              "3", "'departement':'31','category':'241',",
                              "'id':'e-x','name':'X','establishment_kind':'autre'") "]"),
                     0);
    assert_json(json_object_get(nth_params(&im, "establishment.put", 0), "establishment_kind"),
                "'maison'");
    assert_json(nth_params(&im, "establishment_kind.put", 0),
                "{'code':'autre','finess_categories':['241','411'],'ttl_s':86400,"
                "'modality':'internat','visibility':'exact'}");
    import_free(&im);
    json_decref(known);
}

#define ACTIVITY                                                                                   \
    "[{'op':'unit.put','line':0,'activity':true,'follows':true,'params':{'id':'u-310000011-7',"    \
    "'establishment':'e-310000011','name':'Internat','modality':'internat'}}]"

static void activities_take_the_place_of_the_generic_unit(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(plan(&im, known, ACTIVITY), 0);
    assert_json(nth_params(&im, "unit.close", 0), "{'unit':'u-310000011'}");
    assert_int_equal(count_commands(&im, "unit.put"), 1);
    import_free(&im);
    /* then the older format does not bring it back */
    assert_int_equal(plan(&im, known,
                          "[{'op':'unit.put','line':2,'generic':true,'params':{'id':"
                          "'u-310000011','establishment':'e-310000011','name':'Internat'}}]"),
                     0);
    assert_int_equal(json_array_size(im.commands), 0);
    assert_int_equal(counted(&im, "units_known_better"), 1);
    import_free(&im);
    json_decref(known);
    /* one that people declare on stays, and is told */
    known = json(REGISTER);
    json_object_set_new(json_object_get(json_object_get(known, "unit"), "u-310000011"), "declared",
                        json_true());
    assert_int_equal(plan(&im, known, ACTIVITY), 0);
    assert_int_equal(count_commands(&im, "unit.close"), 0);
    assert_bad(&im, 0, 0, "generic_unit_kept");
    import_free(&im);
    json_decref(known);
}

#define BED(line, unit, more)                                                                      \
    "{'op':'unit.put','line':" line ",'params':{'id':'" unit                                       \
    "','establishment':'e-310000011'" more "}}"

/* A row may name a unit of a later row; what the register refuses is a bad line. */
static void a_bed_in_reserve_comes_before_who_falls_back_on_it(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(
        plan(&im, known,
             "[" BED("2", "u-home", ",'modality':'pad','fallback':'u-bed'") "," BED(
                 "3", "u-bed",
                 "") "," BED("4", "u-lost",
                             ",'modality':'pad','fallback':'u-none'") "," BED("5", "u-310000011",
                                                                              ",'fallback':"
                                                                              "'u-bed'") "]"),
        0);
    assert_string_equal(text_at(nth_params(&im, "unit.put", 0), "id"), "u-bed");
    assert_json(nth_params(&im, "unit.put", 1),
                "{'id':'u-home','establishment':'e-310000011','name':'Placement à domicile',"
                "'modality':'pad','fallback':'u-bed'}");
    assert_int_equal(count_commands(&im, "unit.put"), 2);
    assert_bad(&im, 0, 5, "fallback_only_for_pad");
    assert_bad(&im, 1, 4, "fallback_unknown");
    import_free(&im);
    /* the bed closes: a row of whoever fell back on it does not name it again */
    assert_int_equal(plan(&im, known,
                          "[{'op':'unit.close','line':2,'params':{'unit':'u-bed'}}," BED(
                              "3", "u-home", ",'name':'À la maison'") "]"),
                     0);
    assert_null(json_object_get(nth_params(&im, "unit.put", 0), "fallback"));
    import_free(&im);
    json_decref(known);
}

static void closing_takes_the_units_along(void **state)
{
    json_t *known = json(REGISTER);
    struct import im;

    (void)state;
    assert_int_equal(plan(&im, known,
                          "[{'op':'establishment.close','line':0,'params':{'establishment':"
                          "'e-310000011'}},{'op':'unit.close','line':0,'params':{'unit':"
                          "'u-310000011'}}]"),
                     0);
    assert_int_equal(json_array_size(im.commands), 1);
    assert_int_equal(counted(&im, "closed"), 1);
    assert_int_equal(counted(&im, "closed_never_known"), 1);
    import_free(&im);
    json_decref(known);
}

static void an_establishment_is_known_by_its_finess_number(void **state)
{
    json_t *known = json(REGISTER), *all = json_object_get(known, "establishment");
    struct import im;

    (void)state;
    /* entered by hand under a code of its own */
    json_object_set(all, "e-villa", json_object_get(all, "e-310000011"));
    json_object_del(all, "e-310000011");
    json_object_set_new(json_object_get(json_object_get(known, "unit"), "u-310000011"),
                        "establishment", json_string("e-villa"));
    assert_int_equal(
        plan(&im, known,
             "[" PUT(
                 "2", "'departement':'31',",
                 "'id':'e-310000011','finess':'310000011','name':'X'") ","
                                                                       "{'op':'unit.put','line':2,'"
                                                                       "params':{'id':'u-310000011-"
                                                                       "9',"
                                                                       "'establishment':'e-"
                                                                       "310000011','name':'U'}}]"),
        0);
    assert_json(json_object_get(nth_params(&im, "establishment.put", 0), "id"), "'e-villa'");
    assert_json(json_object_get(nth_params(&im, "unit.put", 0), "establishment"), "'e-villa'");
    import_free(&im);
    json_decref(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_nothing_is_left_out),
        cmocka_unit_test(what_a_file_does_not_say_stays),
        cmocka_unit_test(establishments_hang_where_their_commune_does),
        cmocka_unit_test(moving_by_hand_is_respected),
        cmocka_unit_test(establishments_follow_a_new_mapping),
        cmocka_unit_test(references_are_checked),
        cmocka_unit_test(territories_must_fit_the_register),
        cmocka_unit_test(kinds_are_the_registers_own),
        cmocka_unit_test(activities_take_the_place_of_the_generic_unit),
        cmocka_unit_test(a_bed_in_reserve_comes_before_who_falls_back_on_it),
        cmocka_unit_test(closing_takes_the_units_along),
        cmocka_unit_test(an_establishment_is_known_by_its_finess_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
