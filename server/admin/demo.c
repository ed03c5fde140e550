/* SPDX-License-Identifier: EUPL-1.2 */
/* The generator. Random numbers come from the seed alone, in one order, so that two loads of the
 * same seed agree; only the declarations depend on the time. */
#include "admin/demo.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "admin/demo_tables.h"
#include "admin/kinds.h"

#define GROUP_PLACES 13 /* of a group in a house, about */
#define TOULOUSE 0      /* index of the commune that has several MDS */
#define TOULOUSE_MDS 6  /* index of the first of them, */
#define TOULOUSE_MDS_N 8

struct maker {
    struct demo *demo;
    uint64_t random;
    usec_t now;
    bool failed;
    int n_houses;  /* for the numbers of telephones and streets */
    int n_at_home; /* units of placements at home */
};

/* What is needed of a unit to declare on it. */
struct place {
    const char *unit, *account;
    int places, reserved;
    usec_t ttl;
    bool first; /* of the first account: fresh, with room */
};

/* splitmix64 (G. L. Steele, D. Lea, C. H. Flood, 2014). */
static uint64_t draw(struct maker *m)
{
    uint64_t z = m->random += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static int below(struct maker *m, int n) /* n at least 1 */
{
    return n > 1 ? (int)(draw(m) % (uint64_t)n) : 0;
}

static double unit_interval(struct maker *m)
{
    return (double)(draw(m) >> 11) / (double)(1ULL << 53);
}

/* Adds {"op", "params", "account"?, "channel"?} to a list; params may be NULL when memory is out.
 */
static void add(struct maker *m, json_t *list, const char *op, json_t *params, const char *account)
{
    json_t *command = json_pack("{s:s, s:o, s:s*, s:s*}", "op", op, "params", params, "account",
                                account, "channel", account != NULL ? "import" : NULL);

    if (json_array_append_new(list, command) != 0)
        m->failed = true;
}

/* ── where ────────────────────────────────────────────────────────────────────────────────── */

static int choose_commune(struct maker *m)
{
    int all = 0, at;

    for (int i = 0; i < demo_communes_n; i++)
        all += demo_communes[i].weight;
    at = below(m, all);
    for (int i = 0; i < demo_communes_n; i++)
        if ((at -= demo_communes[i].weight) < 0)
            return i;
    return TOULOUSE;
}

static const char *territory_of(struct maker *m, int commune)
{
    return commune == TOULOUSE ? demo_territories[TOULOUSE_MDS + below(m, TOULOUSE_MDS_N)].code
                               : demo_communes[commune].territory;
}

/* Within some 1.5 km of the commune's centre, to ten metres. */
static json_t *point_near(struct maker *m, int commune)
{
    double lat = demo_communes[commune].lat + (unit_interval(m) - 0.5) * 0.026;
    double lon = demo_communes[commune].lon + (unit_interval(m) - 0.5) * 0.036;

    return json_pack("[f,f]", round(lat * 1e4) / 1e4, round(lon * 1e4) / 1e4);
}

static void make_places(struct maker *m)
{
    for (int i = 0; i < demo_territories_n; i++) {
        const struct demo_territory *t = &demo_territories[i];

        add(m, m->demo->reference, "territory.put",
            json_pack("{s:s, s:s, s:s, s:s*}", "code", t->code, "name", t->name, "level", t->level,
                      "parent", t->parent),
            NULL);
    }
    for (int i = 0; i < demo_communes_n; i++) {
        const struct demo_commune *c = &demo_communes[i];

        add(m, m->demo->reference, "commune.put",
            json_pack("{s:s, s:s, s:[s], s:[f,f], s:s}", "insee", c->insee, "name", c->name,
                      "postcodes", c->postcode, "point", c->lat, c->lon, "territory", c->territory),
            NULL);
    }
}

/* ── who ──────────────────────────────────────────────────────────────────────────────────── */

/* An establishment; its numbers are in the ranges that ARCEP keeps for fiction (05 36 49, 06 39
 * 98).
 */
static void make_establishment(struct maker *m, const char *id, const char *name, const char *kind,
                               const char *operator)
{
    int commune = choose_commune(m), n = m->n_houses++;
    const char *territory = territory_of(m, commune);
    const struct demo_commune *c = &demo_communes[commune];
    char address[160], day[24], night[24];

    snprintf(address, sizeof address, "%d %s, %s %s", 1 + below(m, 89),
             demo_streets[below(m, demo_streets_n)], c->postcode, c->name);
    snprintf(day, sizeof day, "05 36 49 %02d %02d", n / 100 % 100, n % 100);
    snprintf(night, sizeof night, "06 39 98 %02d %02d", n / 100 % 100, n % 100);
    add(m, m->demo->reference, "establishment.put",
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:{s:s, s:s}}", "id", id, "name",
                  name, "establishment_kind", kind, "operator", operator, "address", address,
                  "territory", territory, "commune", c->insee, "point", point_near(m, commune),
                  "precision", "exact", "contact", "day", day, "night", night),
        NULL);
}

