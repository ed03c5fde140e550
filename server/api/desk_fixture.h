/* SPDX-License-Identifier: EUPL-1.2 */
/* A desk on the small registry of core/replica_fixture.h, asked without a door: for tests of
 * operations. */
#ifndef API_DESK_FIXTURE_H
#define API_DESK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/desk.h"
#include "core/replica_fixture.h"

struct office {
    struct replica replica;
    struct desk desk;
    struct viewer viewer;
    struct call *call; /* the last one */
};

/* Who asks from now on. */
static inline void office_viewer(struct office *o, const char *account)
{
    viewer_clear(&o->viewer);
    assert_int_equal(viewer_resolve(&o->replica, account, &o->viewer), 0);
}

static inline int office_open(void **state)
{
    static const struct desk_limits limits = {.command_wait = 10 * USEC_S,
                                              .behind_wait = 3 * USEC_S};
    struct office *o = calloc(1, sizeof *o);
    assert_non_null(o);
    replica_init(&o->replica);
    fixture_load(&o->replica);
    desk_init(&o->desk, &o->replica, &limits, "0123456789abcdef");
    office_viewer(o, "def");
    *state = o;
    return 0;
}

static inline int office_close(void **state)
{
    struct office *o = *state;
    desk_close(&o->desk, o->call);
    viewer_clear(&o->viewer);
    desk_free(&o->desk);
    replica_free(&o->replica);
    free(o);
    return 0;
}

/* Asks; the call stays until the next. 0 or negative (fatal). */
static inline int office_try(struct office *o, const char *method, const char *params)
{
    json_t *json = json_loads(params, 0, NULL);
    assert_non_null(json);
    desk_close(&o->desk, o->call);
    o->call = NULL;
    return desk_open(&o->desk, 0, &o->viewer, "api", span_of(method), json, &o->call);
}

/* The answer, the caller's to decref: the result, or of a refusal {"type":…, what comes with it}.
 */
static inline json_t *office_ask(struct office *o, const char *method, const char *params)
{
    assert_int_equal(office_try(o, method, params), 0);
    assert_int_equal(o->call->state, CALL_ANSWERED);
    struct buf text = {0};
    if (o->call->failed)
        buf_printf(&text, "{\"type\":\"%s\"", error_rows[o->call->error].type);
    buf_add(&text, buf_span(o->call->failed ? &o->call->data : &o->call->result));
    if (o->call->failed)
        buf_char(&text, '}');
    assert_int_equal(buf_check(&text), 0);
    json_t *answer = json_loadb(text.p, text.n, 0, NULL);
    if (answer == NULL)
        fail_msg("not JSON: %.*s", (int)text.n, text.p);
    buf_free(&text);
    return answer;
}

#endif
