/* SPDX-License-Identifier: EUPL-1.2 */
/* The limits of door 1 and their defaults. The server's options may lower or raise those marked
 * (option); its first message says the values in force. PROTOCOL.md, "Limits", is this list. */
#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

/* Lines from client to server, bytes before the line feed. */
#define LIMIT_LINE (64 * 1024)      /* (option) */
#define LIMIT_LINE_FIRST (8 * 1024) /* before hello has succeeded */

/* Lines from server to client, bytes before the line feed. */
#define LIMIT_DELTA (64 * 1024)   /* a delta is cut before it exceeds this, except by one record */
#define LIMIT_ANSWER (256 * 1024) /* any other line; a client must take this much */

/* Structure of one line. */
#define LIMIT_DEPTH 32        /* objects and arrays inside each other, the outermost counts 1 */
#define LIMIT_STRUCTURAL 4096 /* { } [ ] , : outside strings, client to server */
#define LIMIT_STRUCTURAL_ANSWER LIMIT_ANSWER /* what a client takes: no further limit */
#define LIMIT_ID 64                          /* bytes of a string id */
#define LIMIT_METHOD 64                      /* bytes of a method */
#define LIMIT_INTEGER 9007199254740991LL     /* 2^53 - 1: ids, revisions; largest absolute value */

/* One connection. */
#define LIMIT_IN_FLIGHT 64        /* (option) requests not yet answered */
#define LIMIT_SUBSCRIPTIONS 16    /* (option) */
#define LIMIT_OUTPUT (256 * 1024) /* (option) bytes kept for a client that does not read */
#define LIMIT_ECHO (4 * 1024)     /* bytes of the params of an echo */

/* Pages and answers. */
#define LIMIT_PAGE 200 /* records of a page */
#define LIMIT_PAGE_DEFAULT 100
#define LIMIT_RESULTS 50 /* results of a search */
#define LIMIT_RESULTS_DEFAULT 10
#define LIMIT_NEAR_MISSES 5
#define LIMIT_CHILDREN 10     /* children of a search or request */
#define LIMIT_FILTER_ITEMS 64 /* territories, units, establishments or kinds in a filter */
#define LIMIT_ERRORS 16       /* errors listed in one answer */

/* Holds. */
#define LIMIT_ASKED 8             /* units of one hold.create */
#define LIMIT_PLACES 99           /* places of a hold */
#define LIMIT_MINUTES 240         /* for which a hold is made or extended */
#define LIMIT_POLICY_MINUTES 1440 /* as a unit's rule */
#define LIMIT_MOVED 999           /* places of a movement */
#define LIMIT_ENDED 32            /* planned exits that one exit ends */
#define LIMIT_REQUEST_KM 2000     /* how far a request looks */

/* Values. */
#define LIMIT_COUNT 9999   /* places */
#define LIMIT_MONTHS 1200  /* an age */
#define LIMIT_KM 1500      /* a distance asked for */
#define LIMIT_KEY 64       /* bytes of an idempotency key */
#define LIMIT_AHEAD_S 120  /* an observed_at ahead of now by up to this is taken as now */
#define LIMIT_KEY_HOURS 48 /* how long a key is remembered */

/* Time, in milliseconds unless named otherwise. */
#define LIMIT_HELLO_MS 5000         /* (option) from TLS handshake done to hello received */
#define LIMIT_PROBE_MS 15000        /* (option) silence after which either side sends echo */
#define LIMIT_SILENCE_MS 30000      /* (option) silence that ends the connection */
#define LIMIT_MARK_MS 5000          /* at least one mark in this time, once caught up */
#define LIMIT_STALE_MS 3000         /* no committed heartbeat for this long: stale */
#define LIMIT_BEHIND_MS 3000        /* how long a position ahead of the server is waited for */
#define LIMIT_STUCK_MS 30000        /* (option) no byte taken: bye slow */
#define LIMIT_CATCH_UP_MS 60000     /* (option) no mark reached: bye slow */
#define LIMIT_COMMAND_WAIT_MS 10000 /* (option) how long a command waits for the database */

/* Versions of this protocol, both included. */
#define PROTOCOL_MIN 1
#define PROTOCOL_MAX 1

#define PORT_LINE 7443

#endif
