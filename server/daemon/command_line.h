/* SPDX-License-Identifier: EUPL-1.2 */
/* What ugod is told when it is started. */
#ifndef DAEMON_COMMAND_LINE_H
#define DAEMON_COMMAND_LINE_H

#include "base/result.h"
#include "conf/conf.h"

enum command { COMMAND_RUN, COMMAND_TEST, COMMAND_HELP, COMMAND_HELP_OPTIONS, COMMAND_VERSION };

struct command_line {
    enum command command;
    const char *config; /* borrowed from argv */
    enum conf_language language;
};

/* From LC_ALL, LC_MESSAGES, LANG: French when they say so. */
enum conf_language command_language(void);

/* 0, or 1 when it is not understood (said on standard error). */
int command_line_parse(int argc, char **argv, struct command_line *ret) MUST_USE;

void command_line_help(enum conf_language language);

#endif
