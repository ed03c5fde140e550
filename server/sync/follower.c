/* SPDX-License-Identifier: EUPL-1.2 */
/* One state per statement: `steps` says what is sent in a state and who reads its rows; the reader
 * names the state that comes next. A state that is not about to send (FOLLOW between two polls, any
 * state after a failure) has not_before in the future.
 *
 * An answer that took long may tell of long ago: its rows are good, its ledger time proves nothing.
 *
 * Two ages are kept. `seen` is when the ledger's time last moved: when it grows old somebody must
 * send a heartbeat. `fresh` is when that was seen by a replica that holds everything up to it: a
 * replica still catching up hears the heartbeats but must not call itself fresh. */
#include "sync/follower.h"

#include <stdlib.h>
#include <string.h>

#include "sync/cell.h"
#include "sync/failure.h"
#include "sync/history_rows.h"
#include "sync/sql.h"

#define RETRY_PAUSE USEC_S

enum state {
    STATE_DOWN,
    STATE_LISTEN,
    STATE_BEGIN,
    STATE_LEDGER,
    STATE_EPOCHS,
    STATE_OPEN_RECORDS,
    STATE_RECORDS,
    STATE_OPEN_DEPARTED,
    STATE_DEPARTED,
    STATE_COMMIT,
    STATE_FOLLOW,
    STATE_FORKS,    /* the ledger's epoch is not ours */
    STATE_ROLLBACK, /* a statement of the load failed */
    STATE_STOPPED,  /* the sink failed */
    STATE_COUNT
};

struct follower {
    struct sync_machine machine;
    const struct follower_sink *sink;
    void *ctx;
    enum state state;
    bool in_flight;
    usec_t not_before;
    usec_t wake_at;    /* what overrules it while following; USEC_NEVER: nothing */
    int64_t announced; /* by NOTIFY since the last question */
    usec_t sent;       /* the statement in flight */

    bool loaded, ahead;
    int error;
    char epoch[EPOCH_ROOM]; /* of the replica */
    int64_t revision;       /* of the replica */
    struct ledger_row loading;
    usec_t load_started;

    int64_t ledger_revision;
    usec_t seen_at, fresh_at; /* see above: the ledger times */
    usec_t seen, fresh;       /* and when they were received */

    char param[24];
    struct failure failure;
    struct follower_counters counters;
};

static struct follower *follower_of(struct sync_machine *m)
{
    return (struct follower *)m; /* first member */
}

static int stop(struct follower *f, int error)
{
    f->error = error;
    return STATE_STOPPED;
}

/* What was read is not what the schema promises, or not whole. */
static int broken(struct follower *f, usec_t now)
{
    f->counters.load_failures++;
    f->not_before = now + RETRY_PAUSE;
    return STATE_ROLLBACK;
}

/* Everything again; a reason that persists must not turn the loop hot. */
static int reload(struct follower *f, usec_t now)
{
    f->counters.reloads++;
    usec_t again = f->load_started + RETRY_PAUSE;
    f->not_before = again > now ? again : now;
    return STATE_BEGIN;
}

static int take_listen(struct follower *f, usec_t now, const struct rows *rows)
{
    (void)now;
    (void)rows;
    return f->loaded ? STATE_FOLLOW : STATE_BEGIN;
}

static int take_begin(struct follower *f, usec_t now, const struct rows *rows)
{
    (void)rows;
    f->load_started = now;
    return STATE_LEDGER;
}

static int take_ledger(struct follower *f, usec_t now, const struct rows *rows)
{
    int64_t floor;
    if (!ledger_read(rows, now, &f->loading) || !cell_int(rows, 0, 3, &floor))
        return broken(f, now);
    if (now - f->sent > FOLLOWER_PROMPT)
        f->loading.received = f->sent;
    const struct ledger_row *l = &f->loading;
    int r = f->sink->load_begin(f->ctx, l->epoch, l->revision, l->at, floor);
    return r < 0 ? stop(f, r) : STATE_EPOCHS;
}

static int take_epochs(struct follower *f, usec_t now, const struct rows *rows)
{
    for (int i = 0; i < rows->n_rows; i++) {
        int64_t fork;
        const char *epoch = rows_cell(rows, i, 0);
        if (epoch == NULL || !cell_int(rows, i, 1, &fork))
            return broken(f, now);
        int r = f->sink->load_epoch(f->ctx, epoch, fork);
        if (r < 0)
            return stop(f, r);
    }
    return STATE_OPEN_RECORDS;
}

