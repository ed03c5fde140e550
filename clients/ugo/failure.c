/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/failure.h"

#include <string.h>

#include "clients/ugo/hold_text.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"

int failure_exit(const char *type)
{
    static const struct {
        const char *type;
        enum exit_code code;
    } codes[] = {
        {"not_found", EXIT_NOTHING},
        {"outdated", EXIT_CONFLICT},
        {"conflict", EXIT_CONFLICT},
        {"conflicts_with_holds", EXIT_CONFLICT},
        {"no_free_place", EXIT_CONFLICT},
        {"hold_not_active", EXIT_CONFLICT},
        {"precondition_failed", EXIT_CONFLICT},
        {"too_many_requests", EXIT_NO_SERVICE},
        {"unavailable", EXIT_NO_SERVICE},
        {"behind", EXIT_NO_SERVICE},
        {"internal", EXIT_NO_SERVICE},
        {"lost", EXIT_NO_SERVICE},
        {"unknown_outcome", EXIT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].type, type) == 0)
            return (int)codes[i].code;
    }
    return EXIT_REFUSED;
}

void failure_document(struct screen *s, const char *type, const json_t *data, int code)
{
    if (!s->json)
        return;
    json_t *error = json_object();
    const char *name;
    json_t *value;
    json_object_set_new(error, "type", json_string(type));
    json_object_set_new(error, "exit", json_integer(code));
    json_object_foreach ((json_t *)data, name, value) {
        if (json_object_get(error, name) == NULL)
            json_object_set(error, name, value);
    }
    json_t *document = json_pack("{s:o}", "error", error);
    screen_json(s, document);
    json_decref(document);
}

/* The option behind a JSON pointer of params; the pointer itself when there is none. */
static const char *pointer_option(const char *pointer)
{
    static const struct {
        const char *pointer;
        enum option option;
    } options[] = {
        {"/children", OPTION_CHILD},
        {"/need/children", OPTION_AGE},
        {"/need/needs", OPTION_NEED},
        {"/parent", OPTION_PARENT},
        {"/clear", OPTION_NO_PARENT},
        {"/places", OPTION_PLACES},
        {"/minutes", OPTION_MINUTES},
        {"/arrive_by", OPTION_ARRIVE_BY},
        {"/arrived", OPTION_ARRIVED},
        {"/decided_at", OPTION_DECIDED_AT},
        {"/wanted_on", OPTION_WANTED},
        {"/wanted_until", OPTION_UNTIL},
        {"/until", OPTION_UNTIL},
        {"/on", OPTION_ON},
        {"/days", OPTION_WEEKDAYS},
        {"/weekdays", OPTION_WEEKDAYS},
        {"/weeks", OPTION_WEEKS},
        {"/origin_unit", OPTION_ORIGIN_UNIT},
        {"/to_unit", OPTION_TO_UNIT},
        {"/ends", OPTION_ENDS},
        {"/reference", OPTION_REFERENCE},
        {"/legal_frame", OPTION_FRAME},
        {"/from", OPTION_ORIGIN},
        {"/code", OPTION_CODE},
        {"/state", OPTION_STATE},
        {"/free", OPTION_FREE},
        {"/occupied", OPTION_OCCUPIED},
        {"/open", OPTION_OPEN},
        {"/closed/n", OPTION_CLOSED},
        {"/closed/reason", OPTION_REASON},
        {"/closed/reopens_on", OPTION_REOPENS},
        {"/emergency_used", OPTION_EMERGENCY_USED},
        {"/derogation", OPTION_DEROGATION},
        {"/observed_at", OPTION_OBSERVED_AT},
        {"/idempotency_key", OPTION_KEY},
        {"/near", OPTION_NEAR},
        {"/max_km", OPTION_MAX_KM},
        {"/modality", OPTION_MODALITY},
        {"/filter/modality", OPTION_MODALITY},
        {"/needs", OPTION_NEED},
        {"/establishment_kinds", OPTION_KIND},
        {"/filter/establishment_kinds", OPTION_KIND},
        {"/filter/territories", OPTION_TERRITORY},
        {"/territories", OPTION_TERRITORY},
        {"/limit", OPTION_LIMIT},
        {"/since", OPTION_SINCE},
        {"/after", OPTION_AFTER},
        {"/at_from", OPTION_FROM},
        {"/at_to", OPTION_TO},
        {"/at", OPTION_AT},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        size_t n = strlen(options[i].pointer);
        if (strncmp(options[i].pointer, pointer, n) == 0 && (pointer[n] == 0 || pointer[n] == '/'))
            return option_rows[options[i].option].name;
    }
    return pointer;
}

