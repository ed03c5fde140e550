/* SPDX-License-Identifier: EUPL-1.2 */
/* Keeping the index true to the units. A declaration changes counts only and touches some thirty
 * words; the planes of ages, one per month and side, are written when an age range changes.
 *
 * Invariant: the planes of a slot are what its row says, and an unused slot is zero in all planes.
 * Whatever may fail for want of memory is done first; what changes the index cannot fail. */
#include "core/search_index.h"

#include <stdlib.h>
#include <string.h>

#include "core/split_candidates.h"
#include "core/split_reach.h"

#define FIRST_WORDS 8 /* 512 slots; rooms are powers of two, so a plane is whole vectors */
#define SLOTS_MOST ((size_t)1 << 26)

struct search_index *search_index_new(void)
{
    struct search_index *ix = calloc(1, sizeof *ix);

    if (ix == NULL)
        return NULL;
    ix->resize = realloc;
    ix->first_stale = USEC_NEVER;
    grid_init(&ix->public_places, realloc);
    grid_init(&ix->true_places, realloc);
    return ix;
}

void search_index_free(struct search_index *ix)
{
    if (ix == NULL)
        return;
    for (size_t i = 0; i < ix->n_kinds; i++) {
        free(ix->kinds[i].code);
        free(ix->kinds[i].plane);
    }
    free(ix->kinds);
    free(ix->planes);
    free(ix->scratch);
    free(ix->rows);
    free(ix->points);
    free(ix->fresh_until);
    free(ix->ties);
    free(ix->rough_ties);
    free(ix->next_stale);
    free(ix->split.candidates);
    grid_free(&ix->public_places);
    grid_free(&ix->true_places);
    free(ix);
}

size_t search_index_count(const struct search_index *ix)
{
    return ix->count;
}

size_t search_index_slots(const struct search_index *ix)
{
    return ix->n_slots;
}

/* Memory */

static int grow(struct search_index *ix, void *array, size_t from, size_t to, size_t size)
{
    void **p = array;
    char *grown = ix->resize(*p, to * size);

    if (grown == NULL)
        return -ENOMEM;
    memset(grown + from * size, 0, (to - from) * size);
    *p = grown;
    return 0;
}

/* Planes lie one behind the other: a longer plane moves all of them. */
static int grow_planes(struct search_index *ix, size_t room)
{
    uint64_t *planes = ix->resize(NULL, PLANE_COUNT * room * sizeof *planes);

    if (planes == NULL)
        return -ENOMEM;
    memset(planes, 0, PLANE_COUNT * room * sizeof *planes);
    for (size_t i = 0; ix->room_words > 0 && i < PLANE_COUNT; i++)
        memcpy(planes + i * room, index_plane(ix, (unsigned)i), ix->room_words * sizeof *planes);
    free(ix->planes);
    ix->planes = planes;
    return 0;
}

/* The next n elements of `size` bytes, *at into the memory; whole cache lines. Without memory it is
 * only counted. */
static void *carve(char *memory, size_t *at, size_t n, size_t size)
{
    void *piece = memory != NULL ? memory + *at : NULL;

    *at += (n * size + 63) / 64 * 64;
    return piece;
}

/* Lays the scratch of the split out from `memory`; how long it is. */
static size_t lay_out_split(struct split_room *split, char *memory, size_t room)
{
    size_t at = 0;
    uint32_t **arrays[] = {&split->along, &split->numbers, &split->members[0], &split->members[1],
                           &split->units, &split->bits,    &split->hits,       &split->needs};
    float **coordinates[] = {&split->x,       &split->y,       &split->z,       &split->line,
                             &split->taker_x, &split->taker_y, &split->taker_z, &split->taker_line};

    split->room = room;
    split->candidates = carve(memory, &at, room, sizeof *split->candidates);
    split->keys[0] = carve(memory, &at, 2 * room, sizeof *split->keys[0]);
    split->keys[1] = memory != NULL ? split->keys[0] + room : NULL;
    split->planes = carve(memory, &at, SPLIT_PLANES * (room / 64), sizeof *split->planes);
    for (size_t i = 0; i < ARRAY_LENGTH(arrays); i++)
        *arrays[i] = carve(memory, &at, room, sizeof **arrays[i]);
    split->starts = carve(memory, &at, room + 2, sizeof *split->starts);
    for (size_t i = 0; i < ARRAY_LENGTH(coordinates); i++)
        *coordinates[i] = carve(memory, &at, room + SPLIT_PADDING, sizeof **coordinates[i]);
    split->seen = carve(memory, &at, SPLIT_TYPES, sizeof *split->seen);
    return at;
}

