/* SPDX-License-Identifier: EUPL-1.2 */
/* Who can take these children? An index of all units in memory and the question asked to it.
 *
 * The index knows a unit by its slot, a small number that the caller chose (its place in an array).
 * Each value of each criterion is a bitmap over the slots and the places on the map form a grid, so
 * a search is a few ANDs, population counts for the reasons, and a walk over the nearest cells: it
 * looks at few units, and allocates nothing.
 *
 * Rules that hold everywhere here (domain.md):
 * - Unknown never rejects: what a unit, or the request, does not say is "to ask".
 * - A unit never declared passes, ranks last and is never counted as free.
 * - A reader that may not see true points gets distances from public points only.
 *
 * A unit that does not pass is counted once, under the first criterion it fails in the order of
 * CRITERIA; so total + the sum of rejected = allowed. */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/result.h"
#include "core/bitmap.h"
#include "core/codes.h"
#include "core/record.h"

/* enumerator, code (in "rejected", "fits", "to_ask"), member of the request it comes from (in
 * "near_misses"). The order is the order of rejection. */
#define CRITERIA(X)                                                                                \
    X(CRITERION_CLOSED, "closed", "closed") /* declared with no open place */                      \
    X(CRITERION_AGE, "age", "age_months")                                                          \
    X(CRITERION_SEX, "sex", "sex")                                                                 \
    X(CRITERION_SIBLINGS, "siblings", "together") /* siblings_max, mixed sets */                   \
    X(CRITERION_PARENT, "parent", "parent") /* who comes with the children, or is pregnant */      \
    X(CRITERION_NEEDS, "needs", "needs")                                                           \
    X(CRITERION_MODALITY, "modality", "modality")                                                  \
    X(CRITERION_KIND, "kind", "establishment_kinds")                                               \
    X(CRITERION_NIGHT, "night", "tonight")                                                         \
    X(CRITERION_DISTANCE, "distance", "max_km")                                                    \
    X(CRITERION_FULL, "full", "places") /* fewer free places than children */

/* Why a result stands where it stands. */
#define WHYS(X)                                                                                    \
    X(WHY_FRESH, "fresh")                                                                          \
    X(WHY_STALE, "stale")                                                                          \
    X(WHY_REPORTED_WRONG, "reported_wrong") /* contested since its declaration */                  \
    X(WHY_NEVER_DECLARED, "never_declared")                                                        \
    X(WHY_EMERGENCY_PLACE, "emergency_place")     /* urgence, or a reserved place is left */       \
    X(WHY_ADMITS_ANY_HOUR, "admits_any_hour")     /* in an emergency or tonight */                 \
    X(WHY_SIBLINGS_TOGETHER, "siblings_together") /* all of them, known to fit */                  \
    X(WHY_SAME_TERRITORY, "same_territory")       /* as near_group */                              \
    X(WHY_NEAR, "near")                           /* within SEARCH_NEAR_KM */                      \
    X(WHY_EXPECTED, "expected")                   /* counts of the day wanted: core/expected.h */  \
    X(WHY_OFFERED, "offered")                     /* kept for whom the search is for */

#define CRITERION_ENUMERATOR(name, code, member) name,
#define WHY_ENUMERATOR(name, code) name,
enum criterion { CRITERIA(CRITERION_ENUMERATOR) CRITERION_COUNT };
enum search_why { WHYS(WHY_ENUMERATOR) WHY_COUNT };

/* The order is the order of ranking. */
enum freshness { FRESHNESS_FRESH, FRESHNESS_STALE, FRESHNESS_NEVER_DECLARED, FRESHNESS_COUNT };

#define SEARCH_CHILDREN_MAX 10
#define SEARCH_LIMIT_DEFAULT 10
#define SEARCH_LIMIT_MAX 50
#define SEARCH_NEAR_MISS_MAX 5
#define SEARCH_AGE_MAX 300 /* months; a greater age is searched as this one */
#define SEARCH_NEAR_KM 15  /* for WHY_NEAR */
#define KM_UNKNOWN (-1.0)

struct search_child {
    int age_months; /* 0.., UNKNOWN */
    char sex;       /* 'F', 'M' or 0: unknown */
};

/* All zero but one child asks for one place anywhere. Texts are borrowed for the call. */
struct search_request {
    struct search_child children[SEARCH_CHILDREN_MAX];
    /* 0 is searched as one child of whom nothing is known; with a parent, as the parent alone. */
    unsigned n_children;
    /* One unit must take all of them. When false and there are several, a unit passes that takes at
     * least one of them, and those that take all rank first. */
    bool together;
    /* A parent comes with them, or a pregnant woman: set together too. Places are counted for the
     * children, one for nobody but the parent. */
    bool parent, pregnant;
    bool emergency; /* free places count; else those that a planned admission may take */
    bool tonight;   /* only units that admit now: at any hour, or in office hours if these are on */
    bool office_open; /* it is known that they are; false also when it is not known */
    bool precise;     /* the reader sees true points */
    struct point near;
    double max_km;                /* from near; 0 or less: no limit; ignored when near is unknown */
    uint32_t modalities;          /* bit 1 << enum modality; 0: all */
    uint32_t needs;               /* bit 1 << enum need */
    const char *const *kinds;     /* establishment kinds; one that no unit has matches nothing */
    size_t n_kinds;               /* 0: all */
    const struct bitmap *allowed; /* slots that the reader may see; NULL: all */
    unsigned near_group;          /* for WHY_SAME_TERRITORY; 0: none */
    unsigned offered;             /* 1 + the slot that is offered to them, 0: none */
    const struct bitmap *kept;    /* slots whose places are kept for others; NULL: none */
    unsigned limit;               /* results; 0: SEARCH_LIMIT_DEFAULT; at most SEARCH_LIMIT_MAX */
    usec_t now;                   /* logical time */
};

