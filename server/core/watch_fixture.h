/* SPDX-License-Identifier: EUPL-1.2 */
/* A registry under watch, changed by the test as the database would. */
#ifndef CORE_WATCH_FIXTURE_H
#define CORE_WATCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/movement_fixture.h"
#include "core/watch.h"

struct watch_fixture {
    struct replica replica;
    struct request_watch *watch;
    int64_t revision;
    usec_t at;
    uint64_t ticket; /* of the last command */
    char key[80];    /* its key */
};

struct fixture_place {
    int open, occupied, reserved, used, held;
    int min_months, max_months, siblings_max;
    usec_t recorded_at, contested_at;
    const char *establishment, *territory, *admission;
};

/* A unit for 0 to 18 years with so many places. */
static inline struct fixture_place place(int open, int occupied)
{
    return (struct fixture_place){.open = open,
                                  .occupied = occupied,
                                  .max_months = 216,
                                  .siblings_max = 9,
                                  .establishment = "e-2",
                                  .territory = "dts-sud",
                                  .admission = "always"};
}

static inline void next_revision(struct watch_fixture *f)
{
    f->revision++;
    f->at += USEC_S;
    replica_ledger(&f->replica, f->at, f->at);
}

static inline void put(struct watch_fixture *f, const char *kind, const char *id, const char *state)
{
    fixture_put(&f->replica, f->revision, kind, id, state);
}

static inline void put_unit(struct watch_fixture *f, const char *id, struct fixture_place p)
{
    char text[2048];
    usec_t at = p.recorded_at ? p.recorded_at : f->at;
    snprintf(text, sizeof text,
             "{\"establishment\":\"%s\",\"establishment_name\":\"E\",\"establishment_kind\":"
             "\"mecs\",\"name\":\"U\",\"modality\":\"internat\",\"min_months\":%d,"
             "\"max_months\":%d,\"sex\":\"any\",\"siblings_max\":%d,\"siblings_mixed\":true,"
             "\"admission\":\"%s\",\"delay_h\":null,\"accepts\":{},\"max_stay_days\":null,"
             "\"visibility\":\"exact\",\"territory\":\"%s\",\"commune\":\"31395\","
             "\"point\":[43.46,1.33],\"public_point\":[43.46,1.33],\"contact\":{\"day\":null,"
             "\"night\":null},\"ttl_s\":86400,\"authorised\":12,\"installed\":null,\"open\":%d,"
             "\"occupied\":%d,\"observed_at\":%lld,\"recorded_at\":%lld,\"closed\":0,"
             "\"emergency_reserved\":%d,\"emergency_used\":%d,\"held\":%d,\"held_emergency\":0,"
             "\"contested_at\":%lld}",
             p.establishment, p.min_months, p.max_months, p.siblings_max, p.admission, p.territory,
             p.open, p.occupied, (long long)at, (long long)at, p.reserved, p.used, p.held,
             (long long)p.contested_at);
    if (p.contested_at == 0)
        memcpy(strstr(text, "\"contested_at\":0"), "\"contested_at\":null}", 21);
    put(f, "unit", id, text);
}

struct fixture_wanted {
    const char *children; /* NULL: one girl of seven */
    const char *state, *origin, *from;
    bool emergency, apart;
    usec_t decided_at; /* 0: now */
    usec_t opened_at;  /* 0: now */
    int max_km;
    const char *wanted_on;    /* NULL: now */
    const char *wanted_until; /* NULL: open */
};

static inline void put_request(struct watch_fixture *f, const char *id, struct fixture_wanted n)
{
    char text[2048];
    char km[16] = "null", day[16], until[16];
    if (n.max_km)
        snprintf(km, sizeof km, "%d", n.max_km);
    snprintf(text, sizeof text,
             "{\"reference\":null,\"children\":[%s],\"together\":%s,\"parent\":null,"
             "\"emergency\":%s,\"modality\":[],\"legal_frame\":null,\"needs\":[],"
             "\"from\":{\"commune\":%s,\"territory\":null},\"origin\":\"%s\",\"max_km\":%s,"
             "\"wanted_on\":%s,\"wanted_until\":%s,\"decided_at\":%lld,\"opened_at\":%lld,"
             "\"state\":\"%s\","
             "\"code\":null,\"placed\":[],\"arrived\":[],\"placed_at\":null,\"closed_at\":null,"
             "\"created_by\":\"dts\"}",
             n.children ? n.children : "{\"age_months\":84,\"sex\":\"F\"}",
             n.apart ? "false" : "true", n.emergency ? "true" : "false", n.from ? n.from : "null",
             n.origin ? n.origin : "dts-sud", km, fixture_quoted(n.wanted_on, day, sizeof day),
             fixture_quoted(n.wanted_until, until, sizeof until),
             (long long)(n.decided_at ? n.decided_at : f->at),
             (long long)(n.opened_at ? n.opened_at : f->at), n.state ? n.state : "open");
    put(f, "request", id, text);
}

