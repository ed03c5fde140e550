/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole registry in memory, at one revision. The follower feeds it; doors and searches read it.
 * A load fills a second set of holdings beside the one being read and replaces it at its end. */
#ifndef CORE_REPLICA_H
#define CORE_REPLICA_H

#include "core/account.h"
#include "core/commune.h"
#include "core/timeline.h"

struct search_index;

struct epoch {
    char *name;
    int64_t fork_revision; /* older epochs count up to here only */
};

struct holdings {
    struct territory_tree territories;
    struct map records[RECORD_KIND_COUNT]; /* id → struct entry */
    struct timeline timeline;
    struct map accounts;    /* id → struct account */
    struct map credentials; /* id → struct credential */
    struct map communes;    /* INSEE code → struct commune */
    struct search_index *index;
    struct entry **slots; /* search slot → unit's entry */
    unsigned *free_slots;
    unsigned n_slots, n_free_slots, room_slots;
    struct epoch *epochs; /* oldest first; the last is current */
    size_t n_epochs;
    int64_t revision;
    int64_t floor; /* departures are complete above this revision */
    struct entry *departure_first, *departure_last; /* oldest first, through left.next */
    struct entry *departure_undated;                /* the first without left.since */
    bool loading;
};

struct replica {
    struct holdings *live;    /* NULL until the first load has ended */
    struct holdings *loading; /* NULL unless a load is under way */
    struct entry **touched;   /* changed in this turn of the loop */
    size_t n_touched, room_touched;
    usec_t ledger_at;       /* the last committed logical time */
    usec_t ledger_received; /* monotonic µs when it was learnt */
    uint64_t ledger_reads;  /* how often the ledger was seen: see architecture, Positions */
    uint64_t generation; /* grows when the holdings were replaced: cursors are to be found anew */
    uint64_t rights;     /* grows when accounts, credentials, the tree's shape or where an
                            establishment is changed */
    uint64_t scopes;     /* grows when a unit came, left or changed its scope members */
    uint64_t shape;      /* grows when the shape of the territories' tree changed */
};

void replica_init(struct replica *r);
void replica_free(struct replica *r);

/* What the follower calls (see sync/follower.h). Negative results are fatal. */
int replica_load_begin(struct replica *r, const char *epoch, int64_t revision,
                       int64_t floor) MUST_USE;
int replica_load_epoch(struct replica *r, const char *epoch, int64_t fork_revision) MUST_USE;
int replica_load_record(struct replica *r, const char *kind, const char *id, int64_t revision,
                        const char *state) MUST_USE;
int replica_load_departed(struct replica *r, int64_t revision, const char *kind, const char *id,
                          const char *scope) MUST_USE;
int replica_load_end(struct replica *r) MUST_USE;

/* One row of the history; state NULL: deleted. Rows of one revision come together, then
 * replica_apply_end. */
int replica_apply(struct replica *r, int64_t revision, const char *kind, const char *id,
                  const char *state) MUST_USE;
void replica_apply_end(struct replica *r, int64_t revision);
void replica_ledger(struct replica *r, usec_t at, usec_t received);
int replica_new_epoch(struct replica *r, const char *epoch, int64_t fork_revision) MUST_USE;

/* Ends the turn of the loop: what records were before it is forgotten. Called when every connection
 * had its chance to be sent what changed. */
void replica_turn_end(struct replica *r);

/* Logical µs at monotonic time `mono`; 0 before the first ledger. */
usec_t replica_now(const struct replica *r, usec_t mono);

/* No committed ledger time learnt for 3 s: answers say stale. */
bool replica_is_stale(const struct replica *r, usec_t mono);
#define REPLICA_STALE_AFTER (3 * USEC_S)

const char *replica_epoch(const struct replica *r); /* the current one */

/* The one that made a revision. */
const char *replica_epoch_of(const struct replica *r, int64_t revision);

struct entry *replica_find(const struct replica *r, enum record_kind kind, span id);
struct entry *replica_unit_at(const struct replica *r, unsigned slot);

/* Decodes a row of the log and finds its territories. 0; -ENOMEM; -EBADMSG. *ret is to be cleared.
 */
int replica_version(const struct replica *r, enum record_kind kind, const char *id,
                    const char *state, struct version *ret) MUST_USE;

struct account *replica_account(const struct replica *r, span id);
struct credential *replica_credential(const struct replica *r, span id);
struct commune *replica_commune(const struct replica *r, span insee);
struct territory *replica_territory(const struct replica *r, span code);

enum resume {
    RESUME_OK,
    RESUME_LOST_BRANCH,
    RESUME_COMPACTED,
    RESUME_FUTURE,
    RESUME_UNKNOWN_EPOCH,
};

/* Whether what happened since a position can be told from here. */
enum resume replica_resume(const struct replica *r, span epoch, int64_t revision);

#endif
