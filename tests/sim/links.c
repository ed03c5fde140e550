/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to the database, with everything that breaks: down for a while, a statement lost
 * before it ran, an answer lost after it was committed. */
#include "world.h"

void link_open(struct sim_link *l, struct sync_machine *machine, usec_t now)
{
    *l = (struct sim_link){.machine = machine, .up_at = now};
}

static void answer_drop(struct sim_link *l)
{
    if (l->in_flight)
        model_result_clear(&l->answer);
    l->in_flight = false;
}

void link_close(struct sim_link *l)
{
    answer_drop(l);
    model_disconnect(l->session);
    l->session = NULL;
}

void link_cut(struct world *w, struct sim_link *l)
{
    if (l->session == NULL)
        return;
    bool in_flight = l->in_flight;
    link_close(l);
    if (in_flight) {
        struct statement_result lost = {.end = STATEMENT_LOST, .message = "cut"};
        l->machine->ops->result(l->machine, w->now, &lost);
    }
    l->machine->ops->lost(l->machine, w->now);
    l->up_at = w->now + (usec_t)chance(w, 1500) * USEC_MS;
}

static void deliver(struct world *w, struct sim_link *l)
{
    struct model_result answer = l->answer;
    l->in_flight = false;
    l->machine->ops->result(l->machine, w->now, &answer.result);
    model_result_clear(&answer);
}

static void send_next(struct world *w, struct sim_link *l)
{
    struct statement statement = {0};
    if (l->in_flight || l->machine->ops->next(l->machine, w->now, &statement) == 0)
        return;
    l->answer = (struct model_result){0};
    l->in_flight = true;
    if (chance(w, 400) == 0) { /* lost on the way: never ran */
        l->in_flight = false;
        link_close(l);
        struct statement_result lost = {.end = STATEMENT_LOST, .message = "lost"};
        l->machine->ops->result(l->machine, w->now, &lost);
        l->machine->ops->lost(l->machine, w->now);
        l->up_at = w->now + 50 * USEC_MS;
        return;
    }
    model_execute(l->session, &statement, &l->answer);
    l->due = w->now + (usec_t)chance(w, 60) * USEC_MS;
    if (chance(w, 400) == 0)
        link_cut(w, l); /* committed, and nobody was told */
}

void link_step(struct world *w, struct sim_worker *k, struct sim_link *l)
{
    struct sync_machine *m = l->machine;
    if (l->session == NULL && w->now >= l->up_at && w->now >= k->cut_until) {
        l->session = model_connect(w->model, false);
        m->ops->ready(m, w->now);
    }
    if (m->ops->deadline(m) <= w->now)
        m->ops->tick(m, w->now);
    if (l->session == NULL)
        return;
    if (m->ops->notified != NULL && model_take_notified(l->session))
        m->ops->notified(m, w->now);
    for (int i = 0; i < 64 && l->session != NULL; i++) {
        if (l->in_flight && w->now < l->due)
            return;
        if (l->in_flight)
            deliver(w, l);
        send_next(w, l);
        if (!l->in_flight)
            return;
    }
}
