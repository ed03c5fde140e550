/* SPDX-License-Identifier: EUPL-1.2 */
/* The département's own tree: département → DTS → MDS. Names and levels are data. Nodes live as
 * long as the tree, so records may keep pointers to them. */
#ifndef CORE_TERRITORY_H
#define CORE_TERRITORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

struct territory {
    char *code;
    char *name; /* NULL: mentioned as a parent, not yet described */
    char *level;
    char *parent;            /* code; NULL for a root */
    struct territory *up;    /* the parent's node; NULL for a root */
    struct territory *root;  /* the topmost ancestor, or itself */
    struct territory *group; /* the ancestor just below the root (the DTS), or itself */
    unsigned number;         /* dense, from 1 */
};

struct territory_tree {
    struct map by_code; /* owns the nodes */
    uint64_t shape;     /* digest of who is below whom, whatever the order in which it was told */
};

void territory_tree_free(struct territory_tree *t);

struct territory *territory_find(const struct territory_tree *t, span code);

/* The node of that code, created undescribed when it is new. NULL: out of memory. */
struct territory *territory_intern(struct territory_tree *t, const char *code);

/* Describes a node from its state {"name","level","parent"}. 0; 1: described and the shape of the
 * tree changed (whoever computed scopes must do it again); -ENOMEM; -EBADMSG: not such a state. */
int territory_describe(struct territory_tree *t, const char *code, const char *state) MUST_USE;

/* Whether the same codes have the same parents. */
bool territory_same_shape(const struct territory_tree *a, const struct territory_tree *b);

/* Whether t lies in the subtree of root (or is it). */
bool territory_within(const struct territory *t, const struct territory *root);

#endif
