/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of operations: who may call them, with which members, checked in this order, as
 * schema/0010_members.sql and its successors have it. */
#include "sim/model_members.h"

#include <string.h>

#include "core/codes.h"
#include "sim/model_calendar.h"
#include "sim/model_missions.h"
#include "sim/model_movements.h"
#include "sim/model_offers.h"

#define NEEDS_WORDS "mna disability complex pregnant mother_child psychiatric medical"
#define INSTANT_MAX 999999999999999999

#define TEXT(name, most, ...)                                                                      \
    {                                                                                              \
        {name}, MEMBER_TEXT, .high = (most), __VA_ARGS__                                           \
    }
#define COUNT(name, least, most, ...)                                                              \
    {                                                                                              \
        {name}, MEMBER_INTEGER, .low = (least), .high = (most), __VA_ARGS__                        \
    }
#define CODE(name, codes, ...)                                                                     \
    {                                                                                              \
        {name}, MEMBER_CODE, .list = (codes), __VA_ARGS__                                          \
    }
#define REQUIRED .required = true
#define CONTACT                                                                                    \
    {{"contact"}, MEMBER_OBJECT, .list = "day night"},                                             \
        {{"contact", "day"}, MEMBER_TEXT, .high = 100},                                            \
    {                                                                                              \
        {"contact", "night"}, MEMBER_TEXT, .high = 100                                             \
    }
#define ACCEPTS(need)                                                                              \
    {                                                                                              \
        {"accepts", need}, MEMBER_CODE, .list = "tristate"                                         \
    }
#define PARENT(name)                                                                               \
    {{name}, MEMBER_OBJECT, .list = "pregnant"},                                                   \
    {                                                                                              \
        {name, "pregnant"}, MEMBER_BOOLEAN                                                         \
    }
#define FROM                                                                                       \
    {{"from"}, MEMBER_OBJECT, .list = "commune territory"},                                        \
        {{"from", "commune"}, MEMBER_TEXT, .high = 5, .refers = "commune"},                        \
    {                                                                                              \
        {"from", "territory"}, MEMBER_TEXT, .high = 31, .refers = "territory"                      \
    }
/* Until when, and its rhythm: what requests have last. */
#define SPAN                                                                                       \
    {{"wanted_until"}, MEMBER_DATE}, {{"days"}, MEMBER_OBJECT, .list = "weekdays weeks"},          \
        {{"days", "weekdays"}, MEMBER_INTEGERS, REQUIRED, .high = 7},                              \
    {                                                                                              \
        {"days", "weeks"}, MEMBER_CODE, REQUIRED, .list = "weeks"                                  \
    }
#define HOLD_NAMED TEXT("hold", 63, REQUIRED)
#define UNIT_NAMED TEXT("unit", 63, REQUIRED)

static const struct member declare_members[] = {
    UNIT_NAMED,
    COUNT("free", 0, 9999),
    COUNT("occupied", 0, 9999),
    COUNT("open", 0, 9999),
    COUNT("emergency_used", 0, 9999),
    {{"closed"}, MEMBER_OBJECT, .list = "n reason reopens_on"},
    {{"closed", "n"}, MEMBER_INTEGER, REQUIRED, .high = 9999},
    {{"closed", "reason"}, MEMBER_CODE, .list = "closed_reason"},
    {{"closed", "reopens_on"}, MEMBER_DATE},
    COUNT("observed_at", 1, INSTANT_MAX),
    CODE("derogation", "derogation"),
    {{"arrived"}, MEMBER_TEXTS, .high = 99},
    COUNT("if_revision", 1, INSTANT_MAX),
    {{NULL}},
};
static const struct member confirm_members[] = {UNIT_NAMED,
                                                COUNT("observed_at", 1, INSTANT_MAX),
                                                COUNT("if_revision", 1, INSTANT_MAX),
                                                {{NULL}}};
