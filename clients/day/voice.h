/* SPDX-License-Identifier: EUPL-1.2 */
/* One account of the demonstration that takes part: its own connection. */
#ifndef UGO_VOICE_H
#define UGO_VOICE_H

#include "clients/ugo/session.h"

struct voice {
    struct command command;
    struct session session;
    unsigned users;
};

/* as: an account, or a role (its first account). 0, or an exit code after saying why. */
int voice_open(struct screen *s, const char *folder, const char *as, struct voice **ret_voice);
struct voice *voice_share(struct voice *v);
void voice_free(struct voice *v); /* the last user's closes it; NULL allowed */

#endif
