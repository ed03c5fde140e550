/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/rota.h"

#include "core/json_read.h"
#include "core/member.h"

static void cleanup(struct rota **t)
{
    rota_destroy(*t);
}

int rota_decode(const char *id, const char *state, struct rota **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    const char *duty = json_text(json, "duty");
    int number = duty ? code_find(duty_codes, DUTY_COUNT, duty) : -1;
    CLEANUP(cleanup) struct rota *t = calloc(1, sizeof *t);
    if (t == NULL || (t->id = strdup(id)) == NULL ||
        json_copy_text(json, "territory", &t->territory) < 0 ||
        json_copy_text(json, "account", &t->account) < 0)
        return -ENOMEM;
    t->from_at = json_int_or(json, "from_at", 0);
    t->to_at = json_int_or(json, "to_at", 0);
    if (number < 0 || t->territory == NULL || t->account == NULL || t->from_at >= t->to_at)
        return -EBADMSG;
    t->duty = (enum duty)number;
    *ret = t;
    t = NULL;
    return 0;
}

void rota_destroy(struct rota *t)
{
    if (t == NULL)
        return;
    free(t->id);
    free(t->territory);
    free(t->account);
    free(t);
}

void rota_encode(const struct rota *t, struct buf *out)
{
    member_text(out, "duty", duty_codes[t->duty]);
    member_text(out, "territory", t->territory);
    member_text(out, "account", t->account);
    member_instant(out, "from_at", t->from_at);
    member_instant(out, "to_at", t->to_at);
}

bool rota_is_before(const struct rota *a, const struct rota *b)
{
    return b == NULL || a->from_at > b->from_at ||
           (a->from_at == b->from_at && strcmp(a->id, b->id) < 0);
}
