/* SPDX-License-Identifier: EUPL-1.2 */
/* Workers as the daemon drives them: hear, turn, pull, end the turn. */
#include <stdlib.h>

#include "sim/world.h"

static void ignore_event(void *ctx, enum node_event event, const char *text, int64_t number)
{
    (void)ctx;
    (void)event;
    (void)text;
    (void)number;
}

void worker_start(struct world *w, int i)
{
    struct sim_worker *k = &w->worker[i];
    char name[17];
    snprintf(name, sizeof name, "%08x%08x", chance(w, 1u << 30), chance(w, 1u << 30));
    struct node_settings settings = {
        .line = {.hello_timeout = 5 * USEC_S,
                 .silence_probe = 15 * USEC_S,
                 .silence_end = 30 * USEC_S,
                 .slow_no_byte = 30 * USEC_S,
                 .max_line = 64 * 1024,
                 .max_line_hello = 8 * 1024,
                 .in_flight = 64,
                 .subscriptions = 16},
        .feed = {.mark_every = (w->planted == PLANT_SILENT ? 60 : 5) * USEC_S,
                 .slow_no_mark = 60 * USEC_S,
                 .behind_wait = 3 * USEC_S,
                 .output_bytes = 256 * 1024},
        .desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S},
        .name = name,
        .seed = chance(w, 1u << 30),
        .event = ignore_event,
    };
    if (node_init(&k->node, &settings) < 0)
        abort();
    link_open(&k->follower, follower_machine(k->node.follower), w->now);
    link_open(&k->writer, writer_machine(k->node.writer), w->now);
    link_open(&k->reader, reader_machine(k->node.reader), w->now);
    link_open(&k->history, reader_machine(k->node.history), w->now);
    k->world = w;
    k->up = true;
    k->cut_until = 0;
    k->ledger_at = 0;
    k->ledger_heard_at = w->now;
}

void worker_crash(struct world *w, int i)
{
    struct sim_worker *k = &w->worker[i];
    if (!k->up)
        return;
    for (int c = 0; c < CLIENTS; c++)
        if (w->client[c].door != NULL && w->client[c].worker == i)
            client_drop(&w->client[c]);
    link_close(&k->follower);
    link_close(&k->writer);
    link_close(&k->reader);
    link_close(&k->history);
    node_free(&k->node);
    k->up = false;
    k->start_at = w->now + (usec_t)chance(w, 2000) * USEC_MS;
    w->crashes++;
}

/* What the node says of its doors. */
static void wake_doors(struct world *w, int i, bool all)
{
    struct door *answered;
    while ((answered = node_answered(&w->worker[i].node)) != NULL)
        for (int n = 0; n < CLIENTS; n++)
            w->client[n].woken |= w->client[n].door == answered;
    for (int n = 0; all && n < CLIENTS; n++)
        w->client[n].woken |= w->client[n].worker == i;
}

/* One pass of the pump over this worker's doors: only those that were woken, fed, ticked or left
 * with something are pulled. */
static void pull_doors(struct world *w, int i)
{
    char bytes[16 * 1024];
    for (int n = 0; n < CLIENTS; n++) {
        struct client *c = &w->client[(n + w->steps) % CLIENTS];
        if (c->door == NULL || c->worker != i)
            continue;
        if (door_deadline(c->door) <= w->now) {
            c->woken = true;
            if (door_tick(c->door, w->now) < 0)
                broken(w, "P11", "tick failed");
        }
        if (!c->woken)
            continue;
        size_t got = 1;
        for (int pulls = 0; w->now >= c->stalled_until && pulls < 40; pulls++) {
            size_t room = chance(w, 30) == 0 ? 1 + chance(w, 200) : sizeof bytes;
            got = door_pull(c->door, w->now, bytes, room);
            if (got == 0)
                break;
            client_hear(c, bytes, got);
            if (c->door == NULL || chance(w, 60) == 0)
                break; /* the socket took no more in this turn */
        }
        c->woken = got > 0;
        if (c->door != NULL && door_closing(c->door) && got == 0 && w->now >= c->stalled_until)
            client_drop(c);
    }
}

/* Faults inside a worker, where no seam is left to plant them from outside. */
static void plant(struct world *w, struct sim_worker *k)
{
    struct replica *r = &k->node.replica;
    if (r->live == NULL)
        return;
    if (w->planted == PLANT_EARLY_MARK && follower_ledger_revision(k->node.follower) > 0 &&
        chance(w, 50) == 0)
        r->live->revision = model_revision(w->model);
    if (w->planted == PLANT_FRESH_LIE)
        r->ledger_received = w->now;
    if (w->planted == PLANT_EARLY_ANSWER)
        for (struct call *c = k->node.desk.waiting; c != NULL; c = c->next)
            if (c->state == CALL_WAITS_REVISION)
                c->target.revision = -1;
}

void worker_step(struct world *w, int i)
{
    struct sim_worker *k = &w->worker[i];
    if (!k->up) {
        if (w->now >= k->start_at)
            worker_start(w, i);
        return;
    }
    for (int round = 0; round < 3; round++) {
        link_step(w, k, &k->follower);
        link_step(w, k, &k->writer);
        link_step(w, k, &k->reader);
        link_step(w, k, &k->history);
        struct node_wants wants;
        if (node_turn(&k->node, w->now, &wants) < 0) {
            broken(w, "worker", "the node failed");
            return;
        }
        if (wants.ahead) { /* only a failover takes revisions away; it then opens a new epoch */
            worker_crash(w, i);
            return;
        }
        plant(w, k);
        wake_doors(w, i, wants.wake_doors || w->planted != PLANT_NOTHING);
        pull_doors(w, i);
        if (w->planted == PLANT_EARLY_MARK && k->node.replica.live != NULL)
            k->node.replica.live->revision = follower_revision(k->node.follower);
        node_turn_end(&k->node);
    }
}
