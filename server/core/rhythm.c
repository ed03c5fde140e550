/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/rhythm.h"

#include "core/member.h"

int rhythm_read(const json_t *weekdays, const char *weeks, rhythm *ret)
{
    int number = weeks ? code_find(weeks_codes, WEEKS_COUNT, weeks) : -1;
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(weekdays); i++) {
        json_int_t day = json_integer_value(json_array_get(weekdays, i));
        if (day < 1 || day > 7)
            return -EBADMSG;
        bits |= 1u << (day - 1);
    }
    if (number < 0 || bits == 0)
        return -EBADMSG;
    *ret = rhythm_of(bits, (enum weeks)number);
    return 0;
}

void rhythm_write(rhythm r, struct buf *out)
{
    unsigned weekdays = rhythm_weekdays(r);
    buf_text(out, "\"weekdays\":");
    for (int day = 1; day <= 7; day++)
        if (weekdays & 1u << (day - 1))
            buf_printf(out, "%s%d", weekdays & ((1u << (day - 1)) - 1) ? "," : "[", day);
    buf_char(out, ']');
    member_text(out, "weeks", weeks_codes[rhythm_weeks(r)]);
}
