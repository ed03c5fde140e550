/* SPDX-License-Identifier: EUPL-1.2 */
/* night, statistics, request certificate: what happened, what it amounts to, and the evidence. */
#include <string.h>
#include <time.h>

#include "clients/ugo/ask.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/night_text.h"
#include "clients/ugo/places.h"
#include "clients/ugo/verbs.h"

#define NIGHT_BEGINS 18 /* o'clock */
#define STATISTICS_BACK (30 * 86400 * MOMENT_S)

/* The last time it was six in the evening. */
static int64_t evening_before(int64_t now)
{
    time_t seconds = (time_t)(now / MOMENT_S), evening;
    struct tm tm;
    localtime_r(&seconds, &tm);
    if (tm.tm_hour < NIGHT_BEGINS)
        tm.tm_mday--;
    tm.tm_hour = NIGHT_BEGINS;
    tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    evening = mktime(&tm);
    return (int64_t)evening * MOMENT_S;
}

/* --from and --to into params, from `begin` to now when not given. 0 or EXIT_USAGE, told. */
static int span_params(struct session *x, json_t *params, int64_t begin, bool to_needed)
{
    char instant[32];
    int code = ask_instant(x, params, OPTION_FROM, "from", false);
    code = code == 0 ? ask_instant(x, params, OPTION_TO, "to", false) : code;
    if (code == 0 && json_object_get(params, "from") == NULL) {
        moment_write(begin, instant);
        json_object_set_new(params, "from", json_string(instant));
    }
    if (code == 0 && to_needed && json_object_get(params, "to") == NULL) {
        moment_write(x->screen->now + MOMENT_S, instant); /* whole seconds: this one, too */
        json_object_set_new(params, "to", json_string(instant));
    }
    return code;
}

static void span_show(struct screen *s, const json_t *params)
{
    int64_t from = 0, to = s->now;
    moment_read(params, "from", &from);
    moment_read(params, "to", &to);
    screen_line(s, 0, say(s, MSG_NIGHT_FROM_TO, moment_clock(s, from), moment_clock(s, to)));
}

/* ── A night ── */

static int64_t count_of(const json_t *entries, const char *operation, const char *kind)
{
    const json_t *entry;
    size_t i;
    int64_t n = 0;
    json_array_foreach ((json_t *)entries, i, entry) {
        const char *is = json_string_value(json_object_get(entry, "operation"));
        const char *of = json_string_value(json_object_get(entry, "kind"));
        n += is != NULL && of != NULL && strcmp(is, operation) == 0 && strcmp(of, kind) == 0;
    }
    return n;
}

static int64_t count_vain(const json_t *entries)
{
    const json_t *entry;
    size_t i;
    int64_t n = 0;
    json_array_foreach ((json_t *)entries, i, entry) {
        const json_t *total = json_object_get(json_object_get(entry, "record"), "total");
        n += json_is_integer(total) && json_integer_value(total) == 0;
    }
    return n;
}

static const char *comma(struct screen *s, const char *text, enum message m, int64_t n)
{
    return n > 0 ? words_join(&s->words, text, ", ", say_n(s, m, n)) : text;
}

static void totals_show(struct screen *s, const json_t *entries)
{
    const char *text = "";
    text = comma(s, text, MSG_NIGHT_SEARCHES, count_of(entries, "journal.search", "search"));
    text = comma(s, text, MSG_NIGHT_NONE_FOUND, count_vain(entries));
    text = comma(s, text, MSG_NIGHT_REQUESTS, count_of(entries, "request.open", "request"));
    text = comma(s, text, MSG_NIGHT_ASKS, count_of(entries, "hold.create", "hold"));
    text = comma(s, text, MSG_NIGHT_REFUSED, count_of(entries, "hold.refuse", "hold"));
    text =
        comma(s, text, MSG_NIGHT_ARRIVALS,
              count_of(entries, "hold.arrive", "hold") + count_of(entries, "unit.declare", "hold") +
                  count_of(entries, "mission.hand_over", "hold"));
    if (text[0] != 0)
        screen_line(s, 0, text);
}

/* dated: for those who read it another day. */
static void entry_show(struct session *x, const json_t *entry, bool dated)
{
    struct screen *s = x->screen;
    const char *what = event_text(x, entry);
    int64_t at = 0;
    if (what == NULL)
        return;
    moment_read(entry, "at", &at);
    screen_line(s, 2,
                words_printf(&s->words, "%s  %s : %s",
                             dated ? moment_full(s, at) : moment_clock(s, at),
                             event_actor(s, entry), what));
}

