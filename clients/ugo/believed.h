/* SPDX-License-Identifier: EUPL-1.2 */
/* How long a figure is believed before it is "to check", said of the places that are shown: it is
 * the département's to decide, by kind of establishment. */
#ifndef UGO_BELIEVED_H
#define UGO_BELIEVED_H

#include "clients/ugo/say.h"

/* "24 h"; "4 h 00 (urgence), 24 h (MECS, foyer de l'enfance)" where they differ; "" without any
 * figure. results: of a search, [{"unit"}…]. */
const char *believed_text(struct screen *s, const json_t *results);

#endif
