/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/operation.h"

#include "api/admin.h"
#include "api/answer.h"
#include "api/draw.h"

#include "base/statement.h"

#define E MAY(ROLE_ESTABLISHMENT)
#define T MAY(ROLE_TERRITORY)
#define A MAY(ROLE_ASTREINTE)
#define D MAY(ROLE_DEF)
#define X MAY(ROLE_ADMIN)
#define M MAY(ROLE_MOBILE)
#define READERS (MAY_ALL & ~MAY(ROLE_MOBILE)) /* who may see units at all */

/* Of administration: see api/admin.h. */
#define ADMIN_LIST(name_, roles_, params_)                                                         \
    OPERATION(name_, roles_, params_, run_admin_list, rows_admin_list)
#define ADMIN_GET(name_, params_) OPERATION(name_, X, params_, run_admin_get, rows_admin_get)
#define ADMIN_COMMAND(name_, params_, run_)                                                        \
    {                                                                                              \
        .name = (name_), .roles = X, .params = (params_), .run = (run_), .answer = answer_admin,   \
        .rows = rows_admin                                                                         \
    }

/* A service calls with the role of the account it acts for. */
static const struct operation operations[] = {
    SESSION_OPERATION("hello", MAY_ALL, hello_params),
    SESSION_OPERATION("echo", MAY_ALL, echo_params),
    SESSION_OPERATION("subscribe", MAY_ALL, subscribe_params),
    SESSION_OPERATION("unsubscribe", MAY_ALL, unsubscribe_params),
    OPERATION("me", MAY_ALL, me_params, run_me, NULL),
    OPERATION("unit.list", READERS, unit_list_params, run_unit_list, NULL),
    OPERATION("unit.get", MAY_ALL, unit_get_params, run_unit_get, NULL),
    COMMAND("unit.declare", E | A | D | X, declare_params, run_declare, answer_unit),
    COMMAND("unit.confirm", E | A | D | X, confirm_params, run_command, answer_unit),
    COMMAND("unit.report_wrong", A | T | D, report_wrong_params, run_command, answer_unit),
    COMMAND("request.open", A | T | D, request_open_params, run_command, answer_request),
    COMMAND("request.update", A | T | D, request_update_params, run_command, answer_request),
    COMMAND("request.close", A | T | D, request_close_params, run_command, answer_request),
    COMMAND("request.decline", A | T | D, request_decline_params, run_command, answer_offer),
    OPERATION("request.list", A | T | D, request_list_params, run_request_list, NULL),
    OPERATION("request.get", A | T | D, request_get_params, run_request_get, NULL),
    COMMAND("hold.create", A | T | D, hold_create_params, run_command, answer_hold_create),
    COMMAND("hold.accept", E | A | D, hold_accept_params, run_command, answer_hold),
    COMMAND("hold.refuse", E | A | D, hold_refuse_params, run_command, answer_hold),
    COMMAND("hold.release", A | T | D, hold_release_params, run_command, answer_hold),
    COMMAND("hold.extend", A | T | D, hold_extend_params, run_command, answer_hold),
    COMMAND("hold.withdraw", A | T | D, hold_withdraw_params, run_command, answer_hold),
    COMMAND("hold.arrive", E | A | T | D, hold_arrive_params, run_command, answer_hold),
    COMMAND("hold_policy.put", D | X, hold_policy_put_params, run_command, answer_hold_policy),
    OPERATION("hold.list", E | A | T | D, hold_list_params, run_hold_list, NULL),
    OPERATION("hold.get", E | A | T | D, hold_get_params, run_hold_get, NULL),
    COMMAND("mission.create", A | T | D, mission_create_params, run_command, answer_mission),
    COMMAND("mission.assign", A | D, mission_assign_params, run_command, answer_mission),
    COMMAND("mission.start", M | A | D, mission_start_params, run_command, answer_mission),
    COMMAND("mission.arrive", M | A | D, mission_arrive_params, run_command, answer_mission),
    COMMAND("mission.hand_over", M | A | D, mission_hand_over_params, run_command, answer_mission),
    COMMAND("mission.cancel", A | D, mission_cancel_params, run_command, answer_mission),
    OPERATION("mission.list", E | A | T | D | M, mission_list_params, run_mission_list, NULL),
    OPERATION("mission.get", E | A | T | D | M, mission_get_params, run_mission_get, NULL),
    OPERATION("on_call", E | A | T | D | M, on_call_params, run_on_call, NULL),
    COMMAND("movement.plan", E | A | D | X, movement_plan_params, run_command, answer_movement),
    COMMAND("movement.cancel", E | A | D | X, movement_cancel_params, run_command, answer_movement),
    COMMAND("movement.done", E | A | D | X, movement_done_params, run_command, answer_movement),
    COMMAND("movement.entry", E | A | D | X, movement_entry_params, run_command, answer_movement),
    COMMAND("movement.exit", E | A | D | X, movement_exit_params, run_command, answer_movement),
    COMMAND("movement.transfer", E | A | D | X, movement_transfer_params, run_command,
            answer_movement),
    OPERATION("movement.list", READERS, movement_list_params, run_movement_list, NULL),
    OPERATION("search", A | T | D, search_params, run_search, NULL),
    OPERATION("commune.find", MAY_ALL, commune_find_params, run_commune_find, NULL),
    OPERATION("territory.find", MAY_ALL, territory_find_params, run_territory_find, NULL),
    OPERATION("journal.list", A | T | D, journal_list_params, run_journal_list, rows_journal_list),
    OPERATION("journal.statistics", D, journal_statistics_params, run_journal_statistics,
              rows_journal_statistics),
    OPERATION("request.certificate", A | T | D, request_certificate_params, run_certificate,
              rows_certificate),
    OPERATION("occupancy", T | D | X, occupancy_params, run_occupancy, rows_occupancy),
    OPERATION("occupancy.history", T | D | X, occupancy_history_params, run_occupancy_history,
              rows_occupancy_history),
    OPERATION("place_days", D | X, place_days_params, run_place_days, rows_place_days),
    OPERATION("alert.list", D | X, alert_list_params, run_alert_list, rows_alert_list),
    COMMAND("alert.put", D | X, alert_put_params, run_command, answer_alert_put),
    COMMAND("alert.delete", D | X, alert_delete_params, run_command, answer_alert_delete),
    OPERATION("outlines", MAY_ALL, outlines_params, run_outlines, rows_outlines),
    OPERATION("equipment", T | D | X, equipment_params, run_equipment, rows_equipment),
    OPERATION("history", E | D | X, history_params, run_history, rows_history),
    ADMIN_LIST("account.list", X, account_list_params),
    ADMIN_GET("account.get", account_get_params),
    ADMIN_COMMAND("account.put", account_put_params, run_command),
    ADMIN_COMMAND("account.disable", account_disable_params, run_command),
    ADMIN_LIST("credential.list", X, credential_list_params),
    ADMIN_COMMAND("credential.put", credential_put_params, run_credential_put),
    ADMIN_COMMAND("credential.revoke", credential_revoke_params, run_command),
    ADMIN_COMMAND("password.put", secret_params, run_password_put),
    ADMIN_COMMAND("password.clear", secret_params, run_command),
    ADMIN_COMMAND("totp.put", secret_params, run_totp_put),
    ADMIN_COMMAND("totp.clear", secret_params, run_command),
    ADMIN_LIST("session.list", X, session_list_params),
    ADMIN_COMMAND("session.close", session_close_params, run_command),
    ADMIN_COMMAND("link.put", link_put_params, run_link_put),
    ADMIN_LIST("reminder.list", X, reminder_list_params),
    ADMIN_COMMAND("reminder.put", reminder_put_params, run_command),
    ADMIN_COMMAND("reminder.delete", reminder_delete_params, run_command),
    ADMIN_LIST("territory.list", D | X, words_list_params),
    ADMIN_COMMAND("territory.put", territory_put_params, run_command),
    ADMIN_LIST("establishment_kind.list", D | X, words_list_params),
    ADMIN_COMMAND("establishment_kind.put", establishment_kind_put_params, run_command),
    OPERATION("establishment.list", D | X, record_list_params, run_record_list, NULL),
    OPERATION("establishment.describe", D | X, establishment_describe_params, run_describe,
              rows_describe),
    COMMAND("establishment.put", X, establishment_put_params, run_command, answer_record),
    COMMAND("establishment.close", X, establishment_close_params, run_command, answer_gone),
    OPERATION("unit.describe", D | X, unit_describe_params, run_describe, rows_describe),
    COMMAND("unit.put", D | X, unit_put_params, run_command, answer_record),
    COMMAND("unit.close", D | X, unit_close_params, run_command, answer_gone),
    OPERATION("calendar.list", D | X, record_list_params, run_record_list, NULL),
    COMMAND("calendar.put", X, calendar_put_params, run_command, answer_record),
    OPERATION("rota.list", D | X, record_list_params, run_record_list, NULL),
    COMMAND("rota.put", D | X, rota_put_params, run_command, answer_record),
    COMMAND("rota.delete", D | X, rota_delete_params, run_command, answer_gone),
};

const struct operation *operation_at(size_t i)
{
    return i < ARRAY_LENGTH(operations) ? &operations[i] : NULL;
}

const struct operation *operation_find(span name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(operations); i++)
        if (span_is(name, operations[i].name))
            return &operations[i];
    return NULL;
}
