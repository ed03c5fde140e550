/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/random_commands.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model_tables.h"

static const char *const territories[] = {"d31",   "dts-1", "dts-2", "dts-3",
                                          "mds-1", "mds-2", "mds-3", "mds-4"};
static const char *const communes[] = {"31555", "31395", "31069", "2A004", "59350"};
static const char *const kinds[] = {"mecs", "assistant_familial", "urgence", "lieu_de_vie",
                                    "special"};
static const char *const establishments[] = {"e-1", "e-2", "e-3", "e-4", "e-5"};
static const char *const units[] = {"u-1", "u-2", "u-3", "u-4",  "u-5",  "u-6",
                                    "u-7", "u-8", "u-9", "u-10", "u-11", "u-12"};
static const char *const accounts[] = {"home-1", "home-2", "feed", "feed-2",
                                       "dts",    "mobile", "night"};
static const char *const credentials[] = {
    "00000000000000000000000000000000000000000000000000000000000000aa",
    "11111111111111111111111111111111111111111111111111111111111111bb"};
static const char *const roles[] = {"establishment", "service", "territory", "mobile",
                                    "astreinte",     "def",     "admin"};
static const char *const modalities[] = {"internat", "urgence", "familial", "nonsense"};
static const char *const visibilities[] = {"exact", "commune", "hidden", "nonsense"};
static const char *const needs[] = {"mna", "disability", "complex", "medical", "nonsense"};
static const char *const tristates[] = {"unknown", "yes", "no", "maybe"};
static const char *const reasons[] = {"staff", "works", "other", "nonsense"};
static const char *const derogations[] = {"emergency", "judge", "nonsense"};
static const char *const channels[] = {"console", "link", "cli", "api", "import"};
static const char *const names[] = {"Les Tilleuls", "Groupe des \xc3\xa9toiles", "\"x\" \\ y", "N",
                                    ""};

/* Who gives commands that are not administration; the first ones usually may. */
static const char *const callers[] = {"boss",   "root",   "home-1", "feed", "night",
                                      "system", "root",   "boss",   "dts",  "home-2",
                                      "feed-2", "mobile", "nobody"};

#define PICK(r, list) ((list)[dice_roll(&(r)->dice, ARRAY_LENGTH(list))])

/* From a list whose last element does not belong to it. */
#define PICK_WELL(r, list)                                                                         \
    ((list)[dice_chance(&(r)->dice, 97) ? dice_roll(&(r)->dice, ARRAY_LENGTH(list) - 1)            \
                                        : ARRAY_LENGTH(list) - 1])

static bool chance(struct random_commands *r, unsigned percent)
{
    return dice_chance(&r->dice, percent);
}

static int64_t between(struct random_commands *r, int64_t low, int64_t high)
{
    return low + (int64_t)dice_roll(&r->dice, (uint32_t)(high - low + 1));
}

static void set_text(json_t *o, const char *name, const char *text)
{
    json_object_set_new(o, name, must(json_string(text)));
}

static void set_int(json_t *o, const char *name, int64_t value)
{
    json_object_set_new(o, name, must(json_integer(value)));
}

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
    set_text(p, "unit", PICK(r, units));
    maybe_count(r, p, chance(r, 70) ? "free" : "occupied", 97, 6);
    maybe_count(r, p, "occupied", 3, 6);
    maybe_count(r, p, "open", 45, 12);
    maybe_count(r, p, "emergency_used", 15, 3);
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
    if (chance(r, 3))
        json_object_set_new(p, "arrived",
                            must(chance(r, 50) ? json_array() : json_pack("[s]", "h-1")));
    return p;
}

static json_t *confirm(struct random_commands *r)
{
    json_t *p = must(json_object());
    set_text(p, "unit", PICK(r, units));
    maybe_observed(r, p);
    return p;
}

static json_t *unit_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "unit", PICK(r, units)));
}

static json_t *territory(struct random_commands *r)
{
    json_t *p = must(json_object());
    set_text(p, "code", PICK(r, territories));
    set_text(p, "name", PICK_WELL(r, names));
    set_text(p, "level", chance(r, 95) ? "dts" : "D T S");
    MAYBE_TEXT(r, p, "parent", 85, territories);
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
    set_text(p, "insee", PICK(r, communes));
    set_text(p, "name", PICK_WELL(r, names));
    if (chance(r, 80))
        json_object_set_new(p, "postcodes", texts(r, postcodes, chance(r, 95) ? 3 : 4, 3));
    maybe_point(r, p, 80);
    MAYBE_TEXT(r, p, "territory", 70, territories);
    return p;
}

static json_t *kind(struct random_commands *r)
{
    static const char *const categories[] = {"901", "902", "903", "177"};
    json_t *p = must(json_object());
    set_text(p, "code", PICK(r, kinds));
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
    set_text(p, "id", PICK(r, establishments));
    set_text(p, "name", PICK_WELL(r, names));
    set_text(p, "establishment_kind", PICK(r, kinds));
    MAYBE_WELL(r, p, "finess", 40, finess);
    MAYBE_WELL(r, p, "operator", 30, names);
    MAYBE_WELL(r, p, "address", 30, names);
    set_text(p, "territory", PICK(r, territories));
    MAYBE_TEXT(r, p, "commune", 70, communes);
    maybe_point(r, p, 50);
    MAYBE_WELL(r, p, "precision", 50, precisions);
    MAYBE_WELL(r, p, "visibility", 30, visibilities);
    maybe_contact(r, p);
    return p;
}

