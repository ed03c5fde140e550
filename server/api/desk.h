/* SPDX-License-Identifier: EUPL-1.2 */
/* The worker's pure middle: doors hand it calls; it answers from the replica, or makes a command
 * for the writer or a question for the reader and answers when what came back is in the replica
 * too.
 *
 * Nothing here waits: a call that cannot be answered now stays open, and its door looks at it again
 * when the desk was settled. `now` is monotonic µs. */
#ifndef API_DESK_H
#define API_DESK_H

#include <jansson.h>

#include "core/replica.h"
#include "core/viewer.h"
#include "proto/error.h"
#include "proto/position.h"
#include "proto/shape.h"

struct drawing;
struct journal_note;
struct operation;
struct shown;

enum call_state {
    CALL_WAITS_POSITION,   /* until the replica has come to `after` */
    CALL_WAITS_COMMAND,    /* until the database has answered the command */
    CALL_WAITS_REVISION,   /* until the replica has the revision of that answer */
    CALL_WAITS_READ,       /* until the reader has answered */
    CALL_WAITS_DERIVATION, /* until a password is derived: see api/draw.h */
    CALL_ANSWERED,         /* result or error is there */
};

struct call {
    const struct operation *operation;
    struct viewer *viewer; /* borrowed: belongs to the door, which outlives its calls */
    bool whole;            /* its table in one answer, however long, where there is one */
    char channel[16];      /* of declarations: cli, api, console, link */
    json_t *params;        /* owned; checked */
    enum call_state state;
    uint64_t ticket;
    usec_t deadline;

    struct position target;  /* WAITS_POSITION, WAITS_REVISION */
    uint64_t ledger_reads;   /* WAITS_POSITION: what the replica's was when the wait began */
    int64_t revision;        /* of a command: what it made; -1: nothing changed */
    enum error_type refusal; /* one that shows records, and waits for them too (outdated) */
    bool refused;
    char link[65];           /* id of the link it came by; empty: by none */
    struct login *login;     /* borrowed; where the answer to DESK_LOGIN goes: see api/own_call.h */
    struct drawing *drawing; /* owned; a secret that it is about; NULL none */
    json_t *made;            /* owned; what the database said that it made; NULL nothing */
    struct shown *shown;     /* owned; the records that the answer shows: see api/answer.h */
    size_t n_shown;

    bool failed; /* error instead of result */
    enum error_type error;
    struct buf result; /* JSON object */
    struct buf data;   /* of an error: members after "type", each begun by a comma */

    struct call *next, *previous; /* among those that wait */
};

#define DESK_SQL_PARAMS 8

/* A question for the reader. */
struct desk_read {
    uint64_t ticket;
    int query;                     /* enum desk_question */
    char *params[DESK_SQL_PARAMS]; /* owned texts, NULL is SQL NULL */
};

/* The reader's questions by what they are for; the shell translates them into SQL. */
enum desk_question {
    DESK_LOG_ROW,     /* revision, kind, id → state */
    DESK_HISTORY,     /* see op_history.c */
    DESK_UNITS_AT,    /* at → id, revision, state */
    DESK_STATISTICS,  /* roots, from, to → one JSON object, or NULL; see op_journal.c */
    DESK_CERTIFICATE, /* request, revision or NULL, skip, rows → see op_certificate.c */
    DESK_LOGIN,       /* account → see login.h */
    /* root or NULL, territories, kind or NULL, modality or NULL, from, to, step or until and keys →
     * see op_past.c */
    DESK_OCCUPANCY_HISTORY,
    DESK_PLACE_DAYS,
    DESK_OUTLINES,  /* territories, code to go on after or NULL → see op_territory.c */
    DESK_EQUIPMENT, /* territories → the same */
    DESK_ALERTS,    /* territories, moment, how far to look back → see op_alert.c */
    /* kind, members wanted (JSON), words or NULL, after or NULL, most → see admin.c */
    DESK_ADMIN_PAGE,
    DESK_ADMIN_RECORD, /* kind, id, revision or NULL → see admin.c */
    DESK_QUESTION_COUNT
};

struct desk_command {
    uint64_t ticket;
    char *json; /* owned */
    size_t n;
};

struct desk_limits {
    usec_t command_wait; /* also for reads */
    usec_t behind_wait;
    usec_t (*stopwatch)(void); /* for `took_us` only; NULL: not measured */
};

