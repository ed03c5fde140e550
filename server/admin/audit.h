/* SPDX-License-Identifier: EUPL-1.2 */
/* The hash chain of the history, computed from the rows alone: sha256(previous head ‖ the
 * revision's rows), one line per row, fields separated by tabs (schema/README.md). Pure. */
#ifndef ADMIN_AUDIT_H
#define ADMIN_AUDIT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/result.h"

#define AUDIT_HEAD 32

/* A row of ugo.change, in texts as PostgreSQL writes them. */
struct audit_row {
    long long revision;
    int part, parts;
    const char *at, *actor, *operation, *kind, *id;
    const char *establishment, *territory; /* NULL allowed */
    const char *state;                     /* NULL: deleted */
    const char *head;                      /* 64 hex digits on part 1, else NULL */
};

enum audit_outcome {
    AUDIT_GAP = 1, /* the revision does not follow the one before */
    AUDIT_PARTS,   /* its rows are not part 1 … parts */
    AUDIT_HASH,    /* its head is not what its rows give */
    AUDIT_LEDGER,  /* the ledger ends elsewhere */
};

struct audit {
    long long revision;             /* the last one verified */
    unsigned char head[AUDIT_HEAD]; /* its head */
    /* the revision being read */
    long long reading; /* 0 none */
    int part, parts;
    unsigned char claimed[AUDIT_HEAD];
    bool claim_readable;
    struct buf lines;
};

/* Starts behind a revision whose head is known (64 hex digits): the history's floor. 0, or
 * AUDIT_HASH when the head is no hash. */
int audit_begin(struct audit *a, long long floor, const char *head) MUST_USE;
void audit_free(struct audit *a);

/* Rows in the order of revision and part. 0; -ENOMEM; AUDIT_* about revision *ret_revision. */
int audit_feed(struct audit *a, const struct audit_row *row, long long *ret_revision) MUST_USE;

/* After the last row: what the ledger says of its end. Same results. */
int audit_end(struct audit *a, long long revision, const char *head,
              long long *ret_revision) MUST_USE;

#endif
