/* SPDX-License-Identifier: EUPL-1.2 */
/* An establishment that declares at the line door, and how soon a crowd hears of it. */
#ifndef BENCH_DECLARE_H
#define BENCH_DECLARE_H

#include "bench/crowd.h"

struct link *declarer_open(SSL_CTX *ctx);
void declarer_close(struct link *l);

/* The i-th declaration, of SERVER_DECLARED_UNIT. */
void declarer_send(struct link *l, int i);
void declarer_await(struct link *l); /* the acknowledgement */

/* Prints how soon n that follow by a door are told of a declaration, beside a bare loop of
 * SSL_write of as many bytes to as many. */
void declare_fan_out(SSL_CTX *ctx, enum crowd_way way, int n, int rounds);

#endif
