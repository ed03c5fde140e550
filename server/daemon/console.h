/* SPDX-License-Identifier: EUPL-1.2 */
/* The console's files, read from their folder before privileges are dropped. */
#ifndef DAEMON_CONSOLE_H
#define DAEMON_CONSOLE_H

#include "http/assets.h"

/* What a page has for the contact of those who run this console. */
#define CONSOLE_CONTACT "%CONTACT%"

/* folder: "" or one that is not there: none, which is no error. contact: put in the place of
 * CONSOLE_CONTACT in its pages, as text; "": a dash. Files that cannot be served are told to the
 * log. 0 or negative (what was read so far is in *ret). */
int console_load(const char *folder, const char *contact, struct assets *ret) MUST_USE;

#endif
