/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the search: what the index is made of. For core/search*.c and core/split.c only.
 *
 * A plane is a bitmap over all slots. Most planes say who *fails* something, so that an empty slot
 * and an unknown value, both zero, fail nothing. */
#ifndef CORE_SEARCH_INDEX_H
#define CORE_SEARCH_INDEX_H

#include "core/grid.h"
#include "core/search.h"

#define MONTHS (SEARCH_AGE_MAX + 1)
#define COUNTS (SEARCH_CHILDREN_MAX + 1)

enum plane {
    PLANE_USED,
    PLANE_DECLARED,
    PLANE_FRESH, /* as of ix->as_of; see search_refresh */
    PLANE_EMERGENCY_PLACE,
    PLANE_ADMITS_ALWAYS,
    PLANE_SIBLINGS_UNKNOWN,
    PLANE_MIXED_UNKNOWN,
    /* who fails */
    PLANE_CLOSED,
    PLANE_GIRLS_ONLY,
    PLANE_BOYS_ONLY,
    PLANE_OFFICE_HOURS,
    PLANE_MIXED_NO,
    PLANE_FIRST_MODALITY,                                        /* + enum modality: is of it */
    PLANE_FIRST_REFUSED = PLANE_FIRST_MODALITY + MODALITY_COUNT, /* + enum need */
    PLANE_FIRST_FEWER = PLANE_FIRST_REFUSED + NEED_COUNT,        /* + k: siblings_max < k */
    PLANE_FIRST_SHORT = PLANE_FIRST_FEWER + COUNTS, /* + k: declared, not closed, free < k */
    PLANE_FIRST_SHORT_PLANNED = PLANE_FIRST_SHORT + COUNTS, /* + k: free_planned < k */
    PLANE_FIRST_ABOVE = PLANE_FIRST_SHORT_PLANNED + COUNTS, /* + months: min_months > months */
    PLANE_FIRST_UNDER = PLANE_FIRST_ABOVE + MONTHS,         /* + months: max_months <= months */
    PLANE_COUNT = PLANE_FIRST_UNDER + MONTHS,
};

/* One unit, condensed: what planes are made from and results explained with. */
struct search_row {
    bool used;
    /* attributes */
    int16_t min_months, max_months; /* 0, MONTHS when unknown; at most MONTHS */
    bool age_unknown;               /* one of them is unknown */
    int16_t siblings_max;           /* UNKNOWN */
    uint8_t modality, sex, admission, mixed;
    uint16_t need_yes, need_no; /* 1 << enum need */
    uint16_t kind;              /* of ix->kinds */
    uint32_t group;
    uint64_t establishment, commune; /* hashes of the texts; 0: not known */
    uint64_t public_commune;         /* as far as a reader limited to communes may know it */
    /* counts */
    bool declared, closed, emergency_place, contested;
    int16_t free, free_planned; /* 0 when never declared */
    uint16_t load;              /* occupied and held of open, per mille, at most LOAD_MAX */
};

#define LOAD_MAX 1023

struct search_points {
    struct point precise, public;
};

struct search_kind {
    char *code;      /* owned */
    uint64_t *plane; /* owned: who is of it */
};

/* Scratch planes of one search. */
enum scratch {
    SCRATCH_FAILED, /* + enum criterion */
    SCRATCH_VISIBLE = SCRATCH_FAILED + CRITERION_COUNT,
    SCRATCH_ALIVE, /* after the last criterion: who passes */
    SCRATCH_ONE,
    SCRATCH_TWO,
    SCRATCH_SOME,    /* cannot take all the children, at most some */
    SCRATCH_ASK,     /* something about siblings is to be asked */
    SCRATCH_OFFERED, /* at most one */
    SCRATCH_KEPT,    /* for others */
    SCRATCH_LEVEL,   /* + 0..3: nested classes of the ranking */
    SCRATCH_SPARE = SCRATCH_LEVEL + 4,
    SCRATCH_COUNT = SCRATCH_SPARE + 2,
};

/* Sorting: by major, then minor. */
struct split_key {
    uint64_t major, minor;
    uint32_t value;
};

#define SPLIT_PLANES 144
#define SPLIT_PADDING 8 /* elements more in each array of coordinates: they are read by eights */

/* Scratch of the split, see core/split_candidates.h and split_search.c: arrays of `room` elements,
 * all in one piece of memory. */
struct split_room {
    size_t room;
    struct split_candidate *candidates; /* owned, with all that follows */
    struct split_key *keys[2];          /* one behind the other: also one of twice the room */
    uint64_t *planes;                   /* SPLIT_PLANES of room / 64 words */
    uint32_t *along, *numbers, *starts, *members[2]; /* of candidates, groups */
    uint32_t *units, *bits, *hits;
    float *x, *y, *z, *line; /* of units, in the order along the line */
    uint32_t *needs;         /* the same */
    float *taker_x, *taker_y, *taker_z, *taker_line;
    uint32_t *seen; /* by type: how many since the stamp */
    uint32_t stamp;
};

struct search_index {
    resize_fn resize;
    size_t n_slots; /* one above the highest ever used */
    size_t count;
    size_t n_words;          /* that a search runs over */
    size_t room_words;       /* of each plane; slots: 64 times that */
    uint64_t *planes;        /* owned; PLANE_COUNT of them */
    uint64_t *scratch;       /* owned; SCRATCH_COUNT of them */
    struct search_row *rows; /* owned; the next arrays too: one element per slot */
    struct search_points *points;
    usec_t *fresh_until;
    int64_t *ties;             /* load, then hash of the id: see struct top_item */
    usec_t *next_stale;        /* per word: none of its fresh slots becomes stale before */
    usec_t first_stale;        /* of all words */
    usec_t as_of;              /* PLANE_FRESH is true at this time */
    int32_t *rough_ties;       /* their upper halves */
    struct search_kind *kinds; /* owned */
    size_t n_kinds, room_kinds;
    struct grid public_places, true_places;
    struct split_room split;
};

static inline uint64_t *index_plane(const struct search_index *ix, unsigned plane)
{
    return ix->planes + plane * ix->room_words;
}

static inline uint64_t *index_scratch(const struct search_index *ix, unsigned plane)
{
    return ix->scratch + plane * ix->room_words;
}

#define TIE_HASH_BITS 53 /* of a tie: the hash of the id */

/* Makes PLANE_FRESH true at `now`. */
void index_refresh(struct search_index *ix, usec_t now);

/* Who is of the kind; NULL: no unit ever was. */
const uint64_t *index_kind(const struct search_index *ix, const char *code);

/* Free places as the request counts them. */
static inline int row_places(const struct search_row *row, bool emergency)
{
    return emergency ? row->free : row->free_planned;
}

#endif
