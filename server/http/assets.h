/* SPDX-License-Identifier: EUPL-1.2 */
/* The files that door 2 serves as they are, held in memory: read once by the shell, each with the
 * compressed variants that lie beside it. A path is looked up among those added and nowhere else:
 * no name of a request ever reaches a file system. No ranges. */
#ifndef HTTP_ASSETS_H
#define HTTP_ASSETS_H

#include "base/map.h"
#include "base/result.h"
#include "base/span.h"
#include "http/field.h"
#include "http/response.h"

#define ASSETS_INDEX "/index.html" /* what "/" shows */

/* Starts as {0}. */
struct assets {
    struct map by_path;
    size_t bytes; /* of all bodies */
};

void assets_clear(struct assets *a); /* NULL allowed */

/* Outcomes of assets_add. */
enum {
    ASSETS_TYPE = 1,  /* no type is known for such a name: it is not served */
    ASSETS_PATH = 2,  /* not /name[/name…] of letters, digits, '-', '_' and '.', or too long */
    ASSETS_TWICE = 3, /* that variant is there already */
};

/* Adds a file, or the compressed variant of one (path is the file's, without .gz or .br), in any
 * order; a variant without its file is not served. Copies body. A name with a hash
 * (/assets/main-0BJT4KQZ.js) tells that its content never changes. 0, an outcome, or -ENOMEM. */
int assets_add(struct assets *a, const char *path, enum coding coding, span body) MUST_USE;

/* Outcome of assets_find. */
enum {
    ASSETS_NONE = 1, /* 404 */
};

/* What to answer; spans and texts are those of the asset. */
struct asset_answer {
    int status; /* 200, or 304 with an empty body */
    const char *type;
    const char *encoding; /* NULL: as it is */
    bool varies;          /* there is a choice of encodings */
    enum http_cache cache;
    span tag; /* of this variant, without quotes */
    span body;
};

/* For GET and HEAD. accept_encoding and if_none_match are the request's (p NULL: absent). 0 or
 * ASSETS_NONE. */
int assets_find(const struct assets *a, const char *path, span accept_encoding, span if_none_match,
                struct asset_answer *ret) MUST_USE;

/* Fills the members of head that an asset decides. A body's length is answer->body.n. */
void asset_head(const struct asset_answer *answer, struct http_head *head);

#endif
