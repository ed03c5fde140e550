/* SPDX-License-Identifier: EUPL-1.2 */
/* A unit is decoded by tables: one line per member of the state says where it goes and what it may
 * be. Members that no table names are ignored: a newer schema may add some. */
#include "core/record.h"

#include <math.h>
#include <stddef.h>

#include "core/json_read.h"

#define NOT_A_STATE 1
#define COUNT_MAX 9999

struct text_member {
    const char *key;
    size_t at; /* offset of a char * */
    bool required;
};

#define TEXT(member, required)                                                                     \
    {                                                                                              \
#member, offsetof(struct unit, member), required                                           \
    }

static const struct text_member text_members[] = {
    TEXT(establishment, true),  TEXT(establishment_name, true), TEXT(establishment_kind, true),
    TEXT(name, true),           TEXT(territory, true),          TEXT(commune, false),
    TEXT(closed_reason, false), TEXT(reopens_on, false),        TEXT(derogation, false),
    TEXT(derogation_by, false), TEXT(declared_by, false),       TEXT(channel, false),
    TEXT(fallback, false),
};

struct number_member {
    const char *key;
    size_t at;
    size_t size; /* of the integer there: 2, 4 or 8 bytes */
    int64_t absent;
    int64_t most; /* 0..most */
};

#define NUMBER(member, absent, most)                                                               \
    {                                                                                              \
#member, offsetof(struct unit, member), sizeof(((struct unit *)0)->member), absent, most   \
    }

static const struct number_member number_members[] = {
    NUMBER(min_months, UNKNOWN, INT16_MAX),
    NUMBER(max_months, UNKNOWN, INT16_MAX),
    NUMBER(siblings_max, UNKNOWN, INT16_MAX),
    NUMBER(max_stay_days, UNKNOWN, INT16_MAX),
    NUMBER(delay_h, UNKNOWN, INT16_MAX),
    NUMBER(authorised, UNKNOWN, COUNT_MAX),
    NUMBER(open, UNKNOWN, COUNT_MAX),
    NUMBER(occupied, UNKNOWN, COUNT_MAX),
    NUMBER(closed, 0, COUNT_MAX),
    NUMBER(emergency_reserved, 0, COUNT_MAX),
    NUMBER(emergency_used, 0, COUNT_MAX),
    NUMBER(held, 0, COUNT_MAX),
    NUMBER(held_emergency, 0, COUNT_MAX),
    NUMBER(observed_at, 0, INT64_MAX),
    NUMBER(recorded_at, 0, INT64_MAX),
    NUMBER(contested_at, 0, INT64_MAX),
};

static int read_texts(const json_t *state, struct unit *u)
{
    for (size_t i = 0; i < ARRAY_LENGTH(text_members); i++) {
        const struct text_member *m = &text_members[i];
        const json_t *value = json_object_get(state, m->key);

        if (json_is_string(value) ? false : m->required || !(value == NULL || json_is_null(value)))
            return NOT_A_STATE;
        if (json_copy_text(state, m->key, (char **)((char *)u + m->at)) < 0)
            return -ENOMEM;
    }
    return 0;
}

static void store(void *at, size_t size, int64_t number)
{
    if (size == sizeof(int16_t))
        *(int16_t *)at = (int16_t)number;
    else if (size == sizeof(int32_t))
        *(int32_t *)at = (int32_t)number;
    else
        *(int64_t *)at = number;
}

static int read_numbers(const json_t *state, struct unit *u)
{
    for (size_t i = 0; i < ARRAY_LENGTH(number_members); i++) {
        const struct number_member *m = &number_members[i];
        const json_t *value = json_object_get(state, m->key);
        int64_t number = m->absent;

        if (json_is_integer(value)) {
            number = json_integer_value(value);
            if (number < 0 || number > m->most)
                return NOT_A_STATE;
        } else if (value != NULL && !json_is_null(value)) {
            return NOT_A_STATE;
        }
        store((char *)u + m->at, m->size, number);
    }
    return 0;
}

/* The index of the member's code; `absent` when it is null or not there; -2 for anything else. */
static int read_code(const json_t *state, const char *key, const char *const *codes, int n,
                     int absent)
{
    const json_t *value = json_object_get(state, key);
    int found;

    if (value == NULL || json_is_null(value))
        return absent;
    found = json_is_string(value) ? code_find(codes, n, json_string_value(value)) : -1;
    return found < 0 ? -2 : found;
}

static int read_mixed(const json_t *value)
{
    if (json_is_boolean(value))
        return json_is_true(value) ? TRI_YES : TRI_NO;
    return value == NULL || json_is_null(value) ? TRI_UNKNOWN : -2;
}