/* A unit that passes. Bits of fits and to_ask are 1 << enum criterion, only of criteria that the
 * request asks for: never CLOSED; FULL only in to_ask, for a unit never declared. NEEDS fits when
 * each need does; needs_fit and needs_ask (1 << enum need) say which. */
struct search_result {
    unsigned slot;
    enum freshness freshness;
    double km;    /* KM_UNKNOWN without near, or when the reader may not know; multiples of 10 m */
    double score; /* 0..1, never rises along the results; see search_run */
    uint16_t fits, to_ask;
    uint16_t needs_fit, needs_ask;
    uint16_t why;      /* 1 << enum search_why */
    uint16_t children; /* 1 << index of each child that the unit may take, by age and sex */
};

/* A unit that fails exactly one criterion. need and has are:
 *   AGE       months: of the child, and of the unit's bound it misses (min, or max: exclusive)
 *   SEX       the child's letter, the unit's enum unit_sex
 *   SIBLINGS  the children, how many of them it takes together
 *   PARENT    the mask of search_parent_needs, the mask refused
 *   NEEDS     the mask asked, the mask refused
 *   MODALITY  the mask asked, the unit's enum modality
 *   KIND      n_kinds, 0
 *   NIGHT     ADMISSION_ALWAYS, the unit's enum admission
 *   DISTANCE  km
 *   FULL      places: needed, free (planned ones for a planned search)
 *   CLOSED    places: needed, 0 */
struct search_near_miss {
    unsigned slot;
    enum criterion criterion;
    double need, has;
    double km;
    enum freshness freshness;
};

struct search_answer {
    size_t allowed;        /* units that the reader may see */
    size_t total;          /* units that pass; results holds the first of them */
    size_t never_declared; /* of total */
    size_t rejected[CRITERION_COUNT];
    size_t n_results, n_near_misses;
    /* A declared unit that passes, and is not kept for others, takes all the children (true too for
     * fewer than two): false says that a split is worth computing (core/split.h). */
    bool takes_all;
    struct search_result results[SEARCH_LIMIT_MAX];
    struct search_near_miss near_misses[SEARCH_NEAR_MISS_MAX];
};

/* What a unit must accept for the parent: bit 1 << enum need; 0: no parent. A unit of modality
 * `parental` that does not say takes mothers with their child. */
static inline uint32_t search_parent_needs(const struct search_request *q)
{
    uint32_t needs = 0;

    if (q->parent && q->pregnant)
        needs |= 1u << NEED_PREGNANT;
    if (q->parent && (!q->pregnant || q->n_children > 0))
        needs |= 1u << NEED_MOTHER_CHILD;
    return needs;
}

struct search_index;

extern const char *const criterion_codes[CRITERION_COUNT];
extern const char *const criterion_members[CRITERION_COUNT];
extern const char *const why_codes[WHY_COUNT];

struct search_index *search_index_new(void);     /* NULL: out of memory */
void search_index_free(struct search_index *ix); /* NULL allowed */

/* Puts or replaces the unit of a slot; the unit is read, not kept. Memory grows with the highest
 * slot. territory_group: any number that units of one larger territory (a DTS) share; 0: none.
 * 0; -ENOMEM, and the slot is as before. */
int search_index_set(struct search_index *ix, size_t slot, const struct unit *u,
                     unsigned territory_group) MUST_USE;
void search_index_clear(struct search_index *ix, size_t slot); /* an empty slot stays so */

size_t search_index_count(const struct search_index *ix); /* units */
size_t search_index_slots(const struct search_index *ix); /* one above the highest slot ever used */

/* Answers; never allocates, cannot fail. The index is only written to as scratch and to notice what
 * became stale.
 *
 * Order of results: what is offered; freshness, what is kept for
 * others after all that was declared; fit for an emergency (when asked: admits at any
 * hour and has an emergency place, one of both, none); siblings (when there are several: takes all
 * of them known to fit, all with something to ask, some); distance in steps of 10 m, unknown last;
 * load (occupied and held of open); then a hash of the id, so that equals are in the same order on
 * every worker and no name is favoured.
 *
 * Score: offer, freshness, emergency and siblings, as far as they are asked, are digits of a number
 * that divides 0..1 into bands of equal width, the best on top; the place in the band is
 * 1 / (1 + km / 25), 0 when unknown, or 1 - load when the request has no near.
 *
 * Near misses: criteria in the order distance, age (at most 12 months off), siblings, full, night,
 * modality, kind, needs, closed, sex; of each at most two, by freshness, distance, load, hash. */
void search_run(struct search_index *ix, const struct search_request *q, struct search_answer *ret);

#endif
