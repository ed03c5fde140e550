/* SPDX-License-Identifier: EUPL-1.2 */
/* Who connects: addresses in one space (IPv4 as ::ffff:0:0/96), networks of them, and how many
 * connections and handshakes each has. */
#ifndef IO_ADDRESS_H
#define IO_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/result.h"

struct address {
    uint8_t bytes[16];
    uint16_t port;
    char text[INET6_ADDRSTRLEN]; /* IPv4 in its own notation */
};

void address_of(const struct sockaddr *from, struct address *ret);

struct network {
    uint8_t bytes[16];
    uint8_t bits;
};

/* "192.0.2.7", "10.0.0.0/8", "2001:db8::/32". 0 or 1 (no network). */
int network_parse(const char *text, struct network *ret) MUST_USE;
bool network_has(const struct network *n, const struct address *a);

/* One peer's place in the tally: an IPv4 address, or the /64 of an IPv6 one. */
struct tally_entry {
    uint8_t key[16];
    uint32_t connections;
    uint32_t handshakes;
};

struct tally {
    struct map entries; /* struct tally_entry, owned */
};

void tally_free(struct tally *t);
/* The entry, new when the peer is not known; NULL when memory is out. */
struct tally_entry *tally_of(struct tally *t, const struct address *a);
/* Forgets the entry when it counts nothing. */
void tally_drop(struct tally *t, struct tally_entry *e);

#endif
