/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/day/voice.h"

#include <stdlib.h>

int voice_open(struct screen *s, const char *folder, const char *as, struct voice **ret_voice)
{
    char *line[] = {
        (char *)"ugo-day", (char *)"me", (char *)"--demo", (char *)folder, (char *)"--as",
        (char *)as,        NULL};
    struct voice *v = calloc(1, sizeof *v);

    *ret_voice = NULL;
    if (v == NULL) {
        screen_complain(s, say(s, MSG_NO_MEMORY));
        return EXIT_NO_SERVICE;
    }
    v->users = 1;
    int code = command_parse(s, 6, line, &v->command);
    if (code == 0)
        code = session_open(&v->session, s, &v->command);
    if (code != 0)
        voice_free(v);
    else
        *ret_voice = v;
    return code;
}

struct voice *voice_share(struct voice *v)
{
    v->users++;
    return v;
}

void voice_free(struct voice *v)
{
    if (v == NULL || --v->users > 0)
        return;
    session_close(&v->session);
    free(v);
}
