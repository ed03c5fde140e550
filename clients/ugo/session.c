/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/session.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "clients/ugo/failure.h"

#define MS ((int64_t)1000)
#define AGAIN_MS 500 /* before a write of unknown outcome is asked for again */

static const char *where(const struct session *x)
{
    return words_printf(&x->screen->words, "%s:%s", x->settings.host, x->settings.port);
}

static const char *server_name(const struct session *x)
{
    return x->settings.server_name != NULL ? x->settings.server_name : x->settings.host;
}

void session_clock(struct session *x)
{
    struct timespec t;
    if (x->client != NULL && ugo_client_clock(x->client, ugo_now(), &x->screen->now))
        return;
    clock_gettime(CLOCK_REALTIME, &t);
    x->screen->now = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int session_open(struct session *x, struct screen *s, const struct command *c)
{
    *x = (struct session){.screen = s, .command = c};
    session_clock(x);
    int r = settings_read(s, c, &x->keep, &x->settings);
    if (r != 0)
        return r;
    struct ugo_client_options client = {
        .name = "ugo/" UGO_VERSION,
        .token = x->settings.token,
        .seed = ugo_random(),
    };
    struct ugo_link_options link = {
        .host = x->settings.host,
        .port = x->settings.port,
        .server_name = x->settings.server_name,
        .ca_file = x->settings.ca,
        .cert_file = x->settings.cert,
        .key_file = x->settings.cert_key,
    };
    enum ugo_link_fault fault = UGO_LINK_FINE;
    r = ugo_client_new(&client, ugo_now(), &x->client);
    if (r == 0)
        r = ugo_link_new(&link, x->client, &fault, &x->link);
    if (r == 0)
        return 0;
    const char *file = fault == UGO_LINK_CA_FILE      ? x->settings.ca
                       : fault == UGO_LINK_CERT_FILE  ? x->settings.cert
                       : x->settings.cert_key != NULL ? x->settings.cert_key
                                                      : x->settings.cert;
    return failure_link(s, fault, "", file != NULL ? file : "?", "");
}

void session_close(struct session *x)
{
    ugo_link_free(x->link);
    ugo_client_free(x->client);
    json_decref(x->places);
    json_decref(x->references);
    json_decref(x->units);
    words_free(&x->keep);
}

int session_fatal_fault(struct session *x)
{
    enum ugo_link_fault fault = ugo_link_fault(x->link);
    if (fault != UGO_LINK_CERTIFICATE && fault != UGO_LINK_NAME && fault != UGO_LINK_REJECTED)
        return 0;
    return failure_link(x->screen, fault, ugo_link_fault_text(x->link), where(x), server_name(x));
}

void session_tell_waiting(struct session *x)
{
    enum ugo_link_fault fault = ugo_link_fault(x->link);
    if (x->told || fault == UGO_LINK_FINE || x->screen->json)
        return;
    x->told = true;
    screen_complain(x->screen,
                    say(x->screen, MSG_STILL_TRYING, where(x),
                        words_printf(&x->screen->words, "%lld", (long long)x->settings.timeout_s)));
}

/* ── One request ── */

struct waiting {
    const char *method;
    json_t *params; /* owned */
    uint64_t request;
    int64_t give_up_at, again_at; /* again_at 0: asked */
    bool unsure;                  /* it may have been done already */
};

static int ask(struct session *x, struct waiting *w)
{
    w->again_at = 0;
    return ugo_request(x->client, w->method, w->params, UGO_REPEAT, &w->request);
}

/* Whether the same request may help, and when. */
static bool ask_again(struct waiting *w, const struct ugo_error *e)
{
    int64_t now = ugo_now(), wait = AGAIN_MS * MS;
    if (strcmp(e->type, "too_many_requests") == 0)
        wait = (int64_t)(1e6 * json_number_value(json_object_get(e->data, "retry_after_s")));
    else if (strcmp(e->type, "unknown_outcome") != 0)
        return false;
    if (wait < 0 || now + wait >= w->give_up_at)
        return false;
    w->again_at = now + wait;
    return true;
}

void session_greeted(struct session *x, const json_t *greeting)
{
    const json_t *scope = json_object_get(greeting, "scope");
    const char *role = json_string_value(json_object_get(greeting, "role"));

    x->of_establishment = json_array_size(json_object_get(scope, "establishments")) > 0;
    x->may_decide = role != NULL && (strcmp(role, "astreinte") == 0 || strcmp(role, "def") == 0);
    x->reads_history = x->of_establishment || (role != NULL && strcmp(role, "def") == 0);
    x->may_drive = x->may_decide || (role != NULL && strcmp(role, "mobile") == 0);
}

/* EXIT_FOUND with *ret_result, an exit code, or -1: go on waiting. */
static int on_event(struct session *x, struct waiting *w, const struct ugo_event *e,
                    json_t **ret_result)
{
    session_clock(x);
    if (e->type == UGO_REFUSED)
        return failure_refused(x->screen, &e->error);
    if (e->type == UGO_READY)
        session_greeted(x, e->body);
    if (e->type == UGO_END)
        x->end_type = strcmp(e->error.type, "protocol") == 0 ? "protocol" : NULL;
    if (e->request == 0 || e->request != w->request)
        return -1;
    if (e->type == UGO_ANSWER) {
        *ret_result = json_incref((json_t *)e->body);
        return EXIT_FOUND;
    }
    if (e->type != UGO_ERROR)
        return -1;
    w->unsure = w->unsure || e->error.sent || failure_exit(e->error.type) == EXIT_UNKNOWN;
    if (ask_again(w, &e->error))
        return -1;
    /* "Nothing was done" is about the last sending only. */
    if (w->unsure && x->key != NULL && failure_exit(e->error.type) >= EXIT_NO_SERVICE)
        return failure_unknown(x->screen, x->key);
    return failure_error(x->screen, x->command, &e->error);
}

static int give_up(struct session *x, struct waiting *w)
{
    bool sent = ugo_cancel(x->client, w->request);
    if ((sent || w->unsure) && x->key != NULL)
        return failure_unknown(x->screen, x->key);
    if (x->end_type != NULL) {
        screen_complain(x->screen, say(x->screen, MSG_NOT_UGO, where(x)));
        failure_document(x->screen, "protocol", NULL, EXIT_NO_SERVICE);
        return EXIT_NO_SERVICE;
    }
    return failure_link(x->screen, ugo_link_fault(x->link), ugo_link_fault_text(x->link), where(x),
                        server_name(x));
}

static int wait_for(struct session *x, struct waiting *w, json_t **ret_result)
{
    struct ugo_event e;
    int r = ask(x, w);
    while (r >= 0) {
        int64_t now = ugo_now(), until = w->give_up_at;
        if (w->again_at != 0 && w->again_at < until)
            until = w->again_at;
        r = ugo_link_step(x->link, until > now ? (int)((until - now) / MS) + 1 : 0, NULL);
        while (r >= 0 && ugo_client_next(x->client, &e)) {
            int code = on_event(x, w, &e, ret_result);
            if (code >= 0)
                return code;
        }
        int code = session_fatal_fault(x);
        if (code != 0)
            return code;
        session_tell_waiting(x);
        now = ugo_now();
        if (now >= w->give_up_at)
            return give_up(x, w);
        if (r >= 0 && w->again_at != 0 && now >= w->again_at)
            r = ask(x, w);
    }
    screen_complain(x->screen, say(x->screen, MSG_NO_MEMORY));
    return EXIT_NO_SERVICE;
}

int session_call(struct session *x, const char *method, json_t *params, json_t **ret_result)
{
    struct waiting w = {
        .method = method,
        .params = params,
        .give_up_at = ugo_now() + x->settings.timeout_s * 1000 * MS,
    };
    if (x->settings.after != NULL)
        json_object_set_new(params, "after", json_string(x->settings.after));
    int code = wait_for(x, &w, ret_result);
    json_decref(params);
    return code;
}

bool session_try(struct session *x, const char *method, json_t *params, int patience_ms,
                 json_t **ret_result)
{
    int64_t until = ugo_now() + patience_ms * MS;
    uint64_t request = 0;
    struct ugo_event e;
    int r = params != NULL ? ugo_request(x->client, method, params, 0, &request) : -ENOMEM;

    json_decref(params);
    for (int64_t now; r >= 0 && (now = ugo_now()) < until;) {
        r = ugo_link_step(x->link, (int)((until - now) / MS) + 1, NULL);
        session_clock(x);
        if (r < 0 || !ugo_client_next_of(x->client, request, &e))
            continue;
        if (e.type == UGO_ANSWER)
            *ret_result = json_incref((json_t *)e.body);
        return e.type == UGO_ANSWER;
    }
    if (r >= 0)
        ugo_cancel(x->client, request);
    return false;
}

int session_write(struct session *x, const char *method, json_t *params, json_t **ret_result)
{
    const char *key = command_value(x->command, OPTION_KEY);
    if (key == NULL) {
        char *fresh = words_take(&x->keep, UGO_KEY_TEXT);
        ugo_new_key(fresh);
        key = fresh;
    }
    x->key = key;
    json_object_set_new(params, "idempotency_key", json_string(key));
    return session_call(x, method, params, ret_result);
}
