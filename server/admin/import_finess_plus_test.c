/* SPDX-License-Identifier: EUPL-1.2 */
/* The FINESS+ flows. All names and numbers are made up; JSON is written with single quotes. */
#include "admin/finess_plus.h"
#include "admin/import_fixture.h"

#include <stdlib.h>

#define GENERATED "'schemaVersion':'v1.0.0','generatedAt':'2026-08-13T02:07:30Z'"
#define ESTABLISHMENT(number, category, state)                                                     \
    "{'informationsGeneralesEGE':{'numFinessEge':'" number "','nomEgeLong':'MAISON DES ESSAIS',"   \
    "'complementDenominationEg':'SITE NORD'},'categorieentiteGeographiqueExercice':'" category     \
    "','adresse':[{'usageAdresse':'02','cogCommune':'01004'},{'usageAdresse':'03','ligneQuatre':"  \
    "'12 RUE DU TEST','codePostal':'31000','ligneAcheminement':'TOULOUSE','cogCommune':'31555',"   \
    "'coordonneesGeographique':{'coordonneeX':'1.4442','coordonneeY':'43.6045'}}],'contact':"      \
    "[{'telecom':{'telephone':'0536490001'}}],'etatObjet':'" state "'}"
#define STRUCTURES(establishments)                                                                 \
    "{" GENERATED ",'gco':[],'gcc':[],'pmej':[{'informationsGeneralesPMEJ':"                       \
    "{'denominationLonguePmSmsse':'ASSOCIATION D ESSAI'},'ege':[" establishments "]}]}"
#define ACTIVITES(number, activities)                                                              \
    "{" GENERATED ",'pmej':[{'numFiness':'310000001','ege':[{'numFinessEge':'" number              \
    "','activitesExercees':[" activities "]}]}]}"
#define ACTIVITY(key, state, what, mode, public, ages, lines)                                      \
    "{'caracteristiquesGeneriques':{'activiteAeId':'" key "','etatObjet':'" state                  \
    "'},'nature':{'codeNature':'ASOCR','caracteristiquesSpecifiques':{" ages                       \
    "'typeActiviteASOCR':{'activiteSocialeRegulee':'" what "','modeFonctionnement':'" mode         \
    "','public':'" public "'}}},'capacite':[" lines "]}"
#define LINE(status, accreditation, sex, n)                                                        \
    "{'nombre':'" n "','statutCapacite':'" status                                                  \
    "','uniteMesureCapacite':'02','habilitation':" accreditation ",'genre':" sex "}"
#define AGES(min, max) "'ageMinInstalle':" min ",'ageMaxInstalle':" max ","

/* The same text with double quotes; the caller frees it. */
static char *json(const char *text)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static int read_flows(struct import *im, const char *one, const char *other)
{
    char *a = json(one), *b = json(other);
    int r;

    import_init(im);
    r = import_finess(span_of(a), span_of(b), im);
    free(a);
    free(b);
    return r;
}

/* ten places installed and twelve authorised, said again by accreditation and by sex */
#define INSTALLED                                                                                  \
    LINE("08", "null", "null", "10")                                                               \
    "," LINE("08", "'02'", "null", "10") "," LINE("08", "null", "'01'",                            \
                                                  "4") "," LINE("08", "null", "'02'", "6")
#define AUTHORISED LINE("09", "null", "null", "12") "," LINE("09", "'02'", "null", "12")
#define BOTH_SEXES                                                                                 \
    ACTIVITY("7", "A", "912", "11", "802", AGES("'12'", "'17'"), INSTALLED "," AUTHORISED)
#define HELP ACTIVITY("9", "A", "257", "16", "800", "", LINE("08", "null", "null", "30"))
#define CLOSED ACTIVITY("8", "I", "912", "15", "800", "", "")