static const struct member unit_members[] = {UNIT_NAMED, {{NULL}}};
static const struct member territory_members[] = {
    TEXT("code", 31, REQUIRED, .pattern = "^[a-z0-9][a-z0-9-]{0,30}$"),
    TEXT("name", 200, REQUIRED),
    TEXT("level", 30, REQUIRED, .pattern = "^[a-z0-9_-]{1,30}$"),
    TEXT("parent", 31, .refers = "territory"),
    {{NULL}},
};
static const struct member commune_members[] = {
    TEXT("insee", 5, REQUIRED, .pattern = "^[0-9][0-9AB][0-9]{3}$"),
    TEXT("name", 200, REQUIRED),
    {{"postcodes"}, MEMBER_TEXTS, .high = 100, .pattern = "^[0-9]{5}$"},
    {{"point"}, MEMBER_POINT},
    TEXT("territory", 31, .refers = "territory"),
    {{NULL}},
};
static const struct member kind_members[] = {
    TEXT("code", 30, REQUIRED, .pattern = "^[a-z0-9_]{1,30}$"),
    {{"finess_categories"}, MEMBER_TEXTS, .high = 20, .pattern = "^[0-9]{3}$"},
    COUNT("ttl_s", 60, 31536000, REQUIRED),
    CODE("modality", "modality", REQUIRED),
    CODE("visibility", "visibility"),
    {{NULL}},
};
static const struct member establishment_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^e-[0-9a-z][0-9a-z-]{0,60}$"),
    TEXT("name", 200, REQUIRED),
    TEXT("establishment_kind", 30, REQUIRED, .refers = "establishment_kind"),
    TEXT("finess", 9, .pattern = "^[0-9][0-9A-Z][0-9]{7}$"),
    TEXT("operator", 200),
    TEXT("address", 300),
    TEXT("territory", 31, REQUIRED, .refers = "territory"),
    TEXT("commune", 5, .refers = "commune"),
    {{"point"}, MEMBER_POINT},
    CODE("precision", "precision"),
    CODE("visibility", "visibility"),
    CONTACT,
    {{NULL}},
};
static const struct member close_members[] = {TEXT("establishment", 63, REQUIRED), {{NULL}}};
static const struct member unit_put_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^u-[0-9a-z][0-9a-z-]{0,60}$"),
    TEXT("establishment", 63, REQUIRED, .refers = "establishment"),
    TEXT("name", 200, REQUIRED),
    CODE("modality", "modality"),
    COUNT("min_months", 0, 1200),
    COUNT("max_months", 1, 1200),
    CODE("sex", "sex"),
    COUNT("siblings_max", 1, 99),
    {{"siblings_mixed"}, MEMBER_BOOLEAN},
    CODE("admission", "admission"),
    COUNT("delay_h", 0, 9999),
    {{"accepts"}, MEMBER_OBJECT, .list = NEEDS_WORDS},
    ACCEPTS("mna"),
    ACCEPTS("disability"),
    ACCEPTS("complex"),
    ACCEPTS("pregnant"),
    ACCEPTS("mother_child"),
    ACCEPTS("psychiatric"),
    ACCEPTS("medical"),
    COUNT("max_stay_days", 1, 9999),
    CODE("visibility", "visibility"),
    TEXT("territory", 31, .refers = "territory"),
    TEXT("commune", 5, .refers = "commune"),
    {{"point"}, MEMBER_POINT},
    CONTACT,
    COUNT("ttl_s", 60, 31536000),
    COUNT("authorised", 0, 9999),
    COUNT("installed", 0, 9999),
    COUNT("emergency_reserved", 0, 9999),
    TEXT("fallback", 63),
    {{NULL}},
};
static const struct member account_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^[a-z0-9][a-z0-9._-]{0,62}$"),
    CODE("role", "role", REQUIRED),
    {{"territories"}, MEMBER_TEXTS, .high = 1000, .refers = "territory"},
    {{"establishments"}, MEMBER_TEXTS, .high = 1000, .refers = "establishment"},
    TEXT("acts_for", 63, .refers = "account"),
    TEXT("name", 200, REQUIRED),
    {{"disabled"}, MEMBER_BOOLEAN},
    {{NULL}},
};
static const struct member account_named[] = {TEXT("id", 63, REQUIRED), {{NULL}}};
static const struct member credential_members[] = {
    TEXT("id", 64, REQUIRED, .pattern = "^[0-9a-f]{64}$"),
    TEXT("account", 63, REQUIRED, .refers = "account"),
    CODE("type", "credential", REQUIRED),
    COUNT("expires_at", 1, INSTANT_MAX),
    TEXT("label", 200),
    {{NULL}},
};
static const struct member credential_named[] = {TEXT("id", 64, REQUIRED), {{NULL}}};

