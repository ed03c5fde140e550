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

#define SETTINGS_REFUSED 1

/* What is wrong, ready to be shown: one line each. */
struct settings_faults {
    struct buf refusals; /* why SETTINGS_REFUSED */
    struct buf warnings; /* usable, but look at it: a certificate that has ended, a key for all */
};

void settings_faults_free(struct settings_faults *f);

/* Reads and checks the file and everything it names. now: wall clock, µs. */
int settings_load(const char *path, enum conf_language language, usec_t now, struct settings **ret,
                  struct settings_faults *ret_faults) MUST_USE;

/* Bits 1 << enum role of the option second_factor. */
unsigned settings_second_factor(const struct settings *s);

/* log_level and log_target, for this process. */
void settings_apply_log(const struct settings *s);

/* To and from a memory file (sealed). The reader closes fd. */
int settings_share(const struct settings *s, int *ret_fd) MUST_USE;
int settings_receive(int fd, struct settings **ret) MUST_USE;

#endif
