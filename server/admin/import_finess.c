/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/finess.h"

#include <math.h>
#include <stdlib.h>

#include "admin/import_text.h"

void finess_seen_free(struct finess_seen *seen)
{
    size_t cursor = 0;
    struct map_slot *slot;

    while ((slot = map_next(&seen->numbers, &cursor)) != NULL)
        free(slot->value);
    map_free(&seen->numbers);
}

int finess_meet(struct finess_seen *seen, span number)
{
    char *text;
    int r;

    if (map_get(&seen->numbers, number) != NULL)
        return 1;
    text = strndup(number.p, number.n);
    if (text == NULL)
        return -ENOMEM;
    r = map_put(&seen->numbers, (span){text, number.n}, text);
    if (r < 0)
        free(text);
    return r;
}

void finess_id(char prefix, span number, span suffix, char ret_id[static FINESS_ID_ROOM])
{
    size_t n = 0;

    ret_id[n++] = prefix;
    ret_id[n++] = '-';
    for (size_t i = 0; i < number.n && n < FINESS_ID_ROOM - 1; i++)
        ret_id[n++] =
            (char)(number.p[i] >= 'A' && number.p[i] <= 'Z' ? number.p[i] + 32 : number.p[i]);
    if (suffix.n > 0 && n < FINESS_ID_ROOM - 1)
        ret_id[n++] = '-';
    for (size_t i = 0; i < suffix.n && n < FINESS_ID_ROOM - 1; i++)
        ret_id[n++] = suffix.p[i];
    ret_id[n] = '\0';
}

/* Nine characters, the first a digit, the second a digit or a capital (Corsica), seven digits. */
bool finess_is_number(span number)
{
    if (number.n != 9)
        return false;
    for (size_t i = 0; i < 9; i++) {
        bool digit = number.p[i] >= '0' && number.p[i] <= '9';

        if (!digit && !(i == 1 && number.p[i] >= 'A' && number.p[i] <= 'Z'))
            return false;
    }
    return true;
}

static json_t *point_json(struct geo_point p)
{
    /* Six decimals are a tenth of a metre, finer than any address. */
    return json_pack("[f,f]", round(p.lat * 1e6) / 1e6, round(p.lon * 1e6) / 1e6);
}

/* A telephone number without blanks and dots; nothing when it is no such number. */
static void put_telephone(struct import *im, json_t *params, span telephone)
{
    char digits[16];
    size_t n = 0;

    for (size_t i = 0; i < telephone.n; i++) {
        char c = telephone.p[i];

        if (((c >= '0' && c <= '9') || (c == '+' && n == 0)) && n < sizeof digits)
            digits[n++] = c;
        else if (c != ' ' && c != '.' && c != '-' && c != '/')
            return;
    }
    if (n >= 10 && n < sizeof digits)
        import_set(im, params, "contact", json_pack("{s:o}", "day", json_stringn(digits, n)));
}

static void put_address(struct import *im, json_t *params, const struct finess_row *row)
{
    char text[512];
    int n =
        snprintf(text, sizeof text, "%.*s%s%.*s", (int)(row->street.n < 300 ? row->street.n : 0),
                 row->street.p, row->street.n > 0 && row->place.n > 0 ? ", " : "",
                 (int)(row->place.n < 200 ? row->place.n : 0), row->place.p);

    import_text(im, params, "address", (span){text, n > 0 ? (size_t)n : 0});
}

/* Whether the row's category has places here; reports or counts it when not. */
static const struct kind *kind_of(struct import *im, const struct finess_row *row)
{
    switch (category_sort(row->category)) {
    case CATEGORY_WITH_PLACES:
        return kind_of_category(row->category);
    case CATEGORY_WITHOUT_PLACES:
        import_count(im, "skipped_without_places", 1);
        return NULL;
    case CATEGORY_OTHER_FIELD:
        import_count(im, "skipped_other_field", 1);
        return NULL;
    case CATEGORY_UNKNOWN:
        break;
    }
    import_bad_line(im, row->line, "category_unknown", row->category);
    return NULL;
}

/* The département of a row (its commune's wins over the postcode's); empty when unknown. */
static span departement_of(const struct finess_row *row, char room[static GEO_DEPARTEMENT])
{
    if (row->commune.n > 0 && geo_departement(row->commune, room) == 0)
        return span_of(room);
    return geo_departement_exists(row->departement) ? row->departement : (span){"", 0};
}

