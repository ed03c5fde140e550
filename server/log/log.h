/* SPDX-License-Identifier: EUPL-1.2 */
/* Structured logs in logfmt: one line per event on standard error,
 *
 *   2026-11-21T18:02:11.482913Z info worker_ready slot=0 revision=48211 peer="192.0.2.7 (proxy)"
 *
 * or, for journald, the same without time behind its priority prefix `<6>`. Values are quoted where
 * they must be, so that no peer can forge a line. One event logs at most LOG_BURST lines per
 * LOG_PERIOD; what was held back is counted and reported as suppressed=N.
 *
 * Secrets never appear: log accounts, fingerprints and addresses, never a token or a request body.
 * Safe to call from several threads. */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>

/* Numbers are those of syslog and of systemd's prefix. */
enum log_level {
    LOG_ERROR = 3,   /* someone must act */
    LOG_WARNING = 4, /* someone should look */
    LOG_NOTICE = 5,  /* start, stop, reload: rare and wanted */
    LOG_INFO = 6,
    LOG_DEBUG = 7,
};

enum log_target {
    LOG_TARGET_AUTO, /* journald when standard error is its stream, else plain */
    LOG_TARGET_STDERR,
    LOG_TARGET_JOURNALD,
};

#define LOG_BURST 20      /* lines of one event… */
#define LOG_PERIOD_S 10   /* …in so many seconds */
#define LOG_LINE_MAX 2048 /* longer lines are cut and end in "…" */

void log_setup(enum log_level level, enum log_target target);

/* A name that every following line of this process carries first, such as "worker=0"; copied, at
 * most 31 bytes, logfmt already. */
void log_name(const char *name);

/* fmt is made of `key=conversion` separated by single spaces; each value is quoted as a whole:
 *   log_line(LOG_INFO, "peer_refused", "peer=%s reason=%s open=%zu", address, reason, n);
 * Conversions: %s %.*s %c %d %i %u %x with hh h l ll z, %f %.Nf, %%. A NULL text is written "-".
 * event: snake_case literal; it is the key of the rate limit. errno is kept. */
void log_line(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Reports what is still held back by the rate limit; called about once a minute and at the end. */
void log_flush(void);

#endif
