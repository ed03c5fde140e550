/* SPDX-License-Identifier: EUPL-1.2 */
#include "io/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

void address_of(const struct sockaddr *from, struct address *ret)
{
    memset(ret, 0, sizeof *ret);
    if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
        memcpy(ret->bytes, &in6->sin6_addr, 16);
        ret->port = ntohs(in6->sin6_port);
    } else if (from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)from;
        memcpy(ret->bytes, mapped, sizeof mapped);
        memcpy(ret->bytes + 12, &in->sin_addr, 4);
        ret->port = ntohs(in->sin_port);
    }
    if (memcmp(ret->bytes, mapped, sizeof mapped) == 0)
        inet_ntop(AF_INET, ret->bytes + 12, ret->text, sizeof ret->text);
    else
        inet_ntop(AF_INET6, ret->bytes, ret->text, sizeof ret->text);
}

int network_parse(const char *text, struct network *ret)
{
    char host[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
    if (n >= sizeof host)
        return 1;
    memcpy(host, text, n);
    host[n] = '\0';

    struct network network = {.bits = 128};
    unsigned offset = 0;
    if (inet_pton(AF_INET, host, network.bytes + 12) == 1) {
        memcpy(network.bytes, mapped, sizeof mapped);
        offset = 96;
    } else if (inet_pton(AF_INET6, host, network.bytes) != 1) {
        return 1;
    }
    if (slash != NULL) {
        char *end;
        unsigned long bits = strtoul(slash + 1, &end, 10);
        if (end == slash + 1 || *end != '\0' || bits > 128 - offset)
            return 1;
        network.bits = (uint8_t)(bits + offset);
    }
    *ret = network;
    return 0;
}

bool network_has(const struct network *n, const struct address *a)
{
    size_t whole = n->bits / 8;
    if (memcmp(n->bytes, a->bytes, whole) != 0)
        return false;
    unsigned rest = n->bits % 8;
    return rest == 0 || ((n->bytes[whole] ^ a->bytes[whole]) >> (8 - rest)) == 0;
}

void tally_free(struct tally *t)
{
    size_t cursor = 0;
    struct map_slot *slot;
    while ((slot = map_next(&t->entries, &cursor)) != NULL)
        free(slot->value);
    map_free(&t->entries);
}

struct tally_entry *tally_of(struct tally *t, const struct address *a)
{
    uint8_t key[16] = {0};
    bool v4 = memcmp(a->bytes, mapped, sizeof mapped) == 0;
    memcpy(key, a->bytes, v4 ? 16 : 8);
    struct tally_entry *e = map_get(&t->entries, (span){(const char *)key, sizeof key});
    if (e != NULL)
        return e;
    e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    memcpy(e->key, key, sizeof key);
    if (map_put(&t->entries, (span){(const char *)e->key, sizeof e->key}, e) < 0) {
        free(e);
        return NULL;
    }
    return e;
}

void tally_drop(struct tally *t, struct tally_entry *e)
{
    if (e->connections > 0 || e->handshakes > 0)
        return;
    map_remove(&t->entries, (span){(const char *)e->key, sizeof e->key});
    free(e);
}
