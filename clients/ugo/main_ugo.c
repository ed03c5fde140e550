/* SPDX-License-Identifier: EUPL-1.2 */
/* ugo: the registry of free places, from a terminal. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clients/ugo/verbs.h"

static int terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;

    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        return WIDTH_DEFAULT;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > 200 ? 200 : (int)width;
}

static enum language choose_language(int argc, char **argv)
{
    const char *asked = command_language(argc, argv);
    if (asked != NULL && asked[0] != 0)
        return language_of(asked, NULL, NULL);
    return language_of(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"));
}

static int run(struct screen *s, const struct command *c)
{
    struct session x;
    int code = session_open(&x, s, c);
    if (code == 0)
        code = c->verb->run(&x, c);
    session_close(&x);
    return code;
}

int main(int argc, char **argv)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool plain =
        (no_color != NULL && no_color[0] != 0) || term == NULL || strcmp(term, "dumb") == 0;
    struct screen s = {
        .out = stdout,
        .err = stderr,
        .width = terminal_width(),
        .styled = isatty(STDOUT_FILENO) && !plain,
        .language = choose_language(argc, argv),
    };
    static struct command c;
    int code;

    signal(SIGPIPE, SIG_IGN);
    code = command_parse(&s, argc, argv, &c);
    s.json = command_has(&c, OPTION_JSON);
    if (code == 0 && c.version)
        puts("ugo " UGO_VERSION);
    else if (code == 0 && c.help)
        code = help_show(&s, c.verb != NULL ? c.verb->name : c.topic);
    else if (code == 0)
        code = run(&s, &c);
    words_free(&s.words);
    /* A reader that went away (a pager) is not our failure; a full disk is. */
    if (fflush(stdout) != 0 && code == 0 && errno != EPIPE)
        code = EXIT_NO_SERVICE;
    return code;
}