static inline void put_offer(struct watch_fixture *f, const char *id, const char *request,
                             const char *unit, const char *state)
{
    char text[1024];
    usec_t until = f->at + 10 * USEC_MIN;
    snprintf(text, sizeof text,
             "{\"request\":\"%s\",\"unit\":\"%s\",\"establishment\":\"e-2\",\"territory\":"
             "\"dts-sud\",\"origin\":\"dts-sud\",\"created_by\":\"dts\",\"places\":1,"
             "\"emergency\":false,\"children\":[0],\"state\":\"%s\",\"code\":null,"
             "\"offered_at\":%lld,\"offered_until\":%lld,\"ended_at\":%lld}",
             request, unit, state, (long long)f->at, (long long)until, (long long)f->at);
    put(f, "offer", id, text);
}

static inline void put_hold(struct watch_fixture *f, const char *id, const char *request,
                            const char *unit, const char *state, const char *code)
{
    char text[1024];
    bool active = strcmp(state, "held") == 0;
    snprintf(text, sizeof text,
             "{\"unit\":\"%s\",\"establishment\":\"e-2\",\"territory\":\"dts-sud\",\"origin\":"
             "\"dts-sud\",\"request\":\"%s\",\"children\":[0],\"profile\":[{\"age_months\":84,"
             "\"sex\":\"F\"}],\"parent\":null,\"needs\":[],\"places\":1,\"emergency\":false,"
             "\"state\":\"%s\",\"code\":%s,\"created_by\":\"dts\",\"created_at\":%lld,"
             "\"held_until\":%lld,\"ended_at\":%lld}",
             unit, request, state, code ? code : "null", (long long)f->at, (long long)f->at + 1,
             active ? 0LL : (long long)f->at);
    put(f, "hold", id, text);
}

/* Planned or ended now. */
static inline void put_movement(struct watch_fixture *f, const char *id, const char *unit,
                                const char *type, const char *on, const char *state)
{
    struct fixture_movement m = {.unit = unit,
                                 .establishment = "e-2",
                                 .territory = "dts-sud",
                                 .type = type,
                                 .places = 1,
                                 .on = on,
                                 .state = state,
                                 .at = f->at};
    fixture_put_movement(&f->replica, f->revision, id, &m);
}

/* The next command as "request unit [children]"; "" when there is none. */
static inline const char *taken(struct watch_fixture *f)
{
    static char text[200];
    char *json = NULL;
    size_t n = 0;
    if (!request_watch_take(f->watch, &f->ticket, &json, &n))
        return "";
    assert_true(f->ticket & WATCH_TICKET);
    json_t *command = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    free(json);
    assert_non_null(command);
    assert_string_equal(json_string_value(json_object_get(command, "account")), "daemon");
    assert_string_equal(json_string_value(json_object_get(command, "op")), "offer.create");
    assert_string_equal(json_string_value(json_object_get(command, "channel")), "api");
    snprintf(f->key, sizeof f->key, "%s", json_string_value(json_object_get(command, "key")));
    assert_true(strlen(f->key) <= 64);
    const json_t *params = json_object_get(command, "params");
    char *children = json_dumps(json_object_get(params, "children"), JSON_COMPACT);
    snprintf(text, sizeof text, "%s %s %s", json_string_value(json_object_get(params, "request")),
             json_string_value(json_object_get(params, "unit")), children ? children : "");
    free(children);
    json_decref(command);
    return text;
}

/* Ends the turn; the first command that came of it. */
static inline const char *turn(struct watch_fixture *f)
{
    assert_int_equal(request_watch_turn(f->watch), 0);
    replica_turn_end(&f->replica);
    next_revision(f);
    return taken(f);
}

static inline void set_up_at(struct watch_fixture *f)
{
    replica_init(&f->replica);
    fixture_load(&f->replica);
    replica_turn_end(&f->replica);
    f->revision = FIXTURE_REVISION;
    f->at = FIXTURE_AT;
    assert_int_equal(request_watch_new(&f->replica, &f->watch), 0);
    next_revision(f);
}

static inline int set_up(void **state)
{
    static struct watch_fixture f;
    f = (struct watch_fixture){0};
    set_up_at(&f);
    assert_string_equal(turn(&f), ""); /* nobody waits */
    *state = &f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct watch_fixture *f = *state;
    request_watch_free(f->watch);
    replica_free(&f->replica);
    return 0;
}

#endif
