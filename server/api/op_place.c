/* SPDX-License-Identifier: EUPL-1.2 */
/* commune.find, territory.find: the names of places, for people. */
#include "api/operation.h"
#include "core/commune.h"
#include "proto/format.h"

#define FOUND_MAX 50 /* places in one answer */

static const struct shape commune_element = {NULL, SHAPE_TEXT, .format = format_commune};
static const struct shape territory_element = {NULL, SHAPE_TEXT, .format = format_territory};

const struct shape commune_find_params[] = {
    {"name", SHAPE_TEXT, .min = 1, .max = 60},
    {"insee", SHAPE_ARRAY, .min = 1, .max = FOUND_MAX, .element = &commune_element},
    {"limit", SHAPE_INT, .min = 1, .max = FOUND_MAX},
    MEMBER_AFTER,
    {0},
};

const struct shape territory_find_params[] = {
    {"codes", SHAPE_ARRAY, .required = true, .min = 1, .max = FOUND_MAX,
     .element = &territory_element},
    MEMBER_AFTER,
    {0},
};

/* How well a folded name answers the folded question: 0 not at all, 3 exactly. */
static int match(const char *key, const char *wanted)
{
    size_t n = strlen(wanted);
    if (strncmp(key, wanted, n) == 0)
        return key[n] == 0 ? 3 : 2;
    const char *inside = strstr(key, wanted);
    return inside != NULL && inside[-1] == ' ' ? 1 : 0;
}

/* By INSEE code, by postcode (several communes may share one) or by name. */
static int match_commune(const struct commune *c, const char *wanted)
{
    if (strcmp(c->insee, wanted) == 0)
        return 3;
    for (size_t i = 0; i < c->n_postcodes; i++)
        if (strcmp(c->postcodes[i], wanted) == 0)
            return 3;
    return match(c->key, wanted);
}

static bool better(const struct commune *a, int a_match, const struct commune *b, int b_match)
{
    return a_match != b_match ? a_match > b_match : strcmp(a->insee, b->insee) < 0;
}

/* The best `limit` communes, best first. Whoever is asked for exactly hides the rest. */
static size_t best_communes(const struct map *communes, const char *wanted, size_t limit,
                            const struct commune **best)
{
    int matches[FOUND_MAX];
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(communes, &cursor)) != NULL;) {
        const struct commune *commune = slot->value;
        int m = match_commune(commune, wanted);
        if (m == 0)
            continue;
        size_t at = n < limit ? n++ : n;
        while (at > 0 && better(commune, m, best[at - 1], matches[at - 1])) {
            if (at < n) {
                best[at] = best[at - 1];
                matches[at] = matches[at - 1];
            }
            at--;
        }
        if (at < n) {
            best[at] = commune;
            matches[at] = m;
        }
    }
    size_t exact = 0;
    while (exact < n && matches[exact] == 3)
        exact++;
    return exact > 0 ? exact : n;
}

/* Those of these codes, in their order; what is not known is left out. */
static size_t communes_of(const struct replica *r, const json_t *codes, const struct commune **ret)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(codes) && i < FOUND_MAX; i++) {
        ret[n] = replica_commune(r, span_of(json_string_value(json_array_get(codes, i))));
        n += ret[n] != NULL;
    }
    return n;
}

static size_t communes_named(const struct desk *d, const json_t *params, const struct commune **ret)
{
    char wanted[COMMUNE_KEY_MAX];
    commune_fold(shape_text(params, "name"), wanted);
    size_t limit = (size_t)shape_int(params, "limit", 10);
    return wanted[0] ? best_communes(&d->replica->live->communes, wanted, limit, ret) : 0;
}

int run_commune_find(struct desk *d, usec_t now, struct call *c)
{
    const struct commune *found[FOUND_MAX];
    struct shape_errors errors = {0};
    const json_t *codes = shape_member(c->params, "insee");
    if (!shape_has(c->params, "name") && codes == NULL)
        shape_refuse(&errors, "/name", SHAPE_MISSING);
    if (shape_has(c->params, "name") && codes != NULL)
        shape_refuse(&errors, "/insee", "name_or_insee");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    size_t n =
        codes != NULL ? communes_of(d->replica, codes, found) : communes_named(d, c->params, found);
    buf_text(&c->result, "{\"communes\":[");
    for (size_t i = 0; i < n; i++) {
        buf_text(&c->result, i ? "," : "");
        commune_encode(found[i], &c->result);
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

int run_territory_find(struct desk *d, usec_t now, struct call *c)
{
    const json_t *codes = shape_member(c->params, "codes");
    bool first = true;
    buf_text(&c->result, "{\"territories\":[");
    for (size_t i = 0; i < json_array_size(codes); i++) {
        const struct territory *t =
            replica_territory(d->replica, span_of(json_string_value(json_array_get(codes, i))));
        if (t == NULL || t->name == NULL)
            continue;
        buf_text(&c->result, first ? "{\"code\":" : ",{\"code\":");
        first = false;
        buf_json_text(&c->result, t->code);
        buf_text(&c->result, ",\"name\":");
        buf_json_text(&c->result, t->name);
        buf_text(&c->result, ",\"level\":");
        buf_json_text(&c->result, t->level);
        buf_text(&c->result, ",\"parent\":");
        buf_json_text(&c->result, t->parent);
        buf_char(&c->result, '}');
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