static void establishment_with_its_activities(void **state)
{
    static const char structures[] = STRUCTURES(ESTABLISHMENT("310000011", "177", "A"));
    static const char activites[] = ACTIVITES("310000011", BOTH_SEXES "," HELP "," CLOSED);
    struct import im;

    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        assert_int_equal(
            read_flows(&im, swapped ? activites : structures, swapped ? structures : activites), 0);
        assert_int_equal(im.n_bad, 0);
        assert_json(nth_params(&im, "establishment.put", 0),
                    "{'id':'e-310000011','name':'MAISON DES ESSAIS - SITE NORD',"
                    "'establishment_kind':'mecs','finess':'310000011','operator':"
                    "'ASSOCIATION D ESSAI','commune':'31555','point':[43.6045,1.4442],"
                    "'precision':'exact','address':'12 RUE DU TEST, 31000 TOULOUSE',"
                    "'contact':{'day':'0536490001'}}");
        assert_int_equal(count_commands(&im, "unit.put"), 1);
        assert_json(nth_params(&im, "unit.put", 0),
                    "{'id':'u-310000011-7','establishment':'e-310000011','name':"
                    "'Internat, 7 à 17 ans','modality':'internat','min_months':144,"
                    "'max_months':216,'sex':'any','installed':10,'authorised':12}");
        assert_json(nth_params(&im, "unit.close", 0), "{'unit':'u-310000011-8'}");
        assert_int_equal(counted(&im, "activities_without_places"), 1);
        assert_int_equal(counted(&im, "places_installed"), 10);
        import_free(&im);
    }
}

/* The unit that one activity becomes. */
static void unit(const char *activity, const char *expected)
{
    static const char structures[] = STRUCTURES(ESTABLISHMENT("310000011", "177", "A"));
    char activites[2048];
    struct import im;

    snprintf(activites, sizeof activites, ACTIVITES("310000011", "%s"), activity);
    assert_int_equal(read_flows(&im, structures, activites), 0);
    assert_json(nth_params(&im, "unit.put", 0), expected);
    import_free(&im);
}

#define UNIT "'id':'u-310000011-7','establishment':'e-310000011',"

static void conditions_of_units(void **state)
{
    (void)state;
    /* unknown ages are the public's; no place line says nothing of places */
    unit(ACTIVITY("7", "A", "912", "11", "803", "", ""),
         "{" UNIT "'name':'Internat, jeunes majeurs','modality':'internat','min_months':216,"
         "'max_months':252}");
    /* authorised ages where none is practised; what the activity is wins over its mode */
    unit(ACTIVITY("7", "A", "913", "18", "806", "'ageMinAutorise':'14','ageMaxAutorise':'18',", ""),
         "{" UNIT "'name':'Accueil d\\u0027urgence, mineurs non accompagnés','modality':'urgence',"
         "'min_months':168,'max_months':216,'accepts':{'mna':'yes'},'ttl_s':14400}");
    /* numbers written as numbers; one sex has every place; foster care is believed for longer */
    unit(ACTIVITY("7", "A", "912", "15", "835", AGES("0", "3"),
                  "{'nombre':6,'statutCapacite':'08','uniteMesureCapacite':'02'}," LINE(
                      "08", "null", "'01'", "6")),
         "{" UNIT "'name':'Accueil familial, parents avec enfant','modality':'familial',"
         "'min_months':0,'max_months':48,'accepts':{'mother_child':'yes'},'sex':'girls',"
         "'installed':6,'ttl_s':259200}");
    /* plain lines add up, those of a sex (03: either) repeat them; flats are no places */
    unit(ACTIVITY("7", "A", "912", "21", "800", "",
                  LINE("09", "null", "null", "3") "," LINE(
                      "09", "null", "null",
                      "4") ",{'nombre':'9','statutCapacite':'09','uniteMesureCapacite':'03'}"),
         "{" UNIT "'name':'Accueil de jour','modality':'accueil_jour','authorised':7}");
    /* an open activity may have no place installed */
    unit(ACTIVITY("7", "A", "912", "27", "800", "", LINE("08", "null", "null", "0")),
         "{" UNIT "'name':'Accueil séquentiel','modality':'sequentiel','installed':0}");
}

static void ages(void **state)
{
    static const struct {
        int min, max, min_months, max_months;
    } cases[] = {
        {0, 18, 0, 216},    {13, 21, 156, 252}, {12, 17, 144, 216}, {0, 3, 0, 48},
        {15, 20, 180, 252}, {-1, 17, -1, 216},  {3, -1, 36, -1},    {-1, -1, -1, -1},
        {0, 0, -1, -1},     {18, 25, 216, 312},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int min, max;

        finess_plus_ages(cases[i].min, cases[i].max, &min, &max);
        assert_int_equal(min, cases[i].min_months);
        assert_int_equal(max, cases[i].max_months);
    }
}

