/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/verbs.h"

#define DAYS_OPTIONS OPTION_UNTIL, OPTION_WEEKDAYS, OPTION_WEEKS

static const enum option units_options[] = {OPTION_MODALITY, OPTION_KIND, OPTION_TERRITORY};
static const enum option declare_options[] = {
    OPTION_FREE,    OPTION_OCCUPIED,       OPTION_OPEN,       OPTION_CLOSED,      OPTION_REASON,
    OPTION_REOPENS, OPTION_EMERGENCY_USED, OPTION_DEROGATION, OPTION_OBSERVED_AT, OPTION_ARRIVED,
    OPTION_KEY,
};
static const enum option confirm_options[] = {OPTION_OBSERVED_AT, OPTION_KEY};
static const enum option report_options[] = {OPTION_KEY};
static const enum option search_options[] = {
    OPTION_AGE,      OPTION_SEX,     OPTION_NEAR,    OPTION_EMERGENCY, OPTION_MAX_KM, OPTION_NEED,
    OPTION_MODALITY, OPTION_KIND,    OPTION_TONIGHT, OPTION_APART,     OPTION_LIMIT,  OPTION_PARENT,
    OPTION_PREGNANT, OPTION_REQUEST, OPTION_WANTED,  DAYS_OPTIONS,
};
#define NEED_OPTIONS                                                                               \
    OPTION_AGE, OPTION_SEX, OPTION_PARENT, OPTION_PREGNANT, OPTION_APART, OPTION_EMERGENCY,        \
        OPTION_NEAR, OPTION_ORIGIN, OPTION_MAX_KM, OPTION_NEED, OPTION_MODALITY, OPTION_FRAME,     \
        OPTION_WANTED, DAYS_OPTIONS, OPTION_REFERENCE, OPTION_KEY
static const enum option request_open_options[] = {NEED_OPTIONS, OPTION_DECIDED_AT};
static const enum option request_update_options[] = {NEED_OPTIONS, OPTION_TOGETHER, OPTION_PLANNED,
                                                     OPTION_NO_PARENT};
static const enum option request_list_options[] = {OPTION_STATE};
static const enum option code_options[] = {OPTION_CODE, OPTION_KEY};
static const enum option hold_options[] = {
    OPTION_REQUEST, OPTION_CHILD,  OPTION_AGE,     OPTION_SEX,       OPTION_PARENT, OPTION_PREGNANT,
    OPTION_NEED,    OPTION_PLACES, OPTION_MINUTES, OPTION_EMERGENCY, OPTION_KEY,
};
static const enum option hold_list_options[] = {OPTION_STATE, OPTION_REQUEST, OPTION_UNIT,
                                                OPTION_SINCE_DAY};
static const enum option extend_options[] = {OPTION_MINUTES, OPTION_KEY};
static const enum option answer_options[] = {OPTION_ARRIVE_BY, OPTION_CODE, OPTION_KEY};
static const enum option team_options[] = {OPTION_TEAM, OPTION_KEY};
static const enum option oncall_options[] = {OPTION_AT};
static const enum option movement_list_options[] = {OPTION_UNIT, OPTION_TYPE, OPTION_STATE};
static const enum option movement_plan_options[] = {
    OPTION_TYPE,    OPTION_MOVED, OPTION_ON,          OPTION_CODE,
    OPTION_TO_UNIT, DAYS_OPTIONS, OPTION_ORIGIN_UNIT, OPTION_KEY};
static const enum option entry_options[] = {OPTION_UNTIL, OPTION_ORIGIN_UNIT, OPTION_OBSERVED_AT,
                                            OPTION_KEY};
static const enum option exit_options[] = {OPTION_CODE, OPTION_ENDS, OPTION_OBSERVED_AT,
                                           OPTION_KEY};
static const enum option watch_options[] = {OPTION_REQUEST, OPTION_MODALITY, OPTION_KIND,
                                            OPTION_TERRITORY, OPTION_SINCE};
static const enum option occupancy_options[] = {OPTION_BY, OPTION_TERRITORY, OPTION_AT};
static const enum option occupancy_history_options[] = {
    OPTION_FROM, OPTION_TO, OPTION_STEP, OPTION_TERRITORY, OPTION_KIND, OPTION_MODALITY,
};
static const enum option place_days_options[] = {
    OPTION_FROM_DAY, OPTION_TO_DAY, OPTION_BY_DAYS, OPTION_TERRITORY, OPTION_KIND, OPTION_MODALITY,
};
static const enum option equipment_options[] = {OPTION_TERRITORY};
static const enum option alert_options[] = {
    OPTION_TERRITORY, OPTION_KIND, OPTION_MODALITY, OPTION_AGES, OPTION_PERCENT, OPTION_KEY,
};
static const enum option night_options[] = {OPTION_FROM, OPTION_TO};
static const enum option history_options[] = {OPTION_FROM, OPTION_TO, OPTION_LIMIT};

#define OPTIONS_OF(list) .options = (list), .n_options = sizeof(list) / sizeof(list)[0]

