/* SPDX-License-Identifier: EUPL-1.2 */
/* A small registry for tests: two DTS, two establishments, three units, one account a role. */
#ifndef CORE_REPLICA_FIXTURE_H
#define CORE_REPLICA_FIXTURE_H

#include <assert.h>
#include <stdio.h>

#include "core/replica.h"

#define FIXTURE_AT (1763748000 * USEC_S) /* 2025-11-21T18:00:00Z */
#define FIXTURE_REVISION 10

struct fixture_unit {
    const char *establishment, *territory, *visibility;
    int open, occupied; /* open -1: never declared */
    int min_months, max_months;
    usec_t observed_at;
};

static inline const char *fixture_unit_state(const struct fixture_unit *u, char *text, size_t room)
{
    char counts[160];
    if (u->open < 0)
        snprintf(counts, sizeof counts,
                 "\"open\":null,\"occupied\":null,\"observed_at\":null,\"recorded_at\":null");
    else
        snprintf(counts, sizeof counts,
                 "\"open\":%d,\"occupied\":%d,\"observed_at\":%lld,\"recorded_at\":%lld", u->open,
                 u->occupied, (long long)u->observed_at, (long long)u->observed_at);
    snprintf(text, room,
             "{\"establishment\":\"%s\",\"establishment_name\":\"Les Tilleuls\","
             "\"establishment_kind\":\"mecs\",\"name\":\"Groupe\",\"modality\":\"internat\","
             "\"min_months\":%d,\"max_months\":%d,\"sex\":\"any\",\"siblings_max\":3,"
             "\"siblings_mixed\":true,\"admission\":\"always\",\"delay_h\":null,"
             "\"accepts\":{\"disability\":\"yes\"},\"max_stay_days\":null,\"visibility\":\"%s\","
             "\"territory\":\"%s\",\"commune\":\"31395\",\"point\":[43.4612,1.3266],"
             "\"public_point\":%s,\"contact\":{\"day\":\"0536490001\",\"night\":null},"
             "\"ttl_s\":86400,\"authorised\":12,\"installed\":null,%s,\"closed\":0,"
             "\"emergency_reserved\":0,\"emergency_used\":0,\"held\":0,\"held_emergency\":0,"
             "\"closed_reason\":null,\"reopens_on\":null,\"derogation\":null,"
             "\"derogation_by\":null,\"declared_by\":null,\"channel\":null,\"contested_at\":null}",
             u->establishment, u->min_months, u->max_months, u->visibility, u->territory,
             strcmp(u->visibility, "hidden") == 0 ? "null" : "[43.46,1.33]", counts);
    return text;
}

static inline void fixture_put_unit(struct replica *r, int64_t revision, const char *id,
                                    const struct fixture_unit *u)
{
    char text[2048];
    int result = replica_apply(r, revision, "unit", id, fixture_unit_state(u, text, sizeof text));
    assert(result == 0);
    (void)result;
    replica_apply_end(r, revision);
}

/* One change of free places, as the follower brings it. */
static inline void fixture_declare(struct replica *r, int64_t revision, const char *id, int open,
                                   int occupied)
{
    const struct entry *e = replica_find(r, RECORD_UNIT, span_of(id));
    struct fixture_unit u = {e->version.unit->establishment,
                             e->version.unit->territory,
                             visibility_codes[e->version.unit->visibility],
                             open,
                             occupied,
                             e->version.unit->min_months,
                             e->version.unit->max_months,
                             FIXTURE_AT};
    fixture_put_unit(r, revision, id, &u);
}

static inline void fixture_record(struct replica *r, const char *kind, const char *id,
                                  int64_t revision, const char *state)
{
    int result = replica_load_record(r, kind, id, revision, state);
    assert(result == 0);
    (void)result;
}

#define FIXTURE_ESTABLISHMENT(territory)                                                           \
    "{\"name\":\"Les Tilleuls\",\"establishment_kind\":\"mecs\",\"finess\":null,"                  \
    "\"operator\":null,\"address\":\"3 allee\",\"territory\":\"" territory "\","                   \
    "\"commune\":\"31395\",\"point\":[43.4612,1.3266],\"public_point\":[43.46,1.33],"              \
    "\"visibility\":\"commune\",\"precision\":\"exact\",\"contact\":{\"day\":null,"                \
    "\"night\":null},\"active\":true}"

#define FIXTURE_ACCOUNT(role, territories, establishments)                                         \
    "{\"role\":\"" role "\",\"territories\":[" territories "],\"establishments\":[" establishments \
    "],\"acts_for\":null,\"name\":null,\"disabled\":false}"

static inline void fixture_units(struct replica *r)
{
    static const struct fixture_unit units[] = {
        {"e-1", "dts-nord", "exact", 10, 8, 144, 216, FIXTURE_AT - USEC_HOUR},
        {"e-2", "dts-sud", "commune", 4, 4, 0, 72, FIXTURE_AT - USEC_HOUR},
        {"e-2", "dts-sud", "hidden", -1, 0, 0, 252, 0},
    };
    static const char *const ids[] = {"u-1", "u-2", "u-3"};
    char text[2048];
    for (int i = 0; i < 3; i++)
        fixture_record(r, "unit", ids[i], 6 + i, fixture_unit_state(&units[i], text, sizeof text));
}

/* Fills the replica at epoch "aa", revision FIXTURE_REVISION. */
static inline void fixture_load(struct replica *r)
{
    int result = replica_load_begin(r, "aa", FIXTURE_REVISION, 0);
    assert(result == 0);
    result = replica_load_epoch(r, "aa", 0);
    assert(result == 0);
    fixture_record(r, "territory", "d31", 1, "{\"name\":\"31\",\"level\":\"dep\",\"parent\":null}");
    fixture_record(r, "territory", "dts-nord", 2,
                   "{\"name\":\"Nord\",\"level\":\"dts\",\"parent\":\"d31\"}");
    fixture_record(r, "territory", "dts-sud", 3,
                   "{\"name\":\"Sud\",\"level\":\"dts\",\"parent\":\"d31\"}");
    fixture_record(r, "establishment", "e-1", 4, FIXTURE_ESTABLISHMENT("dts-nord"));
    fixture_record(r, "establishment", "e-2", 5, FIXTURE_ESTABLISHMENT("dts-sud"));
    fixture_units(r);
    fixture_record(r, "commune", "31395", 9,
                   "{\"name\":\"MURET\",\"postcodes\":[\"31600\"],\"point\":[43.46,1.33],"
                   "\"territory\":\"dts-sud\"}");
    fixture_record(r, "account", "mecs-1", 9, FIXTURE_ACCOUNT("establishment", "", "\"e-1\""));
    fixture_record(r, "account", "astreinte", 9, FIXTURE_ACCOUNT("astreinte", "\"d31\"", ""));
    fixture_record(r, "account", "dts", 9, FIXTURE_ACCOUNT("territory", "\"dts-sud\"", ""));
    fixture_record(r, "account", "def", 9, FIXTURE_ACCOUNT("def", "\"d31\"", ""));
    fixture_record(r, "account", "admin", 9, FIXTURE_ACCOUNT("admin", "", ""));
    fixture_record(r, "account", "mobile", 9, FIXTURE_ACCOUNT("mobile", "\"d31\"", ""));
    result = replica_load_end(r);
    assert(result == 0);
    (void)result;
    replica_ledger(r, FIXTURE_AT, 0);
}

#endif
