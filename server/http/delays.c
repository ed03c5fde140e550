/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/delays.h"

#include <arpa/inet.h>
#include <stdlib.h>

void network_of(const char *address, char ret[static NETWORK_TEXT])
{
    struct in6_addr six;
    if (inet_pton(AF_INET6, address, &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six)) {
        snprintf(ret, NETWORK_TEXT, "%s", address);
        return;
    }
    memset(six.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &six, ret, NETWORK_TEXT);
}

#define WAYS 4 /* places that a key may take */

void delays_free(struct delays *d)
{
    free(d->places);
    d->places = NULL;
}

/* FNV-1a, begun with the seed and the kind of the key. Never 0. */
static uint64_t key_of(const struct delays *d, char kind, span text)
{
    uint64_t h = (d->seed ^ 0xCBF29CE484222325ULL ^ (unsigned char)kind) * 0x100000001B3ULL;
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (unsigned char)text.p[i]) * 0x100000001B3ULL;
    return h | 1;
}

static struct failures *find(const struct delays *d, uint64_t key)
{
    for (unsigned i = 0; d->places != NULL && i < WAYS; i++) {
        struct failures *f = &d->places[((key >> 8) + i) % DELAYS_PLACES];
        if (f->key == key)
            return f;
    }
    return NULL;
}

static usec_t wait_of(const struct failures *f, usec_t now)
{
    if (f == NULL || f->n < 2 || now - f->last_at >= DELAYS_FORGOTTEN)
        return 0;
    return f->n < 5 ? USEC_S << (f->n - 2) : DELAY_MOST;
}

usec_t delays_wait(const struct delays *d, usec_t now, span account, span address)
{
    usec_t of_address = wait_of(find(d, key_of(d, 'a', address)), now);
    usec_t of_account = wait_of(find(d, key_of(d, 'u', account)), now);
    if (of_address == 0 && of_account > DELAY_OF_OTHERS)
        of_account = DELAY_OF_OTHERS;
    return of_address > of_account ? of_address : of_account;
}

static void add(struct delays *d, usec_t now, uint64_t key)
{
    struct failures *f = find(d, key);
    struct failures *oldest = NULL;
    for (unsigned i = 0; f == NULL && i < WAYS; i++) {
        struct failures *at = &d->places[((key >> 8) + i) % DELAYS_PLACES];
        if (oldest == NULL || at->last_at < oldest->last_at)
            oldest = at;
    }
    if (f == NULL) {
        f = oldest;
        *f = (struct failures){.key = key};
    }
    if (now - f->last_at >= DELAYS_FORGOTTEN)
        f->n = 0;
    f->n++;
    f->last_at = now;
}

void delays_failed(struct delays *d, usec_t now, span account, span address)
{
    if (d->places == NULL)
        d->places = calloc(DELAYS_PLACES, sizeof *d->places);
    if (d->places == NULL)
        return;
    add(d, now, key_of(d, 'u', account));
    add(d, now, key_of(d, 'a', address));
}

void delays_forgive(struct delays *d, span account, span address)
{
    const uint64_t keys[] = {key_of(d, 'u', account), key_of(d, 'a', address)};
    for (unsigned i = 0; i < 2; i++) {
        struct failures *f = find(d, keys[i]);
        if (f != NULL)
            *f = (struct failures){0};
    }
}
