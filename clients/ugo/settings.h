/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the server is and who we are: options before environment before profile. */
#ifndef UGO_SETTINGS_H
#define UGO_SETTINGS_H

#include "clients/ugo/options.h"

struct settings {
    const char *host, *port;
    const char *server_name; /* NULL: host */
    const char *ca, *cert, *cert_key;
    const char *token;
    const char *after;
    int64_t timeout_s;
};

/* The texts live as long as the screen's first words (a copy is made into `keep`). 0 or EXIT_USAGE
 * after saying what is missing. */
int settings_read(struct screen *s, const struct command *c, struct words *keep,
                  struct settings *ret);

/* Line door, certificate… of one account of a demonstration folder. as: an account, or a role (its
 * first account). 0, or EXIT_USAGE after saying what is wrong. */
int settings_demo(struct screen *s, const char *folder, const char *as, struct words *keep,
                  struct settings *ret);

/* DIR/demo.json, or NULL after saying why not. */
json_t *demo_read(struct screen *s, const char *folder);

#endif
