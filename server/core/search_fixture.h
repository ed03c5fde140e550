/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of the search's rules share: a unit that takes anyone, a request that asks for
 * everything, and one way to fail each criterion. */
#ifndef CORE_SEARCH_FIXTURE_H
#define CORE_SEARCH_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/search.h"

#define NOW (1000 * USEC_HOUR)

static const struct point toulouse = {43.604, 1.444, true}, muret = {43.46, 1.326, true};
static const struct point saint_denis = {-20.879, 55.448, true},
                          saint_pierre = {-21.34, 55.478, true};
static const struct point cayenne = {4.937, -52.326, true};

static struct search_index *ix;
static struct search_answer answer;

static inline int setup(void **state)
{
    (void)state;
    ix = search_index_new();
    return ix == NULL ? -1 : 0;
}

static inline int teardown(void **state)
{
    (void)state;
    search_index_free(ix);
    return 0;
}

/* Takes anyone: two places of four are free, three siblings at most. */
static inline struct unit plain(const char *id)
{
    struct unit u = {
        .id = (char *)id,
        .establishment_kind = (char *)"mecs",
        .modality = MODALITY_INTERNAT,
        .sex = UNIT_SEX_ANY,
        .admission = ADMISSION_ALWAYS,
        .min_months = 36,
        .max_months = 216,
        .siblings_max = 3,
        .siblings_mixed = TRI_YES,
        .point = toulouse,
        .public_point = toulouse,
        .open = 4,
        .occupied = 2,
        .ttl = 24 * USEC_HOUR,
        .observed_at = NOW - USEC_HOUR,
    };

    memset(u.accepts, TRI_YES, sizeof u.accepts);
    return u;
}

/* Asks for everything that the plain unit has: a girl of 7 and a boy of 4, together, tonight. */
static inline struct search_request siblings(void)
{
    static const char *const kinds[] = {"mecs"};

    return (struct search_request){
        .children = {{84, 'F'}, {50, 'M'}},
        .n_children = 2,
        .together = true,
        .emergency = true,
        .tonight = true,
        .near = muret,
        .max_km = 60,
        .modalities = 1u << MODALITY_INTERNAT | 1u << MODALITY_URGENCE,
        .needs = 1u << NEED_DISABILITY | 1u << NEED_MEDICAL,
        .kinds = kinds,
        .n_kinds = 1,
        .now = NOW,
    };
}

static inline struct search_request one_child(int age_months, char sex)
{
    return (struct search_request){
        .children = {{age_months, sex}}, .n_children = 1, .emergency = true, .now = NOW};
}

static inline void put(size_t slot, struct unit u)
{
    assert_int_equal(search_index_set(ix, slot, &u, 0), 0);
}

static inline void ask(struct search_request q)
{
    search_run(ix, &q, &answer);
}

/* Asks again when the only unit, in slot 0, is this one. */
static inline void ask_unit(struct search_request q, struct unit u)
{
    put(0, u);
    ask(q);
}

static inline unsigned bit(int i)
{
    return 1u << i;
}

static inline void assert_order(size_t n, const unsigned *slots)
{
    assert_int_equal(answer.n_results, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(answer.results[i].slot, slots[i]);
}

#define ASSERT_ORDER(...)                                                                          \
    assert_order(sizeof((unsigned[]){__VA_ARGS__}) / sizeof(unsigned), (unsigned[]){__VA_ARGS__})

/* One way to fail each criterion, and what the near miss says. */

struct failing {
    enum criterion criterion;
    void (*spoil)(struct unit *u);
    double need, has;
};

static inline void spoil_closed(struct unit *u)
{
    u->open = u->occupied = 0;
}

static inline void spoil_young(struct unit *u)
{
    u->min_months = 60;
}

static inline void spoil_old(struct unit *u)
{
    u->max_months = 80;
}

static inline void spoil_sex(struct unit *u)
{
    u->sex = UNIT_SEX_GIRLS;
}

static inline void spoil_siblings(struct unit *u)
{
    u->siblings_max = 1;
}

static inline void spoil_mixed(struct unit *u)
{
    u->siblings_mixed = TRI_NO;
}

static inline void spoil_needs(struct unit *u)
{
    u->accepts[NEED_MEDICAL] = TRI_NO;
}

static inline void spoil_modality(struct unit *u)
{
    u->modality = MODALITY_PAD;
}

static inline void spoil_kind(struct unit *u)
{
    u->establishment_kind = (char *)"cdef";
}

static inline void spoil_night(struct unit *u)
{
    u->admission = ADMISSION_OFFICE_HOURS;
}

static inline void spoil_distance(struct unit *u)
{
    u->point = u->public_point = (struct point){43.46, 2.326, true};
}

static inline void spoil_full(struct unit *u)
{
    u->held = 1;
}

static const struct failing failings[] = {
    {CRITERION_CLOSED, spoil_closed, 2, 0},
    {CRITERION_AGE, spoil_young, 50, 60},
    {CRITERION_AGE, spoil_old, 84, 80},
    {CRITERION_SEX, spoil_sex, 'M', UNIT_SEX_GIRLS},
    {CRITERION_SIBLINGS, spoil_siblings, 2, 1},
    {CRITERION_SIBLINGS, spoil_mixed, 2, 1},
    {CRITERION_NEEDS, spoil_needs, 1 << NEED_DISABILITY | 1 << NEED_MEDICAL, 1 << NEED_MEDICAL},
    {CRITERION_MODALITY, spoil_modality, 1 << MODALITY_INTERNAT | 1 << MODALITY_URGENCE,
     MODALITY_PAD},
    {CRITERION_KIND, spoil_kind, 1, 0},
    {CRITERION_NIGHT, spoil_night, ADMISSION_ALWAYS, ADMISSION_OFFICE_HOURS},
    {CRITERION_DISTANCE, spoil_distance, 60, 80.71},
    {CRITERION_FULL, spoil_full, 2, 1},
};

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
