/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of operations: one row is all a door needs to know. */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include "api/desk.h"

#define MAY(role) (1u << (role))
#define MAY_ALL ((1u << ROLE_COUNT) - 1)

struct operation {
    const char *name;
    /* Bits of enum role of the account whose rights count (a service: the one it acts for).
     * There is no default: the constructor OPERATION asks for it. */
    unsigned roles;
    bool in_session; /* the door's own: hello, echo, subscribe, unsubscribe */
    const struct shape *params;
    /* Answers the call, refuses it, or leaves it waiting. 0 or negative (fatal). NULL in_session.
     */
    int (*run)(struct desk *d, usec_t now, struct call *c);
    /* Of a command: the database has answered, and the replica is as far. Called again when what it
     * asked for has come. */
    int (*answer)(struct desk *d, usec_t now, struct call *c);
    /* Rows of desk_ask; NULL when it asks nothing. */
    int (*rows)(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
};

#define OPERATION(name_, roles_, params_, run_, rows_)                                             \
    {                                                                                              \
        .name = (name_), .roles = (roles_), .params = (params_), .run = (run_), .rows = (rows_)    \
    }
#define COMMAND(name_, roles_, params_, run_, answer_)                                             \
    {                                                                                              \
        .name = (name_), .roles = (roles_), .params = (params_), .run = (run_),                    \
        .answer = (answer_), .rows = rows_answer                                                   \
    }
#define SESSION_OPERATION(name_, roles_, params_)                                                  \
    {                                                                                              \
        .name = (name_), .roles = (roles_), .in_session = true, .params = (params_)                \
    }

const struct operation *operation_find(span name); /* NULL: unknown */
const struct operation *operation_at(size_t i);    /* NULL past the end */

/* Members that every operation accepts, and those of writes. */
#define MEMBER_AFTER                                                                               \
    {                                                                                              \
        "after", SHAPE_TEXT, .format = format_position                                             \
    }
#define MEMBER_KEY                                                                                 \
    {                                                                                              \
        "idempotency_key", SHAPE_TEXT, .format = format_key                                        \
    }
/* Of writes of what has one: only if the record is still at it. */
#define MEMBER_IF_REVISION                                                                         \
    {                                                                                              \
        "if_revision", SHAPE_INT, .min = 1, .max = LIMIT_INTEGER                                   \
    }

extern const struct shape request_open_params[], request_update_params[], request_close_params[],
    request_decline_params[], request_list_params[], request_get_params[], hold_create_params[],
    hold_accept_params[], hold_refuse_params[], hold_release_params[], hold_extend_params[],
    hold_withdraw_params[], hold_arrive_params[], hold_list_params[], hold_get_params[],
    hold_policy_put_params[];
extern const struct shape mission_create_params[], mission_assign_params[], mission_start_params[],
    mission_arrive_params[], mission_hand_over_params[], mission_cancel_params[],
    mission_list_params[], mission_get_params[], on_call_params[];
extern const struct shape movement_plan_params[], movement_cancel_params[], movement_done_params[],
    movement_entry_params[], movement_exit_params[], movement_transfer_params[],
    movement_list_params[];
extern const struct shape hello_params[], echo_params[], me_params[], subscribe_params[],
    unsubscribe_params[], unit_list_params[], unit_get_params[], declare_params[], confirm_params[],
    report_wrong_params[], search_params[], commune_find_params[], territory_find_params[],
    occupancy_params[], history_params[];

extern const struct shape occupancy_history_params[], place_days_params[], outlines_params[],
    equipment_params[], alert_put_params[], alert_delete_params[], alert_list_params[];
extern const struct shape account_list_params[], account_get_params[], account_put_params[],
    account_disable_params[], credential_list_params[], credential_put_params[],
    credential_revoke_params[], secret_params[], session_list_params[], session_close_params[],
    link_put_params[], reminder_list_params[], reminder_put_params[], reminder_delete_params[];

extern const struct shape words_list_params[], record_list_params[], territory_put_params[],
    establishment_kind_put_params[], establishment_describe_params[], establishment_put_params[],
    establishment_close_params[], unit_describe_params[], unit_put_params[], unit_close_params[],
    calendar_put_params[], rota_put_params[], rota_delete_params[];

extern const struct shape journal_list_params[], journal_statistics_params[],
    request_certificate_params[];

int run_me(struct desk *d, usec_t now, struct call *c);
int run_unit_list(struct desk *d, usec_t now, struct call *c);
int run_unit_get(struct desk *d, usec_t now, struct call *c);
int run_declare(struct desk *d, usec_t now, struct call *c);
int run_search(struct desk *d, usec_t now, struct call *c);
int run_commune_find(struct desk *d, usec_t now, struct call *c);
int run_territory_find(struct desk *d, usec_t now, struct call *c);
int run_occupancy(struct desk *d, usec_t now, struct call *c);
int rows_occupancy(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_occupancy_history(struct desk *d, usec_t now, struct call *c);
int rows_occupancy_history(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_place_days(struct desk *d, usec_t now, struct call *c);
int rows_place_days(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_alert_list(struct desk *d, usec_t now, struct call *c);
int rows_alert_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int answer_alert_put(struct desk *d, usec_t now, struct call *c);
int answer_alert_delete(struct desk *d, usec_t now, struct call *c);
int run_outlines(struct desk *d, usec_t now, struct call *c);
int rows_outlines(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_equipment(struct desk *d, usec_t now, struct call *c);
int rows_equipment(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_history(struct desk *d, usec_t now, struct call *c);
int rows_history(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

int run_journal_list(struct desk *d, usec_t now, struct call *c);
int rows_journal_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_journal_statistics(struct desk *d, usec_t now, struct call *c);
int rows_journal_statistics(struct desk *d, usec_t now, struct call *c, const struct rows *rows);
int run_certificate(struct desk *d, usec_t now, struct call *c);
int rows_certificate(struct desk *d, usec_t now, struct call *c, const struct rows *rows);

int run_request_list(struct desk *d, usec_t now, struct call *c);
int run_request_get(struct desk *d, usec_t now, struct call *c);
int run_hold_list(struct desk *d, usec_t now, struct call *c);
int run_movement_list(struct desk *d, usec_t now, struct call *c);
int run_hold_get(struct desk *d, usec_t now, struct call *c);

int run_mission_list(struct desk *d, usec_t now, struct call *c);
int run_mission_get(struct desk *d, usec_t now, struct call *c);
int run_on_call(struct desk *d, usec_t now, struct call *c);

int answer_unit(struct desk *d, usec_t now, struct call *c);
int answer_request(struct desk *d, usec_t now, struct call *c);
int answer_offer(struct desk *d, usec_t now, struct call *c);
int answer_hold_create(struct desk *d, usec_t now, struct call *c);
int answer_hold(struct desk *d, usec_t now, struct call *c);
int answer_mission(struct desk *d, usec_t now, struct call *c);
int answer_movement(struct desk *d, usec_t now, struct call *c);
int answer_hold_policy(struct desk *d, usec_t now, struct call *c);

/* Commands whose parameters the database alone judges beyond their shape. */
int run_command(struct desk *d, usec_t now, struct call *c);

#endif
