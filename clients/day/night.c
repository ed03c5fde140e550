/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/night.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAR_COMMUNE "31042" /* Bagnères-de-Luchon */
#define FAR_KM 10
#define MONTHS_MOST 215 /* of a minor */

/* Muret, Toulouse, Saint-Gaudens. Several, for the nights before have taken places. */
const struct night_story night_stories[] = {
    {"31395", {84, 48}, {"F", "M"}}, {"31555", {132, 108}, {"M", "M"}},
    {"31483", {36, 16}, {"F", "F"}}, {"31395", {180, 144}, {"M", "F"}},
    {"31555", {96, 72}, {"F", "F"}},
};
const size_t night_n_stories = sizeof night_stories / sizeof night_stories[0];

json_t *night_criteria(const struct night_story *story)
{
    return json_pack("{s:[{s:i, s:s}, {s:i, s:s}], s:b, s:b}", "children", "age_months",
                     story->months[0], "sex", story->sex[0], "age_months", story->months[1], "sex",
                     story->sex[1], "together", 1, "emergency", 1);
}

json_t *night_waiting_need(const json_t *unit)
{
    const json_t *ages = json_object_get(unit, "ages");
    const json_t *min = json_object_get(ages, "min_months"),
                 *max = json_object_get(ages, "max_months");
    const char *sex = json_string_value(json_object_get(unit, "sex"));
    if (!json_is_integer(min) && !json_is_integer(max))
        return NULL;
    long long first = json_integer_value(min);
    long long last = json_is_integer(max) ? json_integer_value(max) : MONTHS_MOST;
    if (last > MONTHS_MOST && first < MONTHS_MOST)
        last = MONTHS_MOST;
    if (last < first)
        last = first;
    long long age = first + (last - first) / 2;
    if (age / 12 * 12 >= first)
        age = age / 12 * 12; /* as people say it */
    bool girl = sex != NULL && strcmp(sex, "girls") == 0;
    return json_pack("{s:[{s:I, s:s}], s:b, s:{s:s}, s:i}", "children", "age_months",
                     (json_int_t)age, "sex", girl ? "F" : "M", "emergency", 0, "from", "commune",
                     FAR_COMMUNE, "max_km", FAR_KM);
}

static const char *text_of(const json_t *record, const char *member)
{
    const char *text = json_string_value(json_object_get(record, member));
    return text != NULL ? text : "";
}

static bool has_room(const json_t *unit, size_t children)
{
    const json_t *free = json_object_get(json_object_get(unit, "capacity"), "free");
    return json_integer_value(free) >= (json_int_t)children; /* null: nobody has said */
}

size_t night_certain(const json_t *results, size_t children)
{
    const json_t *result;
    size_t n = 0, i;
    json_array_foreach ((json_t *)results, i, result)
        n += has_room(json_object_get(result, "unit"), children);
    return n;
}

static bool chosen_already(const json_t *const *units, size_t n, const char *establishment)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text_of(units[i], "establishment"), establishment) == 0)
            return true;
    }
    return false;
}

size_t night_choose(const json_t *results, const json_t *left_alone, size_t children,
                    const json_t *ret_units[static NIGHT_ASKS])
{
    const json_t *result;
    size_t n = 0, i;

    json_array_foreach ((json_t *)results, i, result) {
        const json_t *unit = json_object_get(result, "unit");
        const char *establishment = text_of(unit, "establishment");
        if (n == NIGHT_ASKS)
            break;
        if (!has_room(unit, children) || json_object_get(left_alone, establishment) != NULL ||
            chosen_already(ret_units, n, establishment))
            continue;
        ret_units[n++] = unit;
    }
    return n;
}

int night_refuses(size_t i, size_t n)
{
    return i == 0 && n > 1;
}

const char *night_reason(uint64_t seed, const char *unit)
{
    static const char *const reasons[] = {"group", "staff", "admission_mode"};
    uint64_t hash = 0xCBF29CE484222325ULL ^ seed; /* FNV-1a */
    for (; *unit != 0; unit++)
        hash = (hash ^ (unsigned char)*unit) * 0x100000001B3ULL;
    return reasons[(hash >> 32) % (sizeof reasons / sizeof reasons[0])];
}

void night_reference(const json_t *items, char ret_reference[static NIGHT_REFERENCE])
{
    const json_t *item;
    int last = 0;
    size_t i;

    json_array_foreach ((json_t *)items, i, item) {
        const char *reference = text_of(json_object_get(item, "request"), "reference");
        if (strncmp(reference, NIGHT_PREFIX, strlen(NIGHT_PREFIX)) != 0)
            continue;
        long number = strtol(reference + strlen(NIGHT_PREFIX), NULL, 10);
        if (number > last && number < 1000000)
            last = (int)number;
    }
    snprintf(ret_reference, NIGHT_REFERENCE, NIGHT_PREFIX "%d", last + 1);
}
