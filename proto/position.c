/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/position.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "proto/limits.h"

static bool parse_hex(span text, char ret[static POSITION_PART_MAX + 1])
{
    if (text.n < 1 || text.n > POSITION_PART_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        ret[i] = c;
    }
    ret[text.n] = '\0';
    return true;
}

static bool parse_revision(span text, int64_t *ret)
{
    int64_t value = 0;
    if (text.n < 1 || text.n > 16 || (text.n > 1 && text.p[0] == '0'))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        value = value * 10 + (text.p[i] - '0');
    }
    *ret = value;
    return value <= LIMIT_INTEGER;
}

/* The part before the first '.', which leaves *text with it; false when there is none. */
static bool take_part(span *text, span *ret_part)
{
    const char *dot = text->n > 0 ? memchr(text->p, '.', text->n) : NULL;
    if (dot == NULL)
        return false;
    size_t n = (size_t)(dot - text->p);
    *ret_part = (span){text->p, n};
    *text = (span){dot + 1, text->n - n - 1};
    return true;
}

int position_parse(span text, struct position *ret)
{
    struct position p = {0};
    span part;
    if (!take_part(&text, &part) || !parse_hex(part, p.epoch))
        return POSITION_BAD;
    if (take_part(&text, &part) && !parse_hex(part, p.fingerprint))
        return POSITION_BAD;
    if (!parse_revision(text, &p.revision))
        return POSITION_BAD;
    *ret = p;
    return 0;
}

const char *position_format(const struct position *p, char ret_text[static POSITION_TEXT])
{
    bool two = p->fingerprint[0] != '\0';
    snprintf(ret_text, POSITION_TEXT, "%s%s%s.%" PRId64, p->epoch, two ? "." : "", p->fingerprint,
             p->revision);
    return ret_text;
}