#define DECLARERS "establishment service astreinte def admin"

static const struct member request_open_members[] = {
    {{"children"}, MEMBER_CHILDREN, .high = 10},
    PARENT("parent"),
    {{"together"}, MEMBER_BOOLEAN},
    {{"emergency"}, MEMBER_BOOLEAN},
    {{"modality"}, MEMBER_CODES, .high = MODALITY_COUNT, .list = "modality"},
    CODE("legal_frame", "legal_frame"),
    {{"needs"}, MEMBER_CODES, .high = NEED_COUNT, .list = "need"},
    FROM,
    COUNT("max_km", 1, 2000),
    {{"wanted_on"}, MEMBER_DATE},
    COUNT("decided_at", 1, INSTANT_MAX),
    TEXT("reference", 20, .pattern = "^[A-Z0-9-]{1,20}$"),
    SPAN,
    {{NULL}},
};
static const struct member request_update_members[] = {
    TEXT("request", 63, REQUIRED),
    {{"children"}, MEMBER_CHILDREN, .high = 10},
    PARENT("parent"),
    {{"together"}, MEMBER_BOOLEAN},
    {{"emergency"}, MEMBER_BOOLEAN},
    {{"modality"}, MEMBER_CODES, .high = MODALITY_COUNT, .list = "modality"},
    CODE("legal_frame", "legal_frame"),
    {{"needs"}, MEMBER_CODES, .high = NEED_COUNT, .list = "need"},
    FROM,
    COUNT("max_km", 1, 2000),
    {{"wanted_on"}, MEMBER_DATE},
    TEXT("reference", 20, .pattern = "^[A-Z0-9-]{1,20}$"),
    SPAN,
    {{"clear"}, MEMBER_CODES, .low = 1, .high = 8, .list = "cleared"},
    {{NULL}},
};
static const struct member request_close_members[] = {
    TEXT("request", 63, REQUIRED), CODE("code", "request_end", REQUIRED), {{NULL}}};
static const struct member hold_create_members[] = {
    TEXT("unit", 63),
    {{"units"}, MEMBER_TEXTS, .low = 1, .high = 8},
    COUNT("places", 1, 99),
    {{"emergency"}, MEMBER_BOOLEAN},
    TEXT("request", 63),
    {{"need"}, MEMBER_OBJECT, .list = "children parent needs"},
    {{"need", "children"}, MEMBER_CHILDREN, .high = 10},
    {{"need", "parent"}, MEMBER_OBJECT, .list = "pregnant"},
    {{"need", "parent", "pregnant"}, MEMBER_BOOLEAN},
    {{"need", "needs"}, MEMBER_CODES, .high = NEED_COUNT, .list = "need"},
    {{"children"}, MEMBER_INTEGERS, .high = 10},
    COUNT("minutes", 1, 240),
    {{NULL}},
};
static const struct member hold_members[] = {HOLD_NAMED, {{NULL}}};
static const struct member hold_accept_members[] = {
    HOLD_NAMED, COUNT("arrive_by", 1, INSTANT_MAX), {{NULL}}};
static const struct member hold_refuse_members[] = {
    HOLD_NAMED, CODE("code", "refusal", REQUIRED), {{NULL}}};
static const struct member hold_extend_members[] = {HOLD_NAMED, COUNT("minutes", 1, 240), {{NULL}}};
static const struct member hold_withdraw_members[] = {
    HOLD_NAMED, CODE("code", "withdrawal", REQUIRED), {{NULL}}};
static const struct member hold_arrive_members[] = {
    HOLD_NAMED, COUNT("observed_at", 1, INSTANT_MAX), {{NULL}}};
static const struct member hold_policy_members[] = {
    UNIT_NAMED, COUNT("minutes", 1, 1440, REQUIRED), CODE("end", "hold_end", REQUIRED), {{NULL}}};