static void make_account(struct maker *m, const char *id, enum role role, const char *name,
                         json_t *territories, json_t *establishments, const char *acts_for)
{
    char remind[96]; /* a domain that is kept for what does not exist: RFC 2606 */

    snprintf(remind, sizeof remind, "%s@demo.invalid", id);
    add(m, m->demo->accounts, "account.put",
        json_pack("{s:s, s:s, s:s, s:o*, s:o*, s:s*, s:s*}", "id", id, "role", role_codes[role],
                  "name", name, "territories", territories, "establishments", establishments,
                  "acts_for", acts_for, "remind", role == ROLE_ESTABLISHMENT ? remind : NULL),
        NULL);
}

/* One account of every role that is not an establishment's; then the territories'. */
static void make_offices(struct maker *m)
{
    static const struct {
        const char *id, *name;
        enum role role;
    } wide[] = {
        {"astreinte-31", "Astreinte ASE", ROLE_ASTREINTE},
        {"def-31", "Direction enfance et famille", ROLE_DEF},
        {"mobile-31", "Équipe mobile", ROLE_MOBILE},
    };

    make_account(m, "admin-31", ROLE_ADMIN, "Administration", NULL, NULL, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(wide); i++)
        make_account(m, wide[i].id, wide[i].role, wide[i].name, json_pack("[s]", DEMO_ROOT), NULL,
                     NULL);
    for (int i = 0; i < demo_territories_n; i++)
        if (strcmp(demo_territories[i].level, "dts") == 0 ||
            strcmp(demo_territories[i].code, "mds-muret") == 0)
            make_account(m, demo_territories[i].code, ROLE_TERRITORY, demo_territories[i].name,
                         json_pack("[s]", demo_territories[i].code), NULL, NULL);
}

/* ── what they say of their places ────────────────────────────────────────────────────────── */

/* Free places of open ones: a little less than three in a hundred. */
static int draw_free(struct maker *m, int open)
{
    int free = 0;

    for (int i = 0; i < open; i++)
        free += unit_interval(m) < 0.027;
    return free;
}

/* A few places closed for a while, in one unit of thirty. */
static json_t *draw_closed(struct maker *m, int *open)
{
    static const char *const reasons[] = {"staff", "works", "holidays", "health"};
    char day[INSTANT_TEXT];
    int n = *open >= 6 && below(m, 30) == 0 ? 1 + below(m, 2) : 0;
    const char *reason = reasons[below(m, ARRAY_LENGTH(reasons))];
    int days = 3 + below(m, 40);

    if (n == 0)
        return NULL;
    *open -= n;
    instant_format(m->now + days * 24 * USEC_HOUR, day);
    day[10] = '\0';
    return json_pack("{s:i, s:s, s:s}", "n", n, "reason", reason, "reopens_on", day);
}

/* How long ago the declaration was true: four in five are still believed; -1: never declared. */
static usec_t draw_age(struct maker *m, usec_t ttl)
{
    double chance = unit_interval(m), share = unit_interval(m);

    if (chance < 0.08)
        return -1;
    if (chance < 0.24)
        return (usec_t)((double)ttl * (1.1 + 2 * share));
    return (usec_t)((double)ttl * 0.8 * share);
}

static void make_declaration(struct maker *m, const struct place *p)
{
    int open = p->places, free, over;
    usec_t age = draw_age(m, p->ttl);
    json_t *closed = draw_closed(m, &open), *params;
    const char *derogation = NULL;

    free = draw_free(m, open);
    over =
        below(m, 40) == 0 && free == 0 ? 1 : 0; /* one more than there are places, by derogation */
    if (over > 0)
        derogation = below(m, 2) == 0 ? "siblings" : "emergency";
    if (p->first) {
        json_decref(closed);
        closed = NULL;
        age = USEC_MIN;
        open = p->places;
        free = 4;
        over = 0;
        derogation = NULL;
    }
    if (age < 0) {
        json_decref(closed);
        return;
    }
    params = json_pack("{s:s, s:i, s:i, s:I, s:o*, s:s*}", "unit", p->unit, "open", open,
                       "occupied", open - free + over, "observed_at", (json_int_t)(m->now - age),
                       "closed", closed, "derogation", derogation);
    if (params != NULL && p->reserved > 0 && below(m, 2) == 0)
        m->failed |= json_object_set_new(params, "emergency_used", json_integer(1)) != 0;
    add(m, m->demo->declarations, "unit.declare", params, p->account);
}

