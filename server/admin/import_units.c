/* SPDX-License-Identifier: EUPL-1.2 */
/* Units: the places that no public file describes, foster families first of all. One line per unit,
 * semicolons, UTF-8, a header. `establishment` is required, every other column may be absent and
 * every other cell empty: what is not said is left as it is.
 *
 *   establishment       FINESS number, or a code of one's own (a-z, 0-9, "-"): "af-0042"
 *   unit                a code of one's own; empty: the establishment's
 *   closed              yes: this unit exists no more
 * of the establishment (one line of several is enough; lines must not contradict each other):
 *   establishment_name establishment_kind operator address commune latitude longitude territory
 *   visibility contact_day contact_night
 * of the unit:
 *   name modality min_months max_months sex siblings_max siblings_mixed admission delay_h
 *   max_stay_days ttl_h authorised installed emergency_reserved
 *   fallback            of a placement at home: the unit whose bed is in reserve, as it is named
 *                       here; no: none
 *   accepts_mna accepts_disability accepts_complex accepts_pregnant accepts_mother_child
 *   accepts_psychiatric accepts_medical
 *
 * Codes are those of the protocol; yes and no may be written oui and non. Ages are months,
 * [min, max). commune is an INSEE code. The address of a home (assistant_familial, lieu_de_vie) is
 * never shown exactly: visibility `exact` is a bad line there. */
#include "admin/finess.h"
#include "admin/import_table.h"
#include "admin/kinds.h"

enum column_type {
    REFERENCE, /* handled by hand */
    TEXT,
    CODE,
    NUMBER,
    HOURS, /* a number, stored as seconds */
    YES_NO,
    TRISTATE, /* under accepts */
    CONTACT,  /* under contact */
    BED,      /* another unit, by its reference */
};

static const struct column {
    const char *name;   /* as csv_header takes it */
    const char *member; /* of the params, of accepts or of contact */
    enum column_type type;
    bool establishment; /* describes the establishment, not the unit */
    int low, high;      /* NUMBER, HOURS; TEXT: high is the most bytes */
    const char *const *codes;
    int n_codes;
} columns[] = {
    {"establishment*", NULL, REFERENCE},
    {"unit", NULL, REFERENCE},
    {"closed", NULL, REFERENCE},
    {"establishment_name", "name", TEXT, true, 1, IMPORT_NAME_MAX},
    {"establishment_kind", "establishment_kind", TEXT, true, 1, 30},
    {"operator", "operator", TEXT, true, 1, IMPORT_NAME_MAX},
    {"address", "address", TEXT, true, 1, 300},
    {"commune", NULL, REFERENCE, true},
    {"latitude", NULL, REFERENCE, true},
    {"longitude", NULL, REFERENCE, true},
    {"territory", "territory", TEXT, true, 1, 31},
    {"visibility", "visibility", CODE, true, 0, 0, visibility_codes, VISIBILITY_COUNT},
    {"contact_day", "day", CONTACT, true, 1, 100},
    {"contact_night", "night", CONTACT, true, 1, 100},
    {"name", "name", TEXT, false, 1, IMPORT_NAME_MAX},
    {"modality", "modality", CODE, false, 0, 0, modality_codes, MODALITY_COUNT},
    {"min_months", "min_months", NUMBER, false, 0, 1200},
    {"max_months", "max_months", NUMBER, false, 1, 1200},
    {"sex", "sex", CODE, false, 0, 0, unit_sex_codes, UNIT_SEX_COUNT},
    {"siblings_max", "siblings_max", NUMBER, false, 1, 99},
    {"siblings_mixed", "siblings_mixed", YES_NO, false},
    {"admission", "admission", CODE, false, 0, 0, admission_codes, ADMISSION_COUNT},
    {"delay_h", "delay_h", NUMBER, false, 0, 9999},
    {"max_stay_days", "max_stay_days", NUMBER, false, 1, 9999},
    {"ttl_h", "ttl_s", HOURS, false, 1, 8760},
    {"authorised", "authorised", NUMBER, false, 0, 9999},
    {"installed", "installed", NUMBER, false, 0, 9999},
    {"emergency_reserved", "emergency_reserved", NUMBER, false, 0, 9999},
    {"fallback", "fallback", BED, false},
    {"accepts_mna", "mna", TRISTATE, false},
    {"accepts_disability", "disability", TRISTATE, false},
    {"accepts_complex", "complex", TRISTATE, false},
    {"accepts_pregnant", "pregnant", TRISTATE, false},
    {"accepts_mother_child", "mother_child", TRISTATE, false},
    {"accepts_psychiatric", "psychiatric", TRISTATE, false},
    {"accepts_medical", "medical", TRISTATE, false},
};

