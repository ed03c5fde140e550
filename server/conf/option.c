/* SPDX-License-Identifier: EUPL-1.2 */
/* Values: text to member and back, one function per type. */
#include "conf/option.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>

#define LIST_MAX 32

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest first, for option_number. */
static const struct unit durations[] = {
    {"d", 24 * USEC_HOUR}, {"h", USEC_HOUR}, {"m", USEC_MIN}, {"s", USEC_S}, {"ms", USEC_MS}};
static const struct unit sizes[] = {{"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"", 1}};

/* Digits at the start of *in, which moves behind them. False: none, or too many. */
static bool read_digits(span *in, int64_t *ret)
{
    int64_t value = 0;
    size_t i = 0;
    for (; i < in->n && in->p[i] >= '0' && in->p[i] <= '9'; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, in->p[i] - '0', &value))
            return false;
    if (i == 0)
        return false;
    *in = (span){in->p + i, in->n - i};
    *ret = value;
    return true;
}

static bool read_with_unit(span in, const struct unit *units, size_t n, int64_t *ret)
{
    int64_t value;
    if (!read_digits(&in, &value))
        return false;
    if (value == 0 && in.n == 0) {
        *ret = 0;
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (span_is(in, units[i].name))
            return !__builtin_mul_overflow(value, units[i].factor, ret);
    return false;
}

static int read_number(const struct option *o, span in, int64_t *ret)
{
    int64_t value;
    bool negative = in.n > 1 && in.p[0] == '-';
    span digits = negative ? (span){in.p + 1, in.n - 1} : in;
    if (o->type == OPTION_DURATION) {
        if (!read_with_unit(digits, durations, ARRAY_LENGTH(durations), &value))
            return CONF_BAD_DURATION;
    } else if (o->type == OPTION_SIZE) {
        if (!read_with_unit(digits, sizes, ARRAY_LENGTH(sizes), &value))
            return CONF_BAD_SIZE;
    } else if (!read_digits(&digits, &value) || digits.n > 0) {
        return CONF_BAD_INT;
    }
    value = negative ? -value : value;
    if (value < o->min)
        return CONF_TOO_LOW;
    if (value > o->max)
        return CONF_TOO_HIGH;
    *ret = value;
    return 0;
}

static int read_choice(const struct option *o, span in, int64_t *ret)
{
    for (int64_t i = 0; o->words[i] != NULL; i++)
        if (span_is(in, o->words[i])) {
            *ret = i;
            return 0;
        }
    return CONF_BAD_CHOICE;
}

static int read_text(const struct option *o, span in, const char *folder, char **ret)
{
    struct buf b = {0};
    if (o->type == OPTION_PATH && in.n > 0 && in.p[0] != '/') {
        buf_text(&b, folder);
        buf_char(&b, '/');
    }
    buf_add(&b, in);
    buf_char(&b, '\0');
    if (buf_check(&b) < 0) {
        buf_free(&b);
        return -ENOMEM;
    }
    *ret = b.p;
    return 0;
}

int conf_address_parse(const char *text, char ret_host[static 64], uint16_t *ret_port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL)
        return 1;
    span host = {text, (size_t)(colon - text)};
    span digits = span_of(colon + 1);
    int64_t port;
    if (!read_digits(&digits, &port) || digits.n > 0 || port < 1 || port > 65535)
        return 1;
    bool bracketed = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (bracketed)
        host = (span){host.p + 1, host.n - 2};
    char name[64];
    if (host.n == 0 || host.n >= sizeof name)
        return 1;
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    struct in6_addr address;
    if (!(bracketed ? inet_pton(AF_INET6, name, &address) == 1
                    : strcmp(name, "*") == 0 || inet_pton(AF_INET, name, &address) == 1))
        return 1;
    memcpy(ret_host, name, host.n + 1);
    *ret_port = (uint16_t)port;
    return 0;
}

static bool is_network(const char *text)
{
    const char *slash = strchr(text, '/');
    span host = {text, slash != NULL ? (size_t)(slash - text) : strlen(text)};
    char name[64];
    struct in6_addr address;
    if (host.n >= sizeof name)
        return false;
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    int64_t most = inet_pton(AF_INET, name, &address) == 1    ? 32
                   : inet_pton(AF_INET6, name, &address) == 1 ? 128
                                                              : -1;
    if (most < 0 || slash == NULL)
        return most > 0;
    span digits = span_of(slash + 1);
    int64_t bits;
    return read_digits(&digits, &bits) && digits.n == 0 && bits <= most;
}

static void list_free(struct conf_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->item[i]);
    free(list->item);
    *list = (struct conf_list){0};
}

