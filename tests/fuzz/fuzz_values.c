/* SPDX-License-Identifier: EUPL-1.2 */
/* The small parsers: instants, dates, positions, identifiers. What they take must come back the
 * same when written, where there is a writer. */
#include "tests/fuzz/fuzz.h"

#include "base/instant.h"
#include "proto/format.h"
#include "proto/position.h"
#include "proto/time.h"

static void check_instant(span text)
{
    usec_t at, again;
    char written[INSTANT_TEXT];
    if (time_parse_instant(text, &at) != 0)
        return;
    REQUIRE(text.n >= 20 && text.n <= 35);
    usec_t seconds = at / USEC_S - (at % USEC_S < 0);
    if (seconds < -62167219200 || seconds > 253402300799)
        return; /* an offset led out of the years that can be written */
    REQUIRE(time_parse_instant(span_of(instant_format(at, written)), &again) == 0);
    REQUIRE(again == seconds * USEC_S);
    if (text.n == 20)
        REQUIRE(span_is(text, written));
}

static void check_date(span text)
{
    int32_t days;
    char written[INSTANT_TEXT];
    if (time_parse_date(text, &days) != 0)
        return;
    instant_format(days * 24 * USEC_HOUR, written);
    REQUIRE(span_equals(text, (span){written, 10}));
}

static void check_position(span text)
{
    struct position p;
    char written[POSITION_TEXT];
    if (position_parse(text, &p) == 0)
        REQUIRE(span_is(text, position_format(&p, written)));
    REQUIRE(!format_since(text) || format_position(text));
}

static void check_formats(span text)
{
    static bool (*const formats[])(span) = {
        format_unit_id,  format_establishment_id,
        format_hold_id,  format_request_id,
        format_account,  format_territory,
        format_commune,  format_code,
        format_key,      format_name,
        format_position, format_cursor,
        format_token,    format_instant,
        format_date,     format_record_id,
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (!formats[i](text))
            continue;
        REQUIRE(text.n >= 1 && text.n <= 256);
        for (size_t k = 0; k < text.n; k++)
            REQUIRE(text.p[k] > ' ' && text.p[k] < 0x7F);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    span text = {(const char *)bytes, n};
    check_instant(text);
    check_date(text);
    check_position(text);
    check_formats(text);
    return 0;
}