static const struct member calendar_members[] = {
    TEXT("territory", 31, REQUIRED, .refers = "territory"),
    TEXT("time_zone", 63, REQUIRED, .pattern = "^[A-Za-z0-9_+/-]+$"),
    {{"office"}, MEMBER_HOURS, .high = 21},
    {{"holidays"}, MEMBER_DATES, .high = 400},
    {{NULL}},
};
static const struct member rota_members[] = {
    TEXT("id", 63, REQUIRED, .pattern = "^t-[0-9a-z][0-9a-z-]{0,60}$"),
    CODE("duty", "duty", REQUIRED),
    TEXT("territory", 31, REQUIRED, .refers = "territory"),
    TEXT("account", 63, REQUIRED, .refers = "account"),
    COUNT("from_at", 1, INSTANT_MAX, REQUIRED),
    COUNT("to_at", 1, INSTANT_MAX, REQUIRED),
    {{NULL}},
};
static const struct member rota_named[] = {TEXT("id", 63, REQUIRED), {{NULL}}};
#define MISSION_NAMED TEXT("mission", 63, REQUIRED)
static const struct member mission_create_members[] = {HOLD_NAMED, TEXT("team", 63), {{NULL}}};
static const struct member mission_assign_members[] = {
    MISSION_NAMED, TEXT("team", 63, REQUIRED), {{NULL}}};
static const struct member mission_members[] = {MISSION_NAMED, {{NULL}}};
static const struct member mission_hand_over_members[] = {
    MISSION_NAMED, COUNT("observed_at", 1, INSTANT_MAX), {{NULL}}};
static const struct member mission_cancel_members[] = {
    MISSION_NAMED, CODE("code", "withdrawal"), {{NULL}}};

static const struct member offer_members[] = {TEXT("request", 63, REQUIRED),
                                              UNIT_NAMED,
                                              {{"children"}, MEMBER_INTEGERS, .high = 10},
                                              {{NULL}}};
static const struct member decline_members[] = {
    TEXT("request", 63, REQUIRED), TEXT("offer", 63, REQUIRED), {{NULL}}};

#define PLACES COUNT("places", 1, 999, REQUIRED)
#define OBSERVED COUNT("observed_at", 1, INSTANT_MAX)
static const struct member movement_plan_members[] = {
    UNIT_NAMED,
    CODE("type", "movement_type", REQUIRED),
    PLACES,
    {{"on"}, MEMBER_DATE, REQUIRED},
    CODE("code", "movement_code"),
    TEXT("to_unit", 63),
    {{"until"}, MEMBER_DATE},
    TEXT("origin_unit", 63),
    {{"weekdays"}, MEMBER_INTEGERS, .high = 7},
    CODE("weeks", "weeks"),
    {{NULL}},
};
static const struct member movement_entry_members[] = {
    UNIT_NAMED, PLACES, {{"until"}, MEMBER_DATE}, TEXT("origin_unit", 63), OBSERVED, {{NULL}}};
static const struct member movement_exit_members[] = {UNIT_NAMED,
                                                      PLACES,
                                                      CODE("code", "movement_code", REQUIRED),
                                                      OBSERVED,
                                                      {{"ends"}, MEMBER_TEXTS, .high = 32},
                                                      {{NULL}}};
static const struct member movement_transfer_members[] = {
    TEXT("from_unit", 63, REQUIRED), UNIT_NAMED, PLACES, OBSERVED, {{NULL}}};
static const struct member movement_members[] = {TEXT("movement", 63, REQUIRED), {{NULL}}};
static const struct member movement_done_members[] = {
    TEXT("movement", 63, REQUIRED), OBSERVED, {{NULL}}};

#define ASKERS "astreinte territory def service"
#define LEADERS "astreinte def service"
#define ANSWERERS "establishment service astreinte def"

