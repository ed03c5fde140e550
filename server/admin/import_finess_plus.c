/* SPDX-License-Identifier: EUPL-1.2 */
/* The FINESS+ flows of 2026: STRUCTURES says who exists and where, ACTIVITES what each may do and
 * for how many. Both are needed: structures without activities would erase nothing but also know no
 * place, activities alone have no address.
 *
 * The members are those of schema 1.0.0; 1.0.1 moves schemaVersion and generatedAt under metadata,
 * which is the same to us. Numbers come as texts; both are read. */
#include "admin/finess.h"

#include <stdlib.h>

#include "admin/finess_plus.h"
#include "admin/import_text.h"

/* Members of FINESS+ objects as texts; absent, null and of another type are empty. */
span plus_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value))
        return (span){"", 0};
    return (span){json_string_value(value), json_string_length(value)};
}

int plus_number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    int number = -1;

    if (json_is_integer(value)) {
        json_int_t n = json_integer_value(value);

        return n >= 0 && n <= 99999 ? (int)n : -1;
    }
    if (import_number(plus_text(object, name), &number) != 0 || number > 99999)
        return -1;
    return number;
}

struct plus {
    struct import *im;
    struct finess_seen seen;
    struct map activities; /* number → json array, borrowed from the flow */
};

static void plus_free(struct plus *p)
{
    finess_seen_free(&p->seen);
    map_free(&p->activities);
}

enum flow { FLOW_NONE, FLOW_STRUCTURES, FLOW_ACTIVITES };

/* Calls visit for every manager object of every list at the root (pmej, gcc, gco). */
static int each_manager(struct plus *p, const json_t *root,
                        int (*visit)(struct plus *, const json_t *manager))
{
    const char *name;
    json_t *list;

    json_object_foreach ((json_t *)root, name, list) {
        size_t i;
        json_t *manager;

        json_array_foreach (list, i, manager) {
            int r = json_is_object(manager) ? visit(p, manager) : 0;

            if (r != 0)
                return r;
        }
    }
    return 0;
}

/* What a flow is: establishments of the one have an etatObjet, of the other activitesExercees. */
static enum flow flow_of(const json_t *root)
{
    const char *name;
    json_t *list;

    json_object_foreach ((json_t *)root, name, list) {
        size_t i;
        json_t *manager;

        json_array_foreach (list, i, manager) {
            const json_t *first = json_array_get(json_object_get(manager, "ege"), 0);

            if (json_object_get(first, "activitesExercees") != NULL)
                return FLOW_ACTIVITES;
            if (json_object_get(first, "informationsGeneralesEGE") != NULL)
                return FLOW_STRUCTURES;
        }
    }
    return FLOW_NONE;
}

/* Schema versions 1.x, "v" or not, at the root or under metadata. */
static bool version_known(const json_t *root, span *ret_version)
{
    const json_t *metadata = json_object_get(root, "metadata");
    span version = plus_text(root, "schemaVersion");

    if (version.n == 0)
        version = plus_text(metadata, "schemaVersion");
    *ret_version = version;
    if (version.n > 0 && (version.p[0] == 'v' || version.p[0] == 'V'))
        version = (span){version.p + 1, version.n - 1};
    return version.n >= 2 && version.p[0] == '1' && version.p[1] == '.';
}

static int load(struct import *im, span file, json_t **ret_root)
{
    json_error_t error;
    struct buf mended CLEANUP(buf_free) = {0};
    span text = text_without_mark(file), version;
    int line = 0, r = text_check(text, &line);
    json_t *root;

    if (r != 0)
        return import_refuse_text(im, r, line);
    r = text_mend(text, &mended, &text);
    if (r != 0)
        return r;
    root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        if (json_error_code(&error) == json_error_out_of_memory)
            return -ENOMEM;
        return import_refuse(im, error.line > 0 ? error.line : 1, "json_damaged",
                             span_of(error.text));
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return import_refuse(im, 1, "format_unknown", (span){"", 0});
    }
    *ret_root = root;
    if (!version_known(root, &version))
        return import_refuse(im, 1, "schema_version_unknown", version);
    return 0;
}

static int index_manager(struct plus *p, const json_t *manager)
{
    size_t i;
    json_t *establishment;

    json_array_foreach (json_object_get(manager, "ege"), i, establishment) {
        json_t *list = json_object_get(establishment, "activitesExercees");
        span number = plus_text(establishment, "numFinessEge");
        int r = number.n == 9 && json_is_array(list) ? map_put(&p->activities, number, list) : 0;

        if (r < 0)
            return r;
    }
    return 0;
}

/* The address of use 03 (geographical), else the first. */
static const json_t *address_of(const json_t *establishment)
{
    const json_t *addresses = json_object_get(establishment, "adresse");
    size_t i;
    json_t *address;

    json_array_foreach (addresses, i, address)
        if (span_is(plus_text(address, "usageAdresse"), "03"))
            return address;
    return json_array_get(addresses, 0);
}

/* coordonneeX and Y are degrees; directionLongitude and Latitude the projected easting and northing
 * of the same point. */
static int read_point(const json_t *address, struct finess_row *row)
{
    const json_t *c = json_object_get(address, "coordonneesGeographique");
    span lon = plus_text(c, "coordonneeX"), lat = plus_text(c, "coordonneeY");
    span x = plus_text(c, "directionLongitude"), y = plus_text(c, "directionLatitude");
    char departement[GEO_DEPARTEMENT] = "";
    double east, north;

    row->exact = true;
    if (lat.n > 0 || lon.n > 0) {
        row->has_point = true;
        return import_decimal(lat, &row->point.lat) || import_decimal(lon, &row->point.lon);
    }
    if (x.n == 0 && y.n == 0)
        return 0;
    row->has_point = true;
    return geo_departement(row->commune, departement) || import_decimal(x, &east) ||
           import_decimal(y, &north) ||
           geo_from_projected(span_of(departement), east, north, &row->point);
}