const struct verb verbs[] = {
    {"search", MSG_VERB_SEARCH, MSG_NONE, false, MSG_NOTES_SEARCH, OPTIONS_OF(search_options),
     .run = run_search},
    {"hold", MSG_VERB_HOLD, MSG_VALUE_UNITS, true, MSG_NOTES_HOLD, OPTIONS_OF(hold_options),
     .run = run_hold},
    {"hold list", MSG_VERB_HOLD_LIST, MSG_NONE, false, MSG_NOTES_HOLD_LIST,
     OPTIONS_OF(hold_list_options), .run = run_hold_list},
    {"hold show", MSG_VERB_HOLD_SHOW, MSG_VALUE_HOLD, true, MSG_NOTES_HOLD_ID, NULL, 0,
     run_hold_show},
    {"hold release", MSG_VERB_HOLD_RELEASE, MSG_VALUE_HOLD, true, MSG_NOTES_HOLD_ID,
     OPTIONS_OF(report_options), .run = run_hold_release},
    {"hold extend", MSG_VERB_HOLD_EXTEND, MSG_VALUE_HOLD, true, MSG_NOTES_HOLD_ID,
     OPTIONS_OF(extend_options), .run = run_hold_extend},
    {"hold withdraw", MSG_VERB_HOLD_WITHDRAW, MSG_VALUE_HOLD, true, MSG_NOTES_WITHDRAW,
     OPTIONS_OF(code_options), .run = run_hold_withdraw},
    {"hold arrive", MSG_VERB_HOLD_ARRIVE, MSG_VALUE_HOLD, true, MSG_NOTES_HOLD_ID,
     OPTIONS_OF(confirm_options), .run = run_hold_arrive},
    {"answer", MSG_VERB_ANSWER, MSG_VALUE_ANSWER, false, MSG_NOTES_ANSWER,
     OPTIONS_OF(answer_options), .run = run_answer},
    {"waiting", MSG_VERB_WAITING, MSG_NONE, false, MSG_NOTES_WAITING, NULL, 0, run_waiting},
    {"request", MSG_VERB_REQUEST, MSG_NONE, false, MSG_NOTES_REQUEST, NULL, 0, run_request_list},
    {"request open", MSG_VERB_REQUEST_OPEN, MSG_NONE, false, MSG_NOTES_REQUEST,
     OPTIONS_OF(request_open_options), .run = run_request_open},
    {"request list", MSG_VERB_REQUEST_LIST, MSG_NONE, false, MSG_NONE,
     OPTIONS_OF(request_list_options), .run = run_request_list},
    {"request show", MSG_VERB_REQUEST_SHOW, MSG_VALUE_REQUEST, true, MSG_NOTES_REQUEST_ID, NULL, 0,
     run_request_show},
    {"request certificate", MSG_VERB_CERTIFICATE, MSG_VALUE_REQUEST, true, MSG_NOTES_CERTIFICATE,
     NULL, 0, run_request_certificate},
    {"request update", MSG_VERB_REQUEST_UPDATE, MSG_VALUE_REQUEST, true, MSG_NOTES_UPDATE,
     OPTIONS_OF(request_update_options), .run = run_request_update},
    {"request close", MSG_VERB_REQUEST_CLOSE, MSG_VALUE_REQUEST, true, MSG_NOTES_CLOSE,
     OPTIONS_OF(code_options), .run = run_request_close},
    {"request decline", MSG_VERB_REQUEST_DECLINE, MSG_VALUE_OFFER, true, MSG_NOTES_DECLINE,
     OPTIONS_OF(report_options), .run = run_request_decline},
    {"mission", MSG_VERB_MISSION_LIST, MSG_NONE, false, MSG_NONE, OPTIONS_OF(request_list_options),
     .run = run_mission_list},
    {"mission list", MSG_VERB_MISSION_LIST, MSG_NONE, false, MSG_NONE,
     OPTIONS_OF(request_list_options), .run = run_mission_list},
    {"mission show", MSG_VERB_MISSION_SHOW, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_ID, NULL, 0,
     run_mission_show},
    {"mission create", MSG_VERB_MISSION_CREATE, MSG_VALUE_HOLD, true, MSG_NONE,
     OPTIONS_OF(team_options), .run = run_mission_create},
    {"mission assign", MSG_VERB_MISSION_ASSIGN, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_ID,
     OPTIONS_OF(team_options), .run = run_mission_assign},
    {"mission start", MSG_VERB_MISSION_START, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_ID,
     OPTIONS_OF(report_options), .run = run_mission_start},
    {"mission arrive", MSG_VERB_MISSION_ARRIVE, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_ID,
     OPTIONS_OF(report_options), .run = run_mission_arrive},
    {"mission handover", MSG_VERB_MISSION_HANDOVER, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_ID,
     OPTIONS_OF(confirm_options), .run = run_mission_handover},
    {"mission cancel", MSG_VERB_MISSION_CANCEL, MSG_VALUE_MISSION, true, MSG_NOTES_MISSION_CANCEL,
     OPTIONS_OF(code_options), .run = run_mission_cancel},
    {"oncall", MSG_VERB_ONCALL, MSG_NONE, false, MSG_NONE, OPTIONS_OF(oncall_options),
     .run = run_oncall},
    {"movement", MSG_VERB_MOVEMENT, MSG_NONE, false, MSG_NONE, OPTIONS_OF(movement_list_options),
     .run = run_movement_list},
    {"movement list", MSG_VERB_MOVEMENT_LIST, MSG_NONE, false, MSG_NONE,
     OPTIONS_OF(movement_list_options), .run = run_movement_list},
    {"movement plan", MSG_VERB_MOVEMENT_PLAN, MSG_VALUE_UNIT, true, MSG_NOTES_MOVEMENT_PLAN,
     OPTIONS_OF(movement_plan_options), .run = run_movement_plan},
    {"movement done", MSG_VERB_MOVEMENT_DONE, MSG_VALUE_MOVEMENT, true, MSG_NOTES_MOVEMENT_ID,
     OPTIONS_OF(confirm_options), .run = run_movement_done},
    {"movement cancel", MSG_VERB_MOVEMENT_CANCEL, MSG_VALUE_MOVEMENT, true, MSG_NOTES_MOVEMENT_ID,
     OPTIONS_OF(report_options), .run = run_movement_cancel},
    {"entry", MSG_VERB_ENTRY, MSG_VALUE_EXIT, true, MSG_NOTES_ENTRY, OPTIONS_OF(entry_options),
     .run = run_entry},
    {"exit", MSG_VERB_EXIT, MSG_VALUE_EXIT, true, MSG_NOTES_EXIT, OPTIONS_OF(exit_options),
     .run = run_exit},
    {"transfer", MSG_VERB_TRANSFER, MSG_VALUE_TRANSFER, true, MSG_NONE, OPTIONS_OF(confirm_options),
     .run = run_transfer},
    {"declare", MSG_VERB_DECLARE, MSG_VALUE_UNIT, true, MSG_NOTES_DECLARE,
     OPTIONS_OF(declare_options), .run = run_declare},
    {"confirm", MSG_VERB_CONFIRM, MSG_VALUE_UNIT, true, MSG_NONE, OPTIONS_OF(confirm_options),
     .run = run_confirm},
    {"report-wrong", MSG_VERB_REPORT_WRONG, MSG_VALUE_UNIT, true, MSG_NONE,
     OPTIONS_OF(report_options), .run = run_report_wrong},
    {"units", MSG_VERB_UNITS, MSG_NONE, false, MSG_NONE, OPTIONS_OF(units_options),
     .run = run_units},
    {"unit", MSG_VERB_UNIT, MSG_VALUE_UNIT, true, MSG_NONE, NULL, 0, run_unit},
    {"watch", MSG_VERB_WATCH, MSG_NONE, false, MSG_NOTES_WATCH, OPTIONS_OF(watch_options),
     .run = run_watch},
    {"occupancy", MSG_VERB_OCCUPANCY, MSG_NONE, false, MSG_NOTES_OCCUPANCY,
     OPTIONS_OF(occupancy_options), .run = run_occupancy},
    {"occupancy history", MSG_VERB_OCCUPANCY_HISTORY, MSG_NONE, false, MSG_NOTES_OCCUPANCY_HISTORY,
     OPTIONS_OF(occupancy_history_options), .run = run_occupancy_history},
    {"place-days", MSG_VERB_PLACE_DAYS, MSG_NONE, false, MSG_NOTES_PLACE_DAYS,
     OPTIONS_OF(place_days_options), .run = run_place_days},
    {"equipment", MSG_VERB_EQUIPMENT, MSG_NONE, false, MSG_NONE, OPTIONS_OF(equipment_options),
     .run = run_equipment},
    {"alert", MSG_VERB_ALERT, MSG_NONE, false, MSG_NONE, NULL, 0, run_alert},
    {"alert set", MSG_VERB_ALERT_SET, MSG_VALUE_NAME, true, MSG_NOTES_ALERT_SET,
     OPTIONS_OF(alert_options), .run = run_alert_set},
    {"alert delete", MSG_VERB_ALERT_DELETE, MSG_VALUE_NAME, true, MSG_NONE,
     OPTIONS_OF(report_options), .run = run_alert_delete},
    {"night", MSG_VERB_NIGHT, MSG_NONE, false, MSG_NOTES_NIGHT, OPTIONS_OF(night_options),
     .run = run_night},
    {"statistics", MSG_VERB_STATISTICS, MSG_NONE, false, MSG_NOTES_STATISTICS,
     OPTIONS_OF(night_options), .run = run_statistics},
    {"history", MSG_VERB_HISTORY, MSG_VALUE_UNIT, false, MSG_NOTES_HISTORY,
     OPTIONS_OF(history_options), .run = run_history},
    {"me", MSG_VERB_ME, MSG_NONE, false, MSG_NONE, NULL, 0, run_me},
};
const size_t n_verbs = sizeof verbs / sizeof verbs[0];
