/* SPDX-License-Identifier: EUPL-1.2 */
#include "sync/command.h"

#include <stdlib.h>

struct command *command_new(usec_t now, uint64_t ticket, char *json, size_t n)
{
    struct command *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->ticket = ticket;
    c->json = json;
    c->n = n;
    c->submitted = now;
    return c;
}

void command_free(struct command *c)
{
    if (c == NULL)
        return;
    free(c->json);
    json_decref(c->result);
    free(c);
}

void queue_init(struct queue *q)
{
    *q = (struct queue){.tail = &q->head};
}

void queue_add(struct queue *q, struct command *c)
{
    c->next = NULL;
    *q->tail = c;
    q->tail = &c->next;
    q->n++;
}

struct command *queue_take(struct queue *q)
{
    struct command *c = q->head;
    if (c == NULL)
        return NULL;
    q->head = c->next;
    if (q->head == NULL)
        q->tail = &q->head;
    q->n--;
    return c;
}

void queue_free(struct queue *q)
{
    for (struct command *c; (c = queue_take(q)) != NULL;)
        command_free(c);
}

/* The text of a member, or NULL. A text that memory does not allow is missing, not wrong: the type
 * has said what happened. */
static char *member_text(const json_t *value)
{
    return value != NULL ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
}

void lent_clear(struct lent *l)
{
    command_free(l->command);
    free(l->errors);
    free(l->answer);
    free(l->reply);
    *l = (struct lent){0};
}

void lent_outcome(struct lent *l, struct command *c, struct outcome *ret)
{
    l->command = c;
    *ret = (struct outcome){.ticket = c->ticket, .type = c->type, .revision = -1, .ledger = -1};
    if (c->sqlstate[0] != '\0')
        ret->sqlstate = c->sqlstate;
    if (c->result == NULL)
        return;
    const json_t *revision = json_object_get(c->reply, "revision");
    const json_t *ledger = json_object_get(c->result, "revision");
    const json_t *now = json_object_get(c->reply, "now");
    if (!json_is_integer(now))
        now = json_object_get(c->result, "at");
    l->errors = member_text(json_object_get(c->reply, "errors"));
    l->answer = member_text(json_object_get(c->reply, "answer"));
    l->reply = member_text(c->reply);
    if (json_is_integer(revision))
        ret->revision = json_integer_value(revision);
    if (json_is_integer(ledger))
        ret->ledger = json_integer_value(ledger);
    ret->epoch = json_string_value(json_object_get(c->result, "epoch"));
    ret->errors = l->errors;
    ret->detail = json_string_value(json_object_get(c->reply, "detail"));
    ret->answer = l->answer;
    ret->reply = l->reply;
    ret->now = json_integer_value(now);
    ret->replayed = json_is_true(json_object_get(c->reply, "replayed"));
}
