/* SPDX-License-Identifier: EUPL-1.2 */
/* What several verbs ask the server, and read from the command line, alike. */
#ifndef UGO_ASK_H
#define UGO_ASK_H

#include "clients/ugo/session.h"

/* All pages of a list as one document, its array under `list` complete. params is taken. 0 or an
 * exit code, told. */
int ask_pages(struct session *x, const char *method, const char *list, json_t *params,
              json_t **ret_document);

/* The same of an operation that says itself how long its pages are: it takes no `limit`. */
int ask_own_pages(struct session *x, const char *method, const char *list, json_t *params,
                  json_t **ret_document);

/* The id of the unit that people mean: an id, or part of a name that only one unit has. 0 or an
 * exit code, told (with the candidates). */
int ask_unit(struct session *x, const char *text, const char **ret_id);

/* Where "--near" is: {"commune"}, {"point"} or {"territory"}, and what to call it. 0 or an exit
 * code, told. */
int ask_place(struct session *x, const char *text, json_t **ret_near, const char **ret_name);

/* The children of --age and --sex into an array; none is fine. 0 or EXIT_USAGE, told. */
int ask_children(struct session *x, json_t *children);

/* Of --parent and --pregnant; NULL when neither is given. */
bool ask_with_parent(const struct command *c);
json_t *ask_parent(const struct command *c);

/* The id of the hold or request that people mean: an id, the end of one that is current ("48215"),
 * a request's reference. 0 or an exit code, told. */
int ask_hold(struct session *x, const char *text, const char **ret_id);
int ask_request(struct session *x, const char *text, const char **ret_id);
int ask_mission(struct session *x, const char *text, const char **ret_id);
int ask_offer(struct session *x, const char *text, const char **ret_id);

/* Where children come from, {"commune"} or {"territory"}: as ask_place, but no point; the code of a
 * territory stands for itself. 0 or an exit code, told. */
int ask_origin(struct session *x, const char *text, json_t **ret_from);

/* The value of a code option, or what it is called in the reader's language ("complet"): one of
 * the labels of a kind. 0, or EXIT_USAGE after listing them; not given is also an error. */
int ask_code(struct session *x, enum option option, const char *kind, const char **ret_code);

/* All values of a code option, in the same way, as an array; NULL when not given. 0 or EXIT_USAGE,
 * told. */
int ask_codes(struct session *x, enum option option, const char *kind, json_t **ret_codes);

/* A count option into params, between 1 and most. 0 or EXIT_USAGE, told with `want`. */
int ask_count(struct session *x, json_t *params, enum option option, const char *member,
              int64_t most, enum message want);

/* An instant option into params; coming: of the future. --from, --to and --at may be a day: where
 * it begins, --to where it ends (or now). 0 or EXIT_USAGE, told. */
int ask_instant(struct session *x, json_t *params, enum option option, const char *member,
                bool coming);

/* A date option into params. 0 or EXIT_USAGE, told. */
int ask_date(struct session *x, json_t *params, enum option option, const char *member);

/* --weekdays and --weeks (all of them unless it is said) as members of *params; nothing when no
 * weekday is said. 0 or EXIT_USAGE, told. */
int ask_rhythm(struct session *x, json_t *params);
/* The same as `days`, of a search or request. */
int ask_days(struct session *x, json_t *params);

/* The kinds of establishment of --kind, by code or by name, as an array; NULL when not given. A
 * département has kinds of its own: what the dictionary does not know is one if it has a unit. 0 or
 * an exit code, told. */
int ask_kinds(struct session *x, json_t **ret_codes);

/* A filter of --modality, --kind, --territory. 0 or an exit code, told. */
int ask_filter(struct session *x, json_t **ret_filter);

#endif
