/* SPDX-License-Identifier: EUPL-1.2 */
/* A rhythm in JSON: weekdays, Monday is 1, and which weeks. */
#ifndef CORE_RHYTHM_H
#define CORE_RHYTHM_H

#include <jansson.h>

#include "base/buf.h"
#include "core/day.h"

/* 0; -EBADMSG: no weekday from 1 to 7, or no such weeks. *ret is written on 0 only. */
int rhythm_read(const json_t *weekdays, const char *weeks, rhythm *ret) MUST_USE;

/* "weekdays":[…],"weeks":… */
void rhythm_write(rhythm r, struct buf *out);

#endif
