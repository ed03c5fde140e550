/* SPDX-License-Identifier: EUPL-1.2 */
/* What each verb does: asks, shows, returns an exit code. */
#ifndef UGO_VERBS_H
#define UGO_VERBS_H

#include "clients/ugo/session.h"

int run_me(struct session *x, const struct command *c);
int run_units(struct session *x, const struct command *c);
int run_unit(struct session *x, const struct command *c);
int run_declare(struct session *x, const struct command *c);
int run_confirm(struct session *x, const struct command *c);
int run_report_wrong(struct session *x, const struct command *c);
int run_search(struct session *x, const struct command *c);
int run_watch(struct session *x, const struct command *c);
int run_occupancy(struct session *x, const struct command *c);
int run_history(struct session *x, const struct command *c);
int run_occupancy_history(struct session *x, const struct command *c);
int run_place_days(struct session *x, const struct command *c);
int run_equipment(struct session *x, const struct command *c);
int run_alert(struct session *x, const struct command *c);
int run_alert_set(struct session *x, const struct command *c);
int run_alert_delete(struct session *x, const struct command *c);
int run_request_open(struct session *x, const struct command *c);
int run_night(struct session *x, const struct command *c);
int run_statistics(struct session *x, const struct command *c);
int run_request_certificate(struct session *x, const struct command *c);
int run_request_show(struct session *x, const struct command *c);
int run_request_list(struct session *x, const struct command *c);
int run_request_update(struct session *x, const struct command *c);
int run_request_decline(struct session *x, const struct command *c);
int run_request_close(struct session *x, const struct command *c);
int run_waiting(struct session *x, const struct command *c);
int run_hold(struct session *x, const struct command *c);
int run_hold_list(struct session *x, const struct command *c);
/* Of --since: the holds that are `wanted` (members of hold.list's parameters), once ended. */
int holds_since(struct session *x, const json_t *wanted);
int run_hold_show(struct session *x, const struct command *c);
int run_hold_release(struct session *x, const struct command *c);
int run_hold_extend(struct session *x, const struct command *c);
int run_hold_withdraw(struct session *x, const struct command *c);
int run_hold_arrive(struct session *x, const struct command *c);
int run_answer(struct session *x, const struct command *c);
int run_mission_list(struct session *x, const struct command *c);
int run_mission_show(struct session *x, const struct command *c);
int run_mission_create(struct session *x, const struct command *c);
int run_mission_assign(struct session *x, const struct command *c);
int run_mission_start(struct session *x, const struct command *c);
int run_mission_arrive(struct session *x, const struct command *c);
int run_mission_handover(struct session *x, const struct command *c);
int run_mission_cancel(struct session *x, const struct command *c);
int run_movement_list(struct session *x, const struct command *c);
int run_movement_plan(struct session *x, const struct command *c);
int run_movement_done(struct session *x, const struct command *c);
int run_movement_cancel(struct session *x, const struct command *c);
int run_entry(struct session *x, const struct command *c);
int run_exit(struct session *x, const struct command *c);
int run_transfer(struct session *x, const struct command *c);
int run_oncall(struct session *x, const struct command *c);

/* One write about a hold, named as people do; then what it has become. params is taken. */
int hold_write(struct session *x, const char *method, const char *text, json_t *params,
               enum message done);

/* Why the i-th of the waiting list stands there. */
const char *order_text(struct screen *s, const json_t *items, size_t i);

/* A search's answer, for people. children: of the question. place: what --near is called, or NULL.
 */
struct search_view {
    const struct session *session; /* for the names of places */
    const json_t *question;        /* as it was asked */
    const json_t *children;        /* of it */
    const char *place;
    const json_t *request; /* NULL: for none */
    bool emergency, tonight, apart, parent, pregnant;
    bool max_km, modality, kind, needs; /* were asked for: worth giving up */
};
void search_show(struct screen *s, const struct search_view *view, const json_t *answer);

/* "fille de 7 ans" */
const char *child_text(struct screen *s, const json_t *child);

/* A note above figures when the server says they may be old; nothing otherwise. */
void stale_show(struct screen *s, const json_t *answer);

#endif
