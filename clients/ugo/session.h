/* SPDX-License-Identifier: EUPL-1.2 */
/* One command's conversation with the server: connect, ask, wait, tell what went wrong. */
#ifndef UGO_SESSION_H
#define UGO_SESSION_H

#include "clients/libugo/transport.h"
#include "clients/ugo/settings.h"

struct session {
    struct screen *screen;
    const struct command *command;
    struct words keep; /* as long as the session */
    struct settings settings;
    struct ugo_client *client;
    struct ugo_link *link;
    const char *key;      /* idempotency key of the write, to be told when its outcome is unknown */
    bool told;            /* that the server does not answer */
    const char *end_type; /* why the library ended the last connection; static or NULL */
    json_t *places;       /* owned; names of places as far as asked (places.h); NULL none */
    json_t *references;   /* owned; what requests are called by id, likewise; NULL none */
    json_t *units;        /* owned; records of units by id, likewise (known.h); NULL none */
    /* As the server's greeting says: we answer for establishments; we may decide on reserved
     * emergency places (astreinte, DEF); we may tell the steps of a mission; we may read
     * the history. */
    bool of_establishment, may_decide, may_drive, reads_history;
};

/* 0 or an exit code, after saying why. */
int session_open(struct session *x, struct screen *s, const struct command *c);
void session_close(struct session *x);

/* Takes from the server's greeting what we may do. */
void session_greeted(struct session *x, const json_t *greeting);

/* Asks and waits, over lost connections too, at most the timeout. params is taken. EXIT_FOUND and
 * *ret_result (the caller's); else an exit code, after saying why. */
int session_call(struct session *x, const char *method, json_t *params, json_t **ret_result);

/* The same for a write: adds the idempotency key (--key, or a new one). */
int session_write(struct session *x, const char *method, json_t *params, json_t **ret_result);

/* A question that may fail: asks, waits at most so long, says nothing; what else happens meanwhile
 * stays to be taken. params is taken. True: *ret_result is the caller's. */
bool session_try(struct session *x, const char *method, json_t *params, int patience_ms,
                 json_t **ret_result);

/* The clock of the screen, by the server's. */
void session_clock(struct session *x);

/* A fault of the link that more attempts would not heal: an exit code, after saying what it is. 0:
 * none. */
int session_fatal_fault(struct session *x);
/* Says that the server does not answer and that we go on trying; once. */
void session_tell_waiting(struct session *x);

#endif
