/* SPDX-License-Identifier: EUPL-1.2 */
/* Outlines of territories, from GeoJSON (RFC 7946) of communes or territories: features with a
 * property `code`, the INSEE code of a commune or the code of a territory (of a département its
 * number will do), and a Polygon or MultiPolygon. A territory is what its communes are, and those
 * of the territories below it; unless a feature says what it is itself. */
#include <math.h>
#include <stdlib.h>

#include "admin/import.h"
#include "admin/import_outlines.h"
#include "admin/outline.h"
#include "base/span.h"

#define ABOVE_MOST 32 /* levels of territories */
#define PATH_MOST 100000

struct area {
    const char *code; /* owned by known */
    const char *root;
    struct border border;
    bool itself; /* said by a feature of its own */
};

struct areas {
    struct import *im;
    const json_t *territories, *communes; /* known */
    struct map by_code;                   /* code → index + 1 in list */
    struct area *list;
    struct border *borders; /* of list, for what wants them together */
    size_t n, room;
};

static void areas_free(struct areas *a)
{
    for (size_t i = 0; i < a->n; i++)
        border_free(&a->list[i].border);
    free(a->list);
    free(a->borders);
    map_free(&a->by_code);
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/* ── reading ── */

static json_t *corners_of(const json_t *ring)
{
    size_t n = json_array_size(ring);
    json_t *corners = json_array();
    for (size_t i = 0; corners != NULL && i < n; i++) {
        const json_t *position = json_array_get(ring, i);
        double lon = json_number_value(json_array_get(position, 0));
        double lat = json_number_value(json_array_get(position, 1));
        bool number = json_is_number(json_array_get(position, 0)) &&
                      json_is_number(json_array_get(position, 1));
        if (!number || !(fabs(lon) <= 180) || !(fabs(lat) <= 90)) {
            json_decref(corners);
            return NULL;
        }
        json_array_append_new(corners, json_integer(lround(lon * OUTLINE_DEGREE)));
        json_array_append_new(corners, json_integer(lround(lat * OUTLINE_DEGREE)));
    }
    return corners;
}

/* Adds the rings of a polygon to the params of its command. false: it is none. */
static bool read_polygon(const json_t *polygon, json_t *rings)
{
    size_t n = json_array_size(polygon);
    for (size_t i = 0; i < n; i++) {
        json_t *corners = corners_of(json_array_get(polygon, i));
        if (corners == NULL || json_array_size(corners) < 8) {
            json_decref(corners);
            return false;
        }
        json_array_append_new(rings, json_pack("{s:b, s:o}", "hole", i > 0, "corners", corners));
    }
    return n > 0;
}

static bool read_geometry(const json_t *geometry, json_t *rings)
{
    const char *type = text_of(geometry, "type");
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (type != NULL && strcmp(type, "Polygon") == 0)
        return read_polygon(coordinates, rings);
    if (type == NULL || strcmp(type, "MultiPolygon") != 0 || json_array_size(coordinates) == 0)
        return false;
    for (size_t i = 0; i < json_array_size(coordinates); i++)
        if (!read_polygon(json_array_get(coordinates, i), rings))
            return false;
    return true;
}

int import_outlines(span file, struct import *im)
{
    json_error_t error;
    json_t *json = json_loadb(file.p, file.n, JSON_REJECT_DUPLICATES, &error);
    const json_t *features = json_object_get(json, "features");
    int r = 0;
    if (json == NULL)
        return import_refuse(im, error.line, "json_damaged", span_of(error.text));
    if (!json_is_array(features))
        r = import_refuse(im, 0, "geojson_expected", (span){"", 0});
    for (size_t i = 0; r == 0 && i < json_array_size(features); i++) {
        const json_t *feature = json_array_get(features, i);
        const char *code = text_of(json_object_get(feature, "properties"), "code");
        json_t *rings = json_array();
        import_count(im, "lines", 1);
        if (rings == NULL || !read_geometry(json_object_get(feature, "geometry"), rings)) {
            import_bad_line(im, 0, "outline_invalid", span_of(code ? code : "?"));
        } else if (code == NULL || *code == '\0') {
            import_bad_line(im, 0, "outline_without_code", (span){"", 0});
        } else {
            json_t *params = import_command(im, "outline.read", 0);
            import_text(im, params, "code", span_of(code));
            import_set(im, params, "rings", json_incref(rings));
        }
        json_decref(rings);
    }
    json_decref(json);
    return r != 0 ? r : import_end(im);
}

/* ── planning ── */

static const char *parent_of(const struct areas *a, const char *code)
{
    return text_of(json_object_get(a->territories, code), "parent");
}

/* NULL: memory is out. */
static struct area *area_of(struct areas *a, const char *code)
{
    size_t known = (size_t)(uintptr_t)map_get(&a->by_code, span_of(code));
    if (known > 0)
        return &a->list[known - 1];
    if (a->n == a->room) {
        size_t room = a->room ? a->room * 2 : 64;
        struct area *list = realloc(a->list, room * sizeof *list);
        if (list == NULL)
            return NULL;
        a->list = list;
        a->room = room;
    }
    if (map_put(&a->by_code, span_of(code), (void *)(uintptr_t)(a->n + 1)) < 0)
        return NULL;
    const char *root = code, *above;
    for (int i = 0; i < ABOVE_MOST && (above = parent_of(a, root)) != NULL; i++)
        root = above;
    a->list[a->n] = (struct area){.code = code, .root = root};
    return &a->list[a->n++];
}

static int add_rings(struct border *b, const json_t *rings)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < json_array_size(rings); i++) {
        const json_t *ring = json_array_get(rings, i);
        const json_t *numbers = json_object_get(ring, "corners");
        size_t n = json_array_size(numbers) / 2 - 1; /* the last is the first again */
        struct corner *corners = calloc(n, sizeof *corners);
        if (corners == NULL)
            return -ENOMEM;
        for (size_t k = 0; k < n; k++)
            corners[k] = (struct corner){
                .lon = (int32_t)json_integer_value(json_array_get(numbers, 2 * k)),
                .lat = (int32_t)json_integer_value(json_array_get(numbers, 2 * k + 1))};
        r = border_add_ring(b, corners, n, json_is_true(json_object_get(ring, "hole")));
        free(corners);
    }
    return r;
}

