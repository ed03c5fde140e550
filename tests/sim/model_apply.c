/* SPDX-License-Identifier: EUPL-1.2 */
/* apply_batch: schema/0011_apply.sql. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model.h"
#include "sim/model_offers.h"

#define REMEMBERED (48 * USEC_HOUR)

struct verdict verdict_done(json_t *parts)
{
    return (struct verdict){.type = "ok", .parts = parts};
}

struct verdict verdict_refused(const char *type)
{
    return (struct verdict){.type = type};
}

struct verdict verdict_invalid(const char *pointer, const char *detail)
{
    struct verdict v = {.type = "invalid_params", .detail = detail};
    snprintf(v.pointer, sizeof v.pointer, "%s", pointer);
    return v;
}

static bool is_account(const char *text)
{
    size_t n = strlen(text);
    return n >= 1 && n <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n &&
           strchr("._-", text[0]) == NULL;
}

static bool is_text(const json_t *item, const char *name, size_t least, size_t most)
{
    const char *text = column_text(item, name);
    size_t n = 0;
    for (const char *p = text; p != NULL && *p != '\0'; p++)
        n += ((unsigned char)*p & 0xc0) != 0x80;
    return text != NULL && n >= least && n <= most;
}

static bool is_command(const json_t *item)
{
    return json_is_object(item) && is_text(item, "account", 1, 63) &&
           is_account(column_text(item, "account")) && is_text(item, "key", 1, 64) &&
           is_text(item, "op", 1, 64) && is_text(item, "digest", 0, 128) &&
           is_text(item, "channel", 1, 10) &&
           word_in("console link cli api import", column_text(item, "channel")) &&
           json_is_object(column(item, "params"));
}

static const char *memory_key(const json_t *item, char *key, size_t room)
{
    snprintf(key, room, "%s %s", column_text(item, "account"), column_text(item, "key"));
    return key;
}

static json_t *earlier_reply(const struct model *m, const json_t *item, usec_t now)
{
    char key[400];
    const json_t *known = json_object_get(m->idempotency, memory_key(item, key, sizeof key));
    if (known == NULL || column_int(known, "at") + REMEMBERED <= now)
        return NULL;
    if (m->fault == FAULT_KEY_UNLOCKED && column_int(known, "at") + 3 * USEC_S > now)
        return NULL;
    if (!json_equal(column(known, "operation"), column(item, "op")) ||
        !json_equal(column(known, "digest"), column(item, "digest")))
        return must(json_pack("{sssn}", "type", "conflict", "revision"));
    json_t *reply = must(json_copy(column(known, "reply")));
    json_object_set_new(reply, "replayed", json_true());
    return reply;
}

static void remember(struct model *m, const json_t *item, json_t *reply)
{
    char key[400];
    json_t *known =
        must(json_pack("{sOsOsOsI}", "operation", column(item, "op"), "digest",
                       column(item, "digest"), "reply", reply, "at", (json_int_t)m->at));
    json_object_set_new(m->idempotency, memory_key(item, key, sizeof key), known);
}

static struct command authorise(const struct model *m, const json_t *item, const char *roles)
{
    struct command c = {.account = column_text(item, "account"),
                        .channel = column_text(item, "channel"),
                        .at = m->at,
                        .revision = m->revision + 1,
                        .params = column(item, "params")};
    if (strcmp(c.account, "system") == 0) {
        c.role = "admin";
        return c;
    }
    if (strcmp(c.account, "daemon") == 0) {
        c.role = word_in(roles, "daemon") ? "daemon" : NULL;
        return c;
    }
    const json_t *a = row_find(m, TABLE_ACCOUNT, c.account);
    const char *role = column_text(a, "role");
    if (role != NULL && strcmp(role, "service") == 0 && word_in(roles, role) &&
        !json_is_true(column(a, "disabled"))) {
        c.acts_for = column_text(a, "acts_for");
        a = row_find(m, TABLE_ACCOUNT, c.acts_for);
        role = column_text(a, "role");
        if (role != NULL && strcmp(role, "service") == 0)
            role = NULL;
    }
    if (role != NULL && word_in(roles, role) && !json_is_true(column(a, "disabled"))) {
        c.role = role;
        c.territories = column(a, "territories");
        c.establishments = column(a, "establishments");
    }
    return c;
}

/* The command is for the unit as its writer saw it. */
static struct verdict revision_error(const struct model *m, const struct command *c)
{
    const json_t *u = unit_in_scope(m, c);
    if (u == NULL)
        return verdict_refused("forbidden");
    struct verdict v = {0};
    if (column_int(u, "revision") != column_int(c->params, "if_revision")) {
        v = verdict_refused("precondition_failed");
        v.detail = "other_revision";
    }
    return v;
}

static struct verdict run(struct model *m, const json_t *item)
{
    const struct operation *op = model_operation_find(column_text(item, "op"));
    if (op == NULL)
        return verdict_refused("unknown_operation");
    struct command c = authorise(m, item, op->roles);
    if (c.role == NULL)
        return verdict_refused("forbidden");
    struct verdict v = params_error(m, op, c.params);
    if (v.type == NULL && !column_null(c.params, "if_revision"))
        v = revision_error(m, &c);
    if (v.type != NULL)
        return v;
    v = op->perform(m, &c);
    if (json_array_size(v.parts) > 0)
        offers_void(m, &c, op->op, v.parts);
    return v;
}

