/* SPDX-License-Identifier: EUPL-1.2 */
/* A few hundred nodes at most that hardly ever change: the derived pointers of all of them are
 * computed again at each change. A cycle cannot come from the database (a parent must exist first);
 * the walk is bounded all the same. */
#include "core/territory.h"

#include <jansson.h>

#include "core/json_read.h"

#define DEPTH_MAX 16

static void node_destroy(struct territory *t)
{
    free(t->code);
    free(t->name);
    free(t->level);
    free(t->parent);
    free(t);
}

void territory_tree_free(struct territory_tree *t)
{
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(&t->by_code, &cursor)) != NULL;)
        node_destroy(slot->value);
    map_free(&t->by_code);
}

struct territory *territory_find(const struct territory_tree *t, span code)
{
    return map_get(&t->by_code, code);
}

struct territory *territory_intern(struct territory_tree *t, const char *code)
{
    struct territory *node = territory_find(t, span_of(code));
    if (node != NULL)
        return node;
    node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->code = strdup(code);
    if (node->code == NULL || map_put(&t->by_code, span_of(node->code), node) < 0) {
        node_destroy(node);
        return NULL;
    }
    node->root = node->group = node;
    node->number = (unsigned)t->by_code.count;
    return node;
}

static void derive(struct territory *node)
{
    struct territory *top = node;
    struct territory *group = node;
    for (int depth = 0; top->up != NULL && depth < DEPTH_MAX; depth++) {
        group = top;
        top = top->up;
    }
    node->root = top;
    node->group = group;
}

/* FNV-1a of one "code is below parent", mixed so that the xor of many keeps them apart. */
static uint64_t edge(const struct territory *node, const struct territory *up)
{
    uint64_t hash = 14695981039346656037u;
    if (up == NULL)
        return 0;
    for (const char *p = node->code; *p != 0; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    hash = (hash ^ '/') * 1099511628211u;
    for (const char *p = up->code; *p != 0; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    hash = (hash ^ hash >> 31) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

int territory_describe(struct territory_tree *t, const char *code, const char *state)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    if (!json_is_object(json))
        return -EBADMSG;
    struct territory *node = territory_intern(t, code);
    if (node == NULL)
        return -ENOMEM;
    const char *parent = json_text(json, "parent");
    struct territory *up = parent == NULL ? NULL : territory_intern(t, parent);
    if (parent != NULL && up == NULL)
        return -ENOMEM;
    if (json_copy_text(json, "name", &node->name) < 0 ||
        json_copy_text(json, "level", &node->level) < 0 ||
        json_copy_text(json, "parent", &node->parent) < 0)
        return -ENOMEM;
    bool moved = node->up != up;
    t->shape ^= edge(node, node->up) ^ edge(node, up);
    node->up = up;
    if (!moved)
        return 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(&t->by_code, &cursor)) != NULL;)
        derive(slot->value);
    return 1;
}

bool territory_within(const struct territory *t, const struct territory *root)
{
    for (int depth = 0; t != NULL && depth <= DEPTH_MAX; depth++, t = t->up)
        if (t == root)
            return true;
    return false;
}

bool territory_same_shape(const struct territory_tree *a, const struct territory_tree *b)
{
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(&a->by_code, &cursor)) != NULL;) {
        const struct territory *one = slot->value;
        const struct territory *other = territory_find(b, slot->key);
        if (other == NULL || (one->up == NULL) != (other->up == NULL) ||
            (one->up != NULL && strcmp(one->up->code, other->up->code) != 0))
            return false;
    }
    return a->by_code.count == b->by_code.count;
}
