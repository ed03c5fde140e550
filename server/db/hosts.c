/* SPDX-License-Identifier: EUPL-1.2 */
#include "db/hosts.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The three lists that libpq reads side by side. */
enum list { LIST_HOST, LIST_HOSTADDR, LIST_PORT, LIST_COUNT };
static const char *const list_keywords[LIST_COUNT] = {"host", "hostaddr", "port"};

struct hosts {
    PQconninfoOption *given;   /* owned; whole conninfo, lists included */
    char *options;             /* owned; given and ours */
    char *application_name;    /* owned */
    char *element[LIST_COUNT]; /* owned; of the host asked for last */
    size_t n;
    size_t room;
    const char **keywords, **values; /* owned arrays */
};

static const char *given(const struct hosts *h, const char *keyword)
{
    for (const PQconninfoOption *o = h->given; o->keyword != NULL; o++)
        if (strcmp(o->keyword, keyword) == 0)
            return o->val != NULL && o->val[0] != '\0' ? o->val : NULL;
    return NULL;
}

static size_t list_length(const char *list)
{
    size_t n = list != NULL;
    for (const char *p = list; p != NULL && (p = strchr(p, ',')) != NULL; p++)
        n++;
    return n;
}

/* As libpq has it: hostaddr and host name the same hosts, one port may serve them all. */
static int count_hosts(struct hosts *h)
{
    size_t hosts = list_length(given(h, "host")), addresses = list_length(given(h, "hostaddr"));
    size_t ports = list_length(given(h, "port"));
    if (hosts != 0 && addresses != 0 && hosts != addresses)
        return -EINVAL;
    h->n = hosts != 0 ? hosts : addresses != 0 ? addresses : 1;
    return ports > 1 && ports != h->n ? -EINVAL : 0;
}

static int copy_settings(struct hosts *h, const struct hosts_extra *extra)
{
    const char *own = given(h, "options"), *more = extra->options ? extra->options : "";
    if (asprintf(&h->options, "%s%s%s", own ? own : "", own ? " " : "", more) < 0)
        h->options = NULL;
    h->application_name = strdup(extra->application_name);
    return h->options != NULL && h->application_name != NULL ? 0 : -ENOMEM;
}

int hosts_parse(const char *conninfo, const struct hosts_extra *extra, struct hosts **ret)
{
    struct hosts *h = calloc(1, sizeof *h);
    if (h == NULL)
        return -ENOMEM;
    char *error = NULL;
    h->given = PQconninfoParse(conninfo, &error);
    int r = h->given != NULL ? count_hosts(h) : error != NULL ? -EINVAL : -ENOMEM;
    PQfreemem(error);
    if (r == 0)
        r = copy_settings(h, extra);
    if (r == 0) {
        h->room = 16; /* ours, and the terminator */
        for (const PQconninfoOption *o = h->given; o->keyword != NULL; o++)
            h->room++;
        h->keywords = calloc(h->room, sizeof *h->keywords);
        h->values = calloc(h->room, sizeof *h->values);
        r = h->keywords != NULL && h->values != NULL ? 0 : -ENOMEM;
    }
    if (r < 0) {
        hosts_free(h);
        return r;
    }
    *ret = h;
    return 0;
}

void hosts_free(struct hosts *h)
{
    if (h == NULL)
        return;
    PQconninfoFree(h->given);
    free(h->options);
    free(h->application_name);
    for (int i = 0; i < LIST_COUNT; i++)
        free(h->element[i]);
    free(h->keywords);
    free(h->values);
    free(h);
}

size_t hosts_count(const struct hosts *h)
{
    return h->n;
}

/* Element i of a list; the only one of a list of one. Out of memory gives "", libpq's default: the
 * attempt fails or meets another host, and target_session_attrs still guards. */
static const char *list_element(struct hosts *h, enum list list, size_t i)
{
    const char *p = given(h, list_keywords[list]);
    if (p == NULL)
        return NULL;
    for (size_t k = list_length(p) == 1 ? 0 : i; k > 0; k--)
        p = strchr(p, ',') + 1;
    free(h->element[list]);
    h->element[list] = strndup(p, strcspn(p, ","));
    return h->element[list] != NULL ? h->element[list] : "";
}

static void set(struct hosts *h, size_t *n, const char *keyword, const char *value)
{
    h->keywords[*n] = keyword;
    h->values[*n] = value;
    ++*n;
}

void hosts_params(struct hosts *h, size_t i, const char *const **ret_keywords,
                  const char *const **ret_values)
{
    /* A peer that dies silently is noticed in about 11 s, with or without bytes under way. */
    static const char *const defaults[][2] = {
        {"target_session_attrs", "read-write"},
        {"gssencmode", "disable"},
        {"client_encoding", "UTF8"},
        {"keepalives", "1"},
        {"keepalives_idle", "5"},
        {"keepalives_interval", "2"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"}, /* ms */
    };
    size_t n = 0;
    for (enum list list = 0; list < LIST_COUNT; list++) {
        const char *element = list_element(h, list, i);
        if (element != NULL)
            set(h, &n, list_keywords[list], element);
    }
    for (size_t k = 0; k < ARRAY_LENGTH(defaults); k++)
        if (given(h, defaults[k][0]) == NULL)
            set(h, &n, defaults[k][0], defaults[k][1]);
    set(h, &n, "application_name", h->application_name);
    set(h, &n, "options", h->options);
    for (const PQconninfoOption *o = h->given; o->keyword != NULL; o++) {
        bool ours =
            strcmp(o->keyword, "application_name") == 0 || strcmp(o->keyword, "options") == 0;
        for (int list = 0; list < LIST_COUNT; list++)
            ours = ours || strcmp(o->keyword, list_keywords[list]) == 0;
        if (!ours && o->val != NULL && o->val[0] != '\0')
            set(h, &n, o->keyword, o->val);
    }
    set(h, &n, NULL, NULL);
    *ret_keywords = h->keywords;
    *ret_values = h->values;
}
