/* SPDX-License-Identifier: EUPL-1.2 */
/* The check of a command's members, as schema/0006_command.sql and its successors have it. */
#include <regex.h>
#include <string.h>

#include "core/codes.h"
#include "sim/model_members.h"

bool word_in(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
            return true;
    return false;
}

/* Compiling costs most of a command: each pattern, a static text, is compiled once. */
static bool matches(const char *pattern, const char *text)
{
    static struct {
        const char *pattern;
        regex_t compiled;
    } known[24];
    size_t i = 0;
    while (i < ARRAY_LENGTH(known) - 1 && known[i].pattern != NULL && known[i].pattern != pattern)
        i++;
    if (known[i].pattern == NULL) {
        if (regcomp(&known[i].compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
            out_of_memory();
        known[i].pattern = pattern;
    }
    if (known[i].pattern != pattern)
        out_of_memory(); /* more patterns than places */
    return regexec(&known[i].compiled, text, 0, NULL, 0) == 0;
}

bool is_code(const char *list, const char *text)
{
    static const char *const words[][2] = {
        {"sex", "any girls boys"},
        {"admission", "office_hours always"},
        {"precision", "exact commune"},
        {"channel", "console link cli api import"},
        {"credential", "token certificate"},
        {"closed_reason", "staff works holidays health safety administrative other"},
        {"derogation", "emergency siblings judge ase other"},
        {"child_sex", "F M"},
        {"legal_frame", "recueil_provisoire accueil_provisoire apjm opp jugement tutelle pupille "
                        "delegation mna_evaluation other"},
        {"refusal", "full staff age sex group behaviour health distance admission_mode documents "
                    "other"},
        {"withdrawal", "no_show runaway returned_home other_place decision_changed error other"},
        {"request_end", "placed_elsewhere returned_home decision_changed majority duplicate error "
                        "other"},
        {"hold_end", "release escalate"},
        {"duty", "astreinte def mobile"},
        {"movement_type", "exit entry opening closing sequence"},
        {"movement_code", "return_home majority rupture transfer end_of_stay foster_change other"},
        {"cleared", "reference parent legal_frame from max_km wanted_on wanted_until days"},
        {"weeks", "all odd even"},
    };
    if (strcmp(list, "role") == 0)
        return code_find(role_codes, ROLE_COUNT, text) >= 0;
    if (strcmp(list, "modality") == 0)
        return code_find(modality_codes, MODALITY_COUNT, text) >= 0;
    if (strcmp(list, "tristate") == 0)
        return code_find(tristate_codes, TRI_COUNT, text) >= 0;
    if (strcmp(list, "need") == 0)
        return code_find(need_codes, NEED_COUNT, text) >= 0;
    if (strcmp(list, "visibility") == 0)
        return code_find(visibility_codes, VISIBILITY_COUNT, text) >= 0;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcmp(words[i][0], list) == 0)
            return text[0] != '\0' && word_in(words[i][1], text);
    return false;
}

static bool is_record(const struct model *m, const char *kind, const char *id)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        if (strcmp(table_kinds[table], kind) == 0)
            return row_find(m, (enum table)table, id) != NULL;
    return false;
}

/* Characters, not bytes. */
static int64_t length(const char *text)
{
    int64_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static const char *text_error(const struct model *m, const json_t *v, const struct member *c)
{
    const char *text = json_string_value(v);
    if (text == NULL)
        return "wrong_type";
    if (c->type == MEMBER_TEXT && (length(text) < 1 || length(text) > c->high))
        return "out_of_range";
    if (has_control(text) || (c->pattern != NULL && !matches(c->pattern, text)))
        return "wrong_format";
    if (c->refers != NULL && !is_record(m, c->refers, text))
        return "unknown_reference";
    return NULL;
}

static const char *integer_error(const json_t *v, const struct member *c)
{
    if (!json_is_integer(v))
        return "wrong_type";
    json_int_t n = json_integer_value(v);
    return n < c->low || n > c->high ? "out_of_range" : NULL;
}

static const char *date_error(const json_t *v)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *text = json_string_value(v);
    if (text == NULL)
        return "wrong_type";
    if (!matches("^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", text))
        return "wrong_format";
    int year = (int)strtol(text, NULL, 10), month = (int)strtol(text + 5, NULL, 10);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int last = days[month - 1] + (month == 2 && leap);
    return strtol(text + 8, NULL, 10) > last ? "wrong_format" : NULL;
}

static const char *point_error(const json_t *v)
{
    const json_t *lat = json_array_get(v, 0), *lon = json_array_get(v, 1);
    if (json_array_size(v) != 2 || !json_is_number(lat) || !json_is_number(lon))
        return "wrong_type";
    double a = json_number_value(lat), b = json_number_value(lon);
    return a < -90 || a > 90 || b < -180 || b > 180 ? "out_of_range" : NULL;
}

/* The first member, by bytes, that words does not know: as a step of a JSON pointer. */
static bool unknown_member(const json_t *object, const char *words, char *step, size_t room)
{
    const char *first = NULL, *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value)
        if ((key[0] == '\0' || !word_in(words, key)) && (first == NULL || strcmp(key, first) < 0))
            first = key;
    if (first == NULL)
        return false;
    size_t n = 0;
    step[n++] = '/';
    for (; *first != '\0' && n + 3 < room; first++) {
        bool escape = *first == '~' || *first == '/';
        step[n++] = escape ? '~' : *first;
        if (escape)
            step[n++] = *first == '~' ? '0' : '1';
    }
    step[n] = '\0';
    return true;
}

