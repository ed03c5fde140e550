/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/random_params.h"

#include <string.h>

const char *const world_territories[8] = {"d31",   "dts-1", "dts-2", "dts-3",
                                          "mds-1", "mds-2", "mds-3", "mds-4"};
const char *const world_communes[5] = {"31555", "31395", "31069", "2A004", "59350"};
const char *const world_kinds[5] = {"mecs", "assistant_familial", "urgence", "lieu_de_vie",
                                    "special"};
const char *const world_establishments[5] = {"e-1", "e-2", "e-3", "e-4", "e-5"};
const char *const world_units[12] = {"u-1", "u-2", "u-3", "u-4",  "u-5",  "u-6",
                                     "u-7", "u-8", "u-9", "u-10", "u-11", "u-12"};
static const char *const accounts[] = {"home-1", "home-2", "feed",     "feed-2",
                                       "dts",    "mobile", "mobile-2", "night"};
static const char *const credentials[] = {
    "00000000000000000000000000000000000000000000000000000000000000aa",
    "11111111111111111111111111111111111111111111111111111111111111bb"};
static const char *const roles[] = {"establishment", "service", "territory", "mobile",
                                    "astreinte",     "def",     "admin"};
static const char *const modalities[] = {"internat", "urgence", "pad", "familial", "nonsense"};
static const char *const visibilities[] = {"exact", "commune", "hidden", "nonsense"};
static const char *const needs[] = {"mna", "disability", "complex", "medical", "nonsense"};
static const char *const tristates[] = {"unknown", "yes", "no", "maybe"};
static const char *const reasons[] = {"staff", "works", "other", "nonsense"};
static const char *const derogations[] = {"emergency", "judge", "nonsense"};
static const char *const names[] = {"Les Tilleuls", "Groupe des \xc3\xa9toiles", "\"x\" \\ y", "N",
                                    ""};

/* A count that is usually small, sometimes at or past a bound. */
static void maybe_count(struct random_commands *r, json_t *o, const char *name, unsigned percent,
                        int64_t high)
{
    static const int64_t odd[] = {0, -1, 9999, 10000, 1, 1200, 1201};
    if (chance(r, percent))
        set_int(o, name, chance(r, 4) ? PICK(r, odd) : between(r, 0, high));
}

#define MAYBE_TEXT(r, o, name, percent, list)                                                      \
    do {                                                                                           \
        if (chance(r, percent))                                                                    \
            set_text(o, name, PICK(r, list));                                                      \
    } while (0)

#define MAYBE_WELL(r, o, name, percent, list)                                                      \
    do {                                                                                           \
        if (chance(r, percent))                                                                    \
            set_text(o, name, PICK_WELL(r, list));                                                 \
    } while (0)

/* Never a tie at the sixth decimal: binary and decimal rounding agree then. */
static json_t *coordinate(struct random_commands *r, int64_t degrees_max)
{
    double value = (double)between(r, -degrees_max, degrees_max);
    value += (double)between(r, 0, 99999) / 1e5;
    if (chance(r, 10))
        value += (double)between(r, 1, 4) / 1e7;
    return must(chance(r, 10) ? json_integer((json_int_t)value) : json_real(value));
}

static void maybe_point(struct random_commands *r, json_t *o, unsigned percent)
{
    if (chance(r, percent))
        json_object_set_new(o, "point",
                            must(json_pack("[oo]", coordinate(r, chance(r, 4) ? 100 : 80),
                                           coordinate(r, chance(r, 4) ? 200 : 170))));
}

static void maybe_contact(struct random_commands *r, json_t *o)
{
    if (!chance(r, 30))
        return;
    json_t *contact = must(json_object());
    MAYBE_WELL(r, contact, "day", 60, names);
    MAYBE_WELL(r, contact, "night", 60, names);
    json_object_set_new(o, "contact", contact);
}

/* For the unit as it is, or was. */
static void maybe_revision(struct random_commands *r, json_t *p)
{
    const json_t *u =
        r->model != NULL ? row_find(r->model, TABLE_UNIT, column_text(p, "unit")) : NULL;
    if (chance(r, 6))
        set_int(p, "if_revision", column_int(u, "revision") + (chance(r, 70) ? 0 : 1));
}

