/* SPDX-License-Identifier: EUPL-1.2 */
/* The reduced FINESS table with a header: UTF-8, one line per establishment, points in WGS84 and
 * projected. */
#include "admin/finess.h"

#include "admin/import_table.h"
#include "admin/import_text.h"

enum {
    NUMBER,
    MANAGER,
    NAME,
    STREET,
    LOCALITY,
    POSTCODE,
    POST_OFFICE,
    DEPARTEMENT,
    COMMUNE,
    TELEPHONE,
    CATEGORY,
    CATEGORY_LABEL,
    GROUP,
    GROUP_LABEL,
    SIRET,
    APE,
    OPENED,
    UPDATED,
    X,
    Y,
    LATITUDE,
    LONGITUDE,
    POSITION_SOURCE,
    COLUMNS
};

static const char *const columns[COLUMNS] = {
    [NUMBER] = "nofinesset*",
    [MANAGER] = "nofinessej",
    [NAME] = "rs*",
    [STREET] = "adresse_l1",
    [LOCALITY] = "adresse_l2",
    [POSTCODE] = "codepostal",
    [POST_OFFICE] = "libelle_routage",
    [DEPARTEMENT] = "departement*",
    [COMMUNE] = "commune_insee_deduite",
    [TELEPHONE] = "telephone",
    [CATEGORY] = "categetab*",
    [CATEGORY_LABEL] = "libcategetab",
    [GROUP] = "categagretab",
    [GROUP_LABEL] = "libcategagretab",
    [SIRET] = "siret",
    [APE] = "codeape",
    [OPENED] = "dateouv",
    [UPDATED] = "datemaj",
    [X] = "coordxet",
    [Y] = "coordyet",
    [LATITUDE] = "latitude",
    [LONGITUDE] = "longitude",
    [POSITION_SOURCE] = "position_source",
};

/* The row's point: degrees when given, else the projected one. 0, or 1 when it cannot be read. */
static int read_point(const struct csv *c, const int *at, struct finess_row *row)
{
    span lat = csv_field(c, at[LATITUDE]), lon = csv_field(c, at[LONGITUDE]);
    span x = csv_field(c, at[X]), y = csv_field(c, at[Y]);
    double east, north;

    row->exact = !span_is(csv_field(c, at[POSITION_SOURCE]), "commune");
    if (lat.n > 0 || lon.n > 0) {
        row->has_point = true;
        return import_decimal(lat, &row->point.lat) || import_decimal(lon, &row->point.lon);
    }
    if (x.n == 0 && y.n == 0)
        return 0;
    row->has_point = true;
    return import_decimal(x, &east) || import_decimal(y, &north) ||
           geo_from_projected(row->departement, east, north, &row->point);
}

struct finess_csv {
    struct import *im;
    struct finess_seen seen;
};

static void finess_csv_free(struct finess_csv *k)
{
    finess_seen_free(&k->seen);
}

static int read_row(void *owner, const struct csv *c, const int *at)
{
    struct finess_csv *k = owner;
    char street[1024], place[512];
    span l1 = csv_field(c, at[STREET]), l2 = csv_field(c, at[LOCALITY]);
    span postcode = csv_field(c, at[POSTCODE]), office = csv_field(c, at[POST_OFFICE]);
    const struct kind *kind = NULL;
    struct finess_row row = {
        .line = c->line,
        .number = csv_field(c, at[NUMBER]),
        .name = csv_field(c, at[NAME]),
        .category = csv_field(c, at[CATEGORY]),
        .departement = csv_field(c, at[DEPARTEMENT]),
        .commune = csv_field(c, at[COMMUNE]),
        .telephone = csv_field(c, at[TELEPHONE]),
    };
    int r;

    snprintf(street, sizeof street, "%.*s%s%.*s", (int)l1.n, l1.p, l1.n > 0 && l2.n > 0 ? ", " : "",
             (int)l2.n, l2.p);
    snprintf(place, sizeof place, "%.*s %.*s", (int)postcode.n, postcode.p, (int)office.n,
             office.p);
    row.street = span_of(street);
    row.place = postcode.n > 0 ? span_of(place) : office;
    if (read_point(c, at, &row) != 0) {
        import_bad_line(k->im, row.line, "point_invalid", row.number);
        return 0;
    }
    r = finess_establishment(k->im, &k->seen, &row, &kind);
    if (r == 0)
        finess_generic_unit(k->im, &row, kind);
    return r < 0 ? r : 0;
}

int import_finess_csv(span file, struct import *im)
{
    static const struct import_table table = {columns, COLUMNS, read_row};
    struct finess_csv k CLEANUP(finess_csv_free) = {.im = im};
    int line = 0, r = text_check(file, &line);

    if (r != 0)
        return import_refuse_text(im, r, line);
    if (memmem(file.p, file.n < 4096 ? file.n : 4096, "nofinesset", 10) == NULL)
        return import_refuse(im, 1, "format_unknown", (span){"", 0});
    r = import_table_read(&table, file, im, &k);
    return r != 0 ? r : import_end(im);
}
