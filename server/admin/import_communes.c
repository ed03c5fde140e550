/* SPDX-License-Identifier: EUPL-1.2 */
/* Communes: one line per pair of commune and postcode, as the postal service publishes them. Lines
 * of one commune become one command with all its postcodes. */
#include "admin/geo.h"
#include "admin/import_table.h"
#include "base/map.h"

enum { INSEE, NAME, POSTCODE, DEPARTEMENT, LATITUDE, LONGITUDE, COLUMNS };

static const char *const columns[COLUMNS] = {
    [INSEE] = "code_insee*",       [NAME] = "nom_commune*",  [POSTCODE] = "code_postal*",
    [DEPARTEMENT] = "departement", [LATITUDE] = "latitude*", [LONGITUDE] = "longitude*",
};

struct communes {
    struct import *im;
    struct map params; /* INSEE → params of its command; keys live in the params */
};

static void communes_free(struct communes *k)
{
    map_free(&k->params);
}

static bool is_postcode(span text)
{
    int number;

    return text.n == 5 && import_number(text, &number) == 0;
}

/* 0, or 1 when the line has a point that cannot be France's. */
static int read_point(const struct csv *c, const int *at, span departement, bool *ret_known,
                      struct geo_point *ret_point)
{
    span lat = csv_field(c, at[LATITUDE]), lon = csv_field(c, at[LONGITUDE]);

    *ret_known = lat.n > 0 || lon.n > 0;
    if (!*ret_known)
        return 0;
    return import_decimal(lat, &ret_point->lat) || import_decimal(lon, &ret_point->lon) ||
           !geo_in_france(departement, *ret_point);
}

static json_t *commune_params(struct communes *k, int line, span insee, span name)
{
    json_t *params = map_get(&k->params, insee);
    const char *key;

    if (params != NULL)
        return params;
    params = import_command(k->im, "commune.put", line);
    import_text(k->im, params, "insee", insee);
    import_text(k->im, params, "name", name);
    import_set(k->im, params, "postcodes", json_array());
    key = json_string_value(json_object_get(params, "insee"));
    if (key == NULL || map_put(&k->params, span_of(key), params) != 0)
        k->im->out_of_memory = true;
    else
        import_count(k->im, "communes", 1);
    return params;
}

static void add_postcode(struct import *im, json_t *params, span postcode)
{
    json_t *list = json_object_get(params, "postcodes"), *known;
    size_t i;

    json_array_foreach (list, i, known)
        if (span_is(postcode, json_string_value(known)))
            return;
    if (list == NULL || json_array_append_new(list, json_stringn(postcode.p, postcode.n)) != 0)
        im->out_of_memory = true;
}

static const char *check_row(const struct csv *c, const int *at, char *ret_departement,
                             span *ret_value)
{
    span name = csv_field(c, at[NAME]);

    *ret_value = csv_field(c, at[INSEE]);
    /* The postal file lists Monaco too, which people there search from. */
    if (span_is(*ret_value, "99138"))
        ret_departement[0] = '\0';
    else if (geo_departement(*ret_value, ret_departement) != 0)
        return "insee_invalid";
    if (name.n == 0)
        return "name_missing";
    if (name.n > IMPORT_NAME_MAX)
        return "text_too_long";
    *ret_value = csv_field(c, at[POSTCODE]);
    return is_postcode(*ret_value) ? NULL : "postcode_invalid";
}

static int read_row(void *owner, const struct csv *c, const int *at)
{
    struct communes *k = owner;
    span insee = csv_field(c, at[INSEE]), name = csv_field(c, at[NAME]), value;
    char departement[GEO_DEPARTEMENT] = "";
    struct geo_point point = {0, 0};
    bool has_point = false;
    const char *wrong = check_row(c, at, departement, &value);
    json_t *params;

    if (wrong == NULL && read_point(c, at, span_of(departement), &has_point, &point) != 0) {
        wrong = "point_outside";
        value = insee;
    }
    if (wrong != NULL) {
        import_bad_line(k->im, c->line, wrong, value);
        return 0;
    }
    params = commune_params(k, c->line, insee, name);
    if (params == NULL)
        return -ENOMEM;
    if (!span_is(name, json_string_value(json_object_get(params, "name")))) {
        import_bad_line(k->im, c->line, "commune_two_names", insee);
        return 0;
    }
    add_postcode(k->im, params, csv_field(c, at[POSTCODE]));
    if (has_point && json_object_get(params, "point") == NULL)
        import_set(k->im, params, "point", json_pack("[f,f]", point.lat, point.lon));
    return 0;
}

int import_communes(span file, struct import *im)
{
    static const struct import_table table = {columns, COLUMNS, read_row};
    struct communes k CLEANUP(communes_free) = {.im = im};
    int r = import_table_read(&table, file, im, &k);

    return r != 0 ? r : import_end(im);
}
