/* SPDX-License-Identifier: EUPL-1.2 */
/* The option table: the one place that knows an option's name, type, default and bounds. */
#ifndef CONF_OPTION_H
#define CONF_OPTION_H

#include "conf/conf.h"

enum option_type {
    OPTION_TEXT,
    OPTION_PATH,      /* relative ones are resolved against the file's folder */
    OPTION_INT,       /* int64_t */
    OPTION_DURATION,  /* usec_t */
    OPTION_SIZE,      /* int64_t, bytes */
    OPTION_CHOICE,    /* int64_t, index into words */
    OPTION_ADDRESSES, /* list of host:port */
    OPTION_NETWORKS,  /* list of address or address/bits */
    OPTION_NAMES,     /* list of names, kept in lower case */
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset; /* of the member of struct conf */
    const char *fallback;
    int64_t min, max;         /* numbers, in the member's unit */
    const char *const *words; /* choices, NULL-terminated */
    bool reloadable;
    const char *en, *fr;
};

extern const struct option conf_options[];
extern const size_t conf_options_n;

const struct option *option_find(span name);    /* NULL when there is none */
const struct option *option_closest(span name); /* for "did you mean"; NULL when nothing is close */

static inline void *option_member(const struct option *o, struct conf *c)
{
    return (char *)c + o->offset;
}

/* Reads a value into the member, whose old contents must be zero. folder: for paths.
 * 0, an enum conf_rule (nothing written) or -ENOMEM. */
int option_read(const struct option *o, span value, const char *folder, struct conf *ret) MUST_USE;

void option_clear(const struct option *o, struct conf *c); /* frees what the member owns */
bool option_same(const struct option *o, struct conf *a, struct conf *b);
void option_swap(const struct option *o, struct conf *a, struct conf *b);

/* A number as it would be written in the file, in the largest unit that divides it. */
void option_number(const struct option *o, int64_t value, struct buf *out);

#endif
