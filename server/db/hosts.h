/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection string taken apart: libpq's parameters for each of its hosts, so that all hosts can
 * be tried at once (libpq itself tries them one after the other, each to its end). */
#ifndef DB_HOSTS_H
#define DB_HOSTS_H

#include <stddef.h>

#include "base/result.h"

struct hosts;

/* What is set unless the connection string says otherwise (application_name: always). */
struct hosts_extra {
    const char *application_name;
    const char *options; /* added to the string's own; NULL none */
};

/* 0; -EINVAL: not a connection string, or its lists differ in length; -ENOMEM. */
int hosts_parse(const char *conninfo, const struct hosts_extra *extra, struct hosts **ret) MUST_USE;
void hosts_free(struct hosts *h); /* NULL allowed */

size_t hosts_count(const struct hosts *h); /* at least 1 */

/* For PQconnectStartParams: two arrays that end in NULL, valid until the next call. */
void hosts_params(struct hosts *h, size_t i, const char *const **ret_keywords,
                  const char *const **ret_values);

#endif