static int take_records(struct follower *f, usec_t now, const struct rows *rows)
{
    for (int i = 0; i < rows->n_rows; i++) {
        int64_t revision;
        const char *kind = rows_cell(rows, i, 0), *id = rows_cell(rows, i, 1);
        const char *state = rows_cell(rows, i, 3);
        if (kind == NULL || id == NULL || state == NULL || !cell_int(rows, i, 2, &revision) ||
            revision > f->loading.revision)
            return broken(f, now);
        int r = f->sink->load_record(f->ctx, kind, id, revision, state);
        if (r < 0)
            return stop(f, r);
    }
    return rows->n_rows < SQL_FETCH_ROWS ? STATE_OPEN_DEPARTED : STATE_RECORDS;
}

static int take_departed(struct follower *f, usec_t now, const struct rows *rows)
{
    for (int i = 0; i < rows->n_rows; i++) {
        int64_t revision, part;
        const char *kind = rows_cell(rows, i, 2), *id = rows_cell(rows, i, 3);
        const char *scope = rows_cell(rows, i, 4);
        if (kind == NULL || id == NULL || scope == NULL || !cell_int(rows, i, 0, &revision) ||
            !cell_int(rows, i, 1, &part) || revision > f->loading.revision)
            return broken(f, now);
        int r = f->sink->load_departed(f->ctx, revision, (int)part, kind, id, scope);
        if (r < 0)
            return stop(f, r);
    }
    return rows->n_rows < SQL_FETCH_ROWS ? STATE_COMMIT : STATE_DEPARTED;
}

static int take_commit(struct follower *f, usec_t now, const struct rows *rows)
{
    (void)now;
    (void)rows;
    int r = f->sink->load_end(f->ctx);
    if (r < 0)
        return stop(f, r);
    const struct ledger_row *l = &f->loading;
    memcpy(f->epoch, l->epoch, sizeof f->epoch);
    f->revision = f->ledger_revision = l->revision;
    f->seen_at = f->fresh_at = l->at;
    f->seen = f->fresh = l->received;
    f->loaded = true;
    f->ahead = false;
    f->counters.loads++;
    f->sink->ledger_at(f->ctx, l->at, l->received);
    return STATE_FOLLOW;
}

/* 0; negative: the sink failed; positive: load again. */
static int apply_revision(struct follower *f, const struct rows *rows, int row, int parts)
{
    struct change_row c = {0};
    for (int i = 0; i < parts; i++) {
        if (!change_read(rows, row + i, &c))
            return 1;
        int r = f->sink->apply_row(f->ctx, &c);
        if (r != 0)
            return r;
    }
    int r = f->sink->apply_end(f->ctx, c.revision, c.at);
    if (r != 0)
        return r;
    f->revision = c.revision;
    f->counters.revisions++;
    f->counters.rows += (uint64_t)parts;
    return 0;
}

/* The state after the rows were applied as far as they go. */
static int apply_rows(struct follower *f, usec_t now, const struct rows *rows, int64_t upto)
{
    bool none = rows_cell(rows, 0, 3) == NULL;
    for (int row = 0; row < rows->n_rows && !none;) {
        int parts = f->revision < upto ? revision_rows(rows, row, f->revision + 1) : 0;
        if (parts == 0)
            break;
        int r = apply_revision(f, rows, row, parts);
        if (r != 0)
            return r < 0 ? stop(f, r) : reload(f, now);
        row += parts;
    }
    if (f->revision != upto) {
        f->counters.gaps++;
        return reload(f, now);
    }
    return STATE_FOLLOW;
}

static void note_ledger_time(struct follower *f, const struct ledger_row *l)
{
    if (l->at != f->seen_at) {
        f->seen_at = l->at;
        f->seen = l->received;
    }
    if (f->revision != l->revision || f->ahead)
        return;
    if (l->at > f->fresh_at) {
        f->fresh_at = l->at;
        f->fresh = l->received;
    }
    f->sink->ledger_at(f->ctx, f->fresh_at, f->fresh);
}