static int read_codes(const json_t *state, struct unit *u)
{
    int modality = read_code(state, "modality", modality_codes, MODALITY_COUNT, -2);
    int visibility = read_code(state, "visibility", visibility_codes, VISIBILITY_COUNT, -2);
    int sex = read_code(state, "sex", unit_sex_codes, UNIT_SEX_COUNT, UNIT_SEX_UNKNOWN);
    int admission =
        read_code(state, "admission", admission_codes, ADMISSION_COUNT, ADMISSION_UNKNOWN);
    int mixed = read_mixed(json_object_get(state, "siblings_mixed"));
    const json_t *accepts = json_object_get(state, "accepts");

    if (modality < 0 || visibility < 0 || sex < 0 || admission < 0 || mixed < 0)
        return NOT_A_STATE;
    u->modality = (enum modality)modality;
    u->visibility = (enum visibility)visibility;
    u->sex = (enum unit_sex)sex;
    u->admission = (enum admission)admission;
    u->siblings_mixed = (int8_t)mixed;
    if (accepts != NULL && !json_is_null(accepts) && !json_is_object(accepts))
        return NOT_A_STATE;
    for (int need = 0; need < NEED_COUNT; need++) {
        int answer = read_code(accepts, need_codes[need], tristate_codes, TRI_COUNT, TRI_UNKNOWN);

        if (answer < 0)
            return NOT_A_STATE;
        u->accepts[need] = (uint8_t)answer;
    }
    return 0;
}

static int read_point(const json_t *value, struct point *ret)
{
    const json_t *lat = json_array_get(value, 0), *lon = json_array_get(value, 1);
    struct point p = {json_number_value(lat), json_number_value(lon), true};

    if (value == NULL || json_is_null(value)) {
        *ret = (struct point){0};
        return 0;
    }
    if (json_array_size(value) != 2 || !json_is_number(lat) || !json_is_number(lon) ||
        fabs(p.lat) > 90 || fabs(p.lon) > 180)
        return NOT_A_STATE;
    *ret = p;
    return 0;
}

static int read_contact(const json_t *contact, struct unit *u)
{
    if (json_copy_text(contact, "day", &u->contact_day) < 0 ||
        json_copy_text(contact, "night", &u->contact_night) < 0)
        return -ENOMEM;
    return 0;
}

static int read_ttl(const json_t *value, usec_t *ret)
{
    int64_t seconds = json_integer_value(value);

    if (!json_is_integer(value) || seconds < 0 || seconds > INT32_MAX)
        return NOT_A_STATE;
    *ret = seconds * USEC_S;
    return 0;
}

/* What was declared is declared whole: either all of it is there or nothing is. */
static int check_declared(const struct unit *u)
{
    bool declared = u->open != UNKNOWN;

    return declared == (u->occupied != UNKNOWN) && declared == (u->observed_at != 0) ? 0
                                                                                     : NOT_A_STATE;
}

static int read_unit(const json_t *state, struct unit *u)
{
    int r = json_is_object(state) ? 0 : NOT_A_STATE;

    r = r != 0 ? r : read_texts(state, u);
    r = r != 0 ? r : read_numbers(state, u);
    r = r != 0 ? r : read_codes(state, u);
    r = r != 0 ? r : read_point(json_object_get(state, "point"), &u->point);
    r = r != 0 ? r : read_point(json_object_get(state, "public_point"), &u->public_point);
    r = r != 0 ? r : read_contact(json_object_get(state, "contact"), u);
    r = r != 0 ? r : read_ttl(json_object_get(state, "ttl_s"), &u->ttl);
    return r != 0 ? r : check_declared(u);
}

static int decode(const char *json, struct unit *u)
{
    CLEANUP(json_release) json_t *state = NULL;
    json_error_t error;

    state = json_loads(json, JSON_REJECT_DUPLICATES, &error);
    if (state == NULL)
        return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : NOT_A_STATE;
    return read_unit(state, u);
}

int unit_decode(const char *id, const char *json, struct unit **ret)
{
    struct unit *u = calloc(1, sizeof *u);
    int r = -ENOMEM;

    if (u != NULL && (u->id = strdup(id)) != NULL)
        r = decode(json, u);
    if (r == 0)
        *ret = u;
    else
        unit_destroy(u);
    return r;
}

void unit_destroy(struct unit *u)
{
    if (u == NULL)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(text_members); i++)
        free(*(char **)((char *)u + text_members[i].at));
    free(u->contact_day);
    free(u->contact_night);
    free(u->id);
    free(u);
}

static int at_least_none(int places)
{
    return places > 0 ? places : 0;
}

int unit_free(const struct unit *u)
{
    if (u->open == UNKNOWN || u->occupied == UNKNOWN)
        return UNKNOWN;
    return at_least_none(u->open - u->occupied - u->held);
}

int unit_free_planned(const struct unit *u)
{
    int kept = at_least_none(u->emergency_reserved - u->emergency_used - u->held_emergency);
    int free_places = unit_free(u);

    return free_places == UNKNOWN ? UNKNOWN : at_least_none(free_places - kept);
}

usec_t unit_fresh_until(const struct unit *u)
{
    usec_t until;

    if (u->observed_at == 0)
        return 0;
    until = u->ttl > USEC_NEVER - u->observed_at ? USEC_NEVER : u->observed_at + u->ttl;
    return u->contested_at != 0 && u->contested_at < until ? u->contested_at : until;
}
