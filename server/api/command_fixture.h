/* SPDX-License-Identifier: EUPL-1.2 */
/* Commands without a database: the test says what it decides, and what its log holds. */
#ifndef API_COMMAND_FIXTURE_H
#define API_COMMAND_FIXTURE_H

#include "api/desk_fixture.h"
#include "base/statement.h"
#include "core/hold_fixture.h"

/* Sends a command; what the database is given of its parameters, the caller's to decref. */
static inline json_t *office_command(struct office *o, const char *method, const char *params)
{
    struct desk_command command;
    assert_int_equal(office_try(o, method, params), 0);
    if (!desk_take_command(&o->desk, &command))
        fail_msg("%s was not sent: %.*s", method, (int)o->call->data.n, o->call->data.p);
    json_t *json = json_loads(command.json, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "op")), method);
    json_t *given = json_incref(json_object_get(json, "params"));
    json_decref(json);
    free(command.json);
    return given;
}

static inline void office_send(struct office *o, const char *method, const char *params)
{
    json_decref(office_command(o, method, params));
}

static inline void office_outcome(struct office *o, struct desk_outcome outcome)
{
    outcome.ticket = o->call->ticket;
    outcome.epoch = "aa";
    assert_int_equal(desk_outcome(&o->desk, &outcome), 0);
    assert_int_equal(desk_settle(&o->desk, 0), 0);
}

static inline void office_ok(struct office *o, int64_t revision, const char *answer)
{
    office_outcome(o,
                   (struct desk_outcome){
                       .type = "ok", .revision = revision, .ledger = revision, .answer = answer});
}

/* What the call has come to, as office_ask gives it. */
static inline json_t *office_answer(struct office *o)
{
    assert_int_equal(o->call->state, CALL_ANSWERED);
    struct buf text = {0};
    if (o->call->failed)
        buf_printf(&text, "{\"type\":\"%s\"", error_rows[o->call->error].type);
    buf_add(&text, buf_span(o->call->failed ? &o->call->data : &o->call->result));
    if (o->call->failed)
        buf_char(&text, '}');
    json_t *answer = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    if (answer == NULL)
        fail_msg("not JSON: %.*s", (int)text.n, text.p);
    buf_free(&text);
    return answer;
}

static inline const char *fixture_cell(const void *source, int row, int col)
{
    (void)row;
    (void)col;
    return source;
}

/* The log is asked for a row, "revision kind id", and gives this state (NULL: none). */
static inline void office_log(struct office *o, const char *row, const char *state)
{
    struct desk_read read;
    char asked[128];
    assert_true(desk_take_read(&o->desk, &read));
    assert_int_equal(read.query, DESK_LOG_ROW);
    snprintf(asked, sizeof asked, "%s %s %s", read.params[0], read.params[1], read.params[2]);
    assert_string_equal(asked, row);
    for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
        free(read.params[i]);
    struct rows rows = {state != NULL, 1, state, fixture_cell};
    assert_int_equal(desk_rows(&o->desk, 0, read.ticket, &rows), 0);
}

/* The member at a path of names and indexes, "holds.0.hold.id", as JSON; "" when there is none. */
static inline const char *office_member(const json_t *json, const char *path)
{
    static char text[4096];
    char names[128];
    char *rest = NULL;
    snprintf(names, sizeof names, "%s", path);
    for (char *name = strtok_r(names, ".", &rest); name; name = strtok_r(NULL, ".", &rest))
        json = json_is_array(json) ? json_array_get(json, strtoul(name, NULL, 10))
                                   : json_object_get(json, name);
    char *dump = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    snprintf(text, sizeof text, "%s", dump ? dump : "");
    free(dump);
    return text;
}

#define ASSERT_MEMBER(json, path, expected)                                                        \
    do {                                                                                           \
        const char *member_ = office_member(json, path);                                           \
        if (strcmp(member_, expected) != 0)                                                        \
            fail_msg("%s is %s, not %s", path, member_, expected);                                 \
    } while (0)

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, office_open, office_close)

#endif
