/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of operations and the check of a command's members, as schema/0006_command.sql and
 * schema/0010_members.sql have them. */
#include <regex.h>
#include <string.h>

#include "core/codes.h"
#include "sim/model_tables.h"

#define NEEDS_WORDS "mna disability complex pregnant mother_child psychiatric medical"
#define INSTANT_MAX 999999999999999999

enum member_type {
    MEMBER_INTEGER,
    MEMBER_BOOLEAN,
    MEMBER_TEXT,
    MEMBER_CODE,
    MEMBER_DATE,
    MEMBER_POINT,
    MEMBER_OBJECT,
    MEMBER_TEXTS,
};

struct member {
    const char *path[2]; /* the second: a member of a member */
    enum member_type type;
    bool required;
    int64_t low, high;
    const char *pattern;
    const char *list; /* code: its list; object: its members */
    const char *refers;
};

#define TEXT(name, most, ...)                                                                      \
    {                                                                                              \
        {name}, MEMBER_TEXT, .high = (most), __VA_ARGS__                                           \
    }
#define COUNT(name, least, most, ...)                                                              \
    {                                                                                              \
        {name}, MEMBER_INTEGER, .low = (least), .high = (most), __VA_ARGS__                        \
    }
#define CODE(name, codes, ...)                                                                     \
    {                                                                                              \
        {name}, MEMBER_CODE, .list = (codes), __VA_ARGS__                                          \
    }
#define REQUIRED .required = true
#define CONTACT                                                                                    \
    {{"contact"}, MEMBER_OBJECT, .list = "day night"},                                             \
        {{"contact", "day"}, MEMBER_TEXT, .high = 100},                                            \
    {                                                                                              \
        {"contact", "night"}, MEMBER_TEXT, .high = 100                                             \
    }
#define ACCEPTS(need)                                                                              \
    {                                                                                              \
        {"accepts", need}, MEMBER_CODE, .list = "tristate"                                         \
    }
#define UNIT_NAMED TEXT("unit", 63, REQUIRED)

static const struct member declare_members[] = {
    UNIT_NAMED,
    COUNT("free", 0, 9999),
    COUNT("occupied", 0, 9999),
    COUNT("open", 0, 9999),
    COUNT("emergency_used", 0, 9999),
    {{"closed"}, MEMBER_OBJECT, .list = "n reason reopens_on"},
    {{"closed", "n"}, MEMBER_INTEGER, REQUIRED, .high = 9999},
    {{"closed", "reason"}, MEMBER_CODE, .list = "closed_reason"},
    {{"closed", "reopens_on"}, MEMBER_DATE},
    COUNT("observed_at", 1, INSTANT_MAX),
    CODE("derogation", "derogation"),
    {{"arrived"}, MEMBER_TEXTS, .high = 99, .refers = "hold"},
    {{NULL}},
};
static const struct member confirm_members[] = {
    UNIT_NAMED, COUNT("observed_at", 1, INSTANT_MAX), {{NULL}}};