static const char *code_error(const json_t *v, const struct member *c)
{
    if (!json_is_string(v))
        return "wrong_type";
    return is_code(c->list, json_string_value(v)) ? NULL : "unknown_code";
}

/* Its step goes on from the one that is there. */
static const char *child_error(const json_t *child, char *step, size_t room)
{
    static const struct member age = {{"age_months"}, MEMBER_INTEGER, .high = 1200};
    static const struct member sex = {{"sex"}, MEMBER_CODE, .list = "child_sex"};
    size_t n = strlen(step);
    if (!json_is_object(child))
        return "wrong_type";
    if (unknown_member(child, "age_months sex", step + n, room - n))
        return "unknown_member";
    snprintf(step + n, room - n, "/age_months");
    if (!column_null(child, "age_months") && integer_error(column(child, "age_months"), &age))
        return integer_error(column(child, "age_months"), &age);
    snprintf(step + n, room - n, "/sex");
    return column_null(child, "sex") ? NULL : code_error(column(child, "sex"), &sex);
}

/* A time of day; 24:00 ends a day. */
static const char *clock_error(const json_t *v)
{
    if (json_is_null(v))
        return "required";
    if (!json_is_string(v))
        return "wrong_type";
    return matches("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", json_string_value(v))
               ? NULL
               : "wrong_format";
}

static const char *hours_error(const json_t *hours, char *step, size_t room)
{
    static const struct member day = {{"day"}, MEMBER_INTEGER, .low = 1, .high = 7};
    size_t n = strlen(step);
    if (!json_is_object(hours))
        return "wrong_type";
    if (unknown_member(hours, "day from to", step + n, room - n))
        return "unknown_member";
    snprintf(step + n, room - n, "/day");
    if (column_null(hours, "day"))
        return "required";
    if (integer_error(column(hours, "day"), &day) != NULL)
        return integer_error(column(hours, "day"), &day);
    snprintf(step + n, room - n, "/from");
    if (clock_error(column(hours, "from")) != NULL)
        return clock_error(column(hours, "from"));
    snprintf(step + n, room - n, "/to");
    if (clock_error(column(hours, "to")) != NULL)
        return clock_error(column(hours, "to"));
    return strcmp(column_text(hours, "to"), column_text(hours, "from")) <= 0 ? "reversed" : NULL;
}

static const char *array_error(const struct model *m, const json_t *v, const struct member *c,
                               char *step, size_t room)
{
    if (!json_is_array(v))
        return "wrong_type";
    int64_t n = (int64_t)json_array_size(v);
    if (n < c->low || n > c->high)
        return "out_of_range";
    for (size_t i = 0; i < json_array_size(v); i++) {
        const json_t *element = json_array_get(v, i);
        const char *detail;
        snprintf(step, room, "/%zu", i);
        if (c->type == MEMBER_CHILDREN)
            detail = child_error(element, step, room);
        else if (c->type == MEMBER_HOURS)
            detail = hours_error(element, step, room);
        else if (c->type == MEMBER_DATES)
            detail = date_error(element);
        else if (c->type == MEMBER_INTEGERS)
            detail = integer_error(element, c);
        else
            detail = c->type == MEMBER_CODES ? code_error(element, c) : text_error(m, element, c);
        if (detail != NULL)
            return detail;
    }
    return NULL;
}

static const char *member_error(const struct model *m, const json_t *v, const struct member *c,
                                char *step, size_t room)
{
    switch (c->type) {
    case MEMBER_INTEGER:
        return integer_error(v, c);
    case MEMBER_BOOLEAN:
        return json_is_boolean(v) ? NULL : "wrong_type";
    case MEMBER_TEXT:
        return text_error(m, v, c);
    case MEMBER_CODE:
        return code_error(v, c);
    case MEMBER_DATE:
        return date_error(v);
    case MEMBER_POINT:
        return point_error(v);
    case MEMBER_OBJECT:
        if (!json_is_object(v))
            return "wrong_type";
        return unknown_member(v, c->list, step, room) ? "unknown_member" : NULL;
    case MEMBER_TEXTS:
    case MEMBER_CODES:
    case MEMBER_INTEGERS:
    case MEMBER_CHILDREN:
    case MEMBER_DATES:
    case MEMBER_HOURS:
        return array_error(m, v, c, step, room);
    }
    return NULL;
}

/* JSON null is the same as absent. */
static struct verdict check(const struct model *m, const json_t *params, const struct member *c)
{
    char step[100] = "", pointer[160];
    const char *detail;
    const json_t *outer = NULL, *v = params;
    size_t n = 0;
    for (size_t i = 0; c->path[i] != NULL; i++) {
        outer = v;
        v = column(v, c->path[i]);
        n += (size_t)snprintf(pointer + n, sizeof pointer - n, "/%s", c->path[i]);
    }
    if (json_is_null(v))
        detail = c->required && !json_is_null(outer) ? "required" : NULL;
    else
        detail = member_error(m, v, c, step, sizeof step);
    if (detail == NULL)
        return (struct verdict){0};
    snprintf(pointer + n, sizeof pointer - n, "%s", step);
    return verdict_invalid(pointer, detail);
}

struct verdict params_error(const struct model *m, const struct operation *op, const json_t *params)
{
    const struct known_operation *known = (const struct known_operation *)op; /* first member */
    char step[160];
    if (unknown_member(params, op->members, step, sizeof step))
        return verdict_invalid(step, "unknown_member");
    for (const struct member *c = known->checks; c->path[0] != NULL; c++) {
        struct verdict v = check(m, params, c);
        if (v.type != NULL)
            return v;
    }
    return (struct verdict){0};
}
