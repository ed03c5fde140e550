/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/finess_plus.h"

void finess_plus_ages(int min_years, int max_years, int *ret_min_months, int *ret_max_months)
{
    bool filled = min_years > 0 || max_years > 0;

    *ret_min_months = filled && min_years >= 0 ? min_years * 12 : -1;
    if (!filled || max_years < 0)
        *ret_max_months = -1;
    else if (max_years == 18 || max_years == 21)
        *ret_max_months = max_years * 12;
    else
        *ret_max_months = (max_years + 1) * 12;
}

/* Places of one activity. -1: the flow does not say. */
struct places {
    int authorised, installed;
    int girls, boys; /* split of the same places, of whichever status gives one */
};

static void add(int *sum, int n)
{
    *sum = (*sum < 0 ? 0 : *sum) + n;
}

/* Lines with an accreditation (habilitation) or a sex (genre) repeat places of the plain line of
 * their status; only plain lines are added up. Unit 02 is a place (03 a flat, which is no count of
 * children). */
static struct places places_of(const json_t *activity)
{
    struct places p = {-1, -1, -1, -1};
    size_t i;
    json_t *line;

    json_array_foreach (json_object_get(activity, "capacite"), i, line) {
        span status = plus_text(line, "statutCapacite"), sex = plus_text(line, "genre");
        int n = plus_number(line, "nombre");
        bool installed = span_is(status, "08"), authorised = span_is(status, "09");

        if (n < 0 || (!installed && !authorised) ||
            !span_is(plus_text(line, "uniteMesureCapacite"), "02") ||
            plus_text(line, "habilitation").n > 0)
            continue;
        if (span_is(sex, "01"))
            p.girls = n > p.girls ? n : p.girls;
        else if (span_is(sex, "02"))
            p.boys = n > p.boys ? n : p.boys;
        else if (sex.n == 0)
            add(installed ? &p.installed : &p.authorised, n);
    }
    return p;
}

/* girls or boys when one sex has every place, any when both have some; else unsaid. */
static const char *sex_of(const struct places *p)
{
    int total = p->authorised > p->installed ? p->authorised : p->installed;

    if (p->girls > 0 && p->boys > 0)
        return unit_sex_codes[UNIT_SEX_ANY];
    if (p->girls > 0 && p->girls >= total)
        return unit_sex_codes[UNIT_SEX_GIRLS];
    if (p->boys > 0 && p->boys >= total)
        return unit_sex_codes[UNIT_SEX_BOYS];
    return NULL;
}

/* Ages as practised (installed) before ages as authorised, else what the public's name says. */
static void put_ages(struct import *im, json_t *params, const json_t *specific,
                     const struct publics *publics)
{
    int min_years = plus_number(specific, "ageMinInstalle");
    int max_years = plus_number(specific, "ageMaxInstalle");
    int min_months, max_months;

    if (min_years < 0 && max_years < 0) {
        min_years = plus_number(specific, "ageMinAutorise");
        max_years = plus_number(specific, "ageMaxAutorise");
    }
    finess_plus_ages(min_years, max_years, &min_months, &max_months);
    if (min_months < 0 && max_months < 0) {
        min_months = publics->min_months;
        max_months = publics->max_months;
    }
    if (max_months >= 0 && min_months >= max_months) /* reversed in the flow: unknown, not a lie */
        return;
    if (min_months >= 0)
        import_set(im, params, "min_months", json_integer(min_months));
    if (max_months >= 0)
        import_set(im, params, "max_months", json_integer(max_months));
}

/* An emergency place and a foster family are believed for another time than their house's kind. */
static void put_ttl(struct import *im, json_t *params, enum modality modality,
                    const struct kind *kind)
{
    int ttl_h = modality == MODALITY_URGENCE ? 4 : modality == MODALITY_FAMILIAL ? 72 : 0;

    if (ttl_h != 0 && ttl_h != kind->ttl_h)
        import_set(im, params, "ttl_s", json_integer(ttl_h * 3600));
}

static void put_name(struct import *im, json_t *params, enum modality modality,
                     const struct publics *publics)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s%s", modality_label(modality),
             publics->label != NULL ? ", " : "", publics->label != NULL ? publics->label : "");
    import_text(im, params, "name", span_of(name));
}

static void put_conditions(struct import *im, json_t *params, const json_t *specific, span public)
{
    struct publics publics = publics_of(public);

    put_ages(im, params, specific, &publics);
    if (publics.mna)
        import_set(im, params, "accepts", json_pack("{s:s}", need_codes[NEED_MNA], "yes"));
    if (publics.mother_child)
        import_set(im, params, "accepts", json_pack("{s:s}", need_codes[NEED_MOTHER_CHILD], "yes"));
}

static void put_places(struct import *im, json_t *params, const json_t *activity)
{
    struct places places = places_of(activity);
    const char *sex = sex_of(&places);

    if (sex != NULL)
        import_text(im, params, "sex", span_of(sex));
    if (places.authorised >= 0)
        import_set(im, params, "authorised", json_integer(places.authorised));
    if (places.installed >= 0)
        import_set(im, params, "installed", json_integer(places.installed));
    import_count(im, "places_authorised", places.authorised > 0 ? places.authorised : 0);
    import_count(im, "places_installed", places.installed > 0 ? places.installed : 0);
}

/* An activity's key: digits in every flow seen; anything else would not fit an id. */
static bool key_usable(span key)
{
    int number;

    return import_number(key, &number) == 0;
}

void finess_plus_unit(struct import *im, const struct finess_row *row, const struct kind *kind,
                      const json_t *activity)
{
    const json_t *generic = json_object_get(activity, "caracteristiquesGeneriques");
    const json_t *nature = json_object_get(activity, "nature");
    const json_t *specific = json_object_get(nature, "caracteristiquesSpecifiques");
    const json_t *type = json_object_get(specific, "typeActiviteASOCR");
    span key = plus_text(generic, "activiteAeId"), state = plus_text(generic, "etatObjet");
    span public = plus_text(type, "public");
    struct publics publics = publics_of(public);
    struct activity offer = activity_of(plus_text(type, "activiteSocialeRegulee"),
                                        plus_text(type, "modeFonctionnement"), kind->modality);
    char establishment[FINESS_ID_ROOM], unit[FINESS_ID_ROOM];
    json_t *params;

    if (!offer.places) {
        import_count(im, "activities_without_places", 1);
        return;
    }
    if (!key_usable(key) || (!span_is(state, "A") && !span_is(state, "I"))) {
        import_bad_line(im, row->line, "activity_invalid", row->number);
        return;
    }
    finess_id('e', row->number, (span){"", 0}, establishment);
    finess_id('u', row->number, key, unit);
    params = import_command(im, span_is(state, "A") ? "unit.put" : "unit.close", row->line);
    import_text(im, params, span_is(state, "A") ? "id" : "unit", span_of(unit));
    if (span_is(state, "I")) {
        import_count(im, "closed_activities", 1);
        return;
    }
    import_hint(im, "activity", json_true());
    import_hint(im, "follows", json_true());
    import_text(im, params, "establishment", span_of(establishment));
    import_text(im, params, "modality", span_of(modality_codes[offer.modality]));
    put_name(im, params, offer.modality, &publics);
    put_conditions(im, params, specific, public);
    put_ttl(im, params, offer.modality, kind);
    put_places(im, params, activity);
    import_count(im, "units", 1);
}