static const struct member unit_members[] = {UNIT_NAMED, {{NULL}}};
static const struct member territory_members[] = {
    TEXT("code", 31, REQUIRED, .pattern = "^[a-z0-9][a-z0-9-]{0,30}$"),
    TEXT("name", 200, REQUIRED),
    TEXT("level", 30, REQUIRED, .pattern = "^[a-z0-9_-]{1,30}$"),
    TEXT("parent", 31, .refers = "territory"),
    {{NULL}},
};
static const struct member commune_members[] = {
    TEXT("insee", 5, REQUIRED, .pattern = "^[0-9][0-9AB][0-9]{3}$"),
    TEXT("name", 200, REQUIRED),
    {{"postcodes"}, MEMBER_TEXTS, .high = 100, .pattern = "^[0-9]{5}$"},
    {{"point"}, MEMBER_POINT},
    TEXT("territory", 31, .refers = "territory"),
    {{NULL}},
};
static const struct member kind_members[] = {
    TEXT("code", 30, REQUIRED, .pattern = "^[a-z0-9_]{1,30}$"),
    {{"finess_categories"}, MEMBER_TEXTS, .high = 20, .pattern = "^[0-9]{3}$"},
    COUNT("ttl_s", 60, 31536000, REQUIRED),
    CODE("modality", "modality", REQUIRED),
    CODE("visibility", "visibility"),
    {{NULL}},
};
static const struct member establishment_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^e-[0-9a-z][0-9a-z-]{0,60}$"),
    TEXT("name", 200, REQUIRED),
    TEXT("establishment_kind", 30, REQUIRED, .refers = "establishment_kind"),
    TEXT("finess", 9, .pattern = "^[0-9][0-9A-Z][0-9]{7}$"),
    TEXT("operator", 200),
    TEXT("address", 300),
    TEXT("territory", 31, REQUIRED, .refers = "territory"),
    TEXT("commune", 5, .refers = "commune"),
    {{"point"}, MEMBER_POINT},
    CODE("precision", "precision"),
    CODE("visibility", "visibility"),
    CONTACT,
    {{NULL}},
};
static const struct member close_members[] = {TEXT("establishment", 63, REQUIRED), {{NULL}}};
static const struct member unit_put_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^u-[0-9a-z][0-9a-z-]{0,60}$"),
    TEXT("establishment", 63, REQUIRED, .refers = "establishment"),
    TEXT("name", 200, REQUIRED),
    CODE("modality", "modality"),
    COUNT("min_months", 0, 1200),
    COUNT("max_months", 1, 1200),
    CODE("sex", "sex"),
    COUNT("siblings_max", 1, 99),
    {{"siblings_mixed"}, MEMBER_BOOLEAN},
    CODE("admission", "admission"),
    COUNT("delay_h", 0, 9999),
    {{"accepts"}, MEMBER_OBJECT, .list = NEEDS_WORDS},
    ACCEPTS("mna"),
    ACCEPTS("disability"),
    ACCEPTS("complex"),
    ACCEPTS("pregnant"),
    ACCEPTS("mother_child"),
    ACCEPTS("psychiatric"),
    ACCEPTS("medical"),
    COUNT("max_stay_days", 1, 9999),
    CODE("visibility", "visibility"),
    TEXT("territory", 31, .refers = "territory"),
    TEXT("commune", 5, .refers = "commune"),
    {{"point"}, MEMBER_POINT},
    CONTACT,
    COUNT("ttl_s", 60, 31536000),
    COUNT("authorised", 0, 9999),
    COUNT("installed", 0, 9999),
    COUNT("emergency_reserved", 0, 9999),
    {{NULL}},
};
static const struct member account_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^[a-z0-9][a-z0-9._-]{0,62}$"),
    CODE("role", "role", REQUIRED),
    {{"territories"}, MEMBER_TEXTS, .high = 1000, .refers = "territory"},
    {{"establishments"}, MEMBER_TEXTS, .high = 1000, .refers = "establishment"},
    TEXT("acts_for", 63, .refers = "account"),
    TEXT("name", 200, REQUIRED),
    {{"disabled"}, MEMBER_BOOLEAN},
    {{NULL}},
};
static const struct member account_named[] = {TEXT("id", 63, REQUIRED), {{NULL}}};
static const struct member credential_members[] = {
    TEXT("id", 64, REQUIRED, .pattern = "^[0-9a-f]{64}$"),
    TEXT("account", 63, REQUIRED, .refers = "account"),
    CODE("type", "credential", REQUIRED),
    COUNT("expires_at", 1, INSTANT_MAX),
    TEXT("label", 200),
    {{NULL}},
};
static const struct member credential_named[] = {TEXT("id", 64, REQUIRED), {{NULL}}};

#define DECLARERS "establishment service astreinte def admin"

