/* SPDX-License-Identifier: EUPL-1.2 */
/* ugo-day: a simulated day of declarations, or a night of decisions, through the real door, for the
 * demonstration. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clients/day/crew.h"
#include "clients/day/night_play.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/screen.h"

#define LISTING_US (60 * MOMENT_S)
#define LAST_ANSWERS_US (10 * MOMENT_S)
#define TURN_MS 100
#define RATE 25                       /* at most so many words a second, whatever the speed */
#define SPEED_DEFAULT 120             /* a day in twelve minutes */
#define NIGHT_PAUSE_US (2 * MOMENT_S) /* between two steps of the night, at that speed */
#define NIGHT_WIDTH 80

struct day {
    struct crew crew;
    struct screen *screen;
    double speed;
    sigset_t mask;
    int64_t began;    /* ugo_now */
    int64_t hour_at;  /* simulated: the hour whose line comes next */
    double allowance; /* words that may be said now */
    int64_t allowed_at;
    unsigned declared, confirmed, refused; /* as of the last line */
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static sigset_t catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t block, before;

    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &block, &before);
    return before;
}

static int64_t simulated(const struct day *d)
{
    return PLAN_BEGIN + (int64_t)((double)(ugo_now() - d->began) * d->speed);
}

/* One line for the hour that has passed. */
static void hour_show(struct day *d)
{
    struct screen *s = d->screen;
    struct words *w = &s->words;
    const struct crew *c = &d->crew;
    const char *line =
        say(s, MSG_DAY_HOUR, words_printf(w, "%02d:00", (int)(d->hour_at / PLAN_HOUR % 24)),
            words_printf(w, "%4u", c->declared - d->declared),
            words_printf(w, "%4u", c->confirmed - d->confirmed),
            words_printf(w, "%4d", crew_free_places(c)));
    if (c->refused != d->refused)
        line = say(s, MSG_DAY_HOUR_FAILED, line, words_printf(w, "%u", c->refused - d->refused));
    screen_line(s, 7, line);
    fflush(s->out);
    words_free(w);
    d->declared = c->declared;
    d->confirmed = c->confirmed;
    d->refused = c->refused;
    d->hour_at += PLAN_HOUR;
}

/* Says what is due, oldest first as far as the rate allows. */
static int say_due(struct day *d, int64_t at)
{
    int64_t now = ugo_now();
    d->allowance += (double)(now - d->allowed_at) / 1e6 * RATE;
    d->allowed_at = now;
    if (d->allowance > RATE)
        d->allowance = RATE;
    while (d->allowance >= 1) {
        struct day_unit *due = NULL;
        for (size_t i = 0; i < d->crew.n_units; i++) {
            struct day_unit *u = &d->crew.units[i];
            if (u->request == 0 && plan_next(&u->plan) <= at &&
                (due == NULL || plan_next(&u->plan) < plan_next(&due->plan)))
                due = u;
        }
        if (due == NULL)
            return 0;
        int r = crew_say(&d->crew, due);
        if (r < 0)
            return r;
        d->allowance -= 1;
    }
    return 0;
}

static void begin_show(const struct day *d)
{
    struct screen *s = d->screen;
    struct words *w = &s->words;
    screen_line(s, 2,
                say(s, MSG_DAY_BEGINS, words_printf(w, "%zu", d->crew.n_workers - 1),
                    words_printf(w, "%zu", d->crew.n_units),
                    moment_duration(s, (int64_t)((double)(PLAN_END - PLAN_BEGIN) / d->speed)),
                    d->crew.workers[0].account));
    fflush(s->out);
    words_free(w);
}

static int run(struct day *d)
{
    int64_t give_up = ugo_now() + LISTING_US;
    int r = 0;

    while (r >= 0 && !stopped && !crew_is_listed(&d->crew) && ugo_now() < give_up)
        r = crew_turn(&d->crew, TURN_MS, &d->mask);
    crew_begin(&d->crew);
    if (r < 0 || stopped)
        return r;
    begin_show(d);
    d->began = d->allowed_at = ugo_now();
    d->hour_at = PLAN_BEGIN;
    while (r >= 0 && !stopped && simulated(d) < PLAN_END) {
        r = say_due(d, simulated(d));
        if (r >= 0)
            r = crew_turn(&d->crew, TURN_MS, &d->mask);
        while (d->hour_at + PLAN_HOUR <= simulated(d) && d->hour_at < PLAN_END)
            hour_show(d);
    }
    give_up = ugo_now() + LAST_ANSWERS_US;
    while (r >= 0 && !stopped && !crew_is_silent(&d->crew) && ugo_now() < give_up)
        r = crew_turn(&d->crew, TURN_MS, &d->mask);
    return r;
}

struct arguments {
    const char *demo;
    double speed;
    uint64_t seed;
    bool night;
};

/* 0, or EXIT_USAGE. */
static int arguments_read(int argc, char **argv, struct arguments *ret)
{
    char *end = "";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--night") == 0) {
            ret->night = true;
            continue;
        }
        if (i + 1 == argc)
            return EXIT_USAGE;
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "--demo") == 0)
            ret->demo = value;
        else if (strcmp(argv[i], "--speed") == 0)
            ret->speed = strtod(value, &end);
        else if (strcmp(argv[i], "--seed") == 0)
            ret->seed = strtoull(value, &end, 10);
        else
            return EXIT_USAGE;
        if (*end != 0)
            return EXIT_USAGE;
        i++;
    }
    return ret->demo != NULL && ret->speed > 0 && ret->speed <= 100000 ? 0 : EXIT_USAGE;
}

static int play_day(struct screen *s, const struct arguments *a)
{
    struct day d = {.screen = s, .speed = a->speed};
    d.mask = catch_signals();
    int code = crew_open(&d.crew, s, a->demo, a->seed);
    if (code == 0) {
        code = run(&d) < 0 ? EXIT_NO_SERVICE : EXIT_FOUND;
        screen_line(s, 2,
                    say(s, MSG_DAY_ENDS, words_printf(&s->words, "%u", d.crew.declared),
                        words_printf(&s->words, "%u", d.crew.confirmed)));
    }
    crew_close(&d.crew);
    return code;
}

static int play_night(struct screen *s, const struct arguments *a, const char *program)
{
    signal(SIGPIPE, SIG_IGN);
    s->width = NIGHT_WIDTH;
    return night_play(s, &(struct night_options){
                             .program = program,
                             .folder = a->demo,
                             .pause_us = (int64_t)(NIGHT_PAUSE_US * SPEED_DEFAULT / a->speed),
                             .seed = a->seed,
                         });
}

int main(int argc, char **argv)
{
    struct screen s = {
        .out = stdout,
        .err = stderr,
        .width = 120,
        .language = language_of(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")),
    };
    struct arguments a = {.speed = SPEED_DEFAULT, .seed = 1};
    int code = arguments_read(argc, argv, &a);

    if (code != 0)
        screen_complain(&s, say(&s, MSG_DAY_USAGE));
    else
        code = a.night ? play_night(&s, &a, argv[0]) : play_day(&s, &a);
    words_free(&s.words);
    return code;
}
