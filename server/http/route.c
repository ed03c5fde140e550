/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/route.h"

#include <assert.h>

static const struct route routes[] = {
    {HTTP_GET, "/v1/me", "me"},
    {HTTP_GET, "/v1/units", "unit.list"},
    {HTTP_GET, "/v1/units/{unit}", "unit.get"},
    {HTTP_PUT, "/v1/units/{unit}/availability", "unit.declare"},
    {HTTP_POST, "/v1/units/{unit}/confirm", "unit.confirm"},
    {HTTP_POST, "/v1/units/{unit}/report-wrong", "unit.report_wrong"},
    {HTTP_PUT, "/v1/units/{unit}/hold-policy", "hold_policy.put"},
    {HTTP_POST, "/v1/search", "search"},

    {HTTP_POST, "/v1/holds", "hold.create"},
    {HTTP_GET, "/v1/holds", "hold.list"},
    {HTTP_GET, "/v1/holds/{hold}", "hold.get"},
    {HTTP_POST, "/v1/holds/{hold}/accept", "hold.accept"},
    {HTTP_POST, "/v1/holds/{hold}/refuse", "hold.refuse"},
    {HTTP_POST, "/v1/holds/{hold}/release", "hold.release"},
    {HTTP_POST, "/v1/holds/{hold}/extend", "hold.extend"},
    {HTTP_POST, "/v1/holds/{hold}/withdraw", "hold.withdraw"},
    {HTTP_POST, "/v1/holds/{hold}/arrive", "hold.arrive"},

    {HTTP_POST, "/v1/requests", "request.open"},
    {HTTP_GET, "/v1/requests", "request.list"},
    {HTTP_GET, "/v1/requests/{request}", "request.get"},
    {HTTP_PATCH, "/v1/requests/{request}", "request.update"},
    {HTTP_POST, "/v1/requests/{request}/close", "request.close"},
    {HTTP_POST, "/v1/requests/{request}/decline", "request.decline"},
    {HTTP_GET, "/v1/requests/{request}/certificate", "request.certificate"},

    {HTTP_POST, "/v1/missions", "mission.create"},
    {HTTP_GET, "/v1/missions", "mission.list"},
    {HTTP_GET, "/v1/missions/{mission}", "mission.get"},
    {HTTP_POST, "/v1/missions/{mission}/assign", "mission.assign"},
    {HTTP_POST, "/v1/missions/{mission}/start", "mission.start"},
    {HTTP_POST, "/v1/missions/{mission}/arrive", "mission.arrive"},
    {HTTP_POST, "/v1/missions/{mission}/hand-over", "mission.hand_over"},
    {HTTP_POST, "/v1/missions/{mission}/cancel", "mission.cancel"},
    {HTTP_GET, "/v1/on-call", "on_call"},

    {HTTP_POST, "/v1/movements", "movement.plan"},
    {HTTP_GET, "/v1/movements", "movement.list"},
    {HTTP_POST, "/v1/movements/{movement}/cancel", "movement.cancel"},
    {HTTP_POST, "/v1/movements/{movement}/done", "movement.done"},
    {HTTP_POST, "/v1/movements/entry", "movement.entry"},
    {HTTP_POST, "/v1/movements/exit", "movement.exit"},
    {HTTP_POST, "/v1/movements/transfer", "movement.transfer"},

    {HTTP_GET, "/v1/communes", "commune.find"},
    {HTTP_GET, "/v1/territories", "territory.find"},
    {HTTP_GET, "/v1/journal", "journal.list"},
    {HTTP_GET, "/v1/journal/statistics", "journal.statistics"},
    {HTTP_GET, "/v1/occupancy", "occupancy"},
    {HTTP_GET, "/v1/occupancy/history", "occupancy.history"},
    {HTTP_GET, "/v1/place-days", "place_days"},
    {HTTP_GET, "/v1/alerts", "alert.list"},
    {HTTP_PUT, "/v1/alerts/{id}", "alert.put"},
    {HTTP_DELETE, "/v1/alerts/{id}", "alert.delete"},
    {HTTP_GET, "/v1/outlines", "outlines"},
    {HTTP_GET, "/v1/equipment", "equipment"},
    {HTTP_GET, "/v1/changes", "history"},

    {HTTP_GET, "/v1/admin/accounts", "account.list"},
    {HTTP_GET, "/v1/admin/accounts/{id}", "account.get"},
    {HTTP_PUT, "/v1/admin/accounts/{id}", "account.put"},
    {HTTP_POST, "/v1/admin/accounts/{id}/disable", "account.disable"},
    {HTTP_POST, "/v1/admin/accounts/{account}/password", "password.put"},
    {HTTP_DELETE, "/v1/admin/accounts/{account}/password", "password.clear"},
    {HTTP_POST, "/v1/admin/accounts/{account}/totp", "totp.put"},
    {HTTP_DELETE, "/v1/admin/accounts/{account}/totp", "totp.clear"},
    {HTTP_GET, "/v1/admin/credentials", "credential.list"},
    {HTTP_POST, "/v1/admin/credentials", "credential.put"},
    {HTTP_DELETE, "/v1/admin/credentials/{id}", "credential.revoke"},
    {HTTP_GET, "/v1/admin/sessions", "session.list"},
    {HTTP_DELETE, "/v1/admin/sessions/{id}", "session.close"},
    {HTTP_POST, "/v1/admin/links", "link.put"},
    {HTTP_GET, "/v1/admin/reminders", "reminder.list"},
    {HTTP_PUT, "/v1/admin/reminders/{id}", "reminder.put"},
    {HTTP_DELETE, "/v1/admin/reminders/{id}", "reminder.delete"},
    {HTTP_GET, "/v1/admin/territories", "territory.list"},
    {HTTP_PUT, "/v1/admin/territories/{code}", "territory.put"},
    {HTTP_GET, "/v1/admin/establishment-kinds", "establishment_kind.list"},
    {HTTP_PUT, "/v1/admin/establishment-kinds/{code}", "establishment_kind.put"},
    {HTTP_GET, "/v1/admin/establishments", "establishment.list"},
    {HTTP_GET, "/v1/admin/establishments/{id}", "establishment.describe"},
    {HTTP_PUT, "/v1/admin/establishments/{id}", "establishment.put"},
    {HTTP_POST, "/v1/admin/establishments/{establishment}/close", "establishment.close"},
    {HTTP_GET, "/v1/admin/units/{id}", "unit.describe"},
    {HTTP_PUT, "/v1/admin/units/{id}", "unit.put"},
    {HTTP_POST, "/v1/admin/units/{unit}/close", "unit.close"},
    {HTTP_GET, "/v1/admin/calendars", "calendar.list"},
    {HTTP_PUT, "/v1/admin/calendars/{territory}", "calendar.put"},
    {HTTP_GET, "/v1/admin/rota", "rota.list"},
    {HTTP_PUT, "/v1/admin/rota/{id}", "rota.put"},
    {HTTP_DELETE, "/v1/admin/rota/{id}", "rota.delete"},

    {HTTP_GET, "/v1/events", NULL, ROUTE_EVENTS},
    {HTTP_POST, "/v1/login", NULL, ROUTE_LOGIN},
    {HTTP_POST, "/v1/logout", NULL, ROUTE_LOGOUT},
    {HTTP_GET, "/v1/session", NULL, ROUTE_SESSION},
    {HTTP_GET, "/v1/link", NULL, ROUTE_LINK},
    {HTTP_POST, "/v1/link", NULL, ROUTE_LINK},
    {HTTP_POST, "/v1/password", NULL, ROUTE_PASSWORD},
};