/* The key of the territory that a code names, as known has it; NULL: none. */
static const char *territory_named(const struct areas *a, const char *code)
{
    char lower[40];
    snprintf(lower, sizeof lower, "d%s", code);
    for (char *c = lower; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    const char *names[] = {code, lower + 1, lower};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        void *at = json_object_iter_at((json_t *)a->territories, names[i]);
        if (at != NULL)
            return json_object_iter_key(at);
    }
    return NULL;
}

/* Of a commune: adds it to its territory and those above. */
static int add_commune(struct areas *a, const char *territory, const json_t *rings)
{
    int r = 0;
    for (int i = 0; r == 0 && territory != NULL && i < ABOVE_MOST; i++) {
        struct area *area = area_of(a, territory);
        r = area == NULL ? -ENOMEM : area->itself ? 0 : add_rings(&area->border, rings);
        territory = parent_of(a, territory);
    }
    return r;
}

/* What a feature is of: a commune, when `communes`; a territory itself else. */
static int add_feature(struct areas *a, const json_t *params, bool communes)
{
    const char *code = text_of(params, "code");
    const json_t *commune = json_object_get(a->communes, code), *rings;
    rings = json_object_get(params, "rings");
    if (commune != NULL) {
        const char *territory = text_of(commune, "territory");
        if (!communes)
            return 0;
        import_count(a->im, territory != NULL ? "communes" : "communes_apart", 1);
        return add_commune(a, territory, rings);
    }
    const char *named = territory_named(a, code);
    if (communes) {
        if (named == NULL)
            import_count(a->im, "outlines_of_others", 1);
        return 0;
    }
    struct area *area = named != NULL ? area_of(a, named) : NULL;
    if (named == NULL || area == NULL)
        return named == NULL ? 0 : -ENOMEM;
    area->itself = true;
    return add_rings(&area->border, rings);
}

