/* SPDX-License-Identifier: EUPL-1.2 */
/* Plays a night through the real door, each part by the account concerned, and tells it as it
 * happens: a request for two siblings, three asks at once, a refusal, an acceptance that releases
 * the third, a mission of the mobile team, the arrival; then a need that waits, and the commands to
 * go on with. */
#ifndef UGO_NIGHT_PLAY_H
#define UGO_NIGHT_PLAY_H

#include "clients/ugo/screen.h"

struct night_options {
    const char *program; /* as it was called: how `ugo`, beside it, is to be typed */
    const char *folder;  /* of the demonstration, as given */
    int64_t pause_us;    /* between two steps, for the reader */
    uint64_t seed;
};

/* An exit code; what went wrong was told. A need that finds no place is no failure. */
int night_play(struct screen *s, const struct night_options *options);

#endif