/* Emits what the checks below let through. Visibility is its kind's: a home is shown by commune. */
static void emit_put(struct import *im, const struct finess_row *row, span departement,
                     const struct kind *kind)
{
    char id[FINESS_ID_ROOM];
    json_t *params = import_command(im, "establishment.put", row->line);
    bool exact = row->has_point && row->exact;

    finess_id('e', row->number, (span){"", 0}, id);
    import_hint(im, "departement", json_stringn(departement.p, departement.n));
    import_hint(im, "category", json_stringn(row->category.p, row->category.n));
    import_text(im, params, "id", span_of(id));
    import_text(im, params, "name", row->name);
    import_text(im, params, "establishment_kind", span_of(kind->code));
    import_text(im, params, "finess", row->number);
    if (row->operator.n <= IMPORT_NAME_MAX)
        import_text(im, params, "operator", row->operator);
    import_text(im, params, "commune", row->commune);
    if (row->has_point)
        import_set(im, params, "point", point_json(row->point));
    import_text(im, params, "precision", span_of(exact ? "exact" : "commune"));
    put_address(im, params, row);
    put_telephone(im, params, row->telephone);
    import_count(im, "establishments", 1);
}

int finess_establishment(struct import *im, struct finess_seen *seen, const struct finess_row *row,
                         const struct kind **ret_kind)
{
    char room[GEO_DEPARTEMENT], id[FINESS_ID_ROOM];
    const struct kind *kind;
    span departement;
    int r;

    if (!finess_is_number(row->number)) {
        import_bad_line(im, row->line, "finess_invalid", row->number);
        return FINESS_SKIPPED;
    }
    if ((kind = kind_of(im, row)) == NULL)
        return FINESS_SKIPPED;
    departement = departement_of(row, room);
    if (row->name.n == 0 || row->name.n > IMPORT_NAME_MAX)
        import_bad_line(im, row->line, row->name.n == 0 ? "name_missing" : "text_too_long",
                        row->number);
    else if (departement.n == 0)
        import_bad_line(im, row->line, "departement_unknown",
                        row->commune.n > 0 ? row->commune : row->departement);
    else if (row->has_point && !geo_in_france(departement, row->point))
        import_bad_line(im, row->line, "point_outside", row->number);
    else if ((r = finess_meet(seen, row->number)) < 0)
        return r;
    else if (r > 0)
        import_bad_line(im, row->line, "finess_doubled", row->number);
    else if (row->closed) {
        finess_id('e', row->number, (span){"", 0}, id);
        import_text(im, import_command(im, "establishment.close", row->line), "establishment",
                    span_of(id));
        import_count(im, "closed_establishments", 1);
        return FINESS_CLOSED;
    } else {
        emit_put(im, row, departement, kind);
        *ret_kind = kind;
        return 0;
    }
    return FINESS_SKIPPED;
}

void finess_generic_unit(struct import *im, const struct finess_row *row, const struct kind *kind)
{
    char establishment[FINESS_ID_ROOM], unit[FINESS_ID_ROOM];
    json_t *params = import_command(im, "unit.put", row->line);

    finess_id('e', row->number, (span){"", 0}, establishment);
    finess_id('u', row->number, (span){"", 0}, unit);
    import_hint(im, "generic", json_true());
    import_hint(im, "follows", json_true());
    import_text(im, params, "id", span_of(unit));
    import_text(im, params, "establishment", span_of(establishment));
    import_text(im, params, "name", span_of(modality_label(kind->modality)));
    import_count(im, "units", 1);
}

int import_finess(span file, span other, struct import *im)
{
    static const char banner[] = "finess;etalab;", line[] = "structureet;";
    span text = text_without_mark(file);
    size_t blank = 0;

    while (blank < text.n && strchr(" \t\r\n", text.p[blank]) != NULL && text.p[blank] != '\0')
        blank++;
    if (text.n == blank)
        return import_refuse(im, 1, "empty_file", (span){"", 0});
    if (text.p[blank] == '{')
        return import_finess_plus(file, other, im);
    if (other.n > 0)
        return import_refuse(im, 0, "one_file_only", (span){"", 0});
    if (text.n >= sizeof banner - 1 && memcmp(text.p, banner, sizeof banner - 1) == 0)
        return import_finess_classic(text, im);
    if (text.n >= sizeof line - 1 && memcmp(text.p, line, sizeof line - 1) == 0)
        return import_refuse(im, 1, "banner_missing", (span){"", 0});
    return import_finess_csv(text, im);
}
