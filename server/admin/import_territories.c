/* SPDX-License-Identifier: EUPL-1.2 */
/* Territories: a département's own tree and which communes belong where. No public format exists;
 * ours is one line per territory, semicolons, UTF-8, with the header
 *
 *   territory;name;level;parent;communes
 *
 * territory  its code: a-z, 0-9, "-", at most 31 ("dts-sud", "mds-muret")
 * name       as shown
 * level      the département's own word for this kind of territory: dts, mds, utpas, …
 * parent     the code of the territory above, in this file or already known; empty for a root
 * communes   INSEE codes separated by blanks: those that belong to this territory itself (may be
 *            empty or absent); a commune belongs to one territory
 *
 * A mapping that contradicts itself would send children to the wrong office, so such a file is
 * refused as a whole; a commune that the register does not know is a bad line (import_plan.c). */
#include "admin/geo.h"
#include "admin/import_table.h"
#include "base/map.h"

enum { TERRITORY, NAME, LEVEL, PARENT, COMMUNES, COLUMNS };

static const char *const columns[COLUMNS] = {
    [TERRITORY] = "territory*", [NAME] = "name*",        [LEVEL] = "level*",
    [PARENT] = "parent*",       [COMMUNES] = "communes",
};

struct territories {
    struct import *im;
    struct map codes;    /* code → params */
    struct map communes; /* INSEE → params */
};

static void territories_free(struct territories *k)
{
    map_free(&k->codes);
    map_free(&k->communes);
}

/* A territory's code; a level's, which may hold "_" and begin with "-". */
static bool is_code(span text, bool underscore)
{
    if (text.n == 0 || text.n > (underscore ? 30 : 31))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (c == '-' && (i > 0 || underscore)) || (c == '_' && underscore)))
            return false;
    }
    return true;
}

/* Puts params under the text of its own member; 1 when something stands there already. */
static int put_once(struct map *m, json_t *params, const char *member)
{
    const char *key = json_string_value(json_object_get(params, member));

    if (key == NULL)
        return -ENOMEM;
    return map_get(m, span_of(key)) != NULL ? 1 : map_put(m, span_of(key), params);
}

/* One blank-separated INSEE code after another. 0, -ENOMEM or IMPORT_REFUSED. */
static int read_communes(struct territories *k, int line, span code, span list)
{
    while (list.n > 0) {
        char departement[GEO_DEPARTEMENT];
        span insee = {list.p, 0};
        json_t *params;
        int r;

        while (insee.n < list.n && strchr(" ,\t", insee.p[insee.n]) == NULL)
            insee.n++;
        list = (span){list.p + insee.n + (insee.n < list.n), list.n - insee.n - (insee.n < list.n)};
        if (insee.n == 0)
            continue;
        if (geo_departement(insee, departement) != 0)
            return import_refuse(k->im, line, "insee_invalid", insee);
        params = import_command(k->im, "commune.put", line);
        import_text(k->im, params, "insee", insee);
        import_text(k->im, params, "territory", code);
        r = put_once(&k->communes, params, "insee");
        if (r < 0)
            return r;
        if (r > 0)
            return import_refuse(k->im, line, "commune_doubled", insee);
        import_count(k->im, "communes", 1);
    }
    return 0;
}

static int read_row(void *owner, const struct csv *c, const int *at)
{
    struct territories *k = owner;
    span code = csv_field(c, at[TERRITORY]), name = csv_field(c, at[NAME]);
    span level = csv_field(c, at[LEVEL]), parent = csv_field(c, at[PARENT]);
    json_t *params;
    int r;

    if (!is_code(code, false))
        return import_refuse(k->im, c->line, "territory_code_invalid", code);
    if (name.n == 0 || name.n > IMPORT_NAME_MAX)
        return import_refuse(k->im, c->line, name.n == 0 ? "name_missing" : "text_too_long", code);
    if (!is_code(level, true))
        return import_refuse(k->im, c->line, "level_invalid", level);
    if (parent.n > 0 && !is_code(parent, false))
        return import_refuse(k->im, c->line, "territory_code_invalid", parent);
    params = import_command(k->im, "territory.put", c->line);
    import_text(k->im, params, "code", code);
    import_text(k->im, params, "name", name);
    import_text(k->im, params, "level", level);
    /* said even when empty: a territory may become a root */
    import_set(k->im, params, "parent",
               parent.n > 0 ? json_stringn(parent.p, parent.n) : json_null());
    r = put_once(&k->codes, params, "code");
    if (r < 0)
        return r;
    if (r > 0)
        return import_refuse(k->im, c->line, "territory_doubled", code);
    import_count(k->im, "territories", 1);
    return read_communes(k, c->line, code, csv_field(c, at[COMMUNES]));
}

/* How far below its root (or below a territory outside this file) a territory stands; -1 when it
 * stands below itself. */
static int depth_of(const struct territories *k, const json_t *params)
{
    int depth = 0;
    const char *parent;

    while ((parent = json_string_value(json_object_get(params, "parent"))) != NULL) {
        params = map_get(&k->codes, span_of(parent));
        if (params == NULL)
            break;
        if (++depth > (int)k->codes.count)
            return -1;
    }
    return depth;
}

/* Territories first, those above before those below, then communes. */
static int order(struct territories *k)
{
    json_t *ordered = json_array(), *command;
    size_t i, left = k->codes.count;
    int r = ordered == NULL ? -ENOMEM : 0;

    for (int depth = 0; r == 0 && left > 0; depth++)
        json_array_foreach (k->im->commands, i, command) {
            json_t *params = json_object_get(command, "params");
            const char *code = json_string_value(json_object_get(params, "code"));
            int found = json_object_get(params, "level") != NULL ? depth_of(k, params) : -2;

            if (found == -1) {
                r = import_refuse(k->im, (int)json_integer_value(json_object_get(command, "line")),
                                  "territory_circle", span_of(code));
                break;
            }
            if (found == depth) {
                k->im->out_of_memory |= json_array_append(ordered, command) != 0;
                left--;
            }
        }
    json_array_foreach (k->im->commands, i, command)
        if (json_object_get(json_object_get(command, "params"), "level") == NULL)
            k->im->out_of_memory |= ordered == NULL || json_array_append(ordered, command) != 0;
    if (r != 0) {
        json_decref(ordered);
        return r;
    }
    json_decref(k->im->commands);
    k->im->commands = ordered;
    return 0;
}

int import_territories(span file, struct import *im)
{
    static const struct import_table table = {columns, COLUMNS, read_row};
    struct territories k CLEANUP(territories_free) = {.im = im};
    int r = import_table_read(&table, file, im, &k);

    if (r == 0)
        r = im->out_of_memory ? -ENOMEM : order(&k);
    return r != 0 ? r : import_end(im);
}
