/* SPDX-License-Identifier: EUPL-1.2 */
/* What a monitoring system is told (Prometheus text format 0.0.4): the figures of each worker, and
 * the register as this worker's replica has it. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/buf.h"
#include "base/instant.h"

struct replica;

/* Figures of one worker: enumerator, metric, type, labels (or NULL), help. Figures of one metric
 * stand together. Durations are kept in µs and told in seconds (metrics ending in _seconds). */
#define FIGURES(X)                                                                                 \
    X(FIGURE_READY, "ugo_worker_ready", "gauge", NULL, "Whether its doors are open.")              \
    X(FIGURE_LINE_CONNECTIONS, "ugo_connections", "gauge", "door=\"line\"",                        \
      "Connections now, in any state.")                                                            \
    X(FIGURE_HTTPS_CONNECTIONS, "ugo_connections", "gauge", "door=\"https\"", NULL)                \
    X(FIGURE_LINE_OPENED, "ugo_connections_opened_total", "counter", "door=\"line\"",              \
      "Handshakes completed.")                                                                     \
    X(FIGURE_HTTPS_OPENED, "ugo_connections_opened_total", "counter", "door=\"https\"", NULL)      \
    X(FIGURE_LINE_REFUSED, "ugo_connections_refused_total", "counter", "door=\"line\"",            \
      "Connections over a limit, or whose handshake failed or was late.")                          \
    X(FIGURE_HTTPS_REFUSED, "ugo_connections_refused_total", "counter", "door=\"https\"", NULL)    \
    X(FIGURE_LINE_RECEIVED, "ugo_received_bytes_total", "counter", "door=\"line\"",                \
      "Bytes from peers, decrypted.")                                                              \
    X(FIGURE_HTTPS_RECEIVED, "ugo_received_bytes_total", "counter", "door=\"https\"", NULL)        \
    X(FIGURE_LINE_SENT, "ugo_sent_bytes_total", "counter", "door=\"line\"",                        \
      "Bytes to peers, before encryption.")                                                        \
    X(FIGURE_HTTPS_SENT, "ugo_sent_bytes_total", "counter", "door=\"https\"", NULL)                \
    X(FIGURE_LINE_REQUESTS, "ugo_requests_total", "counter", "door=\"line\"", "Requests read.")    \
    X(FIGURE_HTTPS_REQUESTS, "ugo_requests_total", "counter", "door=\"https\"", NULL)              \
    X(FIGURE_LINE_MALFORMED, "ugo_requests_malformed_total", "counter", "door=\"line\"",           \
      "What could not be read as a request.")                                                      \
    X(FIGURE_HTTPS_MALFORMED, "ugo_requests_malformed_total", "counter", "door=\"https\"", NULL)   \
    X(FIGURE_HTTPS_2XX, "ugo_http_answers_total", "counter", "class=\"2xx\"",                      \
      "Answers of the HTTPS door by the class of their status.")                                   \
    X(FIGURE_HTTPS_3XX, "ugo_http_answers_total", "counter", "class=\"3xx\"", NULL)                \
    X(FIGURE_HTTPS_4XX, "ugo_http_answers_total", "counter", "class=\"4xx\"", NULL)                \
    X(FIGURE_HTTPS_5XX, "ugo_http_answers_total", "counter", "class=\"5xx\"", NULL)                \
    X(FIGURE_DELTAS, "ugo_deltas_total", "counter", NULL, "Deltas sent on streams.")               \
    X(FIGURE_MARKS, "ugo_marks_total", "counter", NULL, "Marks sent on streams.")                  \
    X(FIGURE_STREAMS, "ugo_streams", "gauge", NULL, "Streams now.")                                \
    X(FIGURE_STREAM_LAG, "ugo_stream_lag_seconds", "gauge", NULL,                                  \
      "For how long the stream that is furthest behind has been catching up.")                     \
    X(FIGURE_LOOP_LAG, "ugo_loop_lag_seconds", "gauge", NULL,                                      \
      "By how much the loop was late at worst in the last second.")                                \
    X(FIGURE_COMMANDS, "ugo_commands_waiting", "gauge", NULL,                                      \
      "Commands that the database has not answered.")                                              \
    X(FIGURE_JOURNAL_DROPPED, "ugo_journal_dropped_total", "counter", NULL,                        \
      "Searches that could not be told to the journal.")                                           \
    X(FIGURE_REVISION, "ugo_revision", "gauge", NULL, "Revision of the replica.")                  \
    X(FIGURE_AGE, "ugo_replica_age_seconds", "gauge", NULL,                                        \
      "Since when nothing committed was heard of the database.")                                   \
    X(FIGURE_CERTIFICATE_END, "ugo_certificate_end_seconds", "gauge", NULL,                        \
      "When the server's certificate ends, since 1970.")

#define FIGURE_ENUMERATOR(name, metric, type, labels, help) name,
enum figure { FIGURES(FIGURE_ENUMERATOR) FIGURE_COUNT };

struct figures {
    int64_t at[FIGURE_COUNT];
};

/* Of n workers; figures of one that has told nothing yet are all 0. */
void metrics_of_workers(const struct figures *figures, size_t n, struct buf *out);

/* now: monotonic µs, as for the replica. Costs one look at each record. */
void metrics_of_register(const struct replica *r, usec_t now, struct buf *out);

#endif