static const struct known_operation operations[] = {
    {{"unit.declare", DECLARERS,
      "unit free occupied open emergency_used closed observed_at derogation arrived "
      "if_revision",
      unit_declare},
     declare_members},
    {{"unit.confirm", DECLARERS, "unit observed_at if_revision", unit_confirm}, confirm_members},
    {{"unit.report_wrong", "astreinte territory def", "unit", unit_report_wrong}, unit_members},
    {{"territory.put", "admin", "code name level parent", territory_put}, territory_members},
    {{"commune.put", "admin", "insee name postcodes point territory", commune_put},
     commune_members},
    {{"establishment_kind.put", "admin", "code finess_categories ttl_s modality visibility",
      establishment_kind_put},
     kind_members},
    {{"establishment.put", "admin",
      "id name establishment_kind finess operator address territory commune point precision "
      "visibility contact",
      establishment_put},
     establishment_members},
    {{"establishment.close", "admin", "establishment", establishment_close}, close_members},
    {{"unit.put", "admin def",
      "id establishment name modality min_months max_months sex siblings_max siblings_mixed "
      "admission delay_h accepts max_stay_days visibility territory commune point contact ttl_s "
      "authorised installed emergency_reserved fallback",
      unit_put},
     unit_put_members},
    {{"unit.close", "admin def", "unit", unit_close}, unit_members},
    {{"account.put", "admin", "id role territories establishments acts_for name disabled",
      account_put},
     account_members},
    {{"account.disable", "admin", "id", account_disable}, account_named},
    {{"credential.put", "admin", "id account type expires_at label", credential_put},
     credential_members},
    {{"credential.revoke", "admin", "id", credential_revoke}, credential_named},
    {{"request.open", ASKERS,
      "children parent together emergency modality legal_frame needs from max_km wanted_on "
      "decided_at reference wanted_until days",
      request_open},
     request_open_members},
    {{"request.update", ASKERS,
      "request children parent together emergency modality legal_frame needs from max_km wanted_on "
      "reference wanted_until days clear",
      request_update},
     request_update_members},
    {{"request.close", ASKERS, "request code", request_close}, request_close_members},
    {{"hold.create", ASKERS, "unit units places emergency request need children minutes",
      hold_create},
     hold_create_members},
    {{"hold.accept", ANSWERERS, "hold arrive_by", hold_accept}, hold_accept_members},
    {{"hold.refuse", ANSWERERS, "hold code", hold_refuse}, hold_refuse_members},
    {{"hold.release", ASKERS, "hold", hold_release}, hold_members},
    {{"hold.extend", ASKERS, "hold minutes", hold_extend}, hold_extend_members},
    {{"hold.withdraw", ASKERS, "hold code", hold_withdraw}, hold_withdraw_members},
    {{"hold.arrive", ASKERS " establishment mobile", "hold observed_at", hold_arrive},
     hold_arrive_members},
    {{"hold_policy.put", "admin def", "unit minutes end", hold_policy_put}, hold_policy_members},
    {{"calendar.put", "admin", "territory time_zone office holidays", calendar_put},
     calendar_members},
    {{"rota.put", "admin def", "id duty territory account from_at to_at", rota_put}, rota_members},
    {{"rota.delete", "admin def", "id", rota_delete}, rota_named},
    {{"mission.create", ASKERS, "hold team", mission_create}, mission_create_members},
    {{"mission.assign", LEADERS, "mission team", mission_assign}, mission_assign_members},
    {{"mission.start", LEADERS " mobile", "mission", mission_start}, mission_members},
    {{"mission.arrive", LEADERS " mobile", "mission", mission_arrive}, mission_members},
    {{"mission.hand_over", LEADERS " mobile", "mission observed_at", mission_hand_over},
     mission_hand_over_members},
    {{"mission.cancel", LEADERS, "mission code", mission_cancel}, mission_cancel_members},
    {{"movement.plan", DECLARERS,
      "unit type places on code to_unit until origin_unit weekdays weeks", movement_plan},
     movement_plan_members},
    {{"movement.cancel", DECLARERS, "movement", movement_cancel}, movement_members},
    {{"movement.done", DECLARERS, "movement observed_at", movement_done}, movement_done_members},
    {{"movement.entry", DECLARERS, "unit places until origin_unit observed_at", movement_entry},
     movement_entry_members},
    {{"movement.exit", DECLARERS, "unit places code observed_at ends", movement_exit},
     movement_exit_members},
    {{"movement.transfer", DECLARERS, "from_unit unit places observed_at", movement_transfer},
     movement_transfer_members},
    {{"offer.create", "daemon", "request unit children", offer_create}, offer_members},
    {{"request.decline", ASKERS, "request offer", request_decline}, decline_members},
};

const struct operation *model_operation_find(const char *op)
{
    for (size_t i = 0; i < ARRAY_LENGTH(operations); i++)
        if (strcmp(operations[i].operation.op, op) == 0)
            return &operations[i].operation;
    return NULL;
}