/* Each refused parameter by the name of its option, if that could have been typed. */
static void tell_params(struct screen *s, const struct command *c, const json_t *errors)
{
    const json_t *error;
    size_t i;
    json_array_foreach ((json_t *)errors, i, error) {
        const char *pointer = json_string_value(json_object_get(error, "pointer"));
        const char *detail = json_string_value(json_object_get(error, "detail"));
        const char *where = pointer != NULL ? pointer_option(pointer) : "";
        const char *what = label(s, "detail", detail);
        /* A sentence about the unit, the hold, the request as such needs no name of an option. */
        bool as_such = where[0] == '-' ? c->verb != NULL && !verb_takes_name(c->verb, where)
                                       : strchr(where + (where[0] == '/'), '/') == NULL;
        screen_complain(s, as_such ? what : say(s, MSG_PARAMETER_REFUSED, where, what));
    }
}

static void tell_outdated(struct screen *s, const json_t *unit)
{
    const char *by = json_string_value(json_object_get(unit, "declared_by"));
    if (unit == NULL)
        return;
    screen_complain(s, say(s, MSG_OUTDATED_NOW, unit_name(s, unit), unit_places(s, unit, true),
                           unit_since(s, unit), by != NULL ? by : "?"));
}

/* What a hold has become meanwhile; which holds are in the way. */
static void tell_holds(struct screen *s, const json_t *hold, const json_t *holds)
{
    const json_t *one;
    size_t i;

    if (json_is_object(hold))
        screen_complain(s, say(s, MSG_HOLD_NOW, hold_state(s, hold)));
    if (json_array_size(holds) == 0)
        return;
    screen_complain(s, say(s, MSG_HOLDS_IN_THE_WAY));
    json_array_foreach ((json_t *)holds, i, one)
        screen_complain(s,
                        say(s, MSG_HOLD_OF, record_id(one), hold_for(s, one), hold_state(s, one)));
}

static bool about_decision(const struct command *c)
{
    enum message about = c->verb != NULL ? c->verb->operand : MSG_NONE;
    return about == MSG_VALUE_HOLD || about == MSG_VALUE_ANSWER || about == MSG_VALUE_REQUEST ||
           about == MSG_VALUE_MISSION;
}

/* The error in words; `forbidden` by what it was about, when that says more. */
static const char *what_happened(struct screen *s, const struct command *c,
                                 const struct ugo_error *e)
{
    bool by_scope = strcmp(e->type, "forbidden") == 0 && e->detail == NULL;

    if (by_scope && c->verb != NULL && c->verb->operand == MSG_VALUE_UNITS)
        return say(s, MSG_NOT_YOURS_UNIT);
    return by_scope && about_decision(c) ? say(s, MSG_NOT_YOURS) : label(s, "error", e->type);
}

/* Where to look, or what to try, next. */
static void tell_next(struct screen *s, const struct command *c, const struct ugo_error *e)
{
    const char *request = command_value(c, OPTION_REQUEST);
    bool by_scope = strcmp(e->type, "forbidden") == 0 && e->detail == NULL;

    if (strcmp(e->type, "not_found") == 0 || (by_scope && about_decision(c)))
        screen_complain(s, say(s, MSG_SEE_LIST, verb_listed_by(c->verb)));
    else if (strcmp(e->type, "no_free_place") == 0 && request != NULL)
        screen_complain(s, say(s, MSG_SEARCH_AGAIN, request));
    else if (strcmp(e->type, "no_free_place") == 0)
        screen_complain(s, say(s, MSG_SEARCH_AGAIN_ONLY));
}

