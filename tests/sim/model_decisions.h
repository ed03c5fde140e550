/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the model: what the operations on requests and holds share: who may, and how a command
 * that changes several records collects them. */
#ifndef SIM_MODEL_DECISIONS_H
#define SIM_MODEL_DECISIONS_H

#include "sim/model_tables.h"

/* One revision in the making. */
struct work {
    struct model *m;
    usec_t at;
    int64_t revision;
    json_t *touched; /* owned: "kind id" → [table, id, part or null] */
    json_t *before;  /* owned: "kind id" → part */
};

struct work work_begin(struct model *m, usec_t at, int64_t revision);
void work_touch(struct work *k, enum table table, const char *id); /* dates the row */
/* Before a change that may take a record from who saw it: the parts will say it has left them. */
void work_before(struct work *k, enum table table, const char *id);
json_t *work_parts(struct work *k); /* new; ends the work */

/* Deletes a row; its part is added by itself. */
void work_delete(struct work *k, enum table table, const char *id);

/* rights */

/* The topmost territory above one: its département. */
const char *root_of(const struct model *m, const char *territory);
/* Whether a territory is in a département of the caller. */
bool in_departement(const struct model *m, const struct command *c, const char *territory);
bool is_itself(const struct command *c, const char *account);
/* record: a row of a hold or request, or NULL */
bool is_holder(const struct model *m, const struct command *c, const json_t *record);
bool is_role(const struct command *c, const char *role);

/* units */

const char *unit_home(const struct model *m, const json_t *u);
int64_t places_free(const json_t *u, bool emergency); /* -1: never declared */
bool unit_is_stale(const struct model *m, const json_t *u, usec_t now);
void unit_hold(struct work *k, const json_t *hold, int sign); /* its places, in the counts */

/* holds */

bool hold_is(const json_t *hold, const char *state);
bool hold_keeps_places(const json_t *hold);
/* To a state that is no active one, which frees its places. code: or NULL. */
void hold_end(struct work *k, const char *id, const char *state, json_t *code);
/* To arrived: not the counts of its unit. */
void hold_arrived(struct work *k, const struct command *c, const char *id);
/* An accepted hold arrives, and moves its places from held to occupied. */
struct verdict hold_bring(struct model *m, const struct command *c, const char *id, usec_t seen);

/* rows */

void set_text(json_t *row, const char *name, const char *text); /* NULL allowed */
void set_int(json_t *row, const char *name, int64_t value);
bool has_int(const json_t *array, int64_t value);

#define CHILDREN_MAX 10
/* Sets of children, as sorted indexes; new. */
json_t *indexes_with(const json_t *these, const json_t *and_those);
json_t *indexes_without(const json_t *these, const json_t *those);
/* Whether a set of a request's children (`placed`, `arrived`) has them all; true without any. */
bool request_has_all(const json_t *request, const char *set);

/* A copy; the caller frees. */
char *must_text(const char *text);

/* The id of the n-th record of a kind (its letter) that a revision makes. */
void made_id(const struct model *m, char letter, int64_t revision, int n, char ret_id[static 64]);

/* When the statement of a command about counts was true; 0: too far ahead, which is refused so. */
usec_t observed_at(const struct command *c);
struct verdict in_the_future(const struct command *c);
/* Dates the counts of a unit. */
void date_counts(json_t *u, const struct command *c, usec_t observed);

/* A parent as stored: {"pregnant"} or null; new. */
json_t *parent_of(const json_t *given);
/* Children as stored: every member there; new. */
json_t *children_of(const json_t *given);

#endif
