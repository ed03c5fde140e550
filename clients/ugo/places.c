/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/places.h"

#include <string.h>

#define BATCH 50         /* codes in one question, the most that the server takes */
#define DEPTH_MAX 8      /* of an answer: where units stand in it */
#define PATIENCE_MS 2000 /* names are worth less than the answer that they are for */

/* What is asked for codes of one kind. */
struct kind {
    const char *method, *param, *list, *code;
};

static const struct kind communes = {"commune.find", "insee", "communes", "insee"};
static const struct kind territories = {"territory.find", "codes", "territories", "code"};

static const char *code_of(const json_t *unit, const char *member)
{
    const char *code = json_string_value(json_object_get(unit, member));
    return code != NULL && code[0] != 0 ? code : NULL;
}

/* The name of what a unit shows of its place. */
static const char *name_of(const json_t *known, const char *commune, const char *territory)
{
    const json_t *names =
        json_object_get(known, commune != NULL ? communes.list : territories.list);
    const char *code = commune != NULL ? commune : territory;
    return code != NULL ? json_string_value(json_object_get(names, code)) : NULL;
}

/* Puts what a unit (or a place) shows of where it is, and is not known, into `wanted`. */
static void collect_place(const json_t *place, const json_t *known, json_t *wanted_communes,
                          json_t *wanted_territories)
{
    const char *commune = code_of(place, "commune"), *territory = code_of(place, "territory");
    const char *code = commune != NULL ? commune : territory;
    if (code != NULL && name_of(known, commune, territory) == NULL)
        json_object_set_new(commune != NULL ? wanted_communes : wanted_territories, code,
                            json_true());
}

/* The same of all in value: units, where a request comes from, the place of a hold. */
static void collect(const json_t *value, const json_t *known, json_t *wanted_communes,
                    json_t *wanted_territories, int depth)
{
    const char *kind = json_string_value(json_object_get(value, "kind")), *member;
    const json_t *item;
    json_t *of;
    size_t i;

    if (depth == 0)
        return;
    if (kind != NULL && strcmp(kind, "unit") == 0) {
        collect_place(value, known, wanted_communes, wanted_territories);
        return;
    }
    json_array_foreach ((json_t *)value, i, item)
        collect(item, known, wanted_communes, wanted_territories, depth - 1);
    json_object_foreach ((json_t *)value, member, of) {
        if (strcmp(member, "from") == 0 || strcmp(member, "place") == 0)
            collect_place(of, known, wanted_communes, wanted_territories);
        else
            collect(of, known, wanted_communes, wanted_territories, depth - 1);
    }
}

/* One question; takes codes. False: no answer. */
static bool ask(struct session *x, const struct kind *kind, json_t *codes)
{
    json_t *answer = NULL;
    const json_t *place;
    size_t i;

    if (!session_try(x, kind->method, json_pack("{s:o}", kind->param, codes), PATIENCE_MS, &answer))
        return false;
    json_array_foreach (json_object_get(answer, kind->list), i, place) {
        const char *code = code_of(place, kind->code);
        json_t *name = json_object_get(place, "name");
        if (code != NULL && json_is_string(name))
            json_object_set(json_object_get(x->places, kind->list), code, name);
    }
    json_decref(answer);
    return true;
}

/* False: the server does not tell; no use in asking for more. */
static bool learn(struct session *x, const struct kind *kind, const json_t *wanted)
{
    json_t *codes = NULL, *of;
    const char *code;
    bool more = true;

    json_object_foreach ((json_t *)wanted, code, of) {
        if (!more)
            break;
        if (codes == NULL)
            codes = json_array();
        json_array_append_new(codes, json_string(code));
        if (json_array_size(codes) == BATCH) {
            more = ask(x, kind, codes);
            codes = NULL;
        }
    }
    return codes != NULL ? ask(x, kind, codes) : more;
}

void places_learn(struct session *x, const json_t *document)
{
    json_t *wanted_communes = json_object(), *wanted_territories = json_object();

    if (x->places == NULL)
        x->places = json_pack("{s:{}, s:{}}", communes.list, territories.list);
    collect(document, x->places, wanted_communes, wanted_territories, DEPTH_MAX);
    if (learn(x, &communes, wanted_communes))
        learn(x, &territories, wanted_territories);
    json_decref(wanted_communes);
    json_decref(wanted_territories);
}

void territories_learn(struct session *x, const json_t *rows)
{
    json_t *places = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach ((json_t *)rows, i, row)
        json_array_append_new(
            places, json_pack("{s:{s:O}}", "from", "territory", json_object_get(row, "territory")));
    places_learn(x, places);
    json_decref(places);
}

const char *unit_place(const struct session *x, const json_t *unit)
{
    const char *commune = code_of(unit, "commune"), *territory = code_of(unit, "territory");
    const char *code = commune != NULL ? commune : territory;
    const char *name = name_of(x->places, commune, territory);

    if (name == NULL)
        return code != NULL ? code : "";
    if (commune == NULL)
        return name;
    /* The département: two characters, three overseas. */
    return words_printf(&x->screen->words, "%s (%.*s)", name, strncmp(code, "97", 2) == 0 ? 3 : 2,
                        code);
}

/* Whether an address ends with the commune's name, after its postcode or a comma ("1 route de
 * Muret" does not say where it is). */
static bool ends_with_commune(const char *address, const char *name)
{
    for (size_t i = 1; address[i] != 0; i++) {
        if (address[i - 1] != ' ' || address[i] == ' ' || !text_same(address + i, name))
            continue;
        size_t before = i;
        while (before > 0 && address[before - 1] == ' ')
            before--;
        if (before > 0 && address[before - 1] == ',')
            return true;
        if (before >= 5 && strspn(address + before - 5, "0123456789") == 5)
            return true;
    }
    return false;
}

const char *place_address(const struct session *x, const json_t *place)
{
    const char *address = code_of(place, "address"), *commune = code_of(place, "commune");
    const char *name = commune != NULL ? name_of(x->places, commune, NULL) : NULL;

    if (address != NULL && name != NULL && ends_with_commune(address, name))
        return address;
    return words_join(&x->screen->words, address != NULL ? address : "", ", ",
                      unit_place(x, place));
}

const char *territory_name(const struct session *x, const char *code)
{
    const char *name = name_of(x->places, NULL, code);
    return name != NULL ? name : code;
}