const struct route *route_at(size_t i)
{
    return i < ARRAY_LENGTH(routes) ? &routes[i] : NULL;
}

/* The segment after the slash that *at stands on; *at moves to the next one, or the end. */
static span next_segment(const char **at)
{
    const char *begin = *at + 1;
    *at = strchrnul(begin, '/');
    return (span){begin, (size_t)(*at - begin)};
}

/* Whether path is one of the route's. ret_match has what it gives. */
static bool matches(const struct route *route, const char *path, struct route_match *ret_match)
{
    struct route_match found = {.route = route};
    const char *wanted = route->path;
    while (*wanted != '\0' && *path != '\0') {
        span want = next_segment(&wanted), have = next_segment(&path);
        if (want.n > 0 && want.p[0] == '{') {
            assert(found.n < ROUTE_VALUES_MAX);
            found.values[found.n].name = (span){want.p + 1, want.n - 2};
            found.values[found.n++].value = have;
        } else if (!span_equals(want, have)) {
            return false;
        }
    }
    if (*wanted != '\0' || *path != '\0')
        return false;
    *ret_match = found;
    return true;
}

static unsigned methods_of(const struct route *route)
{
    bool head = route->method == HTTP_GET && route->own != ROUTE_EVENTS;
    return 1u << route->method | (head ? 1u << HTTP_HEAD : 0);
}

int route_find(enum http_method method, const char *path, struct route_match *ret_match)
{
    struct route_match only = {0}, found;
    unsigned allow = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(routes); i++) {
        if (!matches(&routes[i], path, &found))
            continue;
        allow |= methods_of(&routes[i]);
        if (methods_of(&routes[i]) & 1u << method)
            only = found;
    }
    if (only.route == NULL && allow == 0)
        return ROUTE_UNKNOWN;
    *ret_match = only;
    ret_match->allow = allow;
    return only.route != NULL ? 0 : ROUTE_OTHER_METHOD;
}

int route_join(const struct route_match *match, json_t *params, struct shape_errors *errors)
{
    int result = 0;
    for (size_t i = 0; i < match->n; i++) {
        char name[32], pointer[sizeof name + 1];
        span own = match->values[i].name, value = match->values[i].value;
        assert(own.n < sizeof name);
        memcpy(name, own.p, own.n);
        name[own.n] = '\0';
        snprintf(pointer, sizeof pointer, "/%s", name);
        if (json_object_get(params, name) != NULL) {
            shape_refuse(errors, pointer, ROUTE_DETAIL_TWICE);
            result = ROUTE_TWICE;
        } else if (json_object_set_new(params, name, json_stringn(value.p, value.n)) != 0) {
            return -ENOMEM;
        }
    }
    return result;
}
