/* SPDX-License-Identifier: EUPL-1.2 */
/* What to do with the answer to a search, as commands to copy. */
#ifndef UGO_SEARCH_NEXT_H
#define UGO_SEARCH_NEXT_H

#include "clients/ugo/verbs.h"

/* Whether a result's places are kept for others, for now. */
bool result_is_kept(const json_t *result);

/* For now: to hold the best place. For another day: to open a request for it, and to plan it. */
void search_next_show(struct screen *s, const struct search_view *view, const json_t *results);

#endif