static int list_add(struct conf_list *list, const struct option *o, span item)
{
    char host[64];
    uint16_t port;
    if (item.n == 0)
        return CONF_EMPTY;
    if (list->n == LIST_MAX)
        return CONF_TOO_MANY;
    char *text = strndup(item.p, item.n);
    if (text == NULL)
        return -ENOMEM;
    list->item[list->n++] = text;
    if (o->type == OPTION_ADDRESSES && conf_address_parse(text, host, &port) != 0)
        return CONF_BAD_ADDRESS;
    if (o->type == OPTION_NETWORKS && !is_network(text))
        return CONF_BAD_NETWORK;
    for (char *at = text; o->type == OPTION_NAMES && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return 0;
}

static span trimmed(span s)
{
    while (s.n > 0 && (*s.p == ' ' || *s.p == '\t'))
        s = (span){s.p + 1, s.n - 1};
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static int read_list(const struct option *o, span in, struct conf_list *ret)
{
    struct conf_list list = {.item = calloc(LIST_MAX, sizeof(char *))};
    int r = list.item == NULL ? -ENOMEM : 0;
    while (r == 0 && in.n > 0) {
        const char *comma = memchr(in.p, ',', in.n);
        span item = {in.p, comma != NULL ? (size_t)(comma - in.p) : in.n};
        r = list_add(&list, o, trimmed(item));
        if (comma != NULL && item.n + 1 == in.n && r == 0)
            r = CONF_EMPTY; /* "a," */
        in = comma != NULL ? (span){comma + 1, in.n - item.n - 1} : (span){in.p, 0};
    }
    if (r == 0)
        *ret = list;
    else
        list_free(&list);
    return r;
}

int option_read(const struct option *o, span value, const char *folder, struct conf *ret)
{
    void *member = option_member(o, ret);
    switch (o->type) {
    case OPTION_TEXT:
    case OPTION_PATH:
        return read_text(o, value, folder, member);
    case OPTION_INT:
    case OPTION_DURATION:
    case OPTION_SIZE:
        return read_number(o, value, member);
    case OPTION_CHOICE:
        return read_choice(o, value, member);
    case OPTION_ADDRESSES:
    case OPTION_NETWORKS:
    case OPTION_NAMES:
        return read_list(o, value, member);
    }
    return CONF_BAD_TEXT;
}

static bool is_text(const struct option *o)
{
    return o->type == OPTION_TEXT || o->type == OPTION_PATH;
}

static bool is_list(const struct option *o)
{
    return o->type == OPTION_ADDRESSES || o->type == OPTION_NETWORKS || o->type == OPTION_NAMES;
}

void option_clear(const struct option *o, struct conf *c)
{
    if (is_list(o)) {
        list_free(option_member(o, c));
    } else if (is_text(o)) {
        char **text = option_member(o, c);
        free(*text);
        *text = NULL;
    }
}

bool option_same(const struct option *o, struct conf *a, struct conf *b)
{
    if (is_text(o))
        return strcmp(*(char **)option_member(o, a), *(char **)option_member(o, b)) == 0;
    if (!is_list(o))
        return *(int64_t *)option_member(o, a) == *(int64_t *)option_member(o, b);
    struct conf_list *x = option_member(o, a), *y = option_member(o, b);
    if (x->n != y->n)
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (strcmp(x->item[i], y->item[i]) != 0)
            return false;
    return true;
}

static void swap_bytes(void *a, void *b, size_t n)
{
    char kept[sizeof(struct conf_list)];
    memcpy(kept, a, n);
    memcpy(a, b, n);
    memcpy(b, kept, n);
}

void option_swap(const struct option *o, struct conf *a, struct conf *b)
{
    size_t n = is_list(o)   ? sizeof(struct conf_list)
               : is_text(o) ? sizeof(char *)
                            : sizeof(int64_t);
    swap_bytes(option_member(o, a), option_member(o, b), n);
}

void option_number(const struct option *o, int64_t value, struct buf *out)
{
    const struct unit *units = o->type == OPTION_DURATION ? durations : sizes;
    size_t n = o->type == OPTION_DURATION ? ARRAY_LENGTH(durations) : ARRAY_LENGTH(sizes);
    for (size_t i = 0; o->type != OPTION_INT && value != 0 && i < n; i++)
        if (value % units[i].factor == 0) {
            buf_int(out, value / units[i].factor);
            buf_text(out, units[i].name);
            return;
        }
    buf_int(out, value);
}
