/* SPDX-License-Identifier: EUPL-1.2 */
/* The copy: what it holds after deltas, marks, losses, resumes and new starts. */
#include "clients/libugo/script_test.h"

#define RPC "{\"jsonrpc\":\"2.0\","

static struct ugo_subscription *follows(struct script *t, const char *since)
{
    struct ugo_subscription *s = NULL;
    json_t *filter = json_pack("{s:[s]}", "modality", "urgence");
    assert_int_equal(ugo_subscribe(t->c, filter, since, &s), 0);
    json_decref(filter);
    return s;
}

static void asked(struct script *t, int id, const char *since)
{
    char line[256];
    snprintf(line, sizeof line,
             RPC "\"id\":%d,\"method\":\"subscribe\",\"params\":{\"sub\":\"s1\",\"filter\":"
                 "{\"modality\":[\"urgence\"]}%s%s%s}}",
             id, since ? ",\"since\":\"" : "", since ? since : "", since ? "\"" : "");
    expects(t, line);
}

static void answered(struct script *t, int id, const char *rest)
{
    char line[256];
    snprintf(line, sizeof line, RPC "\"id\":%d,\"result\":{\"sub\":\"s1\",%s}}", id, rest);
    says(t, line);
}

static void delta(struct script *t, const char *rest)
{
    char line[1024];
    snprintf(line, sizeof line, RPC "\"method\":\"delta\",\"params\":{\"sub\":\"s1\",%s}}", rest);
    says(t, line);
}

static void mark(struct script *t, const char *upto)
{
    char line[256];
    snprintf(line, sizeof line,
             RPC "\"method\":\"mark\",\"params\":{\"sub\":\"s1\",\"upto\":\"%s\",\"stale\":false}}",
             upto);
    says(t, line);
}

#define U(id, revision)                                                                            \
    "{\"kind\":\"unit\",\"id\":\"" id "\",\"revision\":" #revision ",\"free\":" #revision "}"

static void set_happens(struct script *t, const char *id, int revision, int before)
{
    struct ugo_event e = happens(t, UGO_SET);
    assert_string_equal(e.id, id);
    assert_int_equal(json_integer_value(json_object_get(e.body, "revision")), revision);
    if (before > 0)
        assert_int_equal(json_integer_value(json_object_get(e.before, "revision")), before);
    else
        assert_null(e.before);
}

static void gone_happens(struct script *t, const char *id)
{
    struct ugo_event e = happens(t, UGO_GONE);
    assert_string_equal(e.id, id);
}

/* The copy is exactly these ids and revisions: "u-1:5 u-2:7", in any order. */
static void copy_is(const struct ugo_subscription *s, size_t n, ...)
{
    va_list list;
    va_start(list, n);
    assert_int_equal(json_object_size(ugo_copy(s)), n);
    for (size_t i = 0; i < n; i++) {
        const char *id = va_arg(list, const char *);
        int revision = va_arg(list, int);
        const json_t *record = json_object_get(ugo_copy(s), id);
        assert_non_null(record);
        assert_int_equal(json_integer_value(json_object_get(record, "revision")), revision);
    }
    va_end(list);
}

/* Online, with a copy of u-1:5 and u-2:6 as of e.f.6. */
static struct ugo_subscription *has_a_copy(struct script *t)
{
    comes_online(t, 1);
    struct ugo_subscription *s = follows(t, NULL);
    asked(t, 2, NULL);
    answered(t, 2, "\"resumed\":false");
    assert_false(happens(t, UGO_START).resumed);
    delta(t, "\"set\":[" U("u-1", 5) "],\"gone\":[]");
    delta(t, "\"set\":[" U("u-2", 6) "]");
    nothing_happens(t);
    copy_is(s, 0);
    mark(t, "e.f.6");
    set_happens(t, "u-1", 5, 0);
    set_happens(t, "u-2", 6, 0);
    assert_ptr_equal(happens(t, UGO_MARK).subscription, s);
    nothing_happens(t);
    copy_is(s, 2, "u-1", 5, "u-2", 6);
    assert_true(ugo_is_live(s));
    assert_string_equal(ugo_position(s), "e.f.6");
    return s;
}

static void a_snapshot_then_changes(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    delta(t, "\"set\":[" U("u-1", 7) "],\"gone\":[\"u-2\"]");
    mark(t, "e.f.7");
    set_happens(t, "u-1", 7, 5);
    gone_happens(t, "u-2");
    happens(t, UGO_MARK);
    copy_is(s, 1, "u-1", 7);
    /* Told gone for an id it never had: nothing to tell. */
    delta(t, "\"gone\":[\"u-9\"]");
    mark(t, "e.f.8");
    happens(t, UGO_MARK);
    nothing_happens(t);
}

