/* SPDX-License-Identifier: EUPL-1.2 */
/* What every importer promises, whatever it reads: a refusal has a reason and no file of the same
 * bytes ends otherwise; commands are such as the register takes; and what was planned once changes
 * nothing when it is planned again. */
#ifndef TESTS_FUZZ_IMPORT_H
#define TESTS_FUZZ_IMPORT_H

#include "tests/fuzz/fuzz.h"

#include "admin/geo.h"
#include "admin/import_plan.h"

static inline const char *import_text_of(const json_t *params, const char *member)
{
    const char *text = json_string_value(json_object_get(params, member));

    return text != NULL ? text : "";
}

static inline void check_id(const char *id, char prefix)
{
    size_t n = strlen(id);

    REQUIRE(n >= 3 && n <= 62 && id[0] == prefix && id[1] == '-' && id[2] != '-');
    for (size_t i = 2; i < n; i++)
        REQUIRE((id[i] >= 'a' && id[i] <= 'z') || (id[i] >= '0' && id[i] <= '9') || id[i] == '-');
}

static inline void check_params(const char *op, const json_t *params)
{
    const json_t *min = json_object_get(params, "min_months");
    const json_t *max = json_object_get(params, "max_months");
    const json_t *point = json_object_get(params, "point");

    REQUIRE(strlen(import_text_of(params, "name")) <= IMPORT_NAME_MAX);
    REQUIRE(strlen(import_text_of(params, "address")) <= 600);
    if (min != NULL && max != NULL)
        REQUIRE(json_integer_value(min) < json_integer_value(max));
    if (point != NULL)
        REQUIRE(geo_in_france((span){"", 0},
                              (struct geo_point){json_number_value(json_array_get(point, 0)),
                                                 json_number_value(json_array_get(point, 1))}));
    if (strcmp(op, "establishment.put") == 0) {
        check_id(import_text_of(params, "id"), 'e');
        REQUIRE(*import_text_of(params, "name") != '\0');
        REQUIRE(*import_text_of(params, "territory") != '\0');
        REQUIRE(*import_text_of(params, "establishment_kind") != '\0');
    } else if (strcmp(op, "unit.put") == 0) {
        check_id(import_text_of(params, "id"), 'u');
        check_id(import_text_of(params, "establishment"), 'e');
        REQUIRE(*import_text_of(params, "name") != '\0');
    }
}

/* Reads with read, plans for an empty register, then reads and plans again for what came of it. */
static inline void check_import(int (*read)(span file, struct import *im), span file)
{
    json_t *known = json_pack("{s:{s:{s:s, s:s}}}", "territory", "d31", "name", "x", "level", "y");
    json_t *command;
    size_t i;

    for (int round = 0; round < 2; round++) {
        struct import im;
        int r;

        import_init(&im);
        r = read(file, &im);
        REQUIRE(r == 0 || r == IMPORT_REFUSED);
        if (r == 0)
            r = import_plan(&im, known);
        REQUIRE(r == 0 || (r == IMPORT_REFUSED && im.damage.code != NULL));
        json_array_foreach (im.commands, i, command)
            if (r == 0)
                check_params(import_text_of(command, "op"), json_object_get(command, "params"));
        if (r == 0 && round == 1)
            json_array_foreach (im.commands, i, command)
                REQUIRE(strstr(import_text_of(command, "op"), ".put") == NULL);
        import_free(&im);
    }
    json_decref(known);
}

#endif