/* Scratch: nothing is kept of it. */
static int grow_split(struct search_index *ix, size_t room)
{
    struct split_room split = {0};
    size_t size = lay_out_split(&split, NULL, room);
    char *memory;

    if (room <= ix->split.room)
        return 0;
    memory = ix->resize(NULL, size);
    if (memory == NULL)
        return -ENOMEM;
    memset(memory, 0, size);
    free(ix->split.candidates);
    lay_out_split(&ix->split, memory, room);
    return 0;
}

static int make_room(struct search_index *ix, size_t slot)
{
    size_t old = ix->room_words, room = old ? old : FIRST_WORDS;

    if (slot >= SLOTS_MOST)
        return -ENOMEM;
    if (slot < old * 64)
        return 0;
    while (slot >= room * 64)
        room *= 2;
    for (size_t i = 0; i < ix->n_kinds; i++)
        if (grow(ix, &ix->kinds[i].plane, old, room, sizeof(uint64_t)) < 0)
            return -ENOMEM;
    if (grow(ix, &ix->rows, old * 64, room * 64, sizeof *ix->rows) < 0 ||
        grow(ix, &ix->fresh_until, old * 64, room * 64, sizeof *ix->fresh_until) < 0 ||
        grow(ix, &ix->points, old * 64, room * 64, sizeof *ix->points) < 0 ||
        grow(ix, &ix->ties, old * 64, room * 64, sizeof *ix->ties) < 0 ||
        grow(ix, &ix->rough_ties, old * 64, room * 64, sizeof *ix->rough_ties) < 0 ||
        grow(ix, &ix->next_stale, old, room, sizeof *ix->next_stale) < 0 ||
        grid_room(&ix->public_places, room * 64) < 0 ||
        grid_room(&ix->true_places, room * 64) < 0 || grow_split(ix, room * 64) < 0 ||
        grow(ix, &ix->scratch, 0, SCRATCH_COUNT * room, sizeof *ix->scratch) < 0 ||
        grow_planes(ix, room) < 0)
        return -ENOMEM;
    for (size_t i = old; i < room; i++)
        ix->next_stale[i] = USEC_NEVER;
    ix->room_words = room;
    return 0;
}

static size_t kind_find(const struct search_index *ix, const char *code)
{
    size_t i = 0;

    while (i < ix->n_kinds && strcmp(ix->kinds[i].code, code) != 0)
        i++;
    return i;
}

/* The number of a kind, which is made when it is not there yet. */
static int kind_intern(struct search_index *ix, const char *code, uint16_t *ret)
{
    size_t at = kind_find(ix, code), length = strlen(code) + 1;
    struct search_kind kind = {0};

    *ret = (uint16_t)at;
    if (at < ix->n_kinds)
        return 0;
    if (at == UINT16_MAX)
        return -ENOMEM;
    if (at == ix->room_kinds) {
        size_t room = ix->room_kinds ? ix->room_kinds * 2 : 16;

        if (grow(ix, &ix->kinds, at, room, sizeof *ix->kinds) < 0)
            return -ENOMEM;
        ix->room_kinds = room;
    }
    kind.code = ix->resize(NULL, length);
    if (kind.code == NULL)
        return -ENOMEM;
    memcpy(kind.code, code, length);
    if (grow(ix, &kind.plane, 0, ix->room_words, sizeof(uint64_t)) < 0) {
        free(kind.code);
        return -ENOMEM;
    }
    ix->kinds[ix->n_kinds++] = kind;
    return 0;
}

const uint64_t *index_kind(const struct search_index *ix, const char *code)
{
    size_t at = kind_find(ix, code);

    return at < ix->n_kinds ? ix->kinds[at].plane : NULL;
}

/* Rows */

static int16_t month_within(int months, int otherwise)
{
    if (months == UNKNOWN)
        return (int16_t)otherwise;
    return (int16_t)(months < MONTHS ? months : MONTHS);
}

static uint16_t load_of(const struct unit *u)
{
    int64_t taken = (int64_t)u->occupied + u->held;
    int64_t load = u->open > 0 ? taken * 1000 / u->open : taken > 0 ? LOAD_MAX : 0;

    return (uint16_t)(load < LOAD_MAX ? load : LOAD_MAX);
}