static void the_last_word_before_a_mark_counts(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    delta(t, "\"gone\":[\"u-1\"]");
    delta(t, "\"set\":[" U("u-1", 8) "]");
    delta(t, "\"set\":[" U("u-3", 9) "]");
    delta(t, "\"gone\":[\"u-3\"]");
    mark(t, "e.f.9");
    set_happens(t, "u-1", 8, 5);
    happens(t, UGO_MARK);
    nothing_happens(t);
    copy_is(s, 2, "u-1", 8, "u-2", 6);
}

static void a_loss_resumes_from_the_mark(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    delta(t, "\"set\":[" U("u-1", 7) "]"); /* and no mark */
    connection_ends(t);
    nothing_happens(t);
    assert_false(ugo_is_live(s));
    copy_is(s, 2, "u-1", 5, "u-2", 6);

    comes_online(t, 3);
    asked(t, 4, "e.f.6");
    answered(t, 4, "\"resumed\":true");
    assert_true(happens(t, UGO_START).resumed);
    delta(t, "\"set\":[" U("u-2", 8) "," U("u-1", 7) "]");
    mark(t, "e.f.8");
    set_happens(t, "u-2", 8, 6);
    set_happens(t, "u-1", 7, 5);
    happens(t, UGO_MARK);
    copy_is(s, 2, "u-1", 7, "u-2", 8);
}

/* What an unmarked delta said may belong to a branch of history that a failover cut off: the
 * resumed stream does not mention it, so the copy must not hold it. */
static void a_branch_that_was_lost_leaves_nothing(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    delta(t, "\"set\":[" U("u-1", 9) "],\"gone\":[\"u-2\"]");
    connection_ends(t);
    comes_online(t, 3);
    asked(t, 4, "e.f.6");
    answered(t, 4, "\"resumed\":true");
    mark(t, "e2.f.7");
    happens(t, UGO_START);
    happens(t, UGO_MARK);
    nothing_happens(t);
    copy_is(s, 2, "u-1", 5, "u-2", 6);
}

static void a_new_start_tells_only_differences(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    connection_ends(t);
    comes_online(t, 3);
    asked(t, 4, "e.f.6");
    answered(t, 4, "\"resumed\":false,\"why\":\"compacted\"");
    struct ugo_event e = happens(t, UGO_START);
    assert_false(e.resumed);
    assert_string_equal(e.why, "compacted");
    copy_is(s, 0);
    assert_null(ugo_position(s));
    delta(t, "\"set\":[" U("u-1", 5) "," U("u-3", 9) "]");
    mark(t, "e.f.9");
    set_happens(t, "u-3", 9, 0);
    gone_happens(t, "u-2");
    happens(t, UGO_MARK);
    nothing_happens(t);
    copy_is(s, 2, "u-1", 5, "u-3", 9);
}

/* The old position belongs to a copy we no longer have. */
static void a_start_cut_short_does_not_resume(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    says(t, RPC "\"method\":\"start\",\"params\":{\"sub\":\"s1\",\"resumed\":false,\"why\":"
                "\"scope\"}}");
    assert_string_equal(happens(t, UGO_START).why, "scope");
    delta(t, "\"set\":[" U("u-1", 5) "]");
    connection_ends(t);
    comes_online(t, 3);
    asked(t, 4, NULL);
    answered(t, 4, "\"resumed\":false");
    happens(t, UGO_START);
    delta(t, "\"set\":[" U("u-1", 5) "]");
    mark(t, "e.f.9");
    gone_happens(t, "u-2");
    happens(t, UGO_MARK);
    nothing_happens(t);
    copy_is(s, 1, "u-1", 5);
}

static void a_position_of_an_earlier_run(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = follows(t, "e.f.5");
    comes_online(t, 1);
    asked(t, 2, "e.f.5");
    answered(t, 2, "\"resumed\":true");
    happens(t, UGO_START);
    delta(t, "\"set\":[" U("u-2", 6) "],\"gone\":[\"u-1\"]");
    mark(t, "e.f.6");
    set_happens(t, "u-2", 6, 0);
    gone_happens(t, "u-1"); /* we may have had it then */
    happens(t, UGO_MARK);
    copy_is(s, 1, "u-2", 6);
}

