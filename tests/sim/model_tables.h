/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: its tables, what commands and their outcomes are, and the operations. A row is
 * a JSON object with every column, null where SQL has NULL; so "is distinct from" is json_equal. */
#ifndef SIM_MODEL_TABLES_H
#define SIM_MODEL_TABLES_H

#include <jansson.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/result.h"
#include "sim/model.h"

enum table {
    TABLE_TERRITORY,
    TABLE_COMMUNE,
    TABLE_ESTABLISHMENT_KIND,
    TABLE_ESTABLISHMENT,
    TABLE_UNIT,
    TABLE_ACCOUNT,
    TABLE_CREDENTIAL,
    TABLE_REQUEST,
    TABLE_HOLD,
    TABLE_HOLD_POLICY,
    TABLE_CALENDAR,
    TABLE_ROTA,
    TABLE_MISSION,
    TABLE_OFFER,
    TABLE_MOVEMENT,
    TABLE_COUNT
};

extern const char *const table_kinds[TABLE_COUNT];

struct model {
    json_t *tables[TABLE_COUNT]; /* id → row */
    json_t *idempotency;         /* account and key → {operation, digest, reply, at} */
    json_t *changes, *departed;  /* see model.h */
    json_t *epochs;              /* [epoch, fork_revision, opened_at], oldest first */
    json_t *baseline;            /* last changes of units up to the floor: id → row */
    json_t *journal;             /* committed batches: {batch, owner, at, timeline} */
    char epoch[17];
    int64_t revision, floor;
    usec_t at, clock;
    usec_t history_at;             /* of the last revision that was cut away */
    int timeline, ledger_timeline; /* of the server; as the ledger knows it */
    uint64_t commits;              /* each notifies */
    char fail_next[6];
    enum model_fault fault;
    usec_t nothing_due; /* before this time, unless a request or hold changes: 0 not known */
};

/* The command as its operation sees it; params' members are borrowed from the batch. */
struct command {
    const char *account;
    const char *acts_for; /* for a service; else NULL */
    const char *role;     /* of the account or of the one it acts for; NULL: may not */
    const json_t *territories, *establishments;
    const char *channel;
    usec_t at;
    int64_t revision; /* that it gets if it changes something */
    const json_t *params;
};

/* parts NULL or empty: nothing changed. A part: {kind, id, establishment, territory, state,
 * departed}. */
struct verdict {
    const char *type; /* NULL: none yet */
    char pointer[160];
    const char *detail;
    usec_t now;     /* 0: not said */
    json_t *parts;  /* owned */
    json_t *answer; /* owned; or NULL */
};

struct verdict verdict_done(json_t *parts); /* takes parts */
struct verdict verdict_refused(const char *type);
struct verdict verdict_invalid(const char *pointer, const char *detail);

/* JSON as columns: never NULL, json_null() when absent; text NULL when it is not one. */
json_t *column(const json_t *row, const char *name);
const char *column_text(const json_t *row, const char *name);
int64_t column_int(const json_t *row, const char *name); /* 0 when null */
bool column_null(const json_t *row, const char *name);
json_t *either(json_t *first, json_t *second); /* coalesce; borrowed */
json_t *must(json_t *value);                   /* ends the program on NULL */
void out_of_memory(void) __attribute__((noreturn));
bool has_text(const json_t *array, const char *text);

json_t *row_find(const struct model *m, enum table table, const char *id); /* borrowed; or NULL */
void row_set(struct model *m, enum table table, const char *id, json_t *row); /* takes row */

/* Records: what the views of schema/ show. */
json_t *record_part(const struct model *m, enum table table, const char *id);    /* new; or NULL */
json_t *record_showing(const struct model *m, enum table table, const char *id); /* new array */
json_t *record_scope(const json_t *part);                                        /* new */

/* The parts of a revision after a put: the record and what else shows a difference; dates them.
 * Takes before. */
json_t *record_changed(struct model *m, enum table table, const char *id, json_t *before,
                       int64_t revision);

/* Writes a row that nothing else shows, unless it is there as it is. Takes row. */
struct verdict put_plain(struct model *m, enum table table, const char *id, json_t *row);

/* Texts sorted by bytes, each once; empty when absent. A coordinate as stored. New references. */
json_t *text_set(const json_t *texts);
json_t *degrees(const json_t *point, size_t i);

/* operations */
struct operation {
    const char *op;
    const char *roles;   /* space separated */
    const char *members; /* space separated */
    struct verdict (*perform)(struct model *m, const struct command *c);
};

const struct operation *model_operation_find(const char *op); /* or NULL */
bool word_in(const char *words, const char *word);
struct verdict params_error(const struct model *m, const struct operation *op,
                            const json_t *params); /* type NULL: none */

struct verdict unit_declare(struct model *m, const struct command *c);
struct verdict unit_confirm(struct model *m, const struct command *c);
struct verdict unit_report_wrong(struct model *m, const struct command *c);
struct verdict territory_put(struct model *m, const struct command *c);
struct verdict commune_put(struct model *m, const struct command *c);
struct verdict establishment_kind_put(struct model *m, const struct command *c);
struct verdict establishment_put(struct model *m, const struct command *c);
struct verdict establishment_close(struct model *m, const struct command *c);
struct verdict unit_put(struct model *m, const struct command *c);
struct verdict unit_close(struct model *m, const struct command *c);
struct verdict account_put(struct model *m, const struct command *c);
struct verdict account_disable(struct model *m, const struct command *c);
struct verdict credential_put(struct model *m, const struct command *c);
struct verdict credential_revoke(struct model *m, const struct command *c);

struct verdict request_open(struct model *m, const struct command *c);
struct verdict request_update(struct model *m, const struct command *c);
struct verdict request_close(struct model *m, const struct command *c);
struct verdict hold_create(struct model *m, const struct command *c);
struct verdict hold_accept(struct model *m, const struct command *c);
struct verdict hold_refuse(struct model *m, const struct command *c);
struct verdict hold_release(struct model *m, const struct command *c);
struct verdict hold_extend(struct model *m, const struct command *c);
struct verdict hold_withdraw(struct model *m, const struct command *c);
struct verdict hold_arrive(struct model *m, const struct command *c);
struct verdict hold_policy_put(struct model *m, const struct command *c);

/* The unit of an id (NULL allowed), that a command names as `unit`, or NULL when there is none in
 * the caller's scope; borrowed. */
bool place_in_scope(const struct model *m, const struct command *c, const char *establishment,
                    const char *territory);
json_t *unit_named_in_scope(const struct model *m, const struct command *c, const char *id);
json_t *unit_in_scope(const struct model *m, const struct command *c);

void model_load_kinds(struct model *m);

/* Whether a territory (NULL allowed) is one of roots or below one. */
bool below(const struct model *m, const char *territory, const json_t *roots);

/* What the time of a batch brings by itself, a revision each: model_sweep.c. */
void sweep(struct model *m);

/* Writes a revision with these parts (borrowed; at least one). */
void write_revision(struct model *m, const char *actor, const char *operation, const json_t *parts);

/* Runs a batch (its text); the result of apply_batch, new, or NULL with *ret_sqlstate. */
json_t *apply_batch(struct model *m, const char *batch, bool owner, const char **ret_sqlstate);

#endif
