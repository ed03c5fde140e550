/* SPDX-License-Identifier: EUPL-1.2 */
/* The file, line by line. Every fault is collected, so that one run of `ugod -t` names them all. */
#include "conf/conf.h"

#include <stdlib.h>

#include "conf/option.h"

struct reading {
    const char *folder;
    struct conf *conf;
    struct conf_errors *errors;
    unsigned line;
    unsigned *given; /* per option: the line that gave it, or 0 */
};

static void report(struct reading *r, int rule, const struct option *o, span text)
{
    struct conf_errors *errors = r->errors;
    if (errors->n < CONF_ERRORS_MAX) {
        struct conf_error *e = &errors->error[errors->n];
        *e = (struct conf_error){.rule = (enum conf_rule)rule, .line = r->line};
        e->option = o != NULL ? o->name : NULL;
        size_t n = text.n < sizeof e->text ? text.n : sizeof e->text - 1;
        for (size_t i = 0; i < n; i++)
            e->text[i] = (unsigned char)text.p[i] < ' ' ? '?' : text.p[i];
    }
    errors->n++;
}

static span trim(span s)
{
    while (s.n > 0 && (*s.p == ' ' || *s.p == '\t'))
        s = (span){s.p + 1, s.n - 1};
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* The inside of "…", escapes resolved, into out. False: no closing quote, or something behind it.
 */
static bool unquote(span in, struct buf *out)
{
    size_t i = 1;
    for (; i < in.n && in.p[i] != '"'; i++) {
        if (in.p[i] == '\\' && i + 1 < in.n && (in.p[i + 1] == '"' || in.p[i + 1] == '\\'))
            i++;
        buf_char(out, in.p[i]);
    }
    if (i >= in.n)
        return false;
    span rest = trim((span){in.p + i + 1, in.n - i - 1});
    return rest.n == 0 || rest.p[0] == '#';
}

static span without_comment(span value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '#' && (i == 0 || value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
            return trim((span){value.p, i});
    return value;
}

static int read_value(struct reading *r, const struct option *o, span value)
{
    CLEANUP(buf_free) struct buf unquoted = {0};
    if (value.n > 0 && value.p[0] == '"') {
        if (!unquote(value, &unquoted)) {
            report(r, CONF_BAD_QUOTES, o, value);
            return 0;
        }
        if (buf_check(&unquoted) < 0)
            return -ENOMEM;
        value = unquoted.n > 0 ? buf_span(&unquoted) : span_of("");
    } else {
        value = without_comment(value);
    }
    option_clear(o, r->conf);
    int rule = option_read(o, value, r->folder, r->conf);
    if (rule < 0)
        return rule;
    if (rule > 0) {
        report(r, rule, o, value);
        return option_read(o, span_of(o->fallback), r->folder, r->conf);
    }
    return 0;
}

static int read_line(struct reading *r, span line)
{
    line = trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return 0;
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') {
            report(r, CONF_BAD_TEXT, NULL, line);
            return 0;
        }
    const char *equals = memchr(line.p, '=', line.n);
    if (equals == NULL) {
        report(r, CONF_NO_EQUALS, NULL, line);
        return 0;
    }
    span name = trim((span){line.p, (size_t)(equals - line.p)});
    span value = trim((span){equals + 1, (size_t)(line.p + line.n - equals - 1)});
    const struct option *o = option_find(name);
    if (o == NULL) {
        report(r, CONF_UNKNOWN, option_closest(name), name);
        return 0;
    }
    unsigned *given = &r->given[o - conf_options];
    if (*given != 0) {
        report(r, CONF_TWICE, o, name);
        return 0;
    }
    *given = r->line;
    return read_value(r, o, value);
}

static const struct {
    const char *low, *high; /* low's value must be below high's */
} ordered[] = {
    {"silence_probe", "silence_end"},
    {"max_line_hello", "max_line"},
    {"mark_every", "slow_no_mark"},
};

static const struct {
    const char *option, *needed; /* a text that is given needs another */
} needs[] = {
    {"server_cert", "server_key"},
    {"server_key", "server_cert"},
    {"client_ca", "server_cert"},
    {"reminder_webhook", "public_url"},
    {"reminder_webhook", "reminder_secret"},
};

static void report_pair(struct reading *r, enum conf_rule rule, const struct option *o,
                        const struct option *other)
{
    r->line = r->given[o - conf_options];
    report(r, rule, o, span_of(other->name));
    if (r->errors->n <= CONF_ERRORS_MAX)
        r->errors->error[r->errors->n - 1].other = other->name;
}

static void check_across(struct reading *r)
{
    for (size_t i = 0; i < ARRAY_LENGTH(ordered); i++) {
        const struct option *low = option_find(span_of(ordered[i].low));
        const struct option *high = option_find(span_of(ordered[i].high));
        if (*(int64_t *)option_member(low, r->conf) >= *(int64_t *)option_member(high, r->conf))
            report_pair(r, CONF_NOT_BELOW, low, high);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(needs); i++) {
        const struct option *o = option_find(span_of(needs[i].option));
        const struct option *needed = option_find(span_of(needs[i].needed));
        if (**(char **)option_member(o, r->conf) != '\0' &&
            **(char **)option_member(needed, r->conf) == '\0')
            report_pair(r, CONF_NEEDS, o, needed);
    }
}

static int read_lines(struct reading *r, span text)
{
    if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
        text = (span){text.p + 3, text.n - 3};
    for (r->line = 1; text.n > 0; r->line++) {
        const char *end = memchr(text.p, '\n', text.n);
        span line = {text.p, end != NULL ? (size_t)(end - text.p) : text.n};
        int result = read_line(r, line);
        if (result < 0)
            return result;
        size_t taken = line.n + (end != NULL);
        text = (span){text.p + taken, text.n - taken};
    }
    return 0;
}

int conf_defaults(struct conf *ret)
{
    struct conf c = {0};
    for (size_t i = 0; i < conf_options_n; i++) {
        int r = option_read(&conf_options[i], span_of(conf_options[i].fallback), "", &c);
        if (r != 0) { /* positive would be a wrong table; the unit test reads every default */
            conf_free(&c);
            return r < 0 ? r : -EINVAL;
        }
    }
    *ret = c;
    return 0;
}

int conf_parse(span text, const char *folder, struct conf *ret, struct conf_errors *ret_errors)
{
    *ret_errors = (struct conf_errors){0};
    CLEANUP(conf_free) struct conf c = {0};
    unsigned *given = calloc(conf_options_n, sizeof *given);
    int r = given == NULL ? -ENOMEM : conf_defaults(&c);
    if (r == 0) {
        struct reading reading = {folder, &c, ret_errors, 0, given};
        r = read_lines(&reading, text);
        if (r == 0)
            check_across(&reading);
    }
    free(given);
    if (r < 0)
        return r;
    if (ret_errors->n > 0)
        return CONF_INVALID;
    *ret = c;
    c = (struct conf){0};
    return 0;
}

void conf_free(struct conf *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < conf_options_n; i++)
        option_clear(&conf_options[i], c);
    *c = (struct conf){0};
}

void conf_reload(struct conf *live, struct conf *fresh, struct buf *ret_names)
{
    for (size_t i = 0; i < conf_options_n; i++) {
        const struct option *o = &conf_options[i];
        if (o->reloadable) {
            option_swap(o, live, fresh);
        } else if (!option_same(o, live, fresh)) {
            if (ret_names->n > 0)
                buf_char(ret_names, ',');
            buf_text(ret_names, o->name);
        }
    }
}
