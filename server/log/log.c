/* SPDX-License-Identifier: EUPL-1.2 */
/* A line is built on the stack and written by one write(2), so lines of several processes on one
 * pipe never mix. The formatter walks the format itself, because only it knows where a value begins
 * and ends, and a value is what has to be quoted. */
#include "log/log.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/result.h"

#define EVENTS 128 /* distinct events under rate limits; a power of two */

struct limit {
    const char *event;   /* literal; NULL: free */
    int64_t since_s;     /* start of the period, monotonic */
    unsigned lines;      /* in this period */
    uint64_t suppressed; /* not yet reported */
};

static struct {
    pthread_mutex_t lock;
    enum log_level level;
    bool journald;
    char name[32];
    struct limit limit[EVENTS];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_INFO};

static const char *const level_names[] = {
    [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};

/* JOURNAL_STREAM is "device:inode" of the stream systemd connected (systemd.exec(5)). */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    if (stream == NULL || fstat(STDERR_FILENO, &st) < 0)
        return false;
    char ours[64];
    snprintf(ours, sizeof ours, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(ours, stream) == 0;
}

void log_setup(enum log_level level, enum log_target target)
{
    bool journald =
        target == LOG_TARGET_JOURNALD || (target == LOG_TARGET_AUTO && stderr_is_journal());
    pthread_mutex_lock(&state.lock);
    state.level = level;
    state.journald = journald;
    pthread_mutex_unlock(&state.lock);
}

void log_name(const char *name)
{
    pthread_mutex_lock(&state.lock);
    snprintf(state.name, sizeof state.name, "%s", name);
    pthread_mutex_unlock(&state.lock);
}

/* ── the line ── */

struct line {
    size_t n;
    bool cut;
    char p[LOG_LINE_MAX];
};

/* The end of the buffer stays free for the mark of a cut, a closing quote and the newline. */
#define LINE_ROOM (LOG_LINE_MAX - 8)

static void line_char(struct line *l, char c)
{
    if (l->n < LINE_ROOM)
        l->p[l->n++] = c;
    else
        l->cut = true;
}

static void line_text(struct line *l, const char *text)
{
    while (*text != '\0')
        line_char(l, *text++);
}

static bool is_plain(const char *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
            return false;
    }
    return n > 0;
}

/* Bytes that could break the line, a terminal or a reader are written as escapes; UTF-8 stays. */
static void line_quoted(struct line *l, const char *value, size_t n)
{
    line_char(l, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value[i];
        char escape[8];
        if (c == '"' || c == '\\')
            snprintf(escape, sizeof escape, "\\%c", c);
        else if (c == '\n')
            snprintf(escape, sizeof escape, "\\n");
        else if (c < ' ' || c == 0x7f)
            snprintf(escape, sizeof escape, "\\x%02x", c);
        else
            snprintf(escape, sizeof escape, "%c", c);
        line_text(l, escape);
    }
    if (l->cut)
        l->p[l->n++] = '"';
    else
        line_char(l, '"');
}

static void line_value(struct line *l, const char *value, size_t n)
{
    if (is_plain(value, n))
        for (size_t i = 0; i < n; i++)
            line_char(l, value[i]);
    else
        line_quoted(l, value, n);
}

/* ── the format ── */

struct value {
    size_t n;
    char p[LOG_LINE_MAX];
};

static void value_add(struct value *v, const char *text, size_t n)
{
    size_t room = sizeof v->p - v->n;
    n = n < room ? n : room;
    memcpy(v->p + v->n, text, n);
    v->n += n;
}

struct conversion {
    int precision; /* -1: none */
    enum { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG, SIZE_SIZE } size;
    char kind;
};

/* Reads what follows a '%'; returns behind it. */
static const char *read_conversion(const char *f, va_list *args, struct conversion *ret)
{
    *ret = (struct conversion){.precision = -1};
    if (*f == '.' && f[1] == '*') {
        ret->precision = va_arg(*args, int);
        f += 2;
    } else if (*f == '.') {
        for (ret->precision = 0, f++; *f >= '0' && *f <= '9'; f++)
            ret->precision = ret->precision * 10 + (*f - '0');
    }
    for (;; f++) {
        if (*f == 'l')
            ret->size = ret->size == SIZE_LONG ? SIZE_LONG_LONG : SIZE_LONG;
        else if (*f == 'z')
            ret->size = SIZE_SIZE;
        else if (*f != 'h')
            break;
    }
    ret->kind = *f;
    return *f != '\0' ? f + 1 : f;
}

static int64_t signed_argument(const struct conversion *c, va_list *args)
{
    switch (c->size) {
    case SIZE_LONG:
        return va_arg(*args, long);
    case SIZE_LONG_LONG:
        return va_arg(*args, long long);
    case SIZE_SIZE:
        return va_arg(*args, ssize_t);
    default:
        return va_arg(*args, int);
    }
}

static uint64_t unsigned_argument(const struct conversion *c, va_list *args)
{
    switch (c->size) {
    case SIZE_LONG:
        return va_arg(*args, unsigned long);
    case SIZE_LONG_LONG:
        return va_arg(*args, unsigned long long);
    case SIZE_SIZE:
        return va_arg(*args, size_t);
    default:
        return va_arg(*args, unsigned);
    }
}

static void convert_text(struct value *v, const struct conversion *c, va_list *args)
{
    const char *text = va_arg(*args, const char *);
    if (text == NULL)
        text = "-";
    value_add(v, text, c->precision >= 0 ? strnlen(text, (size_t)c->precision) : strlen(text));
}

