/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything a worker needs from files: the configuration and the TLS material it names, read by
 * the master (which may still be root) and handed over by fork or, at a reload, as a memory file.
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include "base/buf.h"
#include "base/result.h"
#include "conf/conf.h"
#include "io/tls.h"

struct settings {
    struct conf conf;
    struct tls_identity identity;
    struct buf text; /* the configuration as read */
    char *folder;    /* of the configuration file, absolute */
};

void settings_free(struct settings *s); /* NULL allowed */

#define SETTINGS_REFUSED 1 /* ret_why has one line per fault, ready to be shown */

/* Reads and checks the file and everything it names. */
int settings_load(const char *path, enum conf_language language, struct settings **ret,
                  struct buf *ret_why) MUST_USE;

/* To and from a memory file (sealed). The reader takes a descriptor of its own and closes it. */
int settings_share(const struct settings *s, int *ret_fd) MUST_USE;
int settings_receive(int fd, struct settings **ret) MUST_USE;

#endif
