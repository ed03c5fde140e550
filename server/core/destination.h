/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a child is taken: the exact place, whatever others may see of it. */
#ifndef CORE_DESTINATION_H
#define CORE_DESTINATION_H

#include <jansson.h>

#include "base/buf.h"
#include "core/record.h"

struct destination {
    bool known;
    char *address, *commune, *contact_day, *contact_night; /* owned; NULL unknown */
    struct point point;
};

/* Reads a member of a state; null: none is known. 0 or -ENOMEM; to be cleared in any case. */
int destination_read(const json_t *json, struct destination *ret) MUST_USE;
void destination_clear(struct destination *d);

/* ,"place":{…} */
void destination_write(const struct destination *d, struct buf *out);

#endif
