/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/figures.h"

/* The figures that the pumps of doors 1 and 2 give, by pump. */
static const struct {
    enum figure connections, opened, refused, received, sent;
} of_pump[] = {
    [CONTROL_DOOR_LINE] = {FIGURE_LINE_CONNECTIONS, FIGURE_LINE_OPENED, FIGURE_LINE_REFUSED,
                           FIGURE_LINE_RECEIVED, FIGURE_LINE_SENT},
    [CONTROL_DOOR_HTTPS] = {FIGURE_HTTPS_CONNECTIONS, FIGURE_HTTPS_OPENED, FIGURE_HTTPS_REFUSED,
                            FIGURE_HTTPS_RECEIVED, FIGURE_HTTPS_SENT},
};

static void take_pump(const struct doors *d, size_t i, struct figures *f)
{
    const struct pump_counts *c = tls_pump_count(d->pump[i]);
    f->at[of_pump[i].connections] = c->connections;
    f->at[of_pump[i].opened] = (int64_t)c->opened;
    f->at[of_pump[i].refused] =
        (int64_t)(c->refused_full + c->refused_address + c->handshake_failed + c->handshake_late);
    f->at[of_pump[i].received] = (int64_t)c->bytes_in;
    f->at[of_pump[i].sent] = (int64_t)c->bytes_out;
}

void figures_take(const struct doors *d, bool ready, usec_t loop_lag, usec_t now,
                  struct figures *ret)
{
    const struct node *n = d->node;
    const struct replica *r = &n->replica;
    struct figures f = {0};
    unsigned streams;
    for (size_t i = 0; i < ARRAY_LENGTH(of_pump); i++)
        take_pump(d, i, &f);
    f.at[FIGURE_READY] = ready;
    f.at[FIGURE_LINE_REQUESTS] = (int64_t)n->line.counts.requests;
    f.at[FIGURE_LINE_MALFORMED] = (int64_t)n->line.counts.refused_lines;
    f.at[FIGURE_HTTPS_REQUESTS] = (int64_t)n->web.counts.requests;
    f.at[FIGURE_HTTPS_MALFORMED] = (int64_t)n->web.counts.malformed;
    for (int class = 2; class <= 5; class ++)
        f.at[FIGURE_HTTPS_2XX + class - 2] = (int64_t)n->web.counts.answered[class];
    f.at[FIGURE_DELTAS] = (int64_t)n->feeds.deltas;
    f.at[FIGURE_MARKS] = (int64_t)n->feeds.marks;
    f.at[FIGURE_STREAM_LAG] = node_stream_lag(n, now, &streams);
    f.at[FIGURE_STREAMS] = streams;
    f.at[FIGURE_LOOP_LAG] = loop_lag;
    f.at[FIGURE_COMMANDS] = (int64_t)writer_waiting(n->writer);
    f.at[FIGURE_JOURNAL_DROPPED] = (int64_t)writer_counters(n->writer)->spare_dropped;
    f.at[FIGURE_REVISION] = r->live != NULL ? r->live->revision : 0;
    f.at[FIGURE_AGE] = r->ledger_received > 0 ? now - r->ledger_received : 0;
    f.at[FIGURE_CERTIFICATE_END] = tls_end(d->tls[CONTROL_DOOR_LINE]);
    *ret = f;
}