static void maybe_observed(struct random_commands *r, json_t *o)
{
    static const usec_t odd[] = {60 * USEC_S,    119 * USEC_S,    121 * USEC_S,
                                 -3 * USEC_HOUR, -30 * USEC_HOUR, -USEC_MIN};
    if (chance(r, 40))
        set_int(o, "observed_at",
                r->latest + (chance(r, 25) ? PICK(r, odd) : -between(r, 0, 3 * USEC_S)));
}

static json_t *declare(struct random_commands *r)
{
    json_t *p = must(json_object());
    const char *unit = PICK(r, world_units);
    if (chance(r, 12))
        json_object_set_new(p, "arrived", random_arrivals(r, &unit));
    set_text(p, "unit", unit);
    maybe_count(r, p, chance(r, 70) ? "free" : "occupied", 97, 6);
    maybe_count(r, p, "occupied", 3, 6);
    maybe_count(r, p, "open", 45, 12);
    maybe_count(r, p, "emergency_used", 15, 3);
    maybe_revision(r, p);
    maybe_observed(r, p);
    MAYBE_WELL(r, p, "derogation", 10, derogations);
    if (chance(r, 20)) {
        json_t *closed = must(json_object());
        maybe_count(r, closed, "n", 95, 5);
        MAYBE_WELL(r, closed, "reason", 80, reasons);
        if (chance(r, 40))
            set_text(closed, "reopens_on", chance(r, 80) ? "2027-02-28" : "2027-02-30");
        json_object_set_new(p, "closed", closed);
    }
    if (chance(r, 2))
        json_object_set_new(p, "arrived",
                            must(chance(r, 50) ? json_array() : json_pack("[s]", "h-1")));
    return p;
}

/* Places that holds can be made of. */
static json_t *declare_free(struct random_commands *r)
{
    int64_t open = between(r, 4, 9);
    return must(json_pack("{sssIsI}", "unit", PICK(r, world_units), "open", (json_int_t)open,
                          "free", (json_int_t)between(r, 2, open)));
}

static json_t *confirm(struct random_commands *r)
{
    json_t *p = must(json_object());
    set_text(p, "unit", PICK(r, world_units));
    maybe_revision(r, p);
    maybe_observed(r, p);
    return p;
}

static json_t *unit_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "unit", PICK(r, world_units)));
}

static json_t *territory(struct random_commands *r)
{
    json_t *p = must(json_object());
    set_text(p, "code", PICK(r, world_territories));
    set_text(p, "name", PICK_WELL(r, names));
    set_text(p, "level", chance(r, 95) ? "dts" : "D T S");
    MAYBE_TEXT(r, p, "parent", 85, world_territories);
    return p;
}

static json_t *texts(struct random_commands *r, const char *const *list, uint32_t n, uint32_t most)
{
    json_t *array = must(json_array());
    for (uint32_t i = dice_roll(&r->dice, most + 1); i > 0; i--)
        json_array_append_new(array, must(json_string(list[dice_roll(&r->dice, n)])));
    return array;
}

static json_t *commune(struct random_commands *r)
{
    static const char *const postcodes[] = {"31600", "31000", "31400", "3140"};
    json_t *p = must(json_object());
    set_text(p, "insee", PICK(r, world_communes));
    set_text(p, "name", PICK_WELL(r, names));
    if (chance(r, 80))
        json_object_set_new(p, "postcodes", texts(r, postcodes, chance(r, 95) ? 3 : 4, 3));
    maybe_point(r, p, 80);
    MAYBE_TEXT(r, p, "territory", 70, world_territories);
    return p;
}

static json_t *kind(struct random_commands *r)
{
    static const char *const categories[] = {"901", "902", "903", "177"};
    json_t *p = must(json_object());
    set_text(p, "code", PICK(r, world_kinds));
    if (chance(r, 50))
        json_object_set_new(p, "finess_categories", texts(r, categories, chance(r, 90) ? 3 : 4, 1));
    set_int(p, "ttl_s", chance(r, 90) ? between(r, 60, 200) * 3600 : between(r, 0, 100));
    set_text(p, "modality", PICK_WELL(r, modalities));
    MAYBE_WELL(r, p, "visibility", 60, visibilities);
    return p;
}

