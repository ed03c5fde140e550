/* SPDX-License-Identifier: EUPL-1.2 */
/* What the public nomenclatures say in ugo's terms: FINESS categories, activities, modes of care
 * and publics → kinds, modalities and conditions (domain.md, "Nouns"). Pure tables. */
#ifndef ADMIN_KINDS_H
#define ADMIN_KINDS_H

#include <stdbool.h>

#include "base/span.h"
#include "core/codes.h"

/* A kind of establishment as a new register gets it; a département changes it afterwards. */
struct kind {
    const char *code;
    const char *categories; /* FINESS categories, separated by a blank; "" none */
    int ttl_h;              /* how long a declaration is believed */
    enum modality modality; /* of a unit about which nothing else is known */
    bool home;              /* somebody's home: its address is shown by commune */
};

const struct kind *kind_find(span code);            /* NULL when not built in */
const struct kind *kind_of_category(span category); /* NULL when it has no places */
const struct kind *kind_next(const struct kind *k); /* NULL starts; NULL at the end */

/* Why a category has no kind. */
enum category_sort {
    CATEGORY_WITH_PLACES,
    CATEGORY_WITHOUT_PLACES, /* child protection, but nobody is lodged: AEMO, prevention, … */
    CATEGORY_OTHER_FIELD,    /* hospitals, pharmacies, old age, … */
    CATEGORY_UNKNOWN,        /* FINESS has no such category */
};
enum category_sort category_sort(span category);

/* What an authorised activity of FINESS+ offers. */
struct activity {
    enum modality modality;
    bool places; /* false: milieu ouvert, enquiries, evaluation */
};
struct activity activity_of(span activity, span mode, enum modality by_kind);

/* What a public (nomenclature TRE_R403) says about whom a unit takes. */
struct publics {
    int min_months, max_months; /* [min, max); -1 unsaid */
    bool mna, mother_child;     /* meant for them */
    const char *label;          /* a short French name for the unit's; NULL none */
};
struct publics publics_of(span code);

const char *modality_label(enum modality m); /* French, for the name of a unit */

#endif
