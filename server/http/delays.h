/* SPDX-License-Identifier: EUPL-1.2 */
/* How long a login waits for its answer after failures: who guesses passwords is slowed down, by
 * account and by address; nobody is ever locked out, since whoever is on call must come in while
 * somebody else guesses at the same account. A bounded table: the oldest failures make room. */
#ifndef HTTP_DELAYS_H
#define HTTP_DELAYS_H

#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"

/* What counts as one address: an IPv4 address, the first 64 bits of an IPv6 address, of which
 * everybody has as many as they like. address: numeric, as inet_ntop writes it. */
#define NETWORK_TEXT 48
void network_of(const char *address, char ret[static NETWORK_TEXT]);

#define DELAYS_PLACES 2048
#define DELAYS_FORGOTTEN (15 * USEC_MIN) /* after the last failure */
#define DELAY_MOST (8 * USEC_S)
/* For an account that others fail at, from an address that has not failed. */
#define DELAY_OF_OTHERS (2 * USEC_S)

struct delays {
    struct failures {
        uint64_t key; /* 0: free */
        unsigned n;
        usec_t last_at;
    } * places;    /* owned; NULL until the first failure */
    uint64_t seed; /* random: nobody can choose whose place to take */
};

void delays_free(struct delays *d);

/* Addresses are networks, as network_of gives them.
 *
 * How long from its beginning an attempt is to wait: 0 0 1 2 4 8 8 … s by the failures before. */
usec_t delays_wait(const struct delays *d, usec_t now, span account, span address);

void delays_failed(struct delays *d, usec_t now, span account, span address);

/* A right password: the address is trusted again. */
void delays_forgive(struct delays *d, span account, span address);

#endif