#define COLUMNS ((int)ARRAY_LENGTH(columns))
enum { ESTABLISHMENT = 0, UNIT = 1, CLOSED = 2, COMMUNE = 7, LATITUDE = 8, LONGITUDE = 9 };

struct units {
    struct import *im;
    struct map establishments; /* id → params of its establishment.put, borrowed; keys inside */
    struct map units;          /* id → params of its unit.put or unit.close */
};

/* What is wrong with a cell. */
struct fault {
    const char *code;
    span value;
};

static void units_free(struct units *k)
{
    map_free(&k->establishments);
    map_free(&k->units);
}

/* yes 1, no 0, unknown 2; -1 anything else. */
static int yes_no(span text)
{
    if (span_is(text, "yes") || span_is(text, "oui"))
        return 1;
    if (span_is(text, "no") || span_is(text, "non"))
        return 0;
    return span_is(text, "unknown") || span_is(text, "inconnu") ? 2 : -1;
}

static int code_of(const struct column *column, span text)
{
    for (int i = 0; i < column->n_codes; i++)
        if (span_is(text, column->codes[i]))
            return i;
    return -1;
}

/* Sets a member of params.accepts or params.contact. */
static void put_inside(struct import *im, json_t *params, const char *outer, const char *member,
                       json_t *value)
{
    json_t *object = json_object_get(params, outer);

    if (object == NULL) {
        import_set(im, params, outer, json_object());
        object = json_object_get(params, outer);
    }
    import_set(im, object, member, value);
}

/* An id from a FINESS number, a code of one's own or an id. 0, or 1 when it is none of them. */
static int read_id(char prefix, span text, char ret_id[static FINESS_ID_ROOM])
{
    if (text.n > 2 && text.p[0] == prefix && text.p[1] == '-')
        text = (span){text.p + 2, text.n - 2};
    if (text.n == 0 || text.n > 60)
        return 1;
    finess_id(prefix, text, (span){"", 0}, ret_id);
    for (size_t i = 2; ret_id[i] != '\0'; i++) {
        char c = ret_id[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 2)))
            return 1;
    }
    return 0;
}

/* Reads one cell into params. 0, or 1 when it cannot be (*ret_fault). */
static int read_cell(struct import *im, const struct column *column, span text, json_t *params,
                     struct fault *ret_fault)
{
    static const char *const tristates[] = {"no", "yes", "unknown"};
    int number = 0, code = yes_no(text);
    char id[FINESS_ID_ROOM];

    *ret_fault = (struct fault){"cell_invalid", text};
    switch (column->type) {
    case TEXT:
    case CONTACT:
        if (text.n > (size_t)column->high)
            return 1;
        if (column->type == TEXT)
            import_text(im, params, column->member, text);
        else
            put_inside(im, params, "contact", column->member, json_stringn(text.p, text.n));
        return 0;
    case CODE:
        if (code_of(column, text) < 0)
            return 1;
        /* "unknown" is how our lists write a null */
        import_set(im, params, column->member,
                   span_is(text, "unknown") ? json_null() : json_stringn(text.p, text.n));
        return 0;
    case NUMBER:
    case HOURS:
        if (import_number(text, &number) != 0 || number < column->low || number > column->high)
            return 1;
        import_set(im, params, column->member,
                   json_integer(column->type == HOURS ? number * 3600 : number));
        return 0;
    case YES_NO:
        if (code < 0)
            return 1;
        import_set(im, params, column->member, code == 2 ? json_null() : json_boolean(code));
        return 0;
    case TRISTATE:
        if (code < 0)
            return 1;
        put_inside(im, params, "accepts", column->member, json_string(tristates[code]));
        return 0;
    case BED:
        if (code == 1 || (code < 0 && read_id('u', text, id) != 0))
            return 1;
        import_set(im, params, column->member, code < 0 ? json_string(id) : json_null());
        return 0;
    case REFERENCE:
        break;
    }
    return 0;
}

