/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/copy.h"

#include <stdlib.h>
#include <string.h>

#include "sim/model.h"
#include "sim/model_tables.h"

static void distrust(const char *why)
{
    fprintf(stderr, "the copy was told nonsense: %s\n", why);
    abort();
}

static const char *key_of(const char *kind, const char *id, char *key, size_t room)
{
    snprintf(key, room, "%s %s", kind, id);
    return key;
}

static void set(json_t *records, const char *kind, const char *id, int64_t revision,
                const char *state)
{
    char key[200];
    json_t *value = must(json_loads(state, 0, NULL));
    json_object_set_new(records, key_of(kind, id, key, sizeof key),
                        must(json_pack("[Io]", (json_int_t)revision, value)));
}

static int load_begin(void *ctx, const char *epoch, int64_t revision, usec_t ledger_at,
                      int64_t floor)
{
    struct copy *c = ctx;
    (void)epoch;
    (void)ledger_at;
    if (floor > revision)
        distrust("a floor above the revision");
    json_decref(c->loading);
    c->loading = must(json_object());
    json_array_clear(c->epochs);
    json_array_clear(c->departed);
    c->loading_revision = revision;
    return 0;
}

static int load_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    struct copy *c = ctx;
    (void)fork_revision;
    json_array_append_new(c->epochs, must(json_string(epoch)));
    return 0;
}

static int load_record(void *ctx, const char *kind, const char *id, int64_t revision,
                       const char *state)
{
    struct copy *c = ctx;
    if (revision > c->loading_revision)
        distrust("a record above the snapshot");
    set(c->loading, kind, id, revision, state);
    return 0;
}

static int load_departed(void *ctx, int64_t revision, int part, const char *kind, const char *id,
                         const char *scope)
{
    struct copy *c = ctx;
    (void)kind;
    json_array_append_new(c->departed,
                          must(json_pack("[Iiss]", (json_int_t)revision, part, id, scope)));
    return 0;
}

static int load_end(void *ctx)
{
    struct copy *c = ctx;
    json_decref(c->records);
    c->records = c->loading;
    c->loading = NULL;
    c->revision = c->loading_revision;
    json_array_clear(c->pending);
    return 0;
}

static int apply_row(void *ctx, const struct change_row *row)
{
    struct copy *c = ctx;
    json_int_t parts = (json_int_t)json_array_size(c->pending);
    if (row->revision != c->revision + 1)
        distrust("not the next revision");
    if (row->part != parts + 1 || row->part > row->parts)
        distrust("not the next part");
    json_array_append_new(c->pending, must(json_pack("[sss?]", row->kind, row->id, row->state)));
    return 0;
}

static int apply_end(void *ctx, int64_t revision, usec_t at)
{
    struct copy *c = ctx;
    size_t i;
    json_t *row;
    (void)at;
    if (revision != c->revision + 1 || json_array_size(c->pending) == 0)
        distrust("the end of another revision");
    json_array_foreach (c->pending, i, row) {
        char key[200];
        const char *kind = json_string_value(json_array_get(row, 0));
        const char *id = json_string_value(json_array_get(row, 1));
        const char *state = json_string_value(json_array_get(row, 2));
        if (state != NULL)
            set(c->records, kind, id, revision, state);
        else
            json_object_del(c->records, key_of(kind, id, key, sizeof key));
    }
    json_array_clear(c->pending);
    c->revision = revision;
    return 0;
}

static void ledger_at(void *ctx, usec_t at, usec_t received)
{
    struct copy *c = ctx;
    (void)received;
    c->at = at;
}

static int new_epoch(void *ctx, const char *epoch, int64_t fork_revision)
{
    struct copy *c = ctx;
    (void)fork_revision;
    json_array_append_new(c->epochs, must(json_string(epoch)));
    return 0;
}

const struct follower_sink copy_sink = {
    .load_begin = load_begin,
    .load_epoch = load_epoch,
    .load_record = load_record,
    .load_departed = load_departed,
    .load_end = load_end,
    .apply_row = apply_row,
    .apply_end = apply_end,
    .ledger_at = ledger_at,
    .new_epoch = new_epoch,
};

void copy_init(struct copy *c)
{
    *c = (struct copy){.records = must(json_object()),
                       .pending = must(json_array()),
                       .departed = must(json_array()),
                       .epochs = must(json_array()),
                       .revision = -1};
}

void copy_free(struct copy *c)
{
    json_decref(c->records);
    json_decref(c->loading);
    json_decref(c->pending);
    json_decref(c->departed);
    json_decref(c->epochs);
}

void copy_check(const struct copy *c, int64_t revision)
{
    if (c->revision != revision)
        distrust("the follower believes in another revision");
}

const char *copy_difference(const struct copy *c, const struct model *m)
{
    const char *difference = NULL;
    json_t *records = model_records(m);
    const json_t *last = json_array_get(c->epochs, json_array_size(c->epochs) - 1);
    size_t i, found = 0;
    json_t *record;
    json_array_foreach (records, i, record) {
        char key[200];
        const json_t *mine = json_object_get(
            c->records, key_of(json_string_value(json_array_get(record, 0)),
                               json_string_value(json_array_get(record, 1)), key, sizeof key));
        found += mine != NULL;
        if (mine == NULL)
            difference = "a record is missing";
        else if (!json_equal(json_array_get(mine, 0), json_array_get(record, 2)))
            difference = "a record's revision";
        else if (!json_equal(json_array_get(mine, 1), json_array_get(record, 3)))
            difference = "a record's state";
    }
    if (found != json_object_size(c->records))
        difference = "a record too many";
    if (c->revision != model_revision(m))
        difference = "the revision";
    if (last == NULL || strcmp(json_string_value(last), model_epoch(m)) != 0)
        difference = "the epoch";
    json_decref(records);
    return difference;
}
