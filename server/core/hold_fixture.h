/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests and holds for tests, as the database writes their states. */
#ifndef CORE_HOLD_FIXTURE_H
#define CORE_HOLD_FIXTURE_H

#include "core/replica_fixture.h"

struct fixture_hold {
    const char *unit, *establishment, *territory;
    const char *origin, *created_by;
    const char *request;  /* NULL none */
    const char *children; /* "0,1" */
    const char *state;
    usec_t held_until, arrive_by;
};

static inline const char *fixture_quoted(const char *text, char *out, size_t room)
{
    if (text == NULL)
        return "null";
    snprintf(out, room, "\"%s\"", text);
    return out;
}

static inline const char *fixture_hold_state(const struct fixture_hold *h, char *text, size_t room)
{
    char request[80];
    char arrive_by[24];
    bool placed = strcmp(h->state, "accepted") == 0 || strcmp(h->state, "arrived") == 0;
    snprintf(arrive_by, sizeof arrive_by, "%lld", (long long)h->arrive_by);
    snprintf(text, room,
             "{\"unit\":\"%s\",\"establishment\":\"%s\",\"territory\":\"%s\",\"origin\":\"%s\","
             "\"request\":%s,\"children\":[%s],\"profile\":[{\"age_months\":84,\"sex\":\"F\"},"
             "{\"age_months\":null,\"sex\":null}],\"parent\":null,\"needs\":[\"disability\"],"
             "\"places\":2,\"emergency\":true,\"state\":\"%s\",\"code\":null,"
             "\"created_by\":\"%s\",\"created_at\":%lld,\"held_until\":%lld,\"extensions\":0,"
             "\"escalated\":false,\"overdue\":false,\"answered_by\":null,\"answered_at\":null,"
             "\"arrive_by\":%s,\"ended_at\":null,\"stale_unit\":false,\"place\":%s}",
             h->unit, h->establishment, h->territory, h->origin,
             fixture_quoted(h->request, request, sizeof request), h->children ? h->children : "",
             h->state, h->created_by, (long long)FIXTURE_AT, (long long)h->held_until,
             h->arrive_by ? arrive_by : "null",
             placed ? "{\"address\":\"3 allee\",\"commune\":\"31395\",\"point\":[43.4612,1.3266],"
                      "\"contact\":{\"day\":\"0536490001\",\"night\":null}}"
                    : "null");
    return text;
}

static inline void fixture_put(struct replica *r, int64_t revision, const char *kind,
                               const char *id, const char *state)
{
    int result = replica_apply(r, revision, kind, id, state);
    assert(result == 0);
    (void)result;
    replica_apply_end(r, revision);
}

static inline void fixture_put_hold(struct replica *r, int64_t revision, const char *id,
                                    const struct fixture_hold *h)
{
    char text[2048];
    fixture_put(r, revision, "hold", id, fixture_hold_state(h, text, sizeof text));
}

struct fixture_request {
    const char *origin, *created_by, *state;
    bool emergency;
    usec_t decided_at;
    int youngest; /* months; -1 unknown */
};

static inline const char *fixture_request_state(const struct fixture_request *q, char *text,
                                                size_t room)
{
    char age[16] = "null";
    if (q->youngest >= 0)
        snprintf(age, sizeof age, "%d", q->youngest);
    snprintf(text, room,
             "{\"reference\":\"A-12\",\"children\":[{\"age_months\":%s,\"sex\":\"F\"},"
             "{\"age_months\":null,\"sex\":null}],\"together\":true,\"parent\":null,"
             "\"emergency\":%s,\"modality\":[\"familial\",\"urgence\"],"
             "\"legal_frame\":\"opp\",\"needs\":[\"disability\"],"
             "\"from\":{\"commune\":\"31395\",\"territory\":null},\"origin\":\"%s\","
             "\"max_km\":60,\"wanted_on\":null,\"decided_at\":%lld,\"opened_at\":%lld,"
             "\"state\":\"%s\",\"code\":null,\"placed\":[],\"arrived\":[],\"placed_at\":null,"
             "\"closed_at\":null,\"created_by\":\"%s\"}",
             age, q->emergency ? "true" : "false", q->origin, (long long)q->decided_at,
             (long long)FIXTURE_AT, q->state, q->created_by);
    return text;
}

static inline void fixture_put_request(struct replica *r, int64_t revision, const char *id,
                                       const struct fixture_request *q)
{
    char text[2048];
    fixture_put(r, revision, "request", id, fixture_request_state(q, text, sizeof text));
}

/* One place of a unit of e-1, for ten minutes. */
static inline void fixture_put_offer(struct replica *r, int64_t revision, const char *id,
                                     const char *request, const char *unit, const char *state)
{
    char text[1024];
    usec_t until = FIXTURE_AT + 10 * USEC_MIN;
    snprintf(text, sizeof text,
             "{\"request\":\"%s\",\"unit\":\"%s\",\"establishment\":\"e-1\",\"territory\":"
             "\"dts-nord\",\"origin\":\"dts-sud\",\"created_by\":\"def\",\"places\":1,"
             "\"emergency\":false,\"children\":[0],\"state\":\"%s\",\"code\":null,"
             "\"offered_at\":%lld,\"offered_until\":%lld,\"ended_at\":%s}",
             request, unit, state, (long long)FIXTURE_AT, (long long)until,
             strcmp(state, "offered") == 0 ? "null" : "1");
    fixture_put(r, revision, "offer", id, text);
}

#endif