/* The place of the establishment. 0, or 1 (*ret_fault). */
static int read_place(struct import *im, const struct csv *c, const int *at, json_t *params,
                      struct fault *ret_fault)
{
    span commune = csv_field(c, at[COMMUNE]);
    span lat = csv_field(c, at[LATITUDE]), lon = csv_field(c, at[LONGITUDE]);
    char departement[GEO_DEPARTEMENT] = "";
    struct geo_point point;

    if (commune.n > 0 && geo_departement(commune, departement) != 0) {
        *ret_fault = (struct fault){"insee_invalid", commune};
        return 1;
    }
    import_text(im, params, "commune", commune);
    if (lat.n == 0 && lon.n == 0)
        return 0;
    if (import_decimal(lat, &point.lat) != 0 || import_decimal(lon, &point.lon) != 0 ||
        !geo_in_france(span_of(departement), point)) {
        *ret_fault = (struct fault){"point_outside", lat};
        return 1;
    }
    import_set(im, params, "point", json_pack("[f,f]", point.lat, point.lon));
    import_text(im, params, "precision", span_of("exact"));
    return 0;
}

/* Reads every cell of one side (establishment or unit) into params. */
static int read_side(struct import *im, const struct csv *c, const int *at, bool establishment,
                     json_t *params, struct fault *ret_fault)
{
    for (int i = 0; i < COLUMNS; i++) {
        span text = csv_field(c, at[i]);

        if (columns[i].establishment == establishment && text.n > 0 &&
            read_cell(im, &columns[i], text, params, ret_fault) != 0)
            return 1;
    }
    return establishment ? read_place(im, c, at, params, ret_fault) : 0;
}

/* A rule between the cells of one line. */
static int check_line(const json_t *establishment, const json_t *unit, struct fault *ret_fault)
{
    const json_t *min = json_object_get(unit, "min_months");
    const json_t *max = json_object_get(unit, "max_months");
    const char *kind_code = json_string_value(json_object_get(establishment, "establishment_kind"));
    const char *visibility = json_string_value(json_object_get(establishment, "visibility"));
    const struct kind *kind = kind_code != NULL ? kind_find(span_of(kind_code)) : NULL;

    if (min != NULL && max != NULL && json_integer_value(min) >= json_integer_value(max)) {
        *ret_fault = (struct fault){"ages_reversed", {"", 0}};
        return 1;
    }
    if (kind != NULL && kind->home && visibility != NULL && strcmp(visibility, "exact") == 0) {
        *ret_fault = (struct fault){"home_not_exact", span_of("exact")};
        return 1;
    }
    return 0;
}

/* Merges what this line says of its establishment into the command of an earlier line. 0, 1 when
 * they contradict each other. */
static int merge_establishment(struct import *im, json_t *earlier, json_t *now)
{
    const char *member;
    json_t *value;

    json_object_foreach (now, member, value) {
        json_t *known = json_object_get(earlier, member);

        if (known != NULL && !json_equal(known, value))
            return 1;
    }
    json_object_foreach (now, member, value)
        import_set(im, earlier, member, json_incref(value));
    return 0;
}