static int by_kind_and_id(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int kinds = strcmp(column_text(x, "kind"), column_text(y, "kind"));
    return kinds != 0 ? kinds : strcmp(column_text(x, "id"), column_text(y, "id"));
}

static void log_part(struct model *m, json_t *part, size_t i, size_t n)
{
    json_t *departed = json_incref(column(part, "departed"));
    json_object_del(part, "departed");
    json_object_set_new(part, "revision", must(json_integer(m->revision)));
    json_object_set_new(part, "part", must(json_integer((json_int_t)i + 1)));
    json_object_set_new(part, "parts", must(json_integer((json_int_t)n)));
    json_object_set_new(part, "at", must(json_integer(m->at)));
    if (m->fault != FAULT_LOST_ROW || i == 0 || m->revision % 7 != 0)
        json_array_append(m->changes, part);
    if (!json_is_null(departed))
        json_array_append_new(
            m->departed, must(json_pack("{sOsOsOsOsO}", "revision", column(part, "revision"),
                                        "part", column(part, "part"), "kind", column(part, "kind"),
                                        "id", column(part, "id"), "scope", departed)));
    json_decref(departed);
}

void write_revision(struct model *m, const char *actor, const char *operation, const json_t *parts)
{
    size_t n = json_array_size(parts);
    json_t **sorted = calloc(n, sizeof(json_t *));
    if (sorted == NULL)
        out_of_memory();
    for (size_t i = 0; i < n; i++)
        sorted[i] = json_array_get(parts, i);
    qsort(sorted, n, sizeof(json_t *), by_kind_and_id);
    m->revision++;
    for (size_t i = 0; i < n; i++) {
        json_object_set_new(sorted[i], "actor", must(json_string(actor)));
        json_object_set_new(sorted[i], "operation", must(json_string(operation)));
        log_part(m, sorted[i], i, n);
    }
    free(sorted);
}

static json_t *reply_of(const struct verdict *v, json_t *revision)
{
    json_t *reply = must(json_pack("{ssso}", "type", v->type, "revision", must(revision)));
    if (v->detail != NULL && v->pointer[0] == '\0')
        json_object_set_new(reply, "detail", must(json_string(v->detail)));
    else if (v->detail != NULL)
        json_object_set_new(
            reply, "errors",
            must(json_pack("[{ssss}]", "pointer", v->pointer, "detail", v->detail)));
    if (v->now != 0)
        json_object_set_new(reply, "now", must(json_integer(v->now)));
    if (v->answer != NULL)
        json_object_set_new(reply, "answer", v->answer);
    return reply;
}

static json_t *run_command(struct model *m, const json_t *item, bool owner)
{
    struct verdict v = verdict_refused("invalid_request");
    if (!is_command(item))
        return reply_of(&v, json_null());
    v = verdict_refused("forbidden");
    if (strcmp(column_text(item, "account"), "system") == 0 && !owner)
        return reply_of(&v, json_null());
    json_t *reply = earlier_reply(m, item, m->at);
    if (reply != NULL)
        return reply;
    v = run(m, item);
    bool changed = json_array_size(v.parts) > 0;
    if (changed)
        write_revision(m, column_text(item, "account"), column_text(item, "op"), v.parts);
    json_decref(v.parts);
    reply = reply_of(&v, changed ? json_integer(m->revision) : json_null());
    remember(m, item, reply);
    return reply;
}

/* Reproducible, and never the same twice: a timeline opens one epoch at most. */
void model_next_epoch(const struct model *m, char ret_name[static 17])
{
    uint64_t name = 0x9e3779b97f4a7c15u * (uint64_t)(m->timeline + 1);
    snprintf(ret_name, 17, "%016llx", (unsigned long long)name);
}

static void open_epoch(struct model *m)
{
    model_next_epoch(m, m->epoch);
    usec_t opened = m->at > m->clock ? m->at : m->clock;
    json_array_append_new(
        m->epochs, must(json_pack("[sII]", m->epoch, (json_int_t)m->revision, (json_int_t)opened)));
    m->ledger_timeline = m->timeline;
}

json_t *apply_batch(struct model *m, const char *batch, bool owner, const char **ret_sqlstate)
{
    json_t *items = batch != NULL ? json_loads(batch, JSON_DECODE_ANY, NULL) : NULL;
    if (items == NULL || !json_is_array(items) || json_array_size(items) > 64) {
        *ret_sqlstate = items == NULL ? "22P02" : "UG003";
        json_decref(items);
        return NULL;
    }
    if (m->ledger_timeline != m->timeline)
        open_epoch(m);
    m->at = m->at + 1 > m->clock ? m->at + 1 : m->clock;
    sweep(m);
    json_t *replies = must(json_array());
    size_t i;
    json_t *item;
    json_array_foreach (items, i, item)
        json_array_append_new(replies, run_command(m, item, owner));
    json_decref(items);
    json_array_append_new(m->journal,
                          must(json_pack("{sssbsIsi}", "batch", batch, "owner", owner, "at",
                                         (json_int_t)m->at, "timeline", m->timeline)));
    m->commits++;
    return must(json_pack("{sssIsIso}", "epoch", m->epoch, "revision", (json_int_t)m->revision,
                          "at", (json_int_t)m->at, "replies", replies));
}
