/* SPDX-License-Identifier: EUPL-1.2 */
/* Drives one db_link by hand: statements come as lines on standard input, what the machine is told
 * goes out as lines on standard output. tests/system/db_link_test.py holds the other ends.
 *
 *   link_probe CONNINFO [ANSWER_TIMEOUT_MS]      or      link_probe --sql NAME
 *   in:  "s PARAM<TAB>SQL" simple, "p PARAM<TAB>SQL" parameterised, "d MS" a deadline from now
 *   out: ready, lost, done ROWS FIRST_CELL, failed SQLSTATE, unsure, notified PAYLOAD, ticked
 */
#include <event2/event.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_link.h"
#include "sync/sql.h"

#define TEXTS_MAX 64

struct probe {
    struct sync_machine machine;
    struct event_base *base;
    struct db_link *link;
    struct buf input;
    char *param;     /* of the statement to send, until it ends… */
    const char *sql; /* …and its text; NULL none */
    char *
        texts[TEXTS_MAX]; /* every text that came: for the link the same text is the same pointer */
    bool simple, in_flight;
    usec_t deadline;
};

static usec_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (usec_t)t.tv_sec * USEC_S + t.tv_nsec / 1000;
}

static void forget(struct probe *p)
{
    free(p->param);
    p->param = NULL;
    p->sql = NULL;
    p->in_flight = false;
}

static void ready(struct sync_machine *m, usec_t now)
{
    (void)m;
    (void)now;
    puts("ready");
}

static void lost(struct sync_machine *m, usec_t now)
{
    (void)now;
    forget((struct probe *)m);
    puts("lost");
}

static int next(struct sync_machine *m, usec_t now, struct statement *ret)
{
    struct probe *p = (struct probe *)m;
    (void)now;
    if (p->sql == NULL || p->in_flight)
        return 0;
    bool has_param = strstr(p->sql, "$1") != NULL;
    *ret = (struct statement){
        .sql = p->sql, .simple = p->simple, .n_params = has_param, .param = {p->param}};
    p->in_flight = true;
    return 1;
}

static void result(struct sync_machine *m, usec_t now, const struct statement_result *r)
{
    const char *cell = r->rows.n_rows > 0 ? rows_cell(&r->rows, 0, 0) : NULL;
    (void)now;
    forget((struct probe *)m);
    switch (r->end) {
    case STATEMENT_DONE:
        printf("done %d %s\n", r->rows.n_rows, cell != NULL ? cell : "null");
        break;
    case STATEMENT_FAILED:
        printf("failed %s\n", r->sqlstate);
        break;
    case STATEMENT_UNSURE:
        puts("unsure");
        break;
    case STATEMENT_LOST:
        puts("unknown");
        break;
    }
}

static void notified(struct sync_machine *m, usec_t now, const char *payload)
{
    (void)m;
    (void)now;
    printf("notified %s\n", payload);
}

static void tick(struct sync_machine *m, usec_t now)
{
    (void)now;
    ((struct probe *)m)->deadline = USEC_NEVER;
    puts("ticked");
}

static usec_t deadline(const struct sync_machine *m)
{
    return ((const struct probe *)m)->deadline;
}

static const struct sync_machine_ops probe_ops = {
    .ready = ready,
    .lost = lost,
    .next = next,
    .result = result,
    .notified = notified,
    .tick = tick,
    .deadline = deadline,
};

static const char *text_of(struct probe *p, const char *sql, size_t n)
{
    int i = 0;
    while (p->texts[i] != NULL && (strlen(p->texts[i]) != n || memcmp(p->texts[i], sql, n) != 0))
        if (++i == TEXTS_MAX)
            return NULL;
    if (p->texts[i] == NULL)
        p->texts[i] = strndup(sql, n);
    return p->texts[i];
}

static void take_line(struct probe *p, const char *line, size_t n)
{
    const char *tab = memchr(line, '\t', n);
    if (line[0] == 'd') {
        p->deadline = clock_now() + strtoll(line + 1, NULL, 10) * USEC_MS;
    } else if (tab != NULL && p->sql == NULL) {
        p->simple = line[0] == 's';
        p->param = strndup(line + 2, (size_t)(tab - line - 2));
        p->sql = text_of(p, tab + 1, n - (size_t)(tab + 1 - line));
    } else {
        puts("what?");
    }
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
    struct probe *p = arg;
    char bytes[65536];
    ssize_t n = read(fd, bytes, sizeof bytes);
    (void)what;
    if (n <= 0) {
        event_base_loopbreak(p->base);
        return;
    }
    buf_add(&p->input, (span){bytes, (size_t)n});
    for (char *end; p->input.n > 0 && (end = memchr(p->input.p, '\n', p->input.n)) != NULL;) {
        size_t line = (size_t)(end - p->input.p);
        take_line(p, p->input.p, line);
        buf_drop(&p->input, line + 1);
    }
    db_link_send(p->link);
}

/* The text of a statement of sync/sql.h, for tests that run it as they like. */
static int print_sql(const char *name)
{
    for (int i = 0; i < QUERY_COUNT; i++)
        if (strcmp(sql_texts[i].name, name) == 0)
            return puts(sql_texts[i].sql) < 0;
    return 2;
}

int main(int argc, char **argv)
{
    struct probe p = {.machine.ops = &probe_ops, .deadline = USEC_NEVER};
    if (argc < 2)
        return 2;
    if (argc == 3 && strcmp(argv[1], "--sql") == 0)
        return print_sql(argv[2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct db_link_settings settings = {
        .name = "probe",
        .conninfo = argv[1],
        .options = DB_LINK_WRITER_OPTIONS,
        .answer_timeout = argc > 2 ? strtoll(argv[2], NULL, 10) * USEC_MS : 0,
    };
    p.base = event_base_new();
    if (p.base == NULL || db_link_new(p.base, &settings, &p.machine, &p.link) < 0)
        return 1;
    struct event *input = event_new(p.base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, &p);
    if (input == NULL || event_add(input, NULL) < 0)
        return 1;
    event_base_dispatch(p.base);
    event_free(input);
    db_link_free(p.link);
    event_base_free(p.base);
    buf_free(&p.input);
    forget(&p);
    for (int i = 0; i < TEXTS_MAX; i++)
        free(p.texts[i]);
    return 0;
}
