/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/audit.h"

#include <openssl/sha.h>

static bool read_hex(const char *text, unsigned char ret[static AUDIT_HEAD])
{
    static const char digits[] = "0123456789abcdef";

    if (text == NULL || strlen(text) != 2 * AUDIT_HEAD)
        return false;
    for (size_t i = 0; i < AUDIT_HEAD; i++) {
        const char *high = strchr(digits, text[2 * i]), *low = strchr(digits, text[2 * i + 1]);

        if (high == NULL || low == NULL)
            return false;
        ret[i] = (unsigned char)((high - digits) << 4 | (low - digits));
    }
    return true;
}

int audit_begin(struct audit *a, long long floor, const char *head)
{
    *a = (struct audit){.revision = floor};
    return read_hex(head, a->head) ? 0 : AUDIT_HASH;
}

void audit_free(struct audit *a)
{
    buf_free(&a->lines);
}

static void add_field(struct buf *b, const char *text, char end)
{
    buf_text(b, text != NULL ? text : "");
    buf_char(b, end);
}

static void add_line(struct buf *b, const struct audit_row *row)
{
    buf_printf(b, "%lld\t%d\t%d\t", row->revision, row->part, row->parts);
    add_field(b, row->at, '\t');
    add_field(b, row->actor, '\t');
    add_field(b, row->operation, '\t');
    add_field(b, row->kind, '\t');
    add_field(b, row->id, '\t');
    add_field(b, row->establishment, '\t');
    add_field(b, row->territory, '\t');
    add_field(b, row->state != NULL ? row->state : "null", '\n');
}

/* Judges the revision whose rows are all there. */
static int close_revision(struct audit *a, long long *ret_revision)
{
    *ret_revision = a->reading;
    if (a->reading == 0)
        return 0;
    if (a->part != a->parts)
        return AUDIT_PARTS;
    if (buf_check(&a->lines) != 0)
        return -ENOMEM;
    SHA256((const unsigned char *)a->lines.p, a->lines.n, a->head);
    if (!a->claim_readable || memcmp(a->head, a->claimed, AUDIT_HEAD) != 0)
        return AUDIT_HASH;
    a->revision = a->reading;
    a->reading = 0;
    return 0;
}

int audit_feed(struct audit *a, const struct audit_row *row, long long *ret_revision)
{
    int r;

    if (row->revision != a->reading) {
        r = close_revision(a, ret_revision);
        if (r != 0)
            return r;
        *ret_revision = a->revision + 1;
        if (row->revision != a->revision + 1)
            return AUDIT_GAP;
        a->reading = row->revision;
        a->part = 0;
        a->parts = row->parts;
        a->claim_readable = read_hex(row->head, a->claimed);
        buf_reset(&a->lines);
        buf_add(&a->lines, (span){(const char *)a->head, AUDIT_HEAD});
    }
    *ret_revision = row->revision;
    a->part++;
    if (row->part != a->part || row->parts != a->parts)
        return AUDIT_PARTS;
    add_line(&a->lines, row);
    return 0;
}

int audit_end(struct audit *a, long long revision, const char *head, long long *ret_revision)
{
    unsigned char ledger_head[AUDIT_HEAD];
    int r = close_revision(a, ret_revision);

    if (r != 0)
        return r;
    *ret_revision = a->revision + 1;
    if (revision > a->revision)
        return AUDIT_GAP;
    *ret_revision = a->revision;
    if (revision < a->revision || !read_hex(head, ledger_head) ||
        memcmp(ledger_head, a->head, AUDIT_HEAD) != 0)
        return AUDIT_LEDGER;
    return 0;
}
