/* SPDX-License-Identifier: EUPL-1.2 */
/* One member of a record's JSON, after others: begun by a comma. */
#ifndef CORE_MEMBER_H
#define CORE_MEMBER_H

#include "base/buf.h"
#include "core/record.h"

/* NULL is written as null. */
static inline void member_text(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, ",\"%s\":", name);
    buf_json_text(out, text);
}

/* UNKNOWN is written as null. */
static inline void member_int(struct buf *out, const char *name, int64_t value)
{
    buf_printf(out, ",\"%s\":", name);
    if (value == UNKNOWN)
        buf_text(out, "null");
    else
        buf_int(out, value);
}

static inline void member_bool(struct buf *out, const char *name, bool value)
{
    buf_printf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

/* 0 is written as null. */
static inline void member_instant(struct buf *out, const char *name, usec_t at)
{
    buf_printf(out, ",\"%s\":", name);
    if (at == 0)
        buf_text(out, "null");
    else
        buf_json_instant(out, at);
}

/* The codes whose bits are set, as an array in the order of their list. */
static inline void member_codes(struct buf *out, const char *name, const char *const *codes, int n,
                                unsigned bits)
{
    bool any = false;
    buf_printf(out, ",\"%s\":[", name);
    for (int i = 0; i < n; i++) {
        if (!(bits & 1u << i))
            continue;
        buf_printf(out, "%s\"%s\"", any ? "," : "", codes[i]);
        any = true;
    }
    buf_char(out, ']');
}

/* ,"contact":{"day":…,"night":…} */
static inline void member_contact(struct buf *out, const char *day, const char *night)
{
    buf_text(out, ",\"contact\":{\"day\":");
    buf_json_text(out, day);
    member_text(out, "night", night);
    buf_char(out, '}');
}

#endif
