/* SPDX-License-Identifier: EUPL-1.2 */
/* What several verbs ask the server, and read from the command line, alike. */
#ifndef UGO_ASK_H
#define UGO_ASK_H

#include "clients/ugo/session.h"

/* All pages of a list as one document, its array under `list` complete. params is taken. 0 or an
 * exit code, told. */
int ask_pages(struct session *x, const char *method, const char *list, json_t *params,
              json_t **ret_document);

/* The id of the unit that people mean: an id, or part of a name that only one unit has. 0 or an
 * exit code, told (with the candidates). */
int ask_unit(struct session *x, const char *text, const char **ret_id);

/* Where "--near" is: {"commune"}, {"point"} or {"territory"}, and what to call it. 0 or an exit
 * code, told. */
int ask_place(struct session *x, const char *text, json_t **ret_near, const char **ret_name);

/* A filter of --modality, --kind, --territory. NULL when none is given. */
json_t *ask_filter(const struct command *c);

#endif