int failure_error(struct screen *s, const struct command *c, const struct ugo_error *e)
{
    int code = failure_exit(e->type);
    const json_t *errors = json_object_get(e->data, "errors");
    const char *id = json_string_value(json_object_get(e->data, "id"));
    int64_t now;

    if (json_array_size(errors) > 0)
        tell_params(s, c, errors);
    else
        screen_complain(s, what_happened(s, c, e));
    tell_holds(s, json_object_get(e->data, "hold"), json_object_get(e->data, "holds"));
    if (e->detail != NULL && label_known("detail", e->detail) &&
        strcmp(e->detail, "answer_or_release_first") != 0)
        screen_complain(s, label(s, "detail", e->detail));
    if (strcmp(e->type, "outdated") == 0)
        tell_outdated(s, json_object_get(e->data, "unit"));
    tell_next(s, c, e);
    if (moment_read(e->data, "now", &now))
        screen_complain(s, say(s, MSG_SERVER_TIME, moment_clock(s, now)));
    if (strcmp(e->type, "internal") == 0 && id != NULL)
        screen_complain(s, say(s, MSG_QUOTE_ID, id));
    failure_document(s, e->type, e->data, code);
    return code;
}

int failure_refused(struct screen *s, const struct ugo_error *e)
{
    screen_complain(s, label(s, "error", e->type));
    if (e->detail != NULL)
        screen_complain(s, label(s, "detail", e->detail));
    failure_document(s, e->type, e->data, EXIT_REFUSED);
    return EXIT_REFUSED;
}

int failure_link(struct screen *s, enum ugo_link_fault fault, const char *text, const char *where,
                 const char *server_name)
{
    static const struct {
        enum message message;
        const char *type;
        enum exit_code code;
    } faults[] = {
        [UGO_LINK_FINE] = {MSG_FAULT_SILENT, "no_answer", EXIT_NO_SERVICE},
        [UGO_LINK_CA_FILE] = {MSG_FAULT_CA_FILE, "ca_file", EXIT_USAGE},
        [UGO_LINK_CERT_FILE] = {MSG_FAULT_CERT_FILE, "cert_file", EXIT_USAGE},
        [UGO_LINK_KEY_FILE] = {MSG_FAULT_KEY_FILE, "key_file", EXIT_USAGE},
        [UGO_LINK_RESOLVE] = {MSG_FAULT_RESOLVE, "no_such_host", EXIT_NO_SERVICE},
        [UGO_LINK_CONNECT] = {MSG_FAULT_CONNECT, "cannot_connect", EXIT_NO_SERVICE},
        [UGO_LINK_CERTIFICATE] = {MSG_FAULT_CERTIFICATE, "server_certificate", EXIT_NO_SERVICE},
        [UGO_LINK_NAME] = {MSG_FAULT_NAME, "server_name", EXIT_NO_SERVICE},
        [UGO_LINK_REJECTED] = {MSG_FAULT_REJECTED, "certificate_rejected", EXIT_REFUSED},
        [UGO_LINK_TLS] = {MSG_FAULT_TLS, "tls", EXIT_NO_SERVICE},
        [UGO_LINK_LOST] = {MSG_FAULT_LOST, "connection_lost", EXIT_NO_SERVICE},
    };
    screen_complain(s, say(s, faults[fault].message, where, server_name, text));
    failure_document(s, faults[fault].type, NULL, (int)faults[fault].code);
    return (int)faults[fault].code;
}

int failure_unknown(struct screen *s, const char *key)
{
    screen_complain(s, say(s, MSG_UNKNOWN_OUTCOME, key != NULL ? key : "?"));
    json_t *data = json_pack("{s:s*}", "key", key);
    failure_document(s, "unknown_outcome", data, EXIT_UNKNOWN);
    json_decref(data);
    return EXIT_UNKNOWN;
}
