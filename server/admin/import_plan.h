/* SPDX-License-Identifier: EUPL-1.2 */
/* What a file means for this register: its commands completed with what the register knows and the
 * file does not say, references checked, what changes nothing left out. Pure; everything is decided
 * here, before anything is written. */
#ifndef ADMIN_IMPORT_PLAN_H
#define ADMIN_IMPORT_PLAN_H

#include "admin/import.h"

/* known is what the register holds: {"territory": {code: …}, "commune": {insee: …},
 * "establishment_kind": …, "establishment": …, "unit": …}; each entry has the members of its put
 * operation but the id (absent is NULL), a unit also "declared" when it ever was.
 *
 * Replaces im->commands by the commands to send, adds bad lines and counts (created, updated,
 * unchanged, closed, …). known is changed: it becomes what the register will hold.
 * 0, -ENOMEM or IMPORT_REFUSED. */
int import_plan(struct import *im, json_t *known) MUST_USE;

#endif