static void closed_establishments(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(
        read_flows(&im,
                   STRUCTURES(ESTABLISHMENT("310000011", "177", "I") "," ESTABLISHMENT("310000029",
                                                                                       "177", "A")),
                   ACTIVITES("310000011", ACTIVITY("7", "I", "912", "11", "800", "", ""))),
        0);
    assert_json(nth_params(&im, "establishment.close", 0), "{'establishment':'e-310000011'}");
    assert_int_equal(count_commands(&im, "unit.close"), 0);
    /* no activity listed: one unit of which nothing is known */
    assert_json(nth_params(&im, "unit.put", 0),
                "{'id':'u-310000029','establishment':'e-310000029','name':'Internat'}");
    import_free(&im);
}

static void newer_schema_moves_members(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(read_flows(&im,
                                "{'metadata':{'schemaVersion':'1.0.1','generatedAt':'x'},'pmej':[{'"
                                "ege':[" ESTABLISHMENT("310000011", "177", "A") "]}]}",
                                ACTIVITES("310000011", "")),
                     0);
    assert_int_equal(count_commands(&im, "establishment.put"), 1);
    import_free(&im);
}

static void bad_entries_are_left_out(void **state)
{
    struct import im;

    (void)state;
    assert_int_equal(
        read_flows(
            &im,
            STRUCTURES(ESTABLISHMENT("310000011", "999", "A") "," ESTABLISHMENT(
                "310000029", "177", "X") "," ESTABLISHMENT("310000037", "177", "A")),
            ACTIVITES("310000037", ACTIVITY("x", "A", "912", "11", "800", "", "") "," ACTIVITY(
                                       "7", "A", "912", "11", "800", "",
                                       "") "," ACTIVITY("7", "A", "913", "11", "800", "", ""))),
        0);
    assert_int_equal(im.n_bad, 4);
    assert_bad(&im, 3, 0, "activity_doubled");
    assert_int_equal(count_commands(&im, "unit.put"), 1);
    assert_bad(&im, 0, 0, "category_unknown");
    assert_bad(&im, 1, 0, "state_unknown");
    assert_bad(&im, 2, 0, "activity_invalid");
    assert_int_equal(count_commands(&im, "establishment.put"), 1);
    import_free(&im);
}

static void damaged_flows_are_refused(void **state)
{
    static const char structures[] = STRUCTURES(ESTABLISHMENT("310000011", "177", "A"));
    static const char activites[] = ACTIVITES("310000011", "");
    struct import im;

    (void)state;
    assert_refused(&im, read_flows(&im, structures, ""), 0, "activites_missing");
    assert_refused(&im, read_flows(&im, activites, ""), 0, "structures_missing");
    assert_refused(&im, read_flows(&im, structures, structures), 0, "activites_missing");
    assert_refused(&im, read_flows(&im, activites, activites), 0, "structures_missing");
    assert_refused(&im, read_flows(&im, structures, "{'schemaVersion':'v1.0.0',\n'pmej':[{"), 2,
                   "json_damaged");
    assert_refused(&im, read_flows(&im, structures, "{'schemaVersion':'v1.0.0','pmej':[]}"), 1,
                   "format_unknown");
    assert_refused(&im, read_flows(&im, "{'schemaVersion':'v2.0.0'}", activites), 1,
                   "schema_version_unknown");
    assert_refused(&im, read_flows(&im, "{'pmej':[]}", activites), 1, "schema_version_unknown");
    assert_refused(&im, read_flows(&im, "{\n'a':1,'a':2}", activites), 2, "json_damaged");
    assert_refused(&im, read_flows(&im, "{\n'a':'\xef\xbf\xbd'}", activites), 2, "lost_accents");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(establishment_with_its_activities),
        cmocka_unit_test(conditions_of_units),
        cmocka_unit_test(ages),
        cmocka_unit_test(closed_establishments),
        cmocka_unit_test(newer_schema_moves_members),
        cmocka_unit_test(bad_entries_are_left_out),
        cmocka_unit_test(damaged_flows_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
