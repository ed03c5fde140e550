/* SPDX-License-Identifier: EUPL-1.2 */
/* The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): who the client behind a
 * proxy is. Read in pieces that never reach past the header, so that what follows it stays in the
 * socket for TLS. */
#ifndef IO_PROXY_HEADER_H
#define IO_PROXY_HEADER_H

#include <netinet/in.h>
#include <stddef.h>

#include "base/result.h"
#include "base/span.h"

#define PROXY_HEADER_MAX 1024 /* with TLVs; longer headers are refused */

struct proxy_source {
    struct sockaddr_storage from; /* ss_family AF_UNSPEC: the proxy speaks for itself */
    socklen_t n;
};

#define PROXY_HEADER_MORE 1 /* read *ret_wanted bytes more, all of them are header */

/* in: everything read so far, from the first byte. 0: complete; PROXY_HEADER_MORE; -EPROTO. */
int proxy_header_parse(span in, size_t *ret_wanted, struct proxy_source *ret) MUST_USE;

#endif
