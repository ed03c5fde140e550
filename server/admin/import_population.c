/* SPDX-License-Identifier: EUPL-1.2 */
/* How many people live where, by age: one line per place and bracket, semicolons, UTF-8, with the
 * header
 *
 *   code;from_age;to_age;number
 *
 * code              a commune (INSEE) or a territory; communes add up in their territory
 * from_age, to_age  years, both included (0;2 is 0, 1 and 2; 20;20 is 20), at most 150
 * number            of inhabitants; estimates may have decimals
 *
 * Brackets of a territory must not overlap (the register refuses it). */
#include <math.h>
#include <stdlib.h>

#include "admin/import_outlines.h"
#include "admin/import_table.h"

enum { CODE, FROM, TO, NUMBER, COLUMNS };

static const char *const columns[COLUMNS] = {
    [CODE] = "code*", [FROM] = "from_age*", [TO] = "to_age*", [NUMBER] = "number*"};

#define AGE_MOST 150
#define NUMBER_MOST 99999999

static int read_row(void *owner, const struct csv *c, const int *at)
{
    struct import *im = owner;
    span code = csv_field(c, at[CODE]), number = csv_field(c, at[NUMBER]);
    double people;
    int from, to;
    if (import_number(csv_field(c, at[FROM]), &from) != 0 ||
        import_number(csv_field(c, at[TO]), &to) != 0 || to > AGE_MOST || from > to) {
        import_bad_line(im, c->line, "age_bracket_invalid", code);
        return 0;
    }
    if (code.n == 0 || import_decimal(number, &people) != 0 || !(people >= 0) ||
        people > NUMBER_MOST) {
        import_bad_line(im, c->line, "cell_invalid", number);
        return 0;
    }
    json_t *params = import_command(im, "population.read", c->line);
    import_text(im, params, "code", code);
    import_set(im, params, "from", json_integer(from));
    import_set(im, params, "to", json_integer(to));
    import_set(im, params, "number", json_real(people));
    return 0;
}

int import_population(span file, struct import *im)
{
    static const struct import_table table = {columns, COLUMNS, read_row};
    int r = import_table_read(&table, file, im, im);
    return r != 0 ? r : import_end(im);
}

/* Adds a line to what is known of its territory so far: {territory: {bracket: number}}, brackets
 * written so that their order is that of texts. */
static void add_line(struct import *im, const json_t *known, const json_t *command, json_t *sums)
{
    const json_t *params = json_object_get(command, "params");
    const char *code = json_string_value(json_object_get(params, "code")), *territory = code;
    const json_t *commune = json_object_get(json_object_get(known, "commune"), code);
    char bracket[16];
    if (commune != NULL)
        territory = json_string_value(json_object_get(commune, "territory"));
    else if (json_object_get(json_object_get(known, "territory"), code) == NULL) {
        import_bad_line(im, (int)json_integer_value(json_object_get(command, "line")),
                        "place_unknown", span_of(code));
        return;
    }
    if (territory == NULL) {
        import_count(im, "communes_apart", 1);
        return;
    }
    json_t *of = json_object_get(sums, territory);
    if (of == NULL) {
        of = json_object();
        import_set(im, sums, territory, of);
    }
    snprintf(bracket, sizeof bracket, "%03d %03d",
             (int)json_integer_value(json_object_get(params, "from")),
             (int)json_integer_value(json_object_get(params, "to")));
    double n = json_real_value(json_object_get(of, bracket)) +
               json_real_value(json_object_get(params, "number"));
    import_set(im, of, bracket, json_real(n));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void send_territory(struct import *im, const char *territory, json_t *sums)
{
    size_t n = json_object_size(sums), i = 0;
    const char **brackets = calloc(n + 1, sizeof *brackets), *bracket;
    json_t *number, *from = json_array(), *to = json_array(), *numbers = json_array();
    if (brackets == NULL || from == NULL || to == NULL || numbers == NULL) {
        im->out_of_memory = true;
        n = 0;
    }
    json_object_foreach (sums, bracket, number)
        if (i < n)
            brackets[i++] = bracket;
    if (n > 0)
        qsort(brackets, n, sizeof *brackets, by_name);
    for (i = 0; i < n; i++) {
        double sum = json_real_value(json_object_get(sums, brackets[i]));
        json_array_append_new(from, json_integer(strtol(brackets[i], NULL, 10)));
        json_array_append_new(to, json_integer(strtol(brackets[i] + 4, NULL, 10)));
        json_array_append_new(numbers, json_integer(lround(sum < NUMBER_MOST ? sum : NUMBER_MOST)));
    }
    free(brackets);
    json_t *params = import_command(im, "population.put", 0);
    import_text(im, params, "territory", span_of(territory));
    import_set(im, params, "from_ages", from);
    import_set(im, params, "to_ages", to);
    import_set(im, params, "numbers", numbers);
    import_count(im, "territories", 1);
}

int import_population_plan(struct import *im, const json_t *known)
{
    json_t *commands = im->commands, *sums = json_object(), *command, *of;
    const char *territory;
    size_t i;
    im->commands = json_array();
    im->out_of_memory |= im->commands == NULL || sums == NULL;
    json_array_foreach (commands, i, command)
        if (!im->out_of_memory)
            add_line(im, known, command, sums);
    json_object_foreach (sums, territory, of)
        if (!im->out_of_memory)
            send_territory(im, territory, of);
    json_decref(commands);
    json_decref(sums);
    return im->out_of_memory ? -ENOMEM : 0;
}
