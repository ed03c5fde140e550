/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of door 1, written byte by byte: the records in them are copied from the replica's cache.
 */
#include "api/operation.h"
#include "base/spread.h"
#include "line/session.h"

static void head(struct session *s, const char *id)
{
    buf_text(&s->out, "{\"jsonrpc\":\"2.0\",\"id\":");
    buf_text(&s->out, id);
}

void write_result(struct session *s, const char *id, span result)
{
    buf_reserve(&s->out, result.n + RPC_ID_TEXT + 64);
    head(s, id);
    buf_text(&s->out, ",\"result\":");
    buf_add(&s->out, result);
    buf_text(&s->out, "}\n");
}

void write_error(struct session *s, const char *id, enum error_type error, span data)
{
    const struct error_row *row = &error_rows[error];
    head(s, id);
    buf_printf(&s->out, ",\"error\":{\"code\":%d,\"message\":\"%s\",\"data\":{\"type\":\"%s\"",
               row->code, row->title, row->type);
    buf_add(&s->out, data);
    buf_text(&s->out, "}}}\n");
}

void write_refusal(struct session *s, const char *id, enum error_type error, const char *detail)
{
    struct buf data = {0};
    if (detail != NULL) {
        buf_text(&data, ",\"detail\":");
        buf_json_text(&data, detail);
    }
    if (error == ERROR_TOO_MANY_REQUESTS)
        buf_text(&data, ",\"retry_after_s\":1");
    s->out.failed |= data.failed;
    write_error(s, id, error, buf_span(&data));
    buf_free(&data);
}

/* As write_result, without a second copy of what may be long; nothing else waits to be sent. */
static void take_result(struct session *s, const char *id, struct buf *result)
{
    head(s, id);
    buf_text(&s->out, ",\"result\":");
    buf_prepend(result, buf_span(&s->out));
    buf_text(result, "}\n");
    result->failed |= s->out.failed;
    buf_free(&s->out);
    s->out = *result;
    *result = (struct buf){0};
}

void write_call(struct session *s, const char *id, struct call *c)
{
    if (c->failed)
        write_error(s, id, c->error, buf_span(&c->data));
    else if (s->out.n == 0)
        take_result(s, id, &c->result);
    else
        write_result(s, id, buf_span(&c->result));
}

void write_greeting(struct session *s, usec_t now)
{
    const struct line_limits *l = &s->service->limits;
    const struct replica *r = s->service->desk->replica;
    buf_printf(&s->out,
               "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"protocol\":[%d,%d],"
               "\"server\":\"ugod/" UGO_VERSION "\",\"epoch\":\"%s\",\"now\":",
               PROTOCOL_MIN, PROTOCOL_MAX, replica_epoch(r));
    buf_json_instant(&s->out, replica_now(r, now));
    buf_printf(&s->out,
               ",\"limits\":{\"line\":%zu,\"line_first\":%zu,\"depth\":%d,\"structural\":%d,"
               "\"in_flight\":%u,\"subscriptions\":%u,\"answer\":%d,\"page\":%d,\"results\":%d,"
               "\"hello_ms\":%lld,\"probe_ms\":%lld,\"silence_ms\":%lld,\"mark_ms\":%lld}}}\n",
               l->max_line, l->max_line_hello, LIMIT_DEPTH, LIMIT_STRUCTURAL, l->in_flight,
               l->subscriptions, LIMIT_ANSWER, LIMIT_PAGE, LIMIT_RESULTS,
               (long long)(l->hello_timeout / USEC_MS), (long long)(l->silence_probe / USEC_MS),
               (long long)(l->silence_end / USEC_MS),
               (long long)(s->service->feeds->limits.mark_every / USEC_MS));
}

void write_probe(struct session *s)
{
    buf_text(&s->out, "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"method\":\"echo\",\"params\":{}}\n");
}

void session_bye(struct session *s, const char *code, bool retry)
{
    if (s->stage == SESSION_CLOSING)
        return;
    s->stage = SESSION_CLOSING;
    s->service->counts.byes++;
    buf_printf(&s->out, "{\"jsonrpc\":\"2.0\",\"method\":\"bye\",\"params\":{\"code\":\"%s\",",
               code);
    if (retry)
        buf_printf(&s->out, "\"retry_ms\":%u}}\n", spread_ms(&s->service->seed, 500, 3000));
    else
        buf_text(&s->out, "\"retry_ms\":null}}\n");
}