int run_night(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer;
    (void)c;
    int code = span_params(x, params, evening_before(s->now), false);
    json_t *asked = json_deep_copy(params);
    if (code == 0)
        code = ask_pages(x, "journal.list", "entries", params, &answer);
    else
        json_decref(params);
    if (code != 0) {
        json_decref(asked);
        return code;
    }
    const json_t *entries = json_object_get(answer, "entries");
    size_t n = json_array_size(entries), i;
    const json_t *entry;
    if (s->json) {
        screen_json(s, answer);
    } else {
        stale_show(s, answer);
        known_learn(x, answer);
        span_show(s, asked);
        totals_show(s, entries);
        if (n == 0)
            screen_line(s, 0, say(s, MSG_NIGHT_QUIET));
        else
            screen_blank(s);
        json_array_foreach ((json_t *)entries, i, entry)
            entry_show(x, entry, false);
    }
    json_decref(asked);
    json_decref(answer);
    return n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/* ── A certificate ── */

static const char *number_text(struct screen *s, const json_t *object, const char *member)
{
    return words_printf(&s->words, "%lld",
                        (long long)json_integer_value(json_object_get(object, member)));
}

/* What was known of the unit when the hold was asked. */
static void known_show(struct screen *s, const json_t *known, const char *hold)
{
    const json_t *item;
    size_t i;
    json_array_foreach ((json_t *)known, i, item) {
        const char *of = json_string_value(json_object_get(item, "hold"));
        const json_t *unit = json_object_get(item, "record");
        const json_t *at = json_object_get(unit, "observed_at");
        if (of == NULL || hold == NULL || strcmp(of, hold) != 0)
            continue;
        const char *text = !json_is_integer(at)
                               ? say(s, MSG_CERTIFICATE_NEVER)
                               : say(s, MSG_CERTIFICATE_KNOWN, number_text(s, unit, "open"),
                                     number_text(s, unit, "occupied"), number_text(s, unit, "held"),
                                     moment_full(s, (int64_t)json_integer_value(at)));
        screen_line(s, 2, words_printf(&s->words, "  %s", text));
    }
}

static void certificate_show(struct session *x, const json_t *c)
{
    struct screen *s = x->screen;
    const json_t *entries = json_object_get(c, "entries"), *entry;
    const char *request = json_string_value(json_object_get(c, "request"));
    size_t i;
    int64_t at = 0;
    moment_read(c, "made_at", &at);
    screen_line(s, 0, say(s, MSG_CERTIFICATE_OF, request));
    screen_line(s, 0,
                say(s, MSG_CERTIFICATE_MADE, moment_full(s, at), number_text(s, c, "revision"),
                    json_string_value(json_object_get(c, "epoch")),
                    json_string_value(json_object_get(c, "head"))));
    screen_blank(s);
    json_array_foreach ((json_t *)entries, i, entry) {
        const char *operation = json_string_value(json_object_get(entry, "operation"));
        entry_show(x, entry, true);
        if (operation != NULL && strcmp(operation, "hold.create") == 0)
            known_show(s, json_object_get(c, "known"),
                       json_string_value(json_object_get(entry, "id")));
    }
    screen_blank(s);
    screen_line(s, 0, say(s, MSG_NOTES_CERTIFICATE));
}

/* An id stands for itself: the request may have left long ago. */
static int request_of(struct session *x, const char *text, const char **ret_id)
{
    if (strncmp(text, "r-", 2) != 0)
        return ask_request(x, text, ret_id);
    *ret_id = text;
    return 0;
}

/* Takes over what a further page has of an array of the certificate. */
static void more(json_t *answer, const json_t *page, const char *list)
{
    json_array_extend(json_object_get(json_object_get(answer, "certificate"), list),
                      json_object_get(json_object_get(page, "certificate"), list));
}

/* All pages as one answer. 0 or an exit code. */
static int certificate_get(struct session *x, const char *id, json_t **ret_answer)
{
    json_t *answer = NULL, *page = NULL, *next = NULL;
    int code;
    do {
        code = session_call(x, "request.certificate",
                            json_pack("{s:s, s:o*}", "request", id, "cursor", next), &page);
        if (code != 0)
            break;
        next = json_incref(json_object_get(page, "next"));
        if (answer == NULL) {
            answer = page;
        } else {
            more(answer, page, "entries");
            more(answer, page, "known");
            json_decref(page);
        }
    } while (json_is_string(next));
    if (code != 0) {
        json_decref(answer);
        return code;
    }
    json_decref(next);
    json_object_del(answer, "next");
    *ret_answer = answer;
    return 0;
}

int run_request_certificate(struct session *x, const struct command *c)
{
    const char *id;
    json_t *answer;
    int code = request_of(x, c->operand, &id);
    if (code == 0)
        code = certificate_get(x, id, &answer);
    if (code != 0)
        return code;
    if (x->screen->json) {
        screen_json(x->screen, answer);
    } else {
        known_learn(x, answer);
        certificate_show(x, json_object_get(answer, "certificate"));
    }
    json_decref(answer);
    return EXIT_FOUND;
}

/* ── Figures ── */

static void unmet_show(struct session *x, const json_t *rows)
{
    struct screen *s = x->screen;
    const json_t *row;
    size_t i;
    if (json_array_size(rows) > 0)
        screen_line(s, 0, say(s, MSG_STATISTICS_UNMET));
    json_array_foreach ((json_t *)rows, i, row) {
        const json_t *profile = json_object_get(row, "profile");
        const char *where = json_string_value(json_object_get(row, "territory"));
        const char *text = say_n(s, MSG_STATISTICS_NEEDS,
                                 (int64_t)json_integer_value(json_object_get(row, "needs")));
        const char *age = label(s, "band", json_string_value(json_object_get(profile, "age")));
        text = words_printf(
            &s->words, "%s : %s, %s, %s", text, where != NULL ? territory_name(x, where) : "?",
            say_n(s, MSG_STATISTICS_CHILDREN,
                  (int64_t)json_integer_value(json_object_get(profile, "siblings"))),
            say(s, MSG_STATISTICS_AGE, age));
        if (json_is_true(json_object_get(profile, "emergency")))
            text = words_join(&s->words, text, ", ", say(s, MSG_ASKED_EMERGENCY));
        screen_line(s, 4, words_printf(&s->words, "  %s", text));
    }
}

static void refusals_show(struct session *x, const json_t *rows)
{
    struct screen *s = x->screen;
    const json_t *row;
    size_t i;
    if (json_array_size(rows) > 0)
        screen_line(s, 0, say(s, MSG_STATISTICS_REFUSALS));
    json_array_foreach ((json_t *)rows, i, row)
        screen_line(
            s, 4,
            words_printf(&s->words, "  %s : %s, %s, %s", number_text(s, row, "n"),
                         known_unit_name(x, json_string_value(json_object_get(row, "unit"))),
                         label(s, "refusal", json_string_value(json_object_get(row, "code"))),
                         label(s, "band", json_string_value(json_object_get(row, "age")))));
}

static void delays_show(struct screen *s, const json_t *delay)
{
    json_int_t n = json_integer_value(json_object_get(delay, "n"));
    if (n == 0)
        return;
    screen_line(
        s, 0,
        say(s, MSG_STATISTICS_DELAY,
            moment_duration(s, json_integer_value(json_object_get(delay, "p50")) * MOMENT_S),
            moment_duration(s, json_integer_value(json_object_get(delay, "p90")) * MOMENT_S),
            say_n(s, MSG_STATISTICS_ARRIVED, (int64_t)n)));
}

static void statistics_show(struct session *x, const json_t *answer)
{
    struct screen *s = x->screen;
    const char *text = say_n(s, MSG_NIGHT_SEARCHES,
                             (int64_t)json_integer_value(json_object_get(answer, "searches")));
    text = comma(s, text, MSG_NIGHT_NONE_FOUND,
                 (int64_t)json_integer_value(json_object_get(answer, "none_found")));
    text = comma(s, text, MSG_NIGHT_ASKS,
                 (int64_t)json_integer_value(json_object_get(answer, "asks")));
    screen_line(s, 0, text);
    unmet_show(x, json_object_get(answer, "unmet"));
    refusals_show(x, json_object_get(answer, "refusals"));
    delays_show(s, json_object_get(json_object_get(answer, "delays"), "decision_to_arrival_s"));
}

int run_statistics(struct session *x, const struct command *c)
{
    struct screen *s = x->screen;
    json_t *params = json_object(), *answer = NULL;
    (void)c;
    int code = span_params(x, params, s->now - STATISTICS_BACK, true);
    json_t *asked = json_deep_copy(params);
    if (code == 0)
        code = session_call(x, "journal.statistics", params, &answer);
    else
        json_decref(params);
    if (code == 0 && s->json)
        screen_json(s, answer);
    if (code == 0 && !s->json) {
        stale_show(s, answer);
        known_learn(x, answer);
        territories_learn(x, json_object_get(answer, "unmet"));
        span_show(s, asked);
        statistics_show(x, answer);
    }
    json_decref(asked);
    json_decref(answer);
    return code;
}