/* FNV-1a, finished as MurmurHash3 does; 0 for no text. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u;

    if (text == NULL)
        return 0;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 33;
}

/* The unit condensed, but for `kind`. */
static struct search_row row_of(const struct unit *u, unsigned territory_group)
{
    int free_places = unit_free(u);
    bool declared = free_places != UNKNOWN;
    struct search_row row = {
        .used = true,
        .min_months = month_within(u->min_months, 0),
        .max_months = month_within(u->max_months, MONTHS),
        .age_unknown = u->min_months == UNKNOWN || u->max_months == UNKNOWN,
        .siblings_max = u->siblings_max,
        .modality = (uint8_t)u->modality,
        .sex = (uint8_t)u->sex,
        .admission = (uint8_t)u->admission,
        .mixed = (uint8_t)u->siblings_mixed,
        .group = territory_group,
        .establishment = hash_of(u->establishment),
        .commune = hash_of(u->commune),
        .public_commune = u->visibility == VISIBILITY_HIDDEN ? 0 : hash_of(u->commune),
        .declared = declared,
        .closed = declared && u->open == 0,
        .emergency_place =
            u->modality == MODALITY_URGENCE ||
            (declared && u->emergency_reserved - u->emergency_used - u->held_emergency > 0),
        .contested = declared && u->contested_at != 0,
        .free = (int16_t)(declared ? free_places : 0),
        .free_planned = (int16_t)(declared ? unit_free_planned(u) : 0),
        .load = declared ? load_of(u) : 0,
    };

    for (int need = 0; need < NEED_COUNT; need++) {
        row.need_yes |= (uint16_t)((u->accepts[need] == TRI_YES) << need);
        row.need_no |= (uint16_t)((u->accepts[need] == TRI_NO) << need);
    }
    return row;
}

/* The order among equals: load, then a hash of the id. */
static int64_t tie_of(const struct search_row *row, const char *id)
{
    return (int64_t)row->load << TIE_HASH_BITS | (int64_t)(hash_of(id) >> (64 - TIE_HASH_BITS));
}

/* Planes */

static void put_range(struct search_index *ix, unsigned first, unsigned n, size_t slot, int ones)
{
    for (unsigned i = 0; i < n; i++)
        bits_put(index_plane(ix, first + i), slot, (int)i < ones);
}

static void put_ages(struct search_index *ix, size_t slot, const struct search_row *row)
{
    put_range(ix, PLANE_FIRST_ABOVE, MONTHS, slot, row->min_months);
    for (unsigned months = 0; months < MONTHS; months++)
        bits_put(index_plane(ix, PLANE_FIRST_UNDER + months), slot, row->max_months <= (int)months);
}

static void put(struct search_index *ix, unsigned plane, size_t slot, bool on)
{
    bits_put(index_plane(ix, plane), slot, on);
}

static void put_attributes(struct search_index *ix, size_t slot, const struct search_row *row)
{
    put(ix, PLANE_ADMITS_ALWAYS, slot, row->admission == ADMISSION_ALWAYS);
    put(ix, PLANE_OFFICE_HOURS, slot, row->admission == ADMISSION_OFFICE_HOURS);
    put(ix, PLANE_GIRLS_ONLY, slot, row->sex == UNIT_SEX_GIRLS);
    put(ix, PLANE_BOYS_ONLY, slot, row->sex == UNIT_SEX_BOYS);
    put(ix, PLANE_SIBLINGS_UNKNOWN, slot, row->used && row->siblings_max == UNKNOWN);
    put(ix, PLANE_MIXED_UNKNOWN, slot, row->used && row->mixed == TRI_UNKNOWN);
    put(ix, PLANE_MIXED_NO, slot, row->mixed == TRI_NO);
    for (unsigned m = 0; m < MODALITY_COUNT; m++)
        put(ix, PLANE_FIRST_MODALITY + m, slot, row->used && row->modality == m);
    for (unsigned need = 0; need < NEED_COUNT; need++)
        put(ix, PLANE_FIRST_REFUSED + need, slot, row->need_no >> need & 1);
    for (int k = 0; k < COUNTS; k++)
        put(ix, PLANE_FIRST_FEWER + (unsigned)k, slot,
            row->used && row->siblings_max != UNKNOWN && row->siblings_max < k);
    for (size_t i = 0; i < ix->n_kinds; i++)
        bits_put(ix->kinds[i].plane, slot, row->used && row->kind == i);
}

static void put_counts(struct search_index *ix, size_t slot, const struct search_row *row)
{
    bool counted = row->declared && !row->closed;

    put(ix, PLANE_USED, slot, row->used);
    put(ix, PLANE_DECLARED, slot, row->declared);
    put(ix, PLANE_CLOSED, slot, row->closed);
    put(ix, PLANE_EMERGENCY_PLACE, slot, row->emergency_place);
    for (int k = 0; k < COUNTS; k++) {
        put(ix, PLANE_FIRST_SHORT + (unsigned)k, slot, counted && row->free < k);
        put(ix, PLANE_FIRST_SHORT_PLANNED + (unsigned)k, slot, counted && row->free_planned < k);
    }
}

