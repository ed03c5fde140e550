/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of import_plan: one function per operation. Pure. */
#ifndef ADMIN_PLAN_RECORDS_H
#define ADMIN_PLAN_RECORDS_H

#include <stdbool.h>

#include "admin/import.h"

struct plan {
    struct import *im;
    json_t *known;     /* what the register holds, and will hold */
    json_t *out;       /* commands to send */
    json_t *moved;     /* INSEE → the territory it had (null: none) */
    json_t *kept;      /* units that stay although the file describes their places otherwise */
    json_t *by_finess; /* FINESS number → id of the establishment that has it */
    json_t *units_of;  /* establishment → object with its units as members */
    json_t *waiting;   /* commands for units whose fallback is a unit that may come later */
    bool last;         /* nothing comes later */
    int line;          /* of the command at hand */
};

/* import_plan.c */
json_t *plan_known(const struct plan *p, const char *kind, const char *id);
const char *plan_text(const json_t *object, const char *member);
void plan_bad_line(struct plan *p, const char *code, const char *value);

/* The record as the register has it with what the file says laid over it, without the key member;
 * NULL when memory is out. */
json_t *plan_merge(struct plan *p, const char *kind, const char *id, const json_t *says,
                   const char *key);

/* Sends kind.put unless the register holds just that; merged is taken over. */
void plan_put(struct plan *p, const char *kind, const char *key, const char *id, json_t *merged);

void plan_send(struct plan *p, const char *op, json_t *params); /* params is taken over */
void plan_forget(struct plan *p, const char *kind, const char *id);

/* The operations; 0, -ENOMEM or IMPORT_REFUSED. A bad line is 0. */
int plan_territory(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_commune(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_kind(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_establishment(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_establishment_close(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_unit(struct plan *p, const json_t *command, const json_t *params) MUST_USE;
int plan_unit_close(struct plan *p, const json_t *command, const json_t *params) MUST_USE;

void plan_index(struct plan *p); /* fills by_finess and units_of */

/* The root territory of a département ("31" → "d31"), created when the register has none. */
void plan_root(struct plan *p, const char *departement, char *ret_code, size_t size);

/* Establishments that hung where their commune hung go where it goes now. */
void plan_follow_communes(struct plan *p);

#endif
