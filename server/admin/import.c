/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/import.h"

#include <math.h>
#include <stdlib.h>

#include "admin/import_csv.h"
#include "admin/import_text.h"

void import_init(struct import *im)
{
    *im = (struct import){.commands = json_array(), .counts = json_object()};
    im->out_of_memory = im->commands == NULL || im->counts == NULL;
}

void import_free(struct import *im)
{
    if (im == NULL)
        return;
    json_decref(im->commands);
    json_decref(im->counts);
    for (int i = 0; i < im->n_bad; i++)
        free(im->bad[i].value);
    free(im->bad);
    free(im->damage.value);
    *im = (struct import){0};
}

json_t *import_command(struct import *im, const char *op, int line)
{
    json_t *params = json_object();
    json_t *command = json_pack("{s:s, s:i, s:O?}", "op", op, "line", line, "params", params);

    json_decref(params);
    if (command == NULL || params == NULL || json_array_append_new(im->commands, command) != 0) {
        im->out_of_memory = true;
        return NULL;
    }
    return params;
}

void import_hint(struct import *im, const char *name, json_t *value)
{
    size_t n = json_array_size(im->commands);

    if (n == 0)
        json_decref(value);
    else if (json_object_set_new(json_array_get(im->commands, n - 1), name, value) != 0)
        im->out_of_memory = true;
}

void import_bad_line(struct import *im, int line, const char *code, span value)
{
    if (im->n_bad == im->room_bad) {
        int room = im->room_bad == 0 ? 16 : im->room_bad * 2;
        struct import_remark *bad = realloc(im->bad, (size_t)room * sizeof *bad);

        if (bad == NULL) {
            im->out_of_memory = true;
            return;
        }
        im->bad = bad;
        im->room_bad = room;
    }
    im->bad[im->n_bad] =
        (struct import_remark){line, code, strndup(value.n > 0 ? value.p : "", value.n)};
    im->out_of_memory |= im->bad[im->n_bad].value == NULL;
    im->n_bad++;
}

void import_count(struct import *im, const char *code, int n)
{
    json_int_t before = json_integer_value(json_object_get(im->counts, code));

    if (json_object_set_new(im->counts, code, json_integer(before + n)) != 0)
        im->out_of_memory = true;
}

int import_refuse(struct import *im, int line, const char *code, span value)
{
    free(im->damage.value);
    im->damage = (struct import_remark){line, code, strndup(value.n > 0 ? value.p : "", value.n)};
    return im->damage.value == NULL ? -ENOMEM : IMPORT_REFUSED;
}

int import_refuse_csv(struct import *im, int outcome, int line, span value)
{
    static const struct {
        int outcome;
        const char *code;
    } csv[] = {
        {CSV_END, "empty_file"},
        {CSV_UNCLOSED_QUOTE, "unclosed_quote"},
        {CSV_TOO_MANY_FIELDS, "wrong_column_count"},
        {CSV_FIELD_TOO_LONG, "field_too_long"},
        {CSV_HEADER_MISSING, "column_missing"},
        {CSV_HEADER_DOUBLED, "column_doubled"},
        {CSV_HEADER_UNKNOWN, "column_unknown"},
    };

    if (outcome <= 0)
        return outcome;
    for (size_t i = 0; i < ARRAY_LENGTH(csv); i++)
        if (csv[i].outcome == outcome)
            return import_refuse(im, line, csv[i].code, value);
    return import_refuse(im, line, "damaged", value);
}

int import_refuse_text(struct import *im, int outcome, int line)
{
    static const char *const codes[] = {
        [TEXT_NOT_UTF8] = "not_utf8",
        [TEXT_LOST_ACCENTS] = "lost_accents",
        [TEXT_ENCODED_TWICE] = "encoded_twice",
        [TEXT_CONTROL_CHARACTER] = "control_character",
    };

    return outcome <= 0 ? outcome : import_refuse(im, line, codes[outcome], (span){"", 0});
}

int import_end(struct import *im)
{
    if (im->out_of_memory)
        return -ENOMEM;
    if (json_object_get(im->counts, "lines") == NULL)
        return import_refuse(im, 1, "empty_file", (span){"", 0});
    return 0;
}

void import_set(struct import *im, json_t *params, const char *name, json_t *value)
{
    if (params == NULL)
        json_decref(value);
    else if (json_object_set_new(params, name, value) != 0)
        im->out_of_memory = true;
}

void import_text(struct import *im, json_t *params, const char *name, span value)
{
    if (value.n > 0)
        import_set(im, params, name, json_stringn(value.p, value.n));
}

int import_number(span text, int *ret_number)
{
    int number = 0;

    if (text.n == 0 || text.n > 9)
        return 1;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return 1;
        number = number * 10 + (text.p[i] - '0');
    }
    *ret_number = number;
    return 0;
}

int import_decimal(span text, double *ret_number)
{
    double number = 0, unit = 1;
    size_t i = 0, digits = 0;
    bool negative = false, fraction = false;

    if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+')) {
        negative = text.p[0] == '-';
        i = 1;
    }
    for (; i < text.n && digits <= 17; i++) {
        char c = text.p[i];

        if ((c == '.' || c == ',') && !fraction) {
            fraction = true;
        } else if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            unit *= fraction ? 10 : 1;
            digits++;
        } else {
            return 1;
        }
    }
    if (digits == 0 || digits > 17 || i < text.n)
        return 1;
    *ret_number = (negative ? -number : number) / unit;
    return 0;
}