/* ── units ────────────────────────────────────────────────────────────────────────────────── */

static json_t *accepts_of(const struct demo_group *g)
{
    json_t *accepts = json_object();

    for (int need = 0; need < NEED_COUNT; need++) {
        const char *says = strstr(g->yes, need_codes[need]) != NULL  ? "yes"
                           : strstr(g->no, need_codes[need]) != NULL ? "no"
                                                                     : NULL;

        if (says != NULL &&
            json_object_set_new(accepts, need_codes[need], json_string(says)) != 0) {
            json_decref(accepts);
            return NULL;
        }
    }
    return accepts;
}

static usec_t ttl_of(const char *kind, enum modality modality)
{
    const struct kind *k = kind_find(span_of(kind));
    int hours = modality == MODALITY_URGENCE ? 4 : k != NULL ? k->ttl_h : 24;

    return hours * USEC_HOUR;
}

/* The n-th service placing children at home has its beds in reserve in the n-th MECS, which the
 * table names earlier. */
static json_t *bed_in_reserve(int n)
{
    int mecs = 0;

    for (int turn = 0; mecs <= n; turn++) {
        const struct demo_service *s = &demo_services[turn % demo_services_n];

        if (strcmp(s->kind, "mecs") == 0 && mecs++ == n)
            return json_sprintf("u-demo-%s-1", s->slug);
    }
    return NULL;
}

static void make_unit(struct maker *m, const char *establishment, const struct demo_group *g,
                      const char *name, const struct place *p)
{
    json_t *params = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:i, s:b, s:s, s:o, s:i, s:i, s:i, s:i}", "id",
        p->unit, "establishment", establishment, "name", name, "modality",
        modality_codes[g->modality], "min_months", g->min_months, "max_months", g->max_months,
        "sex", unit_sex_codes[g->sex], "siblings_max", g->siblings_max, "siblings_mixed",
        g->sex == UNIT_SEX_ANY, "admission", admission_codes[g->admission], "accepts",
        accepts_of(g), "authorised", p->places, "installed", p->places, "emergency_reserved",
        p->reserved, "ttl_s", (int)(p->ttl / USEC_S));

    if (params != NULL && g->max_stay_days > 0)
        m->failed |=
            json_object_set_new(params, "max_stay_days", json_integer(g->max_stay_days)) != 0;
    if (params != NULL && g->admission == ADMISSION_OFFICE_HOURS)
        m->failed |=
            json_object_set_new(params, "delay_h", json_integer(24 * (1 + below(m, 5)))) != 0;
    if (params != NULL && g->modality == MODALITY_PAD)
        m->failed |= json_object_set_new(params, "fallback", bed_in_reserve(m->n_at_home++)) != 0;
    add(m, m->demo->reference, "unit.put", params, NULL);
}

/* The n-th group of a house: the kind's first ones in every house, the others in turn. */
static const struct demo_group *group_of(const char *kind, int n, int turn, int always)
{
    int first = -1, count = 0;

    for (int i = 0; i < demo_groups_n; i++)
        if (strcmp(demo_groups[i].kind, kind) == 0) {
            first = first < 0 ? i : first;
            count++;
        }
    if (count == 0)
        return &demo_groups[0]; /* a kind without groups: no such service is in the table */
    if (n >= always && count > always)
        n = always + (turn + n - always) % (count - always);
    return &demo_groups[first + n % count];
}

static int groups_of_kind(const char *kind)
{
    int count = 0;

    for (int i = 0; i < demo_groups_n; i++)
        count += strcmp(demo_groups[i].kind, kind) == 0;
    return count;
}

/* A service with its groups, its account and what that declares. */
static void make_service(struct maker *m, int index, int turn)
{
    const struct demo_service *s = &demo_services[index];
    bool mecs = strcmp(s->kind, "mecs") == 0;
    int n = groups_of_kind(s->kind), each;
    char establishment[80], unit[80], name[80];

    if (mecs && n > s->places / GROUP_PLACES + 1)
        n = s->places / GROUP_PLACES + 1;
    n = n > 0 ? n : 1;
    each = s->places / n;
    snprintf(establishment, sizeof establishment, "e-demo-%s", s->slug);
    snprintf(name, sizeof name, "%s", s->name);
    make_establishment(m, establishment, s->name, s->kind,
                       demo_operators[index % demo_operators_n]);
    make_account(m, s->slug, ROLE_ESTABLISHMENT, name, NULL, json_pack("[s]", establishment), NULL);
    for (int i = 0; i < n; i++) {
        const struct demo_group *g = group_of(s->kind, i, turn * 2, mecs ? 2 : n);
        struct place p = {.unit = unit, .account = s->slug, .reserved = g->reserved};

        snprintf(unit, sizeof unit, "u-demo-%s-%d", s->slug, i + 1);
        p.places = i == 0 ? s->places - each * (n - 1) : each;
        p.ttl = ttl_of(s->kind, g->modality);
        p.first = index == 0 && i == 0;
        make_unit(m, establishment, g, g->name, &p);
        make_declaration(m, &p);
    }
}

