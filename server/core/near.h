/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a search starts from. */
#ifndef CORE_NEAR_H
#define CORE_NEAR_H

#include "core/search.h"

struct replica;

/* What a search means when it names no modality: a bed. A placement at home and a day centre are
 * places too, but nobody can be driven there at night. */
#define MODALITIES_WITH_BED                                                                        \
    (((1u << MODALITY_COUNT) - 1) & ~(1u << MODALITY_ACCUEIL_JOUR | 1u << MODALITY_PAD))

/* Of those, without a parent, only where children live without theirs. */
static inline uint32_t modalities_usual(bool parent)
{
    return MODALITIES_WITH_BED & ~(parent ? 0 : 1u << MODALITY_PARENTAL);
}

/* Writes near and near_group: of a commune, else of the middle of a territory (of the public points
 * of its units, since no outline is known here). NULLs, unknown ones: near is not known. */
void near_find(const struct replica *r, const char *insee, const char *territory,
               struct search_request *q);

#endif
