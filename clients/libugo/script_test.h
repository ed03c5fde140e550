/* SPDX-License-Identifier: EUPL-1.2 */
/* A scripted server for the tests of libugo: what it says, what the client must answer. */
#ifndef UGO_SCRIPT_TEST_H
#define UGO_SCRIPT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/libugo/client.h"

#define S ((int64_t)1000000)

struct script {
    struct ugo_client *c;
    int64_t now;
    size_t piece; /* bytes fed at a time; 0 all */
};

/* The server says a line. */
static inline void says(struct script *t, const char *line)
{
    size_t n = strlen(line), piece = t->piece > 0 ? t->piece : n;
    for (size_t at = 0; at < n; at += piece) {
        size_t part = n - at < piece ? n - at : piece;
        assert_int_equal(ugo_client_feed(t->c, t->now, line + at, part), 0);
    }
    assert_int_equal(ugo_client_feed(t->c, t->now, "\n", 1), 0);
}

/* The client's next line is this JSON. */
static inline void expects(struct script *t, const char *expected)
{
    size_t n;
    const char *out = ugo_client_output(t->c, &n);
    const char *end = n > 0 ? memchr(out, '\n', n) : NULL;
    if (end == NULL)
        fail_msg("nothing said, expected %s", expected);
    json_t *said = json_loadb(out, (size_t)(end - out), 0, NULL);
    json_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(said);
    assert_non_null(wanted);
    if (!json_equal(said, wanted))
        fail_msg("said %.*s\nexpected %s", (int)(end - out), out, expected);
    json_decref(said);
    json_decref(wanted);
    ugo_client_sent(t->c, (size_t)(end - out) + 1);
}

static inline void expects_silence(struct script *t)
{
    size_t n;
    const char *out = ugo_client_output(t->c, &n);
    if (n > 0)
        fail_msg("said %.*s", (int)n, out);
}

/* The next event is of this type. */
static inline struct ugo_event happens(struct script *t, enum ugo_event_type type)
{
    struct ugo_event e;
    if (!ugo_client_next(t->c, &e))
        fail_msg("no event, expected type %d", type);
    if (e.type != type)
        fail_msg("event type %d, expected %d", e.type, type);
    return e;
}

static inline void nothing_happens(struct script *t)
{
    struct ugo_event e;
    if (ugo_client_next(t->c, &e))
        fail_msg("unexpected event type %d (id %s)", e.type, e.id ? e.id : "-");
}

/* Connects; hello is request n. */
static inline void comes_online(struct script *t, int n)
{
    char line[256];
    assert_int_equal(ugo_client_connected(t->c, t->now), 0);
    says(t, "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
            "\"server\":\"ugod/1\",\"epoch\":\"9b1e\",\"limits\":{\"in_flight\":3}}}");
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"hello\",\"params\":{\"protocol\":[1,1],"
             "\"client\":\"test/1\",\"token\":\"secret\"}}",
             n);
    expects(t, line);
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"protocol\":1,\"account\":\"a\"}}", n);
    says(t, line);
    happens(t, UGO_READY);
}

static inline void connection_ends(struct script *t)
{
    assert_int_equal(ugo_client_disconnected(t->c, t->now), 0);
}

static inline int script_begin(void **state)
{
    struct script *t = calloc(1, sizeof *t);
    struct ugo_client_options o = {.name = "test/1", .token = "secret", .seed = 7};
    assert_non_null(t);
    t->now = 1000 * S;
    assert_int_equal(ugo_client_new(&o, t->now, &t->c), 0);
    *state = t;
    return 0;
}

static inline int script_end(void **state)
{
    struct script *t = *state;
    ugo_client_free(t->c);
    free(t);
    return 0;
}

#define scripted(f) cmocka_unit_test_setup_teardown(f, script_begin, script_end)

#endif
