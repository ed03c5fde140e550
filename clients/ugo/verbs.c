/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/verbs.h"

static const enum option units_options[] = {OPTION_MODALITY, OPTION_KIND, OPTION_TERRITORY};
static const enum option declare_options[] = {
    OPTION_FREE,    OPTION_OCCUPIED,       OPTION_OPEN,       OPTION_CLOSED,      OPTION_REASON,
    OPTION_REOPENS, OPTION_EMERGENCY_USED, OPTION_DEROGATION, OPTION_OBSERVED_AT, OPTION_KEY,
};
static const enum option confirm_options[] = {OPTION_OBSERVED_AT, OPTION_KEY};
static const enum option report_options[] = {OPTION_KEY};
static const enum option search_options[] = {
    OPTION_AGE,      OPTION_SEX,  OPTION_NEAR,    OPTION_EMERGENCY, OPTION_MAX_KM, OPTION_NEED,
    OPTION_MODALITY, OPTION_KIND, OPTION_TONIGHT, OPTION_APART,     OPTION_LIMIT,
};
static const enum option watch_options[] = {OPTION_MODALITY, OPTION_KIND, OPTION_TERRITORY,
                                            OPTION_SINCE};
static const enum option occupancy_options[] = {OPTION_BY, OPTION_TERRITORY, OPTION_AT};
static const enum option history_options[] = {OPTION_FROM, OPTION_TO, OPTION_LIMIT};

#define OPTIONS_OF(list) .options = (list), .n_options = sizeof(list) / sizeof(list)[0]

const struct verb verbs[] = {
    {"search", MSG_VERB_SEARCH, MSG_NONE, false, MSG_NOTES_SEARCH, OPTIONS_OF(search_options),
     .run = run_search},
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
    {"occupancy", MSG_VERB_OCCUPANCY, MSG_NONE, false, MSG_NONE, OPTIONS_OF(occupancy_options),
     .run = run_occupancy},
    {"history", MSG_VERB_HISTORY, MSG_VALUE_UNIT, false, MSG_NONE, OPTIONS_OF(history_options),
     .run = run_history},
    {"me", MSG_VERB_ME, MSG_NONE, false, MSG_NONE, NULL, 0, run_me},
};
const size_t n_verbs = sizeof verbs / sizeof verbs[0];