/* ── foster families ──────────────────────────────────────────────────────────────────────── */

/* Places of each family, one to three, DEMO_FOSTER_PLACES in all. */
static void share_places(struct maker *m, int places[static DEMO_FOSTER_FAMILIES])
{
    for (int i = 0; i < DEMO_FOSTER_FAMILIES; i++)
        places[i] = 1;
    for (int left = DEMO_FOSTER_PLACES - DEMO_FOSTER_FAMILIES; left > 0;) {
        int i = below(m, DEMO_FOSTER_FAMILIES);

        if (places[i] < 3) {
            places[i]++;
            left--;
        }
    }
}

static void make_family(struct maker *m, int index, int places, const char *account, json_t *scope)
{
    static const int ages[][2] = {{0, 36}, {0, 72}, {0, 216}, {36, 144}, {72, 216}, {0, 252}};
    int pair = below(m, ARRAY_LENGTH(ages));
    struct demo_group g = {
        .modality = MODALITY_FAMILIAL,
        .min_months = ages[pair][0],
        .max_months = ages[pair][1],
        .sex = UNIT_SEX_ANY,
        .siblings_max = places,
        .admission = below(m, 5) == 0 ? ADMISSION_ALWAYS : ADMISSION_OFFICE_HOURS,
        .yes = below(m, 6) == 0 ? "disability" : "",
        .no = below(m, 3) == 0 ? "psychiatric mother_child" : "",
    };
    char establishment[32], unit[32], name[80];
    struct place p = {.unit = unit, .account = account, .places = places, .ttl = 72 * USEC_HOUR};

    snprintf(establishment, sizeof establishment, "e-demo-af-%03d", index + 1);
    snprintf(unit, sizeof unit, "u-demo-af-%03d", index + 1);
    snprintf(name, sizeof name, "Famille %s%s", demo_family_heads[index % demo_family_heads_n],
             demo_family_tails[index / demo_family_heads_n % demo_family_tails_n]);
    make_establishment(m, establishment, name, "assistant_familial",
                       "Accueil familial départemental (fictif)");
    make_unit(m, establishment, &g, "Accueil familial", &p);
    make_declaration(m, &p);
    m->failed |= json_array_append_new(scope, json_string(establishment)) != 0;
}

static void make_families(struct maker *m)
{
    int places[DEMO_FOSTER_FAMILIES];

    share_places(m, places);
    for (int k = 0; k < DEMO_FOSTER_ACCOUNTS; k++) {
        json_t *scope = json_array();
        char account[32], name[80];

        snprintf(account, sizeof account, "familles-accueil-%d", k + 1);
        snprintf(name, sizeof name, "Accueil familial, antenne %d", k + 1);
        for (int i = k; i < DEMO_FOSTER_FAMILIES; i += DEMO_FOSTER_ACCOUNTS)
            make_family(m, i, places[i], account, scope);
        make_account(m, account, ROLE_ESTABLISHMENT, name, NULL, scope, NULL);
    }
}

int demo_make(uint64_t seed, usec_t now, struct demo *ret_demo)
{
    struct demo d = {json_array(), json_array(), json_array()};
    struct maker m = {.demo = &d, .random = seed, .now = now};
    int mecs = 0;

    make_places(&m);
    make_offices(&m);
    for (int i = 0; i < demo_services_n; i++)
        make_service(&m, i, strcmp(demo_services[i].kind, "mecs") == 0 ? mecs++ : 0);
    make_families(&m);
    make_account(&m, "logiciel-tilleul-bleu", ROLE_SERVICE, "Logiciel du Tilleul bleu", NULL, NULL,
                 demo_services[0].slug);
    make_account(&m, "si-dts-sud", ROLE_SERVICE, "Système de la DTS Sud", NULL, NULL, "dts-sud");
    if (m.failed) {
        demo_free(&d);
        return -ENOMEM;
    }
    *ret_demo = d;
    return 0;
}

void demo_free(struct demo *d)
{
    if (d == NULL)
        return;
    json_decref(d->reference);
    json_decref(d->accounts);
    json_decref(d->declarations);
    *d = (struct demo){0};
}