/* The plane of the area's root: around all that is in it. */
static struct plane root_plane(const struct areas *a, const char *root)
{
    struct corner low = {INT32_MAX, INT32_MAX}, high = {INT32_MIN, INT32_MIN};
    for (size_t i = 0; i < a->n; i++) {
        const struct border *b = &a->list[i].border;
        for (size_t e = 0; strcmp(a->list[i].root, root) == 0 && e < b->n; e++) {
            struct corner c = b->edges[e][0];
            low.lon = c.lon < low.lon ? c.lon : low.lon;
            low.lat = c.lat < low.lat ? c.lat : low.lat;
            high.lon = c.lon > high.lon ? c.lon : high.lon;
            high.lat = c.lat > high.lat ? c.lat : high.lat;
        }
    }
    return plane_of(low, high);
}

static int send_area(struct areas *a, struct area *area, const struct corners *meetings,
                     double tolerance)
{
    CLEANUP(buf_free) struct buf path = {0};
    const struct plane plane = root_plane(a, area->root);
    int32_t box[4];
    if (area->border.n == 0)
        return 0;
    int r = border_path(&area->border, meetings, &plane, tolerance, &path, box);
    if (r < 0)
        return r;
    if (path.n > PATH_MOST) {
        import_bad_line(a->im, 0, "outline_too_long", span_of(area->code));
        return 0;
    }
    json_t *params = import_command(a->im, "outline.put", 0);
    import_text(a->im, params, "territory", span_of(area->code));
    import_text(a->im, params, "path", buf_span(&path));
    import_set(a->im, params, "origin",
               json_pack("[f,f]", (double)plane.origin.lat / OUTLINE_DEGREE,
                         (double)plane.origin.lon / OUTLINE_DEGREE));
    import_set(a->im, params, "x_scale", json_integer(plane.x_scale));
    import_set(a->im, params, "y_scale", json_integer(plane.y_scale));
    import_set(a->im, params, "box", json_pack("[i,i,i,i]", box[0], box[1], box[2], box[3]));
    import_count(a->im, "outlines", 1);
    return 0;
}

static int read_areas(struct areas *a, const json_t *commands)
{
    int r = 0;
    for (int communes = 0; communes < 2; communes++)
        for (size_t i = 0; r == 0 && i < json_array_size(commands); i++)
            r = add_feature(a, json_object_get(json_array_get(commands, i), "params"), communes);
    for (size_t i = 0; r == 0 && i < a->n; i++)
        r = border_dissolve(&a->list[i].border);
    return r;
}

int import_outlines_plan(struct import *im, const json_t *known, double tolerance_m)
{
    CLEANUP(areas_free)
    struct areas a = {.im = im,
                      .territories = json_object_get(known, "territory"),
                      .communes = json_object_get(known, "commune")};
    CLEANUP(corners_free) struct corners meetings = {0};
    json_t *commands = im->commands;
    im->commands = json_array();
    int r = im->commands == NULL ? -ENOMEM : read_areas(&a, commands);
    a.borders = calloc(a.n + 1, sizeof *a.borders);
    if (a.borders == NULL)
        r = -ENOMEM;
    for (size_t i = 0; r == 0 && i < a.n; i++)
        a.borders[i] = a.list[i].border;
    if (r == 0)
        r = corners_where_borders_meet(a.borders, a.n, &meetings);
    for (size_t i = 0; r == 0 && i < a.n; i++)
        r = send_area(&a, &a.list[i], &meetings, tolerance_m / 10);
    json_decref(commands);
    return r < 0 || im->out_of_memory ? -ENOMEM : 0;
}
