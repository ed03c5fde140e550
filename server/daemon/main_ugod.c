/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>

#include "daemon/check.h"
#include "daemon/command_line.h"
#include "daemon/master.h"

static int help_options(enum conf_language language)
{
    CLEANUP(buf_free) struct buf text = {0};
    conf_help(language, &text);
    if (buf_check(&text) < 0)
        return 1;
    fwrite(text.p, 1, text.n, stdout);
    return 0;
}

int main(int argc, char **argv)
{
    struct command_line line;
    if (command_line_parse(argc, argv, &line) != 0)
        return 2;
    switch (line.command) {
    case COMMAND_HELP:
        command_line_help(line.language);
        return 0;
    case COMMAND_HELP_OPTIONS:
        return help_options(line.language);
    case COMMAND_VERSION:
        puts("ugod " UGO_VERSION);
        return 0;
    case COMMAND_TEST:
        return check_command(&line);
    case COMMAND_RUN:
        break;
    }
    return master_run(&line, argv);
}