static int take_follow(struct follower *f, usec_t now, const struct rows *rows)
{
    struct ledger_row l;
    if (!ledger_read(rows, now, &l) || rows->n_cols < 12)
        return broken(f, now);
    f->not_before = now + FOLLOWER_POLL;
    f->ledger_revision = l.revision;
    if (strcmp(l.epoch, f->epoch) != 0) {
        f->counters.epochs++;
        f->not_before = now;
        return STATE_FORKS;
    }
    if (l.revision < f->revision && !f->ahead) {
        f->ahead = true;
        f->counters.ahead++;
    }
    if (f->ahead) {
        note_ledger_time(f, &l);
        return STATE_FOLLOW;
    }
    int64_t upto = f->revision + SQL_FOLLOW_REVISIONS;
    int state = apply_rows(f, now, rows, upto < l.revision ? upto : l.revision);
    if (state != STATE_FOLLOW)
        return state;
    bool prompt = now - f->sent <= FOLLOWER_PROMPT;
    if (prompt)
        note_ledger_time(f, &l);
    if (f->revision < l.revision || !prompt)
        f->not_before = now;
    return STATE_FOLLOW;
}

/* The list of epochs, oldest first, says whether our revision survived every one after ours. */
static int take_forks(struct follower *f, usec_t now, const struct rows *rows)
{
    bool known = false, lost = f->ahead;
    for (int i = 0; i < rows->n_rows; i++) {
        char epoch[EPOCH_ROOM];
        int64_t fork;
        if (!cell_text(rows, i, 0, epoch, sizeof epoch) || !cell_int(rows, i, 1, &fork))
            return broken(f, now);
        if (!known) {
            known = strcmp(epoch, f->epoch) == 0;
            continue;
        }
        /* Whatever was opened after a loss opened on another branch than the sink's. */
        int r = lost ? 1 : f->sink->new_epoch(f->ctx, epoch, fork);
        if (r < 0)
            return stop(f, r);
        lost = r > 0 || f->revision > fork;
        if (lost)
            break;
        if (i == rows->n_rows - 1) {
            memcpy(f->epoch, epoch, sizeof f->epoch);
            f->fresh_at =
                0; /* heartbeats may have been lost, too: its time may be an earlier one */
            return STATE_FOLLOW;
        }
    }
    return reload(f, now);
}

static int take_rollback(struct follower *f, usec_t now, const struct rows *rows)
{
    (void)rows;
    f->not_before = now + RETRY_PAUSE;
    return STATE_LISTEN;
}

static const struct step {
    enum query query;
    bool in_transaction; /* after a failure here the transaction must be ended */
    /* Reads the rows and names the next state; NULL: there are none, `then` follows. */
    int (*take)(struct follower *f, usec_t now, const struct rows *rows);
    enum state then;
} steps[STATE_COUNT] = {
    [STATE_LISTEN] = {QUERY_LISTEN, false, take_listen},
    [STATE_BEGIN] = {QUERY_BEGIN_READ, true, take_begin},
    [STATE_LEDGER] = {QUERY_LEDGER, true, take_ledger},
    [STATE_EPOCHS] = {QUERY_EPOCHS, true, take_epochs},
    [STATE_OPEN_RECORDS] = {QUERY_OPEN_RECORDS, true, NULL, STATE_RECORDS},
    [STATE_RECORDS] = {QUERY_FETCH_RECORDS, true, take_records},
    [STATE_OPEN_DEPARTED] = {QUERY_OPEN_DEPARTED, true, NULL, STATE_DEPARTED},
    [STATE_DEPARTED] = {QUERY_FETCH_DEPARTED, true, take_departed},
    [STATE_COMMIT] = {QUERY_COMMIT, true, take_commit},
    [STATE_FOLLOW] = {QUERY_FOLLOW, false, take_follow},
    [STATE_FORKS] = {QUERY_EPOCHS, false, take_forks},
    [STATE_ROLLBACK] = {QUERY_ROLLBACK, false, take_rollback},
};

static bool talks(const struct follower *f)
{
    return f->state != STATE_DOWN && f->state != STATE_STOPPED;
}

/* When the next statement may go. A revision announced while a question was under way may be in its
 * answer: then only the time is asked again. */
static usec_t due(const struct follower *f)
{
    if (f->state != STATE_FOLLOW)
        return f->not_before;
    if (f->announced > f->revision)
        return 0;
    return f->wake_at < f->not_before ? f->wake_at : f->not_before;
}

static int next(struct sync_machine *m, usec_t now, struct statement *ret)
{
    struct follower *f = follower_of(m);
    const struct step *step = &steps[f->state];
    if (!talks(f) || f->in_flight || now < due(f))
        return 0;
    *ret = sql_statement(step->query);
    if (f->state == STATE_FOLLOW) {
        cell_print(f->revision, f->param, sizeof f->param);
        ret->param[0] = f->param;
        f->wake_at = USEC_NEVER;
        f->announced = -1;
        f->counters.polls++;
    }
    f->in_flight = true;
    f->sent = now;
    return 1;
}

