/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is to be placed: children, perhaps with a parent. Nobody is named anywhere. */
#ifndef CORE_HOUSEHOLD_H
#define CORE_HOUSEHOLD_H

#include <jansson.h>

#include "base/buf.h"
#include "core/record.h"

#define HOUSEHOLD_CHILDREN_MAX 10

struct child {
    int age_months; /* UNKNOWN */
    char sex;       /* 'F', 'M' or 0: unknown */
};

/* PARENT_NONE comes first: a zeroed record has none. */
enum parent { PARENT_NONE, PARENT_NOT_PREGNANT, PARENT_PREGNANT };

struct household {
    struct child children[HOUSEHOLD_CHILDREN_MAX];
    unsigned n_children;
    enum parent parent;
};

/* Some of the children of a request, by index. */
struct child_set {
    uint8_t index[HOUSEHOLD_CHILDREN_MAX];
    unsigned n;
};

/* Read members of a state. 0; -EBADMSG: not such members. */
int household_read(const json_t *children, const json_t *parent, struct household *ret) MUST_USE;
int child_set_read(const json_t *indexes, struct child_set *ret) MUST_USE;

/* The bits of known codes in an array; unknown ones belong to a newer schema. */
unsigned codes_read(const json_t *array, const char *const *codes, int n);

/* ,"<name>":[{"age_months":…,"sex":…},…] */
void children_write(const char *name, const struct household *h, struct buf *out);

/* The same, and ,"parent":… */
void household_write(const char *name, const struct household *h, struct buf *out);

/* ,"<name>":[…] */
void child_set_write(const char *name, const struct child_set *c, struct buf *out);

/* The lowest known age, months; UNKNOWN when none is. */
int household_youngest(const struct household *h);

#endif
