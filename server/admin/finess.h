/* SPDX-License-Identifier: EUPL-1.2 */
/* What the three FINESS formats have in common: one establishment, as its line says it. Pure. */
#ifndef ADMIN_FINESS_H
#define ADMIN_FINESS_H

#include <stdbool.h>

#include "admin/geo.h"
#include "admin/import.h"
#include "admin/kinds.h"
#include "base/map.h"

struct finess_row {
    int line; /* 0 where the format has no lines */
    span number;
    span name;
    span category;
    span operator;    /* the manager's name; may be empty */
    span departement; /* "31", "2A", "974"; may be empty when commune is known */
    span commune;     /* INSEE code; may be empty */
    span street;
    span place; /* postcode and post office */
    span telephone;
    bool has_point;
    bool exact; /* false: the point is the commune's */
    struct geo_point point;
    bool closed;
};

/* The keys already met in this import, to report a second line about the same establishment. */
struct finess_seen {
    struct map numbers; /* key → itself, owned */
};

enum finess_outcome {
    FINESS_SKIPPED = 1, /* no places, or a bad line: already counted or reported */
    FINESS_CLOSED,      /* establishment.close was emitted */
};

/* Checks a row and emits establishment.put or establishment.close. 0 emitted, *ret_kind is its
 * kind; FINESS_*; -ENOMEM. */
int finess_establishment(struct import *im, struct finess_seen *seen, const struct finess_row *row,
                         const struct kind **ret_kind) MUST_USE;

/* Emits the unit of an establishment about whose places the file says nothing. */
void finess_generic_unit(struct import *im, const struct finess_row *row, const struct kind *kind);

#define FINESS_ID_ROOM 64

/* "e-" or "u-" and the number in lower case, "-" and suffix when not empty. */
void finess_id(char prefix, span number, span suffix, char ret_id[static FINESS_ID_ROOM]);

bool finess_is_number(span text);

/* Notes a key, copied. 0 new; 1 met before; -ENOMEM. */
int finess_meet(struct finess_seen *seen, span key) MUST_USE;

void finess_seen_free(struct finess_seen *seen);

/* Reading a format; 0, -ENOMEM or IMPORT_REFUSED. */
int import_finess_csv(span file, struct import *im) MUST_USE;
int import_finess_classic(span file, struct import *im) MUST_USE;
int import_finess_plus(span one, span other, struct import *im) MUST_USE;

#endif
