/* SPDX-License-Identifier: EUPL-1.2 */
/* Records as clients see them (protocol.md, Shapes), once per revision and view. */
#ifndef CORE_ENCODE_H
#define CORE_ENCODE_H

#include "core/timeline.h"

/* The record's JSON, kept with the entry until it changes. An empty span: out of memory. */
span entry_json(struct entry *e, enum view view);

/* Adds it to a text that is being made; out of memory: that text has failed, too. */
void entry_add_json(struct entry *e, enum view view, struct buf *out);

/* A record from its parts: for rows of the log, which have no entry. */
void encode_version(const char *id, int64_t revision, const struct version *v, enum view view,
                    struct buf *out);

#endif