static const struct known_operation {
    struct operation operation;
    const struct member *checks;
} operations[] = {
    {{"unit.declare", DECLARERS,
      "unit free occupied open emergency_used closed observed_at derogation arrived", unit_declare},
     declare_members},
    {{"unit.confirm", DECLARERS, "unit observed_at", unit_confirm}, confirm_members},
    {{"unit.report_wrong", "astreinte territory def", "unit", unit_report_wrong}, unit_members},
    {{"territory.put", "admin", "code name level parent", territory_put}, territory_members},
    {{"commune.put", "admin", "insee name postcodes point territory", commune_put},
     commune_members},
    {{"establishment_kind.put", "admin", "code finess_categories ttl_s modality visibility",
      establishment_kind_put},
     kind_members},
    {{"establishment.put", "admin",
      "id name establishment_kind finess operator address territory commune point precision "
      "visibility contact",
      establishment_put},
     establishment_members},
    {{"establishment.close", "admin", "establishment", establishment_close}, close_members},
    {{"unit.put", "admin",
      "id establishment name modality min_months max_months sex siblings_max siblings_mixed "
      "admission delay_h accepts max_stay_days visibility territory commune point contact ttl_s "
      "authorised installed emergency_reserved",
      unit_put},
     unit_put_members},
    {{"unit.close", "admin def", "unit", unit_close}, unit_members},
    {{"account.put", "admin", "id role territories establishments acts_for name disabled",
      account_put},
     account_members},
    {{"account.disable", "admin", "id", account_disable}, account_named},
    {{"credential.put", "admin", "id account type expires_at label", credential_put},
     credential_members},
    {{"credential.revoke", "admin", "id", credential_revoke}, credential_named},
};

const struct operation *model_operation_find(const char *op)
{
    for (size_t i = 0; i < ARRAY_LENGTH(operations); i++)
        if (strcmp(operations[i].operation.op, op) == 0)
            return &operations[i].operation;
    return NULL;
}

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
    } known[16];
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

static bool is_code(const char *list, const char *text)
{
    static const char *const words[][2] = {
        {"sex", "any girls boys"},
        {"admission", "office_hours always"},
        {"precision", "exact commune"},
        {"channel", "console link cli api import"},
        {"credential", "token certificate"},
        {"closed_reason", "staff works holidays health safety administrative other"},
        {"derogation", "emergency siblings judge ase other"},
    };
    if (strcmp(list, "role") == 0)
        return code_find(role_codes, ROLE_COUNT, text) >= 0;
    if (strcmp(list, "modality") == 0)
        return code_find(modality_codes, MODALITY_COUNT, text) >= 0;
    if (strcmp(list, "tristate") == 0)
        return code_find(tristate_codes, TRI_COUNT, text) >= 0;
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
    return false; /* hold: none yet */
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
        return !json_is_string(v)                       ? "wrong_type"
               : is_code(c->list, json_string_value(v)) ? NULL
                                                        : "unknown_code";
    case MEMBER_DATE:
        return date_error(v);
    case MEMBER_POINT:
        return point_error(v);
    case MEMBER_OBJECT:
        if (!json_is_object(v))
            return "wrong_type";
        return unknown_member(v, c->list, step, room) ? "unknown_member" : NULL;
    case MEMBER_TEXTS:
        if (!json_is_array(v))
            return "wrong_type";
        if ((int64_t)json_array_size(v) > c->high)
            return "out_of_range";
        for (size_t i = 0; i < json_array_size(v); i++) {
            const char *detail = text_error(m, json_array_get(v, i), c);
            snprintf(step, room, "/%zu", i);
            if (detail != NULL)
                return detail;
        }
    }
    return NULL;
}

/* JSON null is the same as absent. */
static struct verdict check(const struct model *m, const json_t *params, const struct member *c)
{
    char step[100] = "", pointer[160];
    const char *detail;
    const json_t *outer = column(params, c->path[0]);
    const json_t *v = c->path[1] != NULL ? column(outer, c->path[1]) : outer;
    if (json_is_null(v))
        detail = c->required && (c->path[1] == NULL || !json_is_null(outer)) ? "required" : NULL;
    else
        detail = member_error(m, v, c, step, sizeof step);
    if (detail == NULL)
        return (struct verdict){0};
    snprintf(pointer, sizeof pointer, "/%s%s%s%s", c->path[0], c->path[1] != NULL ? "/" : "",
             c->path[1] != NULL ? c->path[1] : "", step);
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