struct desk {
    struct replica *replica;
    struct desk_limits limits;
    void (*random)(unsigned char *ret, size_t n); /* what nobody can guess; NULL: no secrets here */
    const char *public_url; /* borrowed; the console's, as people reach it; NULL or "": unknown */
    char node[17];          /* random, of this process: makes invented idempotency keys unique */
    uint64_t last_ticket;
    struct call *waiting; /* newest first */
    struct desk_command *commands;
    size_t n_commands, room_commands;
    struct desk_read *reads;
    size_t n_reads, room_reads;
    struct journal_note *notes; /* of searches answered, not yet told; see api/journal.h */
    size_t first_note, n_notes, room_notes;
    uint64_t notes_lost; /* for want of memory to tell of them */
    bool wants_ledger;   /* someone waits for a position: ask the database soon */
};

/* replica is borrowed. node: 16 random hexadecimal digits. */
void desk_init(struct desk *d, struct replica *r, const struct desk_limits *limits,
               const char *node);
void desk_free(struct desk *d);

/* Opens a call. params (taken) is an object. 0: *ret is the door's, to be closed with desk_close
 * once answered or when the door ends; -ENOMEM. */
int desk_open(struct desk *d, usec_t now, struct viewer *viewer, const char *channel, span method,
              json_t *params, struct call **ret) MUST_USE;
/* The same, by a link (its id): the database also judges whether the link is for this. */
int desk_open_link(struct desk *d, usec_t now, struct viewer *viewer, const char *link, span method,
                   json_t *params, struct call **ret) MUST_USE;
/* The same, of an operation that answers a table in pages: with all of them at once. */
int desk_open_whole(struct desk *d, usec_t now, struct viewer *viewer, const char *channel,
                    span method, json_t *params, struct call **ret) MUST_USE;
void desk_close(struct desk *d, struct call *c); /* NULL allowed */

/* What the shell carries between desk, writer and reader. Taken texts are the taker's to free. */
bool desk_take_command(struct desk *d, struct desk_command *ret);
bool desk_take_read(struct desk *d, struct desk_read *ret);

struct desk_outcome {
    uint64_t ticket;
    const char *type;   /* "ok" or an error type */
    const char *epoch;  /* NULL: the database did not answer */
    int64_t revision;   /* -1: none, nothing changed */
    int64_t ledger;     /* revision of the ledger then: what a refusal was judged by */
    const char *errors; /* JSON array or NULL */
    const char *detail; /* code or NULL */
    const char *answer; /* JSON object or NULL: what was made */
    usec_t now;         /* logical, of the answer; 0 none */
};

int desk_outcome(struct desk *d, const struct desk_outcome *outcome) MUST_USE;

struct rows;
/* rows NULL: the database could not be asked. */
int desk_rows(struct desk *d, usec_t now, uint64_t ticket, const struct rows *rows) MUST_USE;

/* Looks at the waiting calls again: after the replica moved, or when desk_deadline has passed. */
int desk_settle(struct desk *d, usec_t now) MUST_USE;
usec_t desk_deadline(const struct desk *d);

/* For operations (run functions), which answer or leave the call waiting. */
void call_refuse(struct call *c, enum error_type error, const char *detail);
void call_refuse_params(struct call *c, const struct shape_errors *errors);
void call_answer(struct call *c); /* result is complete */
int desk_submit(struct desk *d, usec_t now, struct call *c) MUST_USE;
/* text: a whole command, taken. */
int desk_submit_text(struct desk *d, usec_t now, struct call *c, char *text) MUST_USE;
int desk_ask(struct desk *d, usec_t now, struct call *c, enum desk_question question,
             const char *const *params, size_t n) MUST_USE;

/* The call waits for something else, until `until`; or for nothing any more. */
void desk_wait(struct desk *d, struct call *c, enum call_state state, usec_t until);
void desk_wait_no_more(struct desk *d, struct call *c);

/* How a result ends: `,"position":…` of a write; `,"position":…,"as_of":…,"stale":…` of a read. */
void desk_position(const struct desk *d, struct buf *out);
void desk_as_of(const struct desk *d, usec_t now, struct buf *out);

/* Lower-case hexadecimal SHA-256 of some bytes. */
#define DIGEST_TEXT 65
void digest_hex(span bytes, char ret_text[static DIGEST_TEXT]);

#endif
