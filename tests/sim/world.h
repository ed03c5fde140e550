/* SPDX-License-Identifier: EUPL-1.2 */
/* A whole registry in one process, with a virtual clock: workers (server/node) against the model of
 * the database, clients that declare, search, subscribe, stall and come back, and everything that
 * can go wrong between them. After every step the promises of architecture.md are checked.
 *
 * Everything follows from the seed: a failure is reproduced by `simulation SEED`. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <jansson.h>

#include "node/node.h"
#include "sim/model.h"
#include "sim/night.h"

#define WALL ((usec_t)1763748000 * USEC_S) /* of the database host, at the beginning */
#define WORKERS 3
#define CLIENTS 20
#define UNITS 10
#define HOLDS_FILTER 3 /* of the filters */
#define ESTABLISHMENTS 4
#define IDS_MAX (UNITS + ESTABLISHMENTS + 1)

struct world;

/* A connection between a machine and the model. */
struct sim_link {
    struct sync_machine *machine;
    struct model_session *session; /* NULL: down */
    usec_t up_at;                  /* when it will be tried again */
    bool in_flight;
    int query;        /* of what is in flight */
    usec_t ledger_at; /* the database's when it ran */
    usec_t due;       /* when the answer arrives */
    struct model_result answer;
};

struct sim_worker {
    struct world *world;
    bool up;
    usec_t start_at;
    usec_t cut_until; /* the database cannot be reached from here */
    usec_t ledger_at; /* the latest ledger time that has arrived, and when */
    usec_t ledger_heard_at;
    usec_t writes_since; /* without being cut off */
    struct node node;
    struct sim_link follower, writer, reader, history;
};

/* What a client did that the database must remember. */
struct write {
    int client;
    int number; /* the idempotency key says it */
    int unit;
    char arrived[64];   /* a hold whose arrival it counts, "" none */
    int open, occupied; /* unique together, so that a second effect is seen */
    bool acknowledged;
    int64_t revision; /* of the acknowledgement */
    bool lost;        /* an asynchronous failover took it: not promised */
    struct write *next;
};

struct copied {
    bool there;
    int64_t revision;
    int free; /* -1: null */
};

/* One unit as the log had it at a revision. */
struct known {
    const json_t *state; /* NULL: never, or deleted */
    int64_t revision;
};

/* The log replayed up to a revision. */
struct past {
    int64_t upto;
    size_t rows;
    json_t *newest; /* the last of those rows */
    struct known unit[UNITS];
    json_t *holds; /* and requests, that the client is to see: id → [revision, state] */
};

struct client {
    struct world *world;
    int number;
    char account[16];
    char role[16];
    bool establishment_role;
    int establishment; /* for that role */
    int filter;        /* index into filters */
    enum { CLIENT_DOWN, CLIENT_GREETING, CLIENT_UP } state;
    usec_t come_back_at;
    int worker;
    struct door *door;
    bool woken;  /* its door may have bytes to be pulled */
    char *heard; /* bytes not yet a line */
    size_t n_heard;
    usec_t stalled_until; /* does not read */

    struct write *pending; /* sent, unanswered: one at a time */
    usec_t sent_at;
    struct decision *decision; /* the same for these */
    usec_t decided_at;
    int64_t read_at_least; /* of the unit.get or me that is under way; -1 none */
    int read_unit;

    bool subscribed;
    bool resumed_answer;          /* the subscribe was answered */
    struct copied copy[IDS_MAX];  /* at the last mark */
    struct copied ahead[IDS_MAX]; /* with what came since */
    json_t *holds, *holds_ahead;  /* the same for requests and holds: id → revision */
    char token[80];               /* of the last mark, "" none */
    char mark_epoch[40];
    int64_t mark_revision;
    usec_t marked_at; /* or subscribed: bound of the next mark */
    struct past past; /* what the log says it has at the mark */
    bool marked;      /* since subscribed: P10 holds from here on */
};

/* Faults of this program's own making, one per class of what goes wrong elsewhere (findings): the
 * checks must see each. */
enum planted {
    PLANT_NOTHING,
    PLANT_OLD_STATE,    /* a change arrives with the state before it */
    PLANT_LOSE_COMMIT,  /* the database forgets what was acknowledged */
    PLANT_EARLY_ANSWER, /* an answer does not wait for the replica */
    PLANT_NEW_KEYS,     /* a resent command has another idempotency key */
    PLANT_EARLY_MARK,   /* a mark claims a revision that was not sent */
    PLANT_RESUME,       /* a position that was lost is resumed */
    PLANT_GHOST,        /* departures are not told */
    PLANT_SILENT,       /* no marks while nothing changes */
    PLANT_FRESH_LIE,    /* staleness is not told */
    PLANT_SEE_ALL,      /* an establishment is shown everything */
    PLANT_HOLDS,        /* from here on: the faults of the model (enum model_fault) */
    PLANT_NIGHT = PLANT_HOLDS + FAULT_OFFER_TWICE,
    PLANT_COUNT = PLANT_HOLDS + FAULT_COUNT
};

struct world {
    uint64_t random;
    enum planted planted;
    usec_t now;        /* monotonic */
    usec_t wall_shift; /* of the database host's clock */
    struct model *model;
    struct model_session *owner;
    struct sim_worker worker[WORKERS];
    struct client client[CLIENTS];
    struct write *writes; /* newest first */
    int n_writes, n_epochs;
    bool losing; /* a failover lost revisions, and its epoch is not open yet */
    char losing_epoch[40];
    char *old_state; /* of PLANT_OLD_STATE */
    int steps;
    unsigned long marks, deltas, resumed, restarted, acknowledged, crashes, failovers, unknown,
        retained;
    struct night night;
    char failure[400]; /* "" while every promise holds */
};

/* A broken promise; the first is kept. */
void broken(struct world *w, const char *promise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* [0, n) */
unsigned chance(struct world *w, unsigned n);

/* links.c */
void link_open(struct sim_link *l, struct sync_machine *machine, usec_t now);
void link_cut(struct world *w, struct sim_link *l);
void link_close(struct sim_link *l);
void link_step(struct world *w, struct sim_worker *k, struct sim_link *l);

/* workers.c */
void worker_start(struct world *w, int i);
void worker_crash(struct world *w, int i);
void worker_step(struct world *w, int i);

/* clients.c */
void client_open(struct world *w, int i);
void client_close(struct client *c);
void client_drop(struct client *c); /* its connection is gone */
void client_act(struct client *c);
void client_say(struct client *c, const char *text);
/* For an answer, too long: not counting the time when it did not read. */
bool client_waits(const struct client *c, usec_t since);
/* Whether an answer is of a branch that a failover may have left, or is about to. */
bool client_heard_late(const struct client *c, const json_t *body, int64_t revision);
void client_hear(struct client *c, const char *bytes, size_t n);

/* checks.c */
void check_mark(struct client *c);
void past_clear(struct past *p);
void check_acknowledged(struct world *w);
void check_history(struct world *w);
void check_times(struct world *w);

/* Which of the ids a record is; -1: none. */
int id_number(const char *id);

#endif