static void result(struct sync_machine *m, usec_t now, const struct statement_result *result)
{
    struct follower *f = follower_of(m);
    const struct step *step = &steps[f->state];
    if (!f->in_flight || !talks(f))
        return;
    f->in_flight = false;
    if (result->end == STATEMENT_DONE || result->end == STATEMENT_UNSURE) {
        f->state = step->take == NULL ? step->then : (enum state)step->take(f, now, &result->rows);
        return;
    }
    failure_note(&f->failure, result);
    if (result->end == STATEMENT_LOST) { /* lost() follows and says what to do */
        f->counters.lost++;
        return;
    }
    f->counters.failed++;
    if (step->in_transaction) {
        f->counters.load_failures++;
        f->state = STATE_ROLLBACK;
        f->not_before = now;
    } else {
        f->state = STATE_LISTEN;
        f->not_before = now + RETRY_PAUSE;
    }
}

static void ready(struct sync_machine *m, usec_t now)
{
    struct follower *f = follower_of(m);
    f->in_flight = false;
    f->not_before = now;
    if (f->state != STATE_STOPPED)
        f->state = STATE_LISTEN;
}

static void lost(struct sync_machine *m, usec_t now)
{
    (void)now;
    struct follower *f = follower_of(m);
    f->in_flight = false;
    if (f->state != STATE_STOPPED)
        f->state = STATE_DOWN;
}

static void notified(struct sync_machine *m, usec_t now, const char *payload)
{
    struct follower *f = follower_of(m);
    char *end;
    int64_t revision = strtoll(payload, &end, 10);
    bool is_revision = end != payload && *end == '\0';
    usec_t at = is_revision ? now + FOLLOWER_SOON : now;
    f->counters.notified++;
    if (is_revision)
        follower_announce(f, revision);
    f->wake_at = at < f->wake_at ? at : f->wake_at;
}

static void tick(struct sync_machine *m, usec_t now)
{
    (void)m; /* the deadline only makes the pump ask next() again */
    (void)now;
}

static usec_t deadline(const struct sync_machine *m)
{
    const struct follower *f = (const struct follower *)m;
    return !talks(f) || f->in_flight ? USEC_NEVER : due(f);
}

static const struct sync_machine_ops follower_ops = {
    .ready = ready,
    .lost = lost,
    .next = next,
    .result = result,
    .notified = notified,
    .tick = tick,
    .deadline = deadline,
};

int follower_new(const struct follower_sink *sink, void *ctx, struct follower **ret)
{
    struct follower *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -ENOMEM;
    f->machine.ops = &follower_ops;
    f->sink = sink;
    f->ctx = ctx;
    f->revision = f->ledger_revision = f->announced = -1;
    f->wake_at = USEC_NEVER;
    f->load_started = -RETRY_PAUSE;
    *ret = f;
    return 0;
}

void follower_free(struct follower *f)
{
    free(f);
}

struct sync_machine *follower_machine(struct follower *f)
{
    return &f->machine;
}

void follower_wake(struct follower *f)
{
    f->wake_at = 0;
}

void follower_announce(struct follower *f, int64_t revision)
{
    if (revision > f->announced)
        f->announced = revision;
}

bool follower_loaded(const struct follower *f)
{
    return f->loaded;
}

bool follower_ahead(const struct follower *f)
{
    return f->ahead;
}

int follower_error(const struct follower *f)
{
    return f->error;
}

int64_t follower_revision(const struct follower *f)
{
    return f->revision;
}

const char *follower_epoch(const struct follower *f)
{
    return f->epoch;
}

int64_t follower_ledger_revision(const struct follower *f)
{
    return f->ledger_revision;
}

bool follower_stale(const struct follower *f, usec_t now)
{
    return !f->loaded || now - f->fresh >= FOLLOWER_STALE;
}

usec_t follower_heartbeat_due(const struct follower *f)
{
    bool following = f->state == STATE_FOLLOW || f->state == STATE_FORKS;
    return following ? f->seen + FOLLOWER_HEARTBEAT : USEC_NEVER;
}

bool follower_needs_heartbeat(const struct follower *f, usec_t now)
{
    return now >= follower_heartbeat_due(f);
}

const struct follower_counters *follower_counters(const struct follower *f)
{
    return &f->counters;
}

const char *follower_last_sqlstate(const struct follower *f)
{
    return f->failure.sqlstate;
}

const char *follower_last_message(const struct follower *f)
{
    return f->failure.message;
}
