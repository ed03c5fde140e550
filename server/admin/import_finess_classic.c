/* SPDX-License-Identifier: EUPL-1.2 */
/* The classic open file cs1100502 (establishments) and its sibling cs1100507, which has a second
 * section with points: ISO-8859-1, a banner line, no header, 32 fields. Lines of the same file are
 * read in two passes, because the points come last. */
#include "admin/finess.h"

#include <stdlib.h>

#include "admin/import_csv.h"
#include "admin/import_text.h"

/* Fields from 0, after the ministry's layout of cs1100502 and cs1100507. */
enum {
    SECTION,
    NUMBER,
    MANAGER,
    NAME,
    LONG_NAME,
    NAME_MORE,
    STREET_MORE,
    STREET_NUMBER,
    STREET_TYPE,
    STREET,
    STREET_NUMBER_MORE,
    LOCALITY,
    COMMUNE,
    DEPARTEMENT,
    DEPARTEMENT_NAME,
    ROUTING,
    TELEPHONE,
    FAX,
    CATEGORY,
    FIELDS = 32,
    POINT_X = 2,
    POINT_Y = 3,
    POINT_FIELDS = 6,
};

struct position {
    char number[10];
    double x, y;
};

struct classic {
    struct import *im;
    struct finess_seen seen;
    struct map positions; /* number → struct position, owned */
};

static void classic_free(struct classic *k)
{
    size_t cursor = 0;
    struct map_slot *slot;

    finess_seen_free(&k->seen);
    while ((slot = map_next(&k->positions, &cursor)) != NULL)
        free(slot->value);
    map_free(&k->positions);
}

/* 0; -ENOMEM; 1 when its coordinates cannot be read. */
static int keep_position(struct classic *k, const struct csv *c)
{
    span number = csv_field(c, NUMBER);
    struct position *p;
    int r;

    if (number.n != 9 || map_get(&k->positions, number) != NULL)
        return 1;
    if ((p = calloc(1, sizeof *p)) == NULL)
        return -ENOMEM;
    memcpy(p->number, number.p, 9);
    r = import_decimal(csv_field(c, POINT_X), &p->x) ||
        import_decimal(csv_field(c, POINT_Y), &p->y);
    if (r == 0)
        r = map_put(&k->positions, (span){p->number, 9}, p);
    if (r != 0)
        free(p);
    return r;
}

static void add_part(struct buf *b, span part, const char *separator)
{
    if (part.n == 0)
        return;
    if (b->n > 0)
        buf_text(b, separator);
    buf_add(b, part);
}

/* "12 B R DE LA PAIX, BP 3". */
static void join_street(const struct csv *c, struct buf *street)
{
    add_part(street, csv_field(c, STREET_NUMBER), " ");
    add_part(street, csv_field(c, STREET_NUMBER_MORE), " ");
    add_part(street, csv_field(c, STREET_TYPE), " ");
    add_part(street, csv_field(c, STREET), " ");
    add_part(street, csv_field(c, STREET_MORE), ", ");
    add_part(street, csv_field(c, LOCALITY), ", ");
}

static int read_establishment(struct classic *k, const struct csv *c)
{
    struct buf street CLEANUP(buf_free) = {0};
    char insee[GEO_INSEE] = "", departement[GEO_DEPARTEMENT] = "";
    span long_name = csv_field(c, LONG_NAME);
    const struct position *p = map_get(&k->positions, csv_field(c, NUMBER));
    const struct kind *kind = NULL;
    struct finess_row row = {
        .line = c->line,
        .number = csv_field(c, NUMBER),
        .name = long_name.n > 0 ? long_name : csv_field(c, NAME),
        .category = csv_field(c, CATEGORY),
        .place = csv_field(c, ROUTING),
        .telephone = csv_field(c, TELEPHONE),
        .exact = true,
    };
    int r;

    if (geo_insee_of_finess(csv_field(c, DEPARTEMENT), csv_field(c, COMMUNE), insee) == 0 &&
        geo_departement(span_of(insee), departement) == 0) {
        row.commune = span_of(insee);
        row.departement = span_of(departement);
    } else {
        row.commune = csv_field(c, DEPARTEMENT); /* what the report will show */
    }
    join_street(c, &street);
    row.street = (span){street.p != NULL ? street.p : "", street.n};
    if (p != NULL)
        row.has_point = geo_from_projected(row.departement, p->x, p->y, &row.point) == 0;
    r = finess_establishment(k->im, &k->seen, &row, &kind);
    if (r == 0)
        finess_generic_unit(k->im, &row, kind);
    return r < 0 ? r : buf_check(&street);
}

/* One pass over the lines: points first, establishments second. */
static int read_lines(struct classic *k, span text, bool points)
{
    struct csv c CLEANUP(csv_close);
    int r;

    csv_open(&c, text);
    r = csv_next(&c); /* the banner */
    while (r == 0 && (r = csv_next(&c)) == 0) {
        bool point = span_is(csv_field(&c, SECTION), "geolocalisation");

        if (!point && !span_is(csv_field(&c, SECTION), "structureet"))
            return import_refuse(k->im, c.line, "section_unknown", csv_field(&c, SECTION));
        if (c.n_fields != (point ? POINT_FIELDS : FIELDS))
            return import_refuse(k->im, c.line, "wrong_column_count", (span){"", 0});
        if (!points && !point)
            import_count(k->im, "lines", 1);
        if (point == points)
            r = points ? keep_position(k, &c) : read_establishment(k, &c);
        if (r > 0) {
            import_bad_line(k->im, c.line, "point_invalid", csv_field(&c, NUMBER));
            r = 0;
        }
    }
    return r == CSV_END ? 0 : import_refuse_csv(k->im, r, c.line, (span){"", 0});
}

int import_finess_classic(span file, struct import *im)
{
    struct buf converted CLEANUP(buf_free) = {0}, mended CLEANUP(buf_free) = {0};
    struct classic k CLEANUP(classic_free) = {.im = im};
    span text = file;
    int line = 0, r;

    /* A copy that somebody converted to UTF-8 is welcome. ISO-8859-1 with accents is practically
     * never sound UTF-8, so what is not UTF-8 is taken for the official encoding. */
    r = text_check(file, &line);
    if (r == TEXT_NOT_UTF8) {
        r = text_from_latin1(file, &converted, &line);
        text = buf_span(&converted);
        if (r == 0)
            r = text_check(text, &line);
    }
    if (r != 0)
        return import_refuse_text(im, r, line);
    r = text_mend(text, &mended, &text);
    if (r == 0)
        r = read_lines(&k, text, true);
    if (r == 0)
        r = read_lines(&k, text, false);
    return r != 0 ? r : import_end(im);
}
