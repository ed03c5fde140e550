/* SPDX-License-Identifier: EUPL-1.2 */
/* What the demonstration is made of. Communes are facts (INSEE code, postcode, centre to two
 * decimals); every other name is invented. */
#ifndef ADMIN_DEMO_TABLES_H
#define ADMIN_DEMO_TABLES_H

#include "core/codes.h"

struct demo_territory {
    const char *code, *name, *level, *parent;
};

struct demo_commune {
    const char *insee, *name, *postcode;
    double lat, lon;
    const char *territory;
    int weight; /* how often services and families are found there */
};

struct demo_service {
    const char *slug, *name, *kind;
    int places;
};

/* A group of places as one finds them in a kind of house. */
struct demo_group {
    const char *kind, *name;
    enum modality modality;
    int min_months, max_months;
    enum unit_sex sex;
    int siblings_max;
    enum admission admission;
    int max_stay_days;    /* 0 none */
    int reserved;         /* places kept for emergencies */
    const char *yes, *no; /* needs it takes, and does not; separated by a blank */
};

extern const struct demo_territory demo_territories[];
extern const int demo_territories_n;
extern const struct demo_commune demo_communes[];
extern const int demo_communes_n;
extern const struct demo_service demo_services[];
extern const int demo_services_n;
extern const struct demo_group demo_groups[];
extern const int demo_groups_n;
extern const char *const demo_operators[], *const demo_streets[];
extern const int demo_operators_n, demo_streets_n;
/* Halves of the names of foster families. */
extern const char *const demo_family_heads[], *const demo_family_tails[];
extern const int demo_family_heads_n, demo_family_tails_n;

#endif
