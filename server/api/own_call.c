/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/own_call.h"

#include <stdlib.h>

#include "api/answer.h"
#include "api/operation.h"

static int rows_login(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    (void)d, (void)now;
    if (login_read(rows, c->login) != 0)
        call_refuse(c, ERROR_INTERNAL, "login");
    else
        call_answer(c);
    return 0;
}

static int answer_done(struct desk *d, usec_t now, struct call *c)
{
    (void)now;
    buf_text(&c->result, "{\"done\":true");
    answer_end(d, c);
    return 0;
}

/* In no table: nobody can name them. */
static const struct operation login_question = {.name = "login", .rows = rows_login};
static const struct operation own_command = {
    .name = "own", .rows = rows_answer, .answer = answer_done};

static struct call *own_call(const struct operation *operation)
{
    struct call *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->operation = operation;
    c->deadline = USEC_NEVER;
    return c;
}

int own_call_login(struct desk *d, usec_t now, const char *account, struct login *ret_login,
                   struct call **ret)
{
    struct call *c = own_call(&login_question);
    if (c == NULL)
        return -ENOMEM;
    c->login = ret_login;
    int r = desk_ask(d, now, c, DESK_LOGIN, (const char *const[]){account}, 1);
    if (r < 0)
        desk_close(d, c);
    else
        *ret = c;
    return r;
}

int own_call_command(struct desk *d, usec_t now, struct buf *command, struct call **ret)
{
    struct call *c = own_call(&own_command);
    buf_char(command, '\0');
    if (c == NULL || buf_check(command) < 0) {
        free(c);
        buf_free(command);
        return -ENOMEM;
    }
    char *text = command->p;
    *command = (struct buf){0};
    int r = desk_submit_text(d, now, c, text);
    if (r < 0)
        desk_close(d, c);
    else
        *ret = c;
    return r;
}
