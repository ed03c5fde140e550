/* SPDX-License-Identifier: EUPL-1.2 */
/* me, commune.find, and the shapes of what the session itself answers. */
#include "api/filter_read.h"
#include "api/operation.h"
#include "proto/format.h"
#include "proto/limits.h"

static const struct shape protocol_element = {NULL, SHAPE_INT, .min = 0, .max = 1000};

const struct shape hello_params[] = {
    {"protocol", SHAPE_ARRAY, .required = true, .min = 2, .max = 2, .element = &protocol_element},
    {"client", SHAPE_TEXT, .required = true, .min = 1, .max = 64},
    {"token", SHAPE_TEXT, .format = format_token},
    {0},
};

const struct shape echo_params[] = {{0}}; /* any params at all: not checked */

const struct shape subscribe_params[] = {
    {"sub", SHAPE_TEXT, .required = true, .format = format_name},
    {"filter", SHAPE_OBJECT, .members = filter_members},
    {"since", SHAPE_TEXT, .nullable = true, .format = format_since},
    MEMBER_AFTER,
    {0},
};

const struct shape unsubscribe_params[] = {
    {"sub", SHAPE_TEXT, .required = true, .format = format_name},
    {0},
};

const struct shape me_params[] = {MEMBER_AFTER, {0}};

const struct shape commune_find_params[] = {
    {"name", SHAPE_TEXT, .required = true, .min = 1, .max = 60},
    {"limit", SHAPE_INT, .min = 1, .max = 50},
    MEMBER_AFTER,
    {0},
};

int run_me(struct desk *d, usec_t now, struct call *c)
{
    const struct viewer *v = c->viewer;
    struct account *a = replica_account(d->replica, span_of(v->account));
    buf_text(&c->result, "{\"account\":");
    buf_json_text(&c->result, v->account);
    buf_text(&c->result, ",\"name\":");
    buf_json_text(&c->result, a ? a->name : NULL);
    buf_printf(&c->result,
               ",\"role\":\"%s\",\"scope\":", role_codes[v->service ? ROLE_SERVICE : v->role]);
    buf_add(&c->result, buf_span(&v->scope));
    buf_text(&c->result, ",\"acts_for\":");
    buf_json_text(&c->result, a ? a->acts_for : NULL);
    buf_text(&c->result, ",\"now\":");
    buf_json_instant(&c->result, replica_now(d->replica, now));
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

/* How well a folded name answers the folded question: 0 not at all, 3 exactly. */
static int match(const char *key, const char *wanted)
{
    size_t n = strlen(wanted);
    if (strncmp(key, wanted, n) == 0)
        return key[n] == 0 ? 3 : 2;
    const char *inside = strstr(key, wanted);
    return inside != NULL && inside[-1] == ' ' ? 1 : 0;
}

/* By INSEE code, by postcode (several communes may share one) or by name. */
static int match_commune(const struct commune *c, const char *wanted)
{
    if (strcmp(c->insee, wanted) == 0)
        return 3;
    for (size_t i = 0; i < c->n_postcodes; i++)
        if (strcmp(c->postcodes[i], wanted) == 0)
            return 3;
    return match(c->key, wanted);
}

static bool better(const struct commune *a, int a_match, const struct commune *b, int b_match)
{
    return a_match != b_match ? a_match > b_match : strcmp(a->insee, b->insee) < 0;
}

/* The best `limit` communes, best first. Whoever is asked for exactly hides the rest. */
static size_t best_communes(const struct map *communes, const char *wanted, size_t limit,
                            const struct commune **best)
{
    int matches[50];
    size_t n = 0;
    size_t cursor = 0;
    for (struct map_slot *slot; (slot = map_next(communes, &cursor)) != NULL;) {
        const struct commune *commune = slot->value;
        int m = match_commune(commune, wanted);
        if (m == 0)
            continue;
        size_t at = n < limit ? n++ : n;
        while (at > 0 && better(commune, m, best[at - 1], matches[at - 1])) {
            if (at < n) {
                best[at] = best[at - 1];
                matches[at] = matches[at - 1];
            }
            at--;
        }
        if (at < n) {
            best[at] = commune;
            matches[at] = m;
        }
    }
    size_t exact = 0;
    while (exact < n && matches[exact] == 3)
        exact++;
    return exact > 0 ? exact : n;
}

int run_commune_find(struct desk *d, usec_t now, struct call *c)
{
    char wanted[COMMUNE_KEY_MAX];
    commune_fold(shape_text(c->params, "name"), wanted);
    const struct commune *best[50];
    size_t limit = (size_t)shape_int(c->params, "limit", 10);
    size_t n = wanted[0] ? best_communes(&d->replica->live->communes, wanted, limit, best) : 0;
    buf_text(&c->result, "{\"communes\":[");
    for (size_t i = 0; i < n; i++) {
        buf_text(&c->result, i ? "," : "");
        commune_encode(best[i], &c->result);
    }
    buf_char(&c->result, ']');
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}
