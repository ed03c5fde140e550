/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: what params may have, member by member. */
#ifndef SIM_MODEL_MEMBERS_H
#define SIM_MODEL_MEMBERS_H

#include "sim/model_tables.h"

#define MEMBER_STEPS 3

enum member_type {
    MEMBER_INTEGER,
    MEMBER_BOOLEAN,
    MEMBER_TEXT,
    MEMBER_CODE,
    MEMBER_DATE,
    MEMBER_POINT,
    MEMBER_OBJECT,
    MEMBER_TEXTS,
    MEMBER_CODES,
    MEMBER_INTEGERS,
    MEMBER_CHILDREN, /* of a request: objects of an age and a sex */
    MEMBER_DATES,
    MEMBER_HOURS, /* of a weekday */
};

struct member {
    const char *path[MEMBER_STEPS + 1]; /* ended by NULL; the second: a member of a member */
    enum member_type type;
    bool required;
    int64_t low, high; /* arrays: fewest and most elements */
    const char *pattern;
    const char *list; /* code, codes: their list; object: its members */
    const char *refers;
};

/* With its members, in the order of their check; a member without path ends them. */
struct known_operation {
    struct operation operation;
    const struct member *checks;
};

/* Whether a code is in a list. */
bool is_code(const char *list, const char *text);

#endif
