/* SPDX-License-Identifier: EUPL-1.2 */
/* Sends reminders (schema/0084_reminder.sql): a thread with a database connection of its own asks
 * what is to be sent, makes a link for each, and hands it to the gateway: a POST, or, without one,
 * a line of the file outbox.jsonl. What is not acknowledged is tried again by whoever asks next: a
 * gateway may get a reminder twice, always under the same id. */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include "base/result.h"
#include "conf/conf.h"

struct outbox;

/* conf and conninfo are borrowed until outbox_free. 0 or negative. */
int outbox_new(const struct conf *conf, const char *conninfo, struct outbox **ret) MUST_USE;

/* Ends a sending under way; waits two seconds at most for it. NULL allowed. */
void outbox_free(struct outbox *o);

/* The value of the field Ugo-Signature: "t=SECONDS,v1=HEX", HEX being HMAC-SHA256 over SECONDS, a
 * point and the body. */
#define OUTBOX_SIGNATURE 96
int outbox_sign(const char *secret, long long at, const char *body,
                char ret_text[static OUTBOX_SIGNATURE]) MUST_USE;

#endif