/* Emits or completes the command of the establishment, when the line says anything about it. */
static int emit_establishment(struct units *k, int line, const char *id, span reference,
                              json_t *says, struct fault *ret_fault)
{
    json_t *params = map_get(&k->establishments, span_of(id));
    const char *key;

    if (params != NULL) {
        *ret_fault = (struct fault){"establishment_contradicts", reference};
        return merge_establishment(k->im, params, says);
    }
    if (json_object_size(says) == 0)
        return 0;
    params = import_command(k->im, "establishment.put", line);
    import_text(k->im, params, "id", span_of(id));
    if (reference.n == 9 && finess_is_number(reference))
        import_text(k->im, params, "finess", reference);
    if (params == NULL || json_object_update(params, says) != 0)
        return -ENOMEM;
    key = json_string_value(json_object_get(params, "id"));
    import_count(k->im, "establishments", 1);
    return key == NULL ? -ENOMEM : map_put(&k->establishments, span_of(key), params);
}

static int emit_unit(struct units *k, int line, const char *unit, const char *establishment,
                     const json_t *says, bool closed)
{
    json_t *params = import_command(k->im, closed ? "unit.close" : "unit.put", line);
    const char *key;

    import_text(k->im, params, closed ? "unit" : "id", span_of(unit));
    if (!closed) {
        import_text(k->im, params, "establishment", span_of(establishment));
        if (params == NULL || json_object_update(params, (json_t *)says) != 0)
            return -ENOMEM;
    }
    key = json_string_value(json_object_get(params, closed ? "unit" : "id"));
    import_count(k->im, closed ? "closed_units" : "units", 1);
    return key == NULL ? -ENOMEM : map_put(&k->units, span_of(key), params);
}

/* 0 done, -ENOMEM, 1 a bad line (*ret_fault). Nothing is emitted for a bad line. */
static int read_line(struct units *k, const struct csv *c, const int *at, json_t *says[2],
                     struct fault *ret_fault)
{
    span reference = csv_field(c, at[ESTABLISHMENT]), own = csv_field(c, at[UNIT]);
    span closing = csv_field(c, at[CLOSED]);
    char establishment[FINESS_ID_ROOM], unit[FINESS_ID_ROOM];
    int closed = closing.n == 0 ? 0 : yes_no(closing), r;

    *ret_fault = (struct fault){"reference_invalid", reference};
    if (read_id('e', reference, establishment) != 0)
        return 1;
    *ret_fault = (struct fault){"reference_invalid", own};
    if (own.n > 0 ? read_id('u', own, unit) : read_id('u', span_of(establishment + 2), unit))
        return 1;
    *ret_fault = (struct fault){"cell_invalid", closing};
    if (closed != 0 && closed != 1)
        return 1;
    *ret_fault = (struct fault){"unit_doubled", own.n > 0 ? own : reference};
    if (map_get(&k->units, span_of(unit)) != NULL)
        return 1;
    if (read_side(k->im, c, at, true, says[0], ret_fault) != 0 ||
        read_side(k->im, c, at, false, says[1], ret_fault) != 0 ||
        check_line(says[0], says[1], ret_fault) != 0)
        return 1;
    r = closed ? 0 : emit_establishment(k, c->line, establishment, reference, says[0], ret_fault);
    return r != 0 ? r : emit_unit(k, c->line, unit, establishment, says[1], closed);
}

static int read_row(void *owner, const struct csv *c, const int *at)
{
    struct units *k = owner;
    json_t *says[2] = {json_object(), json_object()};
    struct fault fault = {NULL, {"", 0}};
    int r = says[0] != NULL && says[1] != NULL ? read_line(k, c, at, says, &fault) : -ENOMEM;

    if (r > 0)
        import_bad_line(k->im, c->line, fault.code, fault.value);
    json_decref(says[0]);
    json_decref(says[1]);
    return r < 0 ? r : 0;
}

int import_units(span file, struct import *im)
{
    const char *names[ARRAY_LENGTH(columns)];
    const struct import_table table = {names, COLUMNS, read_row};
    struct units k CLEANUP(units_free) = {.im = im};
    int r;

    for (int i = 0; i < COLUMNS; i++)
        names[i] = columns[i].name;
    r = import_table_read(&table, file, im, &k);
    return r != 0 ? r : import_end(im);
}