static json_t *establishment(struct random_commands *r)
{
    static const char *const finess[] = {"310003215", "310003216", "31000321"};
    static const char *const precisions[] = {"exact", "commune", "nonsense"};
    json_t *p = must(json_object());
    set_text(p, "id", PICK(r, world_establishments));
    set_text(p, "name", PICK_WELL(r, names));
    set_text(p, "establishment_kind", PICK(r, world_kinds));
    MAYBE_WELL(r, p, "finess", 40, finess);
    MAYBE_WELL(r, p, "operator", 30, names);
    MAYBE_WELL(r, p, "address", 30, names);
    set_text(p, "territory", PICK(r, world_territories));
    MAYBE_TEXT(r, p, "commune", 70, world_communes);
    maybe_point(r, p, 50);
    MAYBE_WELL(r, p, "precision", 50, precisions);
    MAYBE_WELL(r, p, "visibility", 30, visibilities);
    maybe_contact(r, p);
    return p;
}

static json_t *establishment_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "establishment", PICK(r, world_establishments)));
}

static void maybe_accepts(struct random_commands *r, json_t *p)
{
    if (!chance(r, 50))
        return;
    json_t *accepts = must(json_object());
    for (uint32_t i = dice_roll(&r->dice, 4); i > 0; i--)
        set_text(accepts, needs[dice_roll(&r->dice, chance(r, 97) ? 4 : 5)],
                 tristates[dice_roll(&r->dice, chance(r, 97) ? 3 : 4)]);
    json_object_set_new(p, "accepts", accepts);
}

static json_t *unit(struct random_commands *r)
{
    static const char *const sexes[] = {"any", "girls", "boys", "unknown"};
    static const char *const admissions[] = {"office_hours", "always", "unknown"};
    json_t *p = must(json_object());
    set_text(p, "id", PICK(r, world_units));
    set_text(p, "establishment", PICK(r, world_establishments));
    set_text(p, "name", PICK_WELL(r, names));
    MAYBE_WELL(r, p, "modality", 50, modalities);
    maybe_count(r, p, "min_months", 70, 150);
    if (chance(r, 70))
        set_int(p, "max_months", between(r, 100, 260));
    MAYBE_WELL(r, p, "sex", 60, sexes);
    maybe_count(r, p, "siblings_max", 30, 6);
    if (chance(r, 30))
        json_object_set_new(p, "siblings_mixed", json_boolean(chance(r, 50)));
    MAYBE_WELL(r, p, "admission", 50, admissions);
    maybe_count(r, p, "delay_h", 30, 72);
    maybe_accepts(r, p);
    maybe_count(r, p, "max_stay_days", 30, 9);
    MAYBE_WELL(r, p, "visibility", 20, visibilities);
    MAYBE_TEXT(r, p, "fallback", 12, world_units);
    MAYBE_TEXT(r, p, "territory", 20, world_territories);
    MAYBE_TEXT(r, p, "commune", 20, world_communes);
    maybe_point(r, p, 20);
    maybe_contact(r, p);
    if (chance(r, 20))
        set_int(p, "ttl_s", between(r, 50, 90000));
    maybe_count(r, p, "authorised", 50, 20);
    maybe_count(r, p, "installed", 50, 20);
    maybe_count(r, p, "emergency_reserved", 40, 3);
    return p;
}

static json_t *account(struct random_commands *r)
{
    static const char *const others[] = {"boss", "root", "system", "daemon"};
    json_t *p = must(json_object());
    set_text(p, "id", chance(r, 97) ? PICK(r, accounts) : PICK(r, others));
    set_text(p, "role", PICK(r, roles));
    if (chance(r, 70))
        json_object_set_new(p, "territories",
                            texts(r, world_territories, ARRAY_LENGTH(world_territories), 2));
    if (chance(r, 50))
        json_object_set_new(p, "establishments",
                            texts(r, world_establishments, ARRAY_LENGTH(world_establishments), 2));
    MAYBE_TEXT(r, p, "acts_for", 35, accounts);
    set_text(p, "name", PICK_WELL(r, names));
    if (chance(r, 20))
        json_object_set_new(p, "disabled", json_boolean(chance(r, 30)));
    return p;
}

