/* SPDX-License-Identifier: EUPL-1.2 */
/* The configuration: one table of options (conf/options.c) drives the parser of `ugod.conf`, its
 * checks, the help listing and the list of what a reload may change. Pure: text in, struct out;
 * whoever calls reads the file.
 *
 *   # comment
 *   key = value
 *
 * Units: durations `250ms 10s 5m 48h 30d`, sizes `800 64k 4m 1g` (powers of two), lists `a, b`.
 * ` #` begins a comment behind a value too, unless the value stands in double quotes (in which \"
 * and
 * \\ stand for " and \). */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/instant.h"
#include "base/result.h"
#include "base/span.h"

enum conf_language { CONF_EN, CONF_FR };

struct conf_list {
    char **item; /* owned texts */
    size_t n;
};

/* One member per option, of the same name. Texts are owned and never NULL. Durations are µs,
 * sizes bytes. Choices are the index into the option's words. */
struct conf {
    /* where things are */
    char *data_dir;
    char *database; /* libpq conninfo; "": the embedded PostgreSQL */
    char *postgres_bin;
    char *user;

    /* doors */
    struct conf_list listen; /* see conf_address_parse */
    struct conf_list listen_https;
    struct conf_list listen_management;
    struct conf_list proxy_protocol_from; /* addresses or networks: 10.0.0.0/8 */
    char *server_cert;
    char *server_key;
    char *client_ca;   /* "": no client certificates */
    char *console_dir; /* "": none */
    char *accessibility_contact;
    struct conf_list second_factor; /* codes of roles */
    struct conf_list https_names;   /* none: any */
    char *public_url;               /* of the console, as people reach it; "": unknown */

    /* reminders */
    char *reminder_webhook; /* address of the gateway; "": a file of data_dir */
    char *reminder_secret;  /* what it knows us by */
    usec_t reminder_every;

    /* processes */
    int64_t workers;
    usec_t drain_timeout;
    usec_t worker_silence; /* a worker that gives no sign of life for so long is killed */

    /* connections, per worker */
    int64_t max_connections;
    int64_t max_connections_per_address;
    int64_t handshakes_in_progress;
    int64_t accepts_per_turn;
    usec_t handshake_timeout;
    int64_t send_buffer; /* SO_SNDBUF */

    /* the line door, per connection */
    usec_t hello_timeout;
    usec_t silence_probe;
    usec_t silence_end;
    usec_t mark_every;
    int64_t max_line;
    int64_t max_line_hello;
    int64_t in_flight;
    int64_t subscriptions;
    int64_t output_bytes;
    usec_t slow_no_byte;
    usec_t slow_no_mark;

    /* the HTTPS door, per connection */
    usec_t http_head_timeout;
    usec_t http_body_timeout;
    usec_t http_idle;

    /* commands */
    int64_t command_queue;
    usec_t command_wait;
    int64_t batch_max;
    usec_t behind_wait;

    /* logs */
    int64_t log_level;  /* index: error warning notice info debug */
    int64_t log_target; /* index: auto stderr journald (enum log_target) */
};

/* A broken rule, to be shown with conf_error_text. */
enum conf_rule {
    CONF_NO_EQUALS = 1,
    CONF_UNKNOWN,
    CONF_TWICE,
    CONF_BAD_TEXT, /* control bytes */
    CONF_BAD_QUOTES,
    CONF_BAD_INT,
    CONF_BAD_DURATION,
    CONF_BAD_SIZE,
    CONF_BAD_CHOICE,
    CONF_BAD_ADDRESS,
    CONF_BAD_NETWORK,
    CONF_TOO_LOW,
    CONF_TOO_HIGH,
    CONF_EMPTY,
    CONF_NOT_BELOW, /* must be below another option's value */
    CONF_NEEDS,     /* needs another option beside it */
    CONF_TOO_MANY,  /* list items */
};

struct conf_error {
    enum conf_rule rule;
    unsigned line;      /* from 1; 0: a check across lines */
    const char *option; /* of the table; for CONF_UNKNOWN the closest name, or NULL */
    const char *other;  /* CONF_NOT_BELOW, CONF_NEEDS: the other option */
    char text[80];      /* what was written, cut */
};

#define CONF_ERRORS_MAX 32 /* more are counted, not kept */

struct conf_errors {
    struct conf_error error[CONF_ERRORS_MAX];
    size_t n; /* may exceed CONF_ERRORS_MAX */
};

/* Outcome of conf_parse. */
#define CONF_INVALID 1 /* errors say where and why; nothing was written to ret */

/* Reads the whole text. folder: relative paths are resolved against it (the file's own folder).
 * 0, CONF_INVALID or -ENOMEM. */
int conf_parse(span text, const char *folder, struct conf *ret,
               struct conf_errors *ret_errors) MUST_USE;

/* What a deployment must say itself (certificates) is checked by who needs it: ugoctl does not. */

/* Everything at its default; texts without one are "". */
int conf_defaults(struct conf *ret) MUST_USE;
void conf_free(struct conf *c); /* NULL and zeroed allowed */

/* Takes over from fresh what a reload may change (texts move: fresh keeps the old ones and is still
 * to be freed). ret_names: comma-separated names of other options that differ and wait for a
 * restart, appended. */
void conf_reload(struct conf *live, struct conf *fresh, struct buf *ret_names);

/* One sentence that says what is wrong and what to do, without the file's name:
 * `line 12: hello_timeout: "5x" is not a duration; write a number and ms, s, m, h or d, …`. */
void conf_error_text(const struct conf_error *error, enum conf_language language, struct buf *out);

/* The listing of every option: type, default, range, whether a reload changes it, what it is. */
void conf_help(enum conf_language language, struct buf *out);

/* A host and port to listen on: "127.0.0.1:7443", "[::1]:7443", "*:7443" (every address). Numeric
 * hosts only; "*" stays "*", brackets are removed. 0 or 1 (not an address). */
int conf_address_parse(const char *text, char ret_host[static 64], uint16_t *ret_port) MUST_USE;

#endif
