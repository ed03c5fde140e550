/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/format.h"

#include "proto/limits.h"
#include "proto/position.h"
#include "proto/time.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Every byte from `from` on is a lower-case letter, a digit, or one of others. */
static bool rest_is(span text, size_t from, const char *others)
{
    for (size_t i = from; i < text.n; i++) {
        char c = text.p[i];
        if (!is_lower(c) && !is_digit(c) && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return true;
}

static bool is_id(span text, const char *kinds)
{
    return text.n >= 3 && text.n <= 63 && text.p[0] != '\0' && strchr(kinds, text.p[0]) != NULL &&
           text.p[1] == '-' && text.p[2] != '-' && rest_is(text, 2, "-");
}

bool format_unit_id(span text)
{
    return is_id(text, "u");
}

bool format_establishment_id(span text)
{
    return is_id(text, "e");
}

bool format_hold_id(span text)
{
    return is_id(text, "h");
}

bool format_request_id(span text)
{
    return is_id(text, "r");
}

bool format_offer_id(span text)
{
    return is_id(text, "o");
}

bool format_mission_id(span text)
{
    return is_id(text, "m");
}

bool format_movement_id(span text)
{
    return is_id(text, "v");
}

bool format_reminder_id(span text)
{
    return is_id(text, "n");
}

bool format_record_id(span text)
{
    return is_id(text, "uehrmtov");
}

/* Begins with a lower-case letter or a digit. */
static bool is_word(span text, size_t max, const char *others)
{
    return text.n >= 1 && text.n <= max && rest_is((span){text.p, 1}, 0, "") &&
           rest_is(text, 1, others);
}

bool format_account(span text)
{
    return is_word(text, 63, "._-");
}

bool format_territory(span text)
{
    return is_word(text, 31, "-");
}

bool format_commune(span text)
{
    if (text.n != 5)
        return false;
    for (size_t i = 0; i < 5; i++)
        if (!is_digit(text.p[i]) && !(i == 1 && (text.p[i] == 'A' || text.p[i] == 'B')))
            return false;
    return true;
}

bool format_code(span text)
{
    return is_word(text, 40, "_") && is_lower(text.p[0]);
}

bool format_reference(span text)
{
    bool digit = false;
    if (text.n < 1 || text.n > 20)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (!is_upper(text.p[i]) && !is_digit(text.p[i]) && text.p[i] != '-')
            return false;
        digit |= is_digit(text.p[i]);
    }
    return digit;
}

static bool is_visible(span text, size_t min, size_t max)
{
    if (text.n < min || text.n > max)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '!' || text.p[i] > '~')
            return false;
    return true;
}

bool format_key(span text)
{
    return is_visible(text, 1, LIMIT_KEY);
}

bool format_token(span text)
{
    return is_visible(text, 8, 256);
}

/* Letters of both cases, digits, and one of others. */
static bool is_mixed(span text, size_t max, const char *others)
{
    if (text.n < 1 || text.n > max)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!is_upper(text.p[i]) && !rest_is((span){text.p + i, 1}, 0, others))
            return false;
    return true;
}

bool format_name(span text)
{
    return is_mixed(text, 32, "._-") && strchr("._-", text.p[0]) == NULL;
}

bool format_cursor(span text)
{
    return is_mixed(text, 128, "._~-");
}

bool format_position(span text)
{
    struct position p;
    return position_parse(text, &p) == 0;
}

bool format_since(span text)
{
    struct position p;
    return position_parse(text, &p) == 0 && p.fingerprint[0] != '\0';
}

bool format_instant(span text)
{
    usec_t at;
    return time_parse_instant(text, &at) == 0;
}

bool format_date(span text)
{
    int32_t days;
    return time_parse_date(text, &days) == 0;
}