static json_t *account_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "id", chance(r, 90) ? PICK(r, accounts) : "nobody"));
}

static json_t *credential(struct random_commands *r)
{
    static const char *const types[] = {"token", "certificate", "password"};
    json_t *p = must(json_object());
    set_text(p, "id", PICK(r, credentials));
    set_text(p, "account", PICK(r, accounts));
    set_text(p, "type", PICK_WELL(r, types));
    if (chance(r, 40))
        set_int(p, "expires_at", r->now + between(r, 0, 1000) * USEC_S);
    MAYBE_WELL(r, p, "label", 40, names);
    return p;
}

static json_t *credential_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "id", chance(r, 80) ? PICK(r, credentials) : "none"));
}

static json_t *anything(struct random_commands *r)
{
    return must(json_pack("{ss}", "x", PICK_WELL(r, names)));
}

static const struct choice choices[] = {
    {"unit.declare", 45, NULL, declare},
    {"unit.declare", 15, "host", declare_free},
    {"unit.confirm", 8, NULL, confirm},
    {"unit.report_wrong", 5, NULL, unit_named},
    {"unit.put", 10, "root", unit},
    {"unit.put", 3, "boss", unit},
    {"unit.close", 2, "root", unit_named},
    {"establishment.put", 6, "root", establishment},
    {"establishment.close", 1, "root", establishment_named},
    {"establishment_kind.put", 3, "root", kind},
    {"commune.put", 5, "root", commune},
    {"territory.put", 5, "root", territory},
    {"account.put", 5, "system", account},
    {"account.put", 10, "system", random_restored},
    {"account.disable", 1, "system", account_named},
    {"credential.put", 2, "root", credential},
    {"credential.revoke", 1, "root", credential_named},
    {"unit.explode", 1, NULL, anything},
    {"request.open", 16, "asker", random_request_open},
    {"request.update", 4, "asker", random_request_update},
    {"request.close", 3, "asker", random_request_close},
    {"hold.create", 34, "asker", random_hold_create},
    {"hold.accept", 16, "host", random_hold_accept},
    {"hold.refuse", 4, "host", random_hold_refuse},
    {"hold.release", 4, "asker", random_hold_release},
    {"hold.extend", 5, "asker", random_hold_extend},
    {"hold.withdraw", 4, "asker", random_hold_withdraw},
    {"hold.arrive", 9, "host", random_hold_arrive},
    {"hold_policy.put", 4, "boss", random_hold_policy},
    {"movement.plan", 20, "host", random_plan},
    {"movement.cancel", 6, "host", random_plan_cancel},
    {"movement.done", 10, "host", random_plan_done},
    {"movement.entry", 6, "host", random_entry},
    {"movement.exit", 10, "host", random_exit},
    {"movement.transfer", 7, "host", random_transfer},
    {"offer.create", 14, "daemon", random_offer_create},
    {"request.decline", 5, "asker", random_decline},
    {"calendar.put", 5, "root", random_calendar},
    {"rota.put", 4, "boss", random_rota},
    {"rota.delete", 3, "boss", random_rota_delete},
    {"mission.create", 9, "asker", random_mission_create},
    {"mission.assign", 8, "leader", random_mission_assign},
    {"mission.start", 6, "leader", random_mission_start},
    {"mission.arrive", 4, "leader", random_mission_arrive},
    {"mission.hand_over", 4, "leader", random_mission_hand_over},
    {"mission.cancel", 5, "leader", random_mission_cancel},
};

const struct choice *random_choice(struct random_commands *r)
{
    unsigned total = 0;
    const struct choice *c = choices;
    for (size_t i = 0; i < ARRAY_LENGTH(choices); i++)
        total += choices[i].weight;
    for (uint32_t at = dice_roll(&r->dice, total); at >= c->weight; c++)
        at -= c->weight;
    return c;
}
