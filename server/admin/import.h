/* SPDX-License-Identifier: EUPL-1.2 */
/* What reading a file gives: commands for apply_batch, bad lines that were left out, counts for the
 * summary; or one reason to refuse the file as a whole. Pure.
 *
 * A command is {"op", "line", "params", …}: params hold only what the file says, so that a file
 * that knows less than the register erases nothing (import_plan.h completes them). Members beside
 * params are hints for the plan. */
#ifndef ADMIN_IMPORT_H
#define ADMIN_IMPORT_H

#include <jansson.h>

#include "base/result.h"
#include "base/span.h"

/* The file is refused as a whole: import.damage says why. */
#define IMPORT_REFUSED 1

#define IMPORT_NAME_MAX 200 /* bytes; of names and operators, the schema's limit in characters */

struct import_remark {
    int line;         /* from 1; 0 where the format has no lines */
    const char *code; /* a word of words.h, static */
    char *value;      /* the text it is about; owned */
};

struct import {
    json_t *commands; /* array */
    json_t *counts;   /* object: code of words.h → number */
    struct import_remark *bad;
    int n_bad, room_bad;
    struct import_remark damage; /* when refused */
    int damaged_file;            /* which of two files: 0 or 1 */
    bool out_of_memory;          /* some call below failed to allocate; asked once, at the end */
};

void import_init(struct import *im);
void import_free(struct import *im);

/* Adds a command and gives its params to be filled; NULL when memory is out. */
json_t *import_command(struct import *im, const char *op, int line);

/* Sets a hint beside the params of the command last added. */
void import_hint(struct import *im, const char *name, json_t *value);

void import_bad_line(struct import *im, int line, const char *code, span value);
void import_count(struct import *im, const char *code, int n);

/* Notes the reason; gives IMPORT_REFUSED, or -ENOMEM. */
int import_refuse(struct import *im, int line, const char *code, span value) MUST_USE;

/* Turn an outcome of csv_next or csv_header, or of text_check, into a refusal; 0 and negatives pass
 * through. */
int import_refuse_csv(struct import *im, int outcome, int line, span value) MUST_USE;
int import_refuse_text(struct import *im, int outcome, int line) MUST_USE;

/* The end of a reader: 0; -ENOMEM; IMPORT_REFUSED when not one line was counted ("lines"). */
int import_end(struct import *im) MUST_USE;

/* Setters that remember a failure and skip what is empty: the file says nothing about it. */
void import_text(struct import *im, json_t *params, const char *name, span value);
void import_set(struct import *im, json_t *params, const char *name, json_t *value);

/* A whole number without sign, at most 9 digits. 0, or 1 when it is none. */
int import_number(span text, int *ret_number) MUST_USE;

/* A decimal number, point or comma. 0, or 1 when it is none. */
int import_decimal(span text, double *ret_number) MUST_USE;

/* The readers: whole files in; 0, -ENOMEM or IMPORT_REFUSED. */
int import_finess(span file, span other, struct import *im) MUST_USE; /* other: FINESS+'s second */
int import_communes(span file, struct import *im) MUST_USE;
int import_territories(span file, struct import *im) MUST_USE;
int import_units(span file, struct import *im) MUST_USE;
int import_outlines(span file, struct import *im) MUST_USE;   /* see import_outlines.h */
int import_population(span file, struct import *im) MUST_USE; /* see import_population.c */

#endif