static json_t *establishment_named(struct random_commands *r)
{
    return must(json_pack("{ss}", "establishment", PICK(r, establishments)));
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
    set_text(p, "id", PICK(r, units));
    set_text(p, "establishment", PICK(r, establishments));
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
    maybe_count(r, p, "max_stay_days", 30, 90);
    MAYBE_WELL(r, p, "visibility", 20, visibilities);
    MAYBE_TEXT(r, p, "territory", 20, territories);
    MAYBE_TEXT(r, p, "commune", 20, communes);
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
    json_t *p = must(json_object());
    set_text(p, "id", chance(r, 97) ? PICK(r, accounts) : PICK(r, callers));
    set_text(p, "role", PICK(r, roles));
    if (chance(r, 70))
        json_object_set_new(p, "territories", texts(r, territories, ARRAY_LENGTH(territories), 2));
    if (chance(r, 50))
        json_object_set_new(p, "establishments",
                            texts(r, establishments, ARRAY_LENGTH(establishments), 2));
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

/* How often each operation comes, and who usually asks for it. */
static const struct choice {
    const char *op;
    unsigned weight;
    const char *account; /* NULL: any */
    json_t *(*params)(struct random_commands *r);
} choices[] = {
    {"unit.declare", 45, NULL, declare},
    {"unit.confirm", 8, NULL, confirm},
    {"unit.report_wrong", 5, NULL, unit_named},
    {"unit.put", 10, "root", unit},
    {"unit.close", 2, "root", unit_named},
    {"establishment.put", 6, "root", establishment},
    {"establishment.close", 1, "root", establishment_named},
    {"establishment_kind.put", 3, "root", kind},
    {"commune.put", 5, "root", commune},
    {"territory.put", 5, "root", territory},
    {"account.put", 5, "system", account},
    {"account.disable", 1, "system", account_named},
    {"credential.put", 2, "root", credential},
    {"credential.revoke", 1, "root", credential_named},
    {"unit.explode", 1, NULL, anything},
};

/* Something that does not belong there. */
static json_t *odd_value(struct random_commands *r)
{
    static const char *const odd[] = {"null",
                                      "true",
                                      "0",
                                      "-1",
                                      "10000",
                                      "12.5",
                                      "\"\"",
                                      "\"x\"",
                                      "[]",
                                      "{}",
                                      "[1,2]",
                                      "[\"d31\"]",
                                      "{\"n\":1}",
                                      "[1,2,3]",
                                      "\"\\u0001\"",
                                      "\"\\u007f\"",
                                      "\"1\"",
                                      "999999999999999999",
                                      "1000000000000000000",
                                      "[null]",
                                      "[0.5,\"x\"]"};
    if (!chance(r, 10))
        return must(json_loads(PICK(r, odd), JSON_DECODE_ANY, NULL));
    char longer[402];
    size_t n = (size_t)between(r, 198, 401);
    memset(longer, 'a', n);
    longer[n] = '\0';
    return must(json_string(longer));
}

static void spoil(struct random_commands *r, json_t *params)
{
    static const char *const unknown[] = {"colour", "a/b~c", "", "zz", "\xc3\xa9", "unit"};
    size_t n = json_object_size(params), at = n > 0 ? dice_roll(&r->dice, (uint32_t)n) : 0;
    const char *key;
    json_t *value;
    void *next;
    if (n == 0 || chance(r, 15)) {
        json_object_set_new(params, PICK(r, unknown), odd_value(r));
        return;
    }
    json_object_foreach_safe (params, next, key, value) {
        if (at-- > 0)
            continue;
        if (json_is_object(value) && chance(r, 60))
            spoil(r, value);
        else if (chance(r, 25))
            json_object_del(params, key);
        else
            json_object_set_new(params, key, odd_value(r));
        return;
    }
}

/* A command that is none: a member is missing or wrong. */
static void break_command(struct random_commands *r, json_t *command)
{
    static const char *const members[] = {"account", "op", "key", "digest", "channel", "params"};
    const char *name = PICK(r, members);
    if (chance(r, 40))
        json_object_del(command, name);
    else
        json_object_set_new(command, name, odd_value(r));
}

static json_t *make(struct random_commands *r, const char *op, const char *who, json_t *params)
{
    char key[24], digest[24];
    snprintf(key, sizeof key, "k%u", r->keys++);
    snprintf(digest, sizeof digest, "d%u", r->keys);
    return must(json_pack("{ssssssssssso}", "account", who, "op", op, "key", key, "digest", digest,
                          "channel", PICK(r, channels), "params", params));
}

static void remember(struct random_commands *r, const json_t *command)
{
    json_t **place = &r->earlier[r->n_earlier++ % RANDOM_REMEMBERED];
    json_decref(*place);
    *place = must(json_deep_copy(command));
}

/* An earlier command again, now and then with another body or operation. */
static json_t *repeat(struct random_commands *r)
{
    unsigned n = r->n_earlier < RANDOM_REMEMBERED ? r->n_earlier : RANDOM_REMEMBERED;
    json_t *again = must(json_deep_copy(r->earlier[dice_roll(&r->dice, n)]));
    if (chance(r, 15))
        set_text(again, "digest", "other");
    else if (chance(r, 5))
        set_text(again, "op", "unit.confirm");
    return again;
}

static json_t *command(struct random_commands *r)
{
    unsigned total = 0;
    const struct choice *c = choices;
    if (r->n_earlier > 0 && chance(r, 10))
        return repeat(r);
    for (size_t i = 0; i < ARRAY_LENGTH(choices); i++)
        total += choices[i].weight;
    for (uint32_t at = dice_roll(&r->dice, total); at >= c->weight; c++)
        at -= c->weight;
    const char *who = c->account != NULL && chance(r, 92) ? c->account : PICK(r, callers);
    json_t *params = c->params(r);
    if (chance(r, 8))
        spoil(r, params);
    json_t *made = make(r, c->op, who, params);
    if (chance(r, 2))
        break_command(r, made);
    else
        remember(r, made);
    return made;
}

static char *dumped(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    if (text == NULL)
        must(NULL);
    return text;
}

char *random_command(struct random_commands *r)
{
    return dumped(command(r));
}

char *random_batch(struct random_commands *r)
{
    static const char *const none[] = {"", "{}", "[", "null", "[1", "[{\"account\":\"\\u0000\"}]"};
    if (dice_roll(&r->dice, 500) == 0)
        return strdup(PICK(r, none));
    json_t *batch = must(json_array());
    uint32_t n = dice_roll(&r->dice, 400) == 0 ? (uint32_t)between(r, 60, 66)
                                               : dice_roll(&r->dice, chance(r, 80) ? 4 : 9);
    for (; n > 0; n--)
        json_array_append_new(batch, chance(r, 1) ? odd_value(r) : command(r));
    return dumped(batch);
}

void random_time(struct random_commands *r)
{
    static const usec_t jumps[] = {USEC_HOUR, 47 * USEC_HOUR, 49 * USEC_HOUR};
    if (chance(r, 1))
        r->now += PICK(r, jumps);
    else if (chance(r, 3))
        r->now -= between(r, 1, 3600) * USEC_S;
    else if (!chance(r, 5))
        r->now += between(r, 0, 2 * USEC_S);
    r->latest = r->now > r->latest ? r->now : r->latest;
}

static void add(struct random_commands *r, json_t *batch, const char *op, json_t *params)
{
    json_array_append_new(batch, make(r, op, "system", must(params)));
}

static void add_accounts(struct random_commands *r, json_t *batch)
{
    static const char *const made[][3] = {
        {"root", "admin", NULL},           {"boss", "def", NULL},
        {"night", "astreinte", NULL},      {"dts", "territory", NULL},
        {"home-1", "establishment", NULL}, {"home-2", "establishment", NULL},
        {"mobile", "mobile", NULL},        {"feed", "service", "home-1"},
        {"feed-2", "service", "boss"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(made); i++)
        add(r, batch, "account.put",
            json_pack("{sssssss[s]s[s]ss*}", "id", made[i][0], "role", made[i][1], "name", "N",
                      "territories", "d31", "establishments",
                      strcmp(made[i][0], "home-2") == 0 ? "e-2" : "e-1", "acts_for", made[i][2]));
}

char *random_world(struct random_commands *r)
{
    json_t *batch = must(json_array());
    for (size_t i = 0; i < ARRAY_LENGTH(territories); i++)
        add(r, batch, "territory.put",
            json_pack("{ssssssss*}", "code", territories[i], "name", "T", "level", "dts", "parent",
                      i > 0 ? territories[(i - 1) / 2] : NULL));
    for (size_t i = 0; i < ARRAY_LENGTH(communes); i++)
        add(r, batch, "commune.put",
            json_pack("{sssss[ff]ss}", "insee", communes[i], "name", "C", "point", 43.1 + (double)i,
                      1.44, "territory", territories[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(establishments); i++)
        add(r, batch, "establishment.put",
            json_pack("{ssssssssss}", "id", establishments[i], "name", "E", "establishment_kind",
                      kinds[i % 4], "territory", territories[3 + i], "commune", communes[i]));
    add_accounts(r, batch);
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        add(r, batch, "unit.put",
            json_pack("{sssssssi}", "id", units[i], "establishment", establishments[i % 5], "name",
                      "U", "emergency_reserved", (int)(i % 3)));
    return dumped(batch);
}

void random_commands_init(struct random_commands *r, uint64_t seed, usec_t now)
{
    *r = (struct random_commands){.dice = {seed}, .now = now, .latest = now};
}

void random_commands_free(struct random_commands *r)
{
    for (size_t i = 0; i < RANDOM_REMEMBERED; i++)
        json_decref(r->earlier[i]);
}