/* The name of an establishment: the long one, and what tells two sites of it apart when there is
 * room for both. */
static span name_of(const json_t *general, char *room, size_t size)
{
    span name = plus_text(general, "nomEgeLong");
    span more = plus_text(general, "complementDenominationEg");

    if (name.n == 0)
        name = plus_text(general, "nomEgeCourt");
    if (name.n == 0 || more.n == 0 || name.n + more.n + 4 > size)
        return name;
    snprintf(room, size, "%.*s - %.*s", (int)name.n, name.p, (int)more.n, more.p);
    return span_of(room);
}

/* Units of an establishment that is open: one per activity that lodges, or a generic one when the
 * flow lists no activity at all. */
static int read_activities(struct plus *p, const struct finess_row *row, const struct kind *kind)
{
    const json_t *list = map_get(&p->activities, row->number);
    size_t i;
    json_t *activity;

    if (json_array_size(list) == 0) {
        finess_generic_unit(p->im, row, kind);
        return 0;
    }
    json_array_foreach (list, i, activity) {
        char id[FINESS_ID_ROOM];
        int r;

        finess_id(
            'u', row->number,
            plus_text(json_object_get(activity, "caracteristiquesGeneriques"), "activiteAeId"), id);
        r = finess_meet(&p->seen, span_of(id));
        if (r < 0)
            return r;
        if (r > 0)
            import_bad_line(p->im, 0, "activity_doubled", span_of(id + 2));
        else
            finess_plus_unit(p->im, row, kind, activity);
    }
    return 0;
}

static int read_establishment(struct plus *p, const json_t *establishment, span manager)
{
    const json_t *general = json_object_get(establishment, "informationsGeneralesEGE");
    const json_t *address = address_of(establishment);
    const json_t *contact = json_array_get(json_object_get(establishment, "contact"), 0);
    span state = plus_text(establishment, "etatObjet");
    span postcode = plus_text(address, "codePostal"),
         office = plus_text(address, "ligneAcheminement");
    char name[IMPORT_NAME_MAX], place[256];
    const struct kind *kind = NULL;
    struct finess_row row = {
        .number = plus_text(general, "numFinessEge"),
        .name = name_of(general, name, sizeof name),
        .category = plus_text(establishment, "categorieentiteGeographiqueExercice"),
        .operator= manager,
        .commune = plus_text(address, "cogCommune"),
        .street = plus_text(address, "ligneQuatre"),
        .telephone = plus_text(json_object_get(contact, "telecom"), "telephone"),
        .closed = span_is(state, "I"),
    };
    int r;

    import_count(p->im, "lines", 1);
    snprintf(place, sizeof place, "%.*s %.*s", (int)(postcode.n < 10 ? postcode.n : 0), postcode.p,
             (int)(office.n < 100 ? office.n : 0), office.p);
    row.place = postcode.n > 0 ? span_of(place) : office;
    if (!row.closed && !span_is(state, "A")) {
        import_bad_line(p->im, 0, "state_unknown", row.number);
        return 0;
    }
    if (read_point(address, &row) != 0) {
        import_bad_line(p->im, 0, "point_invalid", row.number);
        return 0;
    }
    r = finess_establishment(p->im, &p->seen, &row, &kind);
    if (r == 0)
        r = read_activities(p, &row, kind);
    return r < 0 ? r : 0;
}

static int read_manager(struct plus *p, const json_t *manager)
{
    const json_t *general = json_object_get(manager, "informationsGeneralesPMEJ");
    span name = plus_text(general, "denominationLonguePmSmsse");
    size_t i;
    json_t *establishment;

    if (name.n == 0)
        name = plus_text(general, "denominationPm");
    json_array_foreach (json_object_get(manager, "ege"), i, establishment) {
        int r = read_establishment(p, establishment, name);

        if (r != 0)
            return r;
    }
    return 0;
}

static void decref(json_t **value)
{
    json_decref(*value);
}

int import_finess_plus(span one, span other, struct import *im)
{
    struct plus p CLEANUP(plus_free) = {.im = im};
    json_t *first CLEANUP(decref) = NULL, *second CLEANUP(decref) = NULL;
    enum flow flows[2];
    int r = load(im, one, &first);

    if (r != 0)
        return r;
    flows[0] = flow_of(first);
    if (flows[0] == FLOW_NONE)
        return import_refuse(im, 1, "format_unknown", (span){"", 0});
    if (other.n == 0)
        return import_refuse(
            im, 0, flows[0] == FLOW_STRUCTURES ? "activites_missing" : "structures_missing",
            (span){"", 0});
    im->damaged_file = 1;
    r = load(im, other, &second);
    if (r != 0)
        return r;
    flows[1] = flow_of(second);
    if (flows[1] == FLOW_NONE)
        return import_refuse(im, 1, "format_unknown", (span){"", 0});
    if (flows[0] == flows[1])
        return import_refuse(
            im, 0, flows[0] == FLOW_STRUCTURES ? "activites_missing" : "structures_missing",
            (span){"", 0});
    r = each_manager(&p, flows[0] == FLOW_ACTIVITES ? first : second, index_manager);
    if (r == 0)
        r = each_manager(&p, flows[0] == FLOW_STRUCTURES ? first : second, read_manager);
    return r != 0 ? r : import_end(im);
}
