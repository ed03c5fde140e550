/* SPDX-License-Identifier: EUPL-1.2 */
/* What the program tells a script. `ugo help exit-codes` says the same to people. */
#ifndef UGO_EXITS_H
#define UGO_EXITS_H

enum exit_code {
    EXIT_FOUND = 0,   /* done */
    EXIT_NOTHING = 1, /* nothing found */
    EXIT_USAGE = 2,   /* the command is wrong; nothing was sent, or the server refused its form */
    EXIT_REFUSED = 3, /* the server refuses: forbidden, unauthenticated, invalid… */
    /* outdated, or in conflict with what the server knows: no free place any more, a hold that is
     * past it, places that are promised */
    EXIT_CONFLICT = 4,
    EXIT_NO_SERVICE = 5, /* cannot connect, or unavailable; nothing was done */
    EXIT_UNKNOWN = 6,    /* it may have been done: the same command again, with the same key */
};

#endif
