/* SPDX-License-Identifier: EUPL-1.2 */
/* Communes: where "near Muret" is. */
#ifndef CORE_COMMUNE_H
#define CORE_COMMUNE_H

#include "core/record.h"

#define COMMUNE_KEY_MAX 96

struct commune {
    char *insee;
    char *name;
    char *key;       /* the name folded, see commune_fold */
    char *territory; /* code; NULL unmapped */
    char **postcodes;
    size_t n_postcodes;
    struct point point;
};

/* 0; -ENOMEM; -EBADMSG: not such a state. *ret is written on 0 only and is then the caller's. */
int commune_decode(const char *insee, const char *state, struct commune **ret) MUST_USE;
void commune_destroy(struct commune *c);

/* Folds a name as people type it: upper case, no accents, one space for hyphens, apostrophes and
 * runs of blanks, SAINT(E) as ST(E), as in La Poste's spelling. Longer input is cut. */
void commune_fold(const char *name, char ret_key[static COMMUNE_KEY_MAX]);

/* {"insee","name","postcodes","point","territory"} */
void commune_encode(const struct commune *c, struct buf *out);

#endif