static bool same_attributes(const struct search_row *a, const struct search_row *b)
{
    return a->used == b->used && a->siblings_max == b->siblings_max && a->modality == b->modality &&
           a->sex == b->sex && a->admission == b->admission && a->mixed == b->mixed &&
           a->need_yes == b->need_yes && a->need_no == b->need_no && a->kind == b->kind;
}

static void put_row(struct search_index *ix, size_t slot, const struct search_row *row)
{
    const struct search_row *old = &ix->rows[slot];

    if (old->used != row->used || old->min_months != row->min_months ||
        old->max_months != row->max_months)
        put_ages(ix, slot, row);
    if (!same_attributes(old, row))
        put_attributes(ix, slot, row);
    put_counts(ix, slot, row);
    ix->rows[slot] = *row;
}

/* Freshness */

static void put_fresh(struct search_index *ix, size_t slot, usec_t until)
{
    usec_t *next = &ix->next_stale[slot >> 6];
    bool fresh = until > ix->as_of;

    ix->fresh_until[slot] = until;
    put(ix, PLANE_FRESH, slot, fresh);
    if (fresh && until < *next)
        *next = until;
    if (fresh && until < ix->first_stale)
        ix->first_stale = until;
}

static void refresh_word(struct search_index *ix, size_t word, usec_t now)
{
    uint64_t fresh = 0;
    usec_t next = USEC_NEVER;

    for (size_t i = 0; i < 64; i++) {
        usec_t until = ix->fresh_until[word * 64 + i];

        fresh |= (uint64_t)(until > now) << i;
        if (until > now && until < next)
            next = until;
    }
    index_plane(ix, PLANE_FRESH)[word] = fresh;
    ix->next_stale[word] = next;
}

void index_refresh(struct search_index *ix, usec_t now)
{
    bool back = now < ix->as_of;

    ix->as_of = now;
    if (!back && now < ix->first_stale)
        return;
    ix->first_stale = USEC_NEVER;
    for (size_t word = 0; word < ix->n_words; word++) {
        if (back || ix->next_stale[word] <= now)
            refresh_word(ix, word, now);
        if (ix->next_stale[word] < ix->first_stale)
            ix->first_stale = ix->next_stale[word];
    }
}

/* Places */

static bool same_point(struct point a, struct point b)
{
    return a.known == b.known && (!a.known || (a.lat == b.lat && a.lon == b.lon));
}

static bool same_points(struct search_points a, struct search_points b)
{
    return same_point(a.precise, b.precise) && same_point(a.public, b.public);
}

static int prepare_points(struct search_index *ix, size_t slot, struct search_points points)
{
    if (same_points(ix->points[slot], points))
        return 0;
    if (grid_prepare(&ix->public_places, points.public) < 0 ||
        grid_prepare(&ix->true_places, points.precise) < 0)
        return -ENOMEM;
    return 0;
}

static void put_points(struct search_index *ix, size_t slot, struct search_points points)
{
    if (same_points(ix->points[slot], points))
        return;
    grid_put(&ix->public_places, slot, points.public);
    grid_put(&ix->true_places, slot, points.precise);
    ix->points[slot] = points;
}

/* Units */

int search_index_set(struct search_index *ix, size_t slot, const struct unit *u,
                     unsigned territory_group)
{
    struct search_row row = row_of(u, territory_group);
    struct search_points points = {u->point, u->public_point};

    if (make_room(ix, slot) < 0 || kind_intern(ix, u->establishment_kind, &row.kind) < 0 ||
        prepare_points(ix, slot, points) < 0)
        return -ENOMEM;
    if (slot >= ix->n_slots) {
        ix->n_slots = slot + 1;
        ix->n_words = (slot / 256 + 1) * 4;
    }
    ix->count += !ix->rows[slot].used;
    put_points(ix, slot, points);
    ix->ties[slot] = tie_of(&row, u->id);
    ix->rough_ties[slot] = (int32_t)(ix->ties[slot] >> 32);
    put_row(ix, slot, &row);
    put_fresh(ix, slot, unit_fresh_until(u));
    return 0;
}

void search_index_clear(struct search_index *ix, size_t slot)
{
    struct search_row none = {.max_months = MONTHS};

    if (slot >= ix->n_slots || !ix->rows[slot].used)
        return;
    ix->count--;
    put_points(ix, slot, (struct search_points){0});
    put_row(ix, slot, &none);
    put_fresh(ix, slot, 0);
}