static void convert(struct value *v, const struct conversion *c, va_list *args)
{
    char text[64];
    int n = 0;
    switch (c->kind) {
    case 's':
        convert_text(v, c, args);
        return;
    case 'd':
    case 'i':
        n = snprintf(text, sizeof text, "%" PRId64, signed_argument(c, args));
        break;
    case 'u':
        n = snprintf(text, sizeof text, "%" PRIu64, unsigned_argument(c, args));
        break;
    case 'x':
        n = snprintf(text, sizeof text, "%" PRIx64, unsigned_argument(c, args));
        break;
    case 'f':
        n = snprintf(text, sizeof text, "%.*f", c->precision < 0 ? 3 : c->precision,
                     va_arg(*args, double));
        break;
    case 'c':
        text[0] = (char)va_arg(*args, int);
        n = 1;
        break;
    case '%':
        text[0] = '%';
        n = 1;
        break;
    default: /* the compiler's format check lets few others pass; show that one did */
        n = snprintf(text, sizeof text, "?%%%c", c->kind);
        break;
    }
    value_add(v, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void line_fields(struct line *l, const char *f, va_list *args)
{
    while (*f != '\0') {
        size_t key = strcspn(f, "= ");
        line_char(l, ' ');
        for (size_t i = 0; i < key; i++)
            line_char(l, f[i]);
        f += key;
        if (*f == '=') {
            struct value v = {.n = 0};
            line_char(l, '=');
            for (f++; *f != '\0' && *f != ' ';) {
                struct conversion c;
                if (*f != '%') {
                    value_add(&v, f++, 1);
                    continue;
                }
                f = read_conversion(f + 1, args, &c);
                convert(&v, &c, args);
            }
            line_value(l, v.p, v.n);
        }
        if (*f == ' ')
            f++;
    }
}

static void line_head(struct line *l, enum log_level level, const char *event)
{
    char text[64];
    if (state.journald) {
        snprintf(text, sizeof text, "<%d>", level);
        line_text(l, text);
    } else {
        struct timespec now;
        struct tm tm;
        clock_gettime(CLOCK_REALTIME, &now);
        gmtime_r(&now.tv_sec, &tm);
        size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(text + n, sizeof text - n, ".%06ldZ ", now.tv_nsec / 1000);
        line_text(l, text);
    }
    line_text(l, level_names[level]);
    line_char(l, ' ');
    line_text(l, event);
    if (state.name[0] != '\0') {
        line_char(l, ' ');
        line_text(l, state.name);
    }
}

static void line_write(struct line *l)
{
    if (l->cut) {
        memcpy(l->p + l->n, "…", 3);
        l->n += 3;
    }
    l->p[l->n++] = '\n';
    /* A full or closed target must stop nobody; there is nowhere to report it to. */
    if (write(STDERR_FILENO, l->p, l->n) < 0)
        return;
}

/* ── rate limits ── */

static int64_t monotonic_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* NULL when the table is full: then the event goes unlimited. */
static struct limit *limit_of(const char *event)
{
    uint64_t hash = 14695981039346656037ULL;
    for (const char *p = event; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
    for (size_t i = 0; i < EVENTS; i++) {
        struct limit *l = &state.limit[(hash + i) & (EVENTS - 1)];
        if (l->event == NULL)
            l->event = event;
        if (l->event == event || strcmp(l->event, event) == 0)
            return l;
    }
    return NULL;
}

static bool admit(const char *event, uint64_t *ret_suppressed)
{
    *ret_suppressed = 0;
    struct limit *l = limit_of(event);
    if (l == NULL)
        return true;
    int64_t now = monotonic_s();
    if (l->lines == 0 || now - l->since_s >= LOG_PERIOD_S) {
        l->since_s = now;
        l->lines = 0;
    }
    if (l->lines >= LOG_BURST) {
        l->suppressed++;
        return false;
    }
    l->lines++;
    *ret_suppressed = l->suppressed;
    l->suppressed = 0;
    return true;
}

static void line_suppressed(struct line *l, uint64_t suppressed)
{
    char text[40];
    if (suppressed == 0)
        return;
    snprintf(text, sizeof text, " suppressed=%" PRIu64, suppressed);
    line_text(l, text);
}

void log_line(enum log_level level, const char *event, const char *fmt, ...)
{
    int saved = errno;
    uint64_t suppressed;
    pthread_mutex_lock(&state.lock);
    if (level <= state.level && admit(event, &suppressed)) {
        struct line l = {.n = 0};
        va_list args;
        va_start(args, fmt);
        line_head(&l, level, event);
        line_suppressed(&l, suppressed); /* first: it must survive a cut */
        line_fields(&l, fmt, &args);
        va_end(args);
        line_write(&l);
    }
    pthread_mutex_unlock(&state.lock);
    errno = saved;
}

void log_flush(void)
{
    pthread_mutex_lock(&state.lock);
    for (size_t i = 0; i < EVENTS; i++) {
        struct limit *limit = &state.limit[i];
        if (limit->suppressed == 0)
            continue;
        struct line l = {.n = 0};
        line_head(&l, LOG_NOTICE, limit->event);
        line_suppressed(&l, limit->suppressed);
        limit->suppressed = 0;
        line_write(&l);
    }
    pthread_mutex_unlock(&state.lock);
}
