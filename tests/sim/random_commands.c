/* SPDX-License-Identifier: EUPL-1.2 */
#include "sim/random_commands.h"

#include <stdlib.h>
#include <string.h>

#include "sim/random_params.h"

static const char *const channels[] = {"console", "cli", "api", "import"};

/* Who gives commands that are not administration; the first ones usually may. */
static const char *const callers[] = {"boss",   "root",   "home-1", "feed", "night",
                                      "system", "root",   "boss",   "dts",  "home-2",
                                      "feed-2", "mobile", "nobody"};

static const char *const askers[] = {"boss", "boss", "night", "dts", "dts-2", "feed-2"};
static const char *const hosts[] = {"homes", "homes",  "homes", "homes",
                                    "homes", "home-1", "feed",  "boss"};

static const char *const leaders[] = {"mobile", "mobile", "mobile-2", "boss", "night", "feed-3"};

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
    if (r->n_earlier > 0 && chance(r, 10))
        return repeat(r);
    const struct choice *c = random_choice(r);
    const char *who = c->account != NULL && chance(r, 92) ? c->account : PICK(r, callers);
    if (strcmp(who, "asker") == 0)
        who = PICK(r, askers);
    else if (strcmp(who, "host") == 0)
        who = PICK(r, hosts);
    else if (strcmp(who, "leader") == 0)
        who = PICK(r, leaders);
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
        out_of_memory();
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
    else if (chance(r, 4))
        r->now += between(r, 1, 300) * USEC_S;
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

/* Who there is at first; commands change them, and `restore` brings them back. */
static const char *const made[][3] = {
    {"root", "admin", NULL},           {"boss", "def", NULL},
    {"night", "astreinte", NULL},      {"dts", "territory", NULL},
    {"home-1", "establishment", NULL}, {"home-2", "establishment", NULL},
    {"mobile", "mobile", NULL},        {"homes", "establishment", NULL},
    {"dts-2", "territory", NULL},      {"feed", "service", "home-1"},
    {"feed-2", "service", "boss"},     {"mobile-2", "mobile", NULL},
    {"feed-3", "service", "mobile"},
};

static json_t *account_made(size_t i)
{
    const char *who = made[i][0];
    json_t *p =
        must(json_pack("{sssssss[s]s[s]ss*}", "id", who, "role", made[i][1], "name", "N",
                       "territories", strcmp(who, "dts-2") == 0 ? "dts-2" : "d31", "establishments",
                       strcmp(who, "home-2") == 0 ? "e-2" : "e-1", "acts_for", made[i][2]));
    for (size_t e = 1; strcmp(who, "homes") == 0 && e < ARRAY_LENGTH(world_establishments); e++)
        json_array_append_new(column(p, "establishments"),
                              must(json_string(world_establishments[e])));
    return p;
}

json_t *random_restored(struct random_commands *r)
{
    return account_made(dice_roll(&r->dice, ARRAY_LENGTH(made)));
}

char *random_world(struct random_commands *r)
{
    json_t *batch = must(json_array());
    for (size_t i = 0; i < ARRAY_LENGTH(world_territories); i++)
        add(r, batch, "territory.put",
            json_pack("{ssssssss*}", "code", world_territories[i], "name", "T", "level", "dts",
                      "parent", i > 0 ? world_territories[(i - 1) / 2] : NULL));
    for (size_t i = 0; i < ARRAY_LENGTH(world_communes); i++)
        add(r, batch, "commune.put",
            json_pack("{sssss[ff]ss}", "insee", world_communes[i], "name", "C", "point",
                      43.1 + (double)i, 1.44, "territory", world_territories[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(world_establishments); i++)
        add(r, batch, "establishment.put",
            json_pack("{ssssssssss}", "id", world_establishments[i], "name", "E",
                      "establishment_kind", world_kinds[i % 4], "territory",
                      world_territories[3 + i], "commune", world_communes[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(made); i++)
        add(r, batch, "account.put", account_made(i));
    for (size_t i = 0; i < ARRAY_LENGTH(world_units); i++)
        add(r, batch, "unit.put",
            json_pack("{sssssssi}", "id", world_units[i], "establishment",
                      world_establishments[i % 5], "name", "U", "emergency_reserved",
                      (int)(i % 3)));
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
