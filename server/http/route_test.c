/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/route.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "api/operation.h"

/* Each operation that is not the session's own has one way in. */
static void each_operation_has_one_route(void **state)
{
    (void)state;
    const struct operation *o;
    const struct route *route;
    for (size_t i = 0; (o = operation_at(i)) != NULL; i++) {
        int routes = 0;
        for (size_t k = 0; (route = route_at(k)) != NULL; k++)
            routes += route->operation != NULL && strcmp(route->operation, o->name) == 0;
        if (routes != (o->in_session ? 0 : 1))
            fail_msg("%s has %d routes: see server/http/route.c", o->name, routes);
    }
}

/* Fills each {member} with a text. The number of members. */
static size_t fill(const char *path, const char *value, char *ret, size_t room)
{
    size_t n = 0, members = 0;
    for (const char *p = path; *p != '\0'; p++) {
        if (*p != '{') {
            ret[n++] = *p;
            continue;
        }
        p = strchr(p, '}');
        members++;
        n += (size_t)snprintf(ret + n, room - n, "%s", value);
    }
    ret[n] = '\0';
    return members;
}

/* A command is no GET; what a path gives is a text that the operation demands. */
static void each_route_suits_its_operation(void **state)
{
    (void)state;
    const struct route *route;
    for (size_t i = 0; (route = route_at(i)) != NULL; i++) {
        struct route_match match;
        char path[128];
        size_t members = fill(route->path, "x-1", path, sizeof path);
        assert_true(members <= ROUTE_VALUES_MAX);
        assert_int_equal(route_find(route->method, path, &match), 0);
        assert_ptr_equal(match.route, route);
        assert_int_equal(match.n, members);
        assert_int_equal(route->operation == NULL, route->own != ROUTE_OPERATION);
        const struct operation *o =
            route->operation != NULL ? operation_find(span_of(route->operation)) : NULL;
        assert_int_equal(route->operation == NULL, o == NULL);
        if (o == NULL)
            continue;
        assert_int_equal(route->method == HTTP_GET,
                         o->answer == NULL && strcmp(o->name, "search") != 0);
        for (size_t k = 0; k < match.n; k++) {
            const struct shape *s = o->params;
            while (s->type != SHAPE_END && !span_is(match.values[k].name, s->name))
                s++;
            assert_int_equal(s->type, SHAPE_TEXT);
            assert_true(s->required);
            assert_true(span_is(match.values[k].value, "x-1"));
        }
    }
}

/* Whether some path is one of both: each pair of segments is the same, or one of them takes any. */
static bool overlap(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        const char *a_end = strchrnul(a + 1, '/'), *b_end = strchrnul(b + 1, '/');
        span one = {a + 1, (size_t)(a_end - a - 1)}, other = {b + 1, (size_t)(b_end - b - 1)};
        if (one.p[0] != '{' && other.p[0] != '{' && !span_equals(one, other))
            return false;
        a = a_end;
        b = b_end;
    }
    return *a == *b;
}

static void no_route_hides_another(void **state)
{
    (void)state;
    const struct route *a, *b;
    assert_true(overlap("/v1/a/{x}", "/v1/a/b") && !overlap("/v1/a/{x}", "/v1/a/b/c"));
    for (size_t i = 0; (a = route_at(i)) != NULL; i++)
        for (size_t k = 0; k < i && (b = route_at(k)) != NULL; k++)
            assert_false(a->method == b->method && overlap(a->path, b->path));
}

static void finding(void **state)
{
    (void)state;
    struct route_match m;
    assert_int_equal(route_find(HTTP_PUT, "/v1/units/u-1/availability", &m), 0);
    assert_string_equal(m.route->operation, "unit.declare");
    assert_true(m.n == 1 && span_is(m.values[0].name, "unit") && span_is(m.values[0].value, "u-1"));
    assert_int_equal(route_find(HTTP_POST, "/v1/movements/exit", &m), 0);
    assert_string_equal(m.route->operation, "movement.exit");
    assert_int_equal(m.n, 0);
    assert_int_equal(route_find(HTTP_POST, "/v1/movements/exit/cancel", &m), 0);
    assert_string_equal(m.route->operation, "movement.cancel");
    assert_int_equal(route_find(HTTP_HEAD, "/v1/me", &m), 0);
    assert_string_equal(m.route->operation, "me");
    assert_int_equal(route_find(HTTP_GET, "/v1/events", &m), 0);
    assert_int_equal(m.route->own, ROUTE_EVENTS);
    assert_int_equal(route_find(HTTP_GET, "/v1/requests/r-1/certificate", &m), 0);
    assert_string_equal(m.route->operation, "request.certificate");
}

static void not_finding(void **state)
{
    (void)state;
    struct route_match m;
    static const char *const unknown[] = {"/",
                                          "/v1",
                                          "/v1/m",
                                          "/v1/mee",
                                          "/v1/units/u-1/confirm/x",
                                          "/v1/units/u-1/x",
                                          "/V1/me",
                                          "/v2/me",
                                          "/v1/hello",
                                          "/v1/{unit}",
                                          "/v1/subscribe"};
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
        assert_int_equal(route_find(HTTP_GET, unknown[i], &m), ROUTE_UNKNOWN);
    assert_int_equal(route_find(HTTP_POST, "/v1/units/u-1", &m), ROUTE_OTHER_METHOD);
    assert_int_equal(m.allow, 1u << HTTP_GET | 1u << HTTP_HEAD);
    assert_int_equal(route_find(HTTP_DELETE, "/v1/requests/r-1", &m), ROUTE_OTHER_METHOD);
    assert_int_equal(m.allow, 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_PATCH);
    assert_int_equal(route_find(HTTP_HEAD, "/v1/events", &m), ROUTE_OTHER_METHOD);
    assert_int_equal(m.allow, 1u << HTTP_GET);
    assert_int_equal(route_find(HTTP_OPTIONS, "/v1/holds", &m), ROUTE_OTHER_METHOD);
    assert_int_equal(m.allow, 1u << HTTP_GET | 1u << HTTP_HEAD | 1u << HTTP_POST);
    assert_int_equal(route_find(HTTP_GET, "/v1/units/u-1/confirm", &m), ROUTE_OTHER_METHOD);
}

static void joining(void **state)
{
    (void)state;
    struct route_match m;
    struct shape_errors errors = {0};
    json_t *params = json_pack("{s:i}", "free", 2);
    assert_int_equal(route_find(HTTP_PUT, "/v1/units/u-1/availability", &m), 0);
    assert_int_equal(route_join(&m, params, &errors), 0);
    assert_string_equal(json_string_value(json_object_get(params, "unit")), "u-1");
    assert_int_equal(json_object_size(params), 2);
    assert_int_equal(route_find(HTTP_PUT, "/v1/units/u-2/availability", &m), 0);
    assert_int_equal(route_join(&m, params, &errors), ROUTE_TWICE);
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].pointer, "/unit");
    assert_string_equal(errors.list[0].detail, ROUTE_DETAIL_TWICE);
    assert_string_equal(json_string_value(json_object_get(params, "unit")), "u-1");
    json_decref(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_has_one_route),
        cmocka_unit_test(each_route_suits_its_operation),
        cmocka_unit_test(no_route_hides_another),
        cmocka_unit_test(finding),
        cmocka_unit_test(not_finding),
        cmocka_unit_test(joining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