static void a_refused_subscription_is_not_asked_again(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = follows(t, NULL);
    comes_online(t, 1);
    asked(t, 2, NULL);
    says(t, RPC "\"id\":2,\"error\":{\"code\":-32602,\"message\":\"m\",\"data\":{\"type\":"
                "\"invalid_params\"}}}");
    struct ugo_event e = happens(t, UGO_ERROR);
    assert_ptr_equal(e.subscription, s);
    assert_string_equal(e.error.type, "invalid_params");
    connection_ends(t);
    comes_online(t, 3);
    expects_silence(t);
}

#define BEHIND "\"error\":{\"code\":32,\"message\":\"m\",\"data\":{\"type\":\"behind\"}}}"

/* A server that lags is left for another, with the copy and its position. */
static void a_server_behind_the_copy_is_left(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    connection_ends(t);
    comes_online(t, 3);
    asked(t, 4, "e.f.6");
    says(t, RPC "\"id\":4," BEHIND);
    assert_string_equal(happens(t, UGO_END).error.type, "behind");
    nothing_happens(t);
    connection_ends(t);
    assert_true(ugo_client_connect_at(t->c) > t->now);
    comes_online(t, 5);
    asked(t, 6, "e.f.6");
    answered(t, 6, "\"resumed\":true");
    assert_true(happens(t, UGO_START).resumed);
    mark(t, "e.f.6");
    happens(t, UGO_MARK);
    copy_is(s, 2, "u-1", 5, "u-2", 6);
}

static struct ugo_subscription *follows_after(struct script *t, const char *after)
{
    struct ugo_subscription *s = NULL;
    assert_int_equal(ugo_subscribe_after(t->c, NULL, NULL, after, &s), 0);
    return s;
}

/* `after` is asked for until the first mark; then the position stands for it. */
static void a_copy_that_is_at_least_there(void **state)
{
    struct script *t = *state;
    follows_after(t, "e.9");
    comes_online(t, 1);
    expects(t,
            RPC "\"id\":2,\"method\":\"subscribe\",\"params\":{\"sub\":\"s1\",\"after\":\"e.9\"}}");
    answered(t, 2, "\"resumed\":false");
    happens(t, UGO_START);
    connection_ends(t);
    comes_online(t, 3);
    expects(t,
            RPC "\"id\":4,\"method\":\"subscribe\",\"params\":{\"sub\":\"s1\",\"after\":\"e.9\"}}");
    answered(t, 4, "\"resumed\":false");
    happens(t, UGO_START);
    mark(t, "e.f.10");
    happens(t, UGO_MARK);
    connection_ends(t);
    comes_online(t, 5);
    expects(t, RPC
            "\"id\":6,\"method\":\"subscribe\",\"params\":{\"sub\":\"s1\",\"since\":\"e.f.10\"}}");
}

/* Who asked for a position learns that the server has not reached it. */
static void a_copy_that_cannot_be_there_yet(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = follows_after(t, "e.9");
    comes_online(t, 1);
    says(t, RPC "\"id\":2," BEHIND);
    struct ugo_event e = happens(t, UGO_ERROR);
    assert_ptr_equal(e.subscription, s);
    assert_string_equal(e.error.type, "behind");
    nothing_happens(t);
}

static void unsubscribing_forgets_what_was_told(void **state)
{
    struct script *t = *state;
    struct ugo_subscription *s = has_a_copy(t);
    delta(t, "\"set\":[" U("u-1", 7) "]");
    mark(t, "e.f.7");
    assert_int_equal(ugo_unsubscribe(t->c, s), 0);
    expects(t, RPC "\"id\":3,\"method\":\"unsubscribe\",\"params\":{\"sub\":\"s1\"}}");
    nothing_happens(t);
    mark(t, "e.f.8");
    says(t, RPC "\"id\":3,\"result\":{}}");
    nothing_happens(t);
}

static void a_delta_without_ids_ends_the_connection(void **state)
{
    struct script *t = *state;
    has_a_copy(t);
    delta(t, "\"set\":[{\"kind\":\"unit\"}]");
    assert_string_equal(happens(t, UGO_END).error.type, "protocol");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scripted(a_snapshot_then_changes),
        scripted(the_last_word_before_a_mark_counts),
        scripted(a_loss_resumes_from_the_mark),
        scripted(a_branch_that_was_lost_leaves_nothing),
        scripted(a_new_start_tells_only_differences),
        scripted(a_start_cut_short_does_not_resume),
        scripted(a_position_of_an_earlier_run),
        scripted(a_refused_subscription_is_not_asked_again),
        scripted(a_server_behind_the_copy_is_left),
        scripted(a_copy_that_is_at_least_there),
        scripted(a_copy_that_cannot_be_there_yet),
        scripted(unsubscribing_forgets_what_was_told),
        scripted(a_delta_without_ids_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
