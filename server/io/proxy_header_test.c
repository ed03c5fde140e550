/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "io/proxy_header.h"

static struct proxy_source source;

/* Feeds as the pump does: only as much as is asked for. Returns the result and, in *ret_taken, how
 * much of `in` was read. */
static int feed(span in, size_t *ret_taken)
{
    size_t n = 0, wanted;
    for (;;) {
        int r = proxy_header_parse((span){in.p, n}, &wanted, &source);
        if (r != PROXY_HEADER_MORE || n + wanted > in.n) {
            *ret_taken = n;
            return r;
        }
        assert_true(wanted > 0);
        n += wanted;
    }
}

static void gives(span in, const char *address, uint16_t port)
{
    size_t taken;
    char text[INET6_ADDRSTRLEN] = "";
    char with_tail[PROXY_HEADER_MAX + 8];
    memcpy(with_tail, in.p, in.n);
    memcpy(with_tail + in.n, "\x16\x03\x01", 3); /* what follows is not touched */
    assert_int_equal(feed((span){with_tail, in.n + 3}, &taken), 0);
    assert_int_equal(taken, in.n);
    if (address == NULL) {
        assert_int_equal(source.from.ss_family, AF_UNSPEC);
        return;
    }
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&source.from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&source.from;
    bool is_v4 = source.from.ss_family == AF_INET;
    inet_ntop(source.from.ss_family,
              is_v4 ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, text,
              sizeof text);
    assert_string_equal(text, address);
    assert_int_equal(ntohs(is_v4 ? v4->sin_port : v6->sin6_port), port);
}

static void refuses(span in)
{
    size_t taken;
    assert_int_equal(feed(in, &taken), -EPROTO);
}

static void version_1(void **unused)
{
    (void)unused;
    gives(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 51234 7443\r\n"), "192.0.2.7", 51234);
    gives(span_of("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n"), "2001:db8::7", 1);
    gives(span_of("PROXY UNKNOWN\r\n"), NULL, 0);
    gives(span_of("PROXY UNKNOWN whatever it says\r\n"), NULL, 0);
    refuses(span_of("GET / HTTP/1.1\r\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 51234 7443\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 51234\r\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 51234 7443 9\r\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7  198.51.100.1 51234 7443\r\n"));
    refuses(span_of("PROXY TCP4 2001:db8::7 198.51.100.1 51234 7443\r\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 65536 7443\r\n"));
    refuses(span_of("PROXY TCP4 192.0.2.7 198.51.100.1 -1 7443\r\n"));
    refuses(span_of("PROXY UDP4 192.0.2.7 198.51.100.1 51234 7443\r\n"));
    char longest[200];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "PROXY UNKNOWN ", 14);
    refuses((span){longest, sizeof longest});
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define SPAN(literal) ((span){literal, sizeof(literal) - 1})

static void version_2(void **unused)
{
    (void)unused;
    gives(SPAN(SIGNATURE "\x21\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xc8\x22\x1d\x13"),
          "192.0.2.7", 51234);
    gives(SPAN(SIGNATURE "\x21\x21\x00\x26"
                         "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
                         "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50\x1d\x13\x04\x00"),
          "2001:db8::7", 80);
    gives(SPAN(SIGNATURE "\x20\x00\x00\x00"), NULL, 0);
    gives(SPAN(SIGNATURE "\x21\x00\x00\x03\x01\x02\x03"), NULL, 0);
    refuses(SPAN(SIGNATURE "\x11\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xc8\x22\x1d\x13"));
    refuses(SPAN(SIGNATURE "\x22\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xc8\x22\x1d\x13"));
    refuses(SPAN(SIGNATURE "\x21\x11\x00\x04\xc0\x00\x02\x07"));
    refuses(SPAN(SIGNATURE "\x21\x31\x00\x01\x00"));
    refuses(SPAN(SIGNATURE "\x21\x11\xff\xff"));
    refuses(SPAN("\r\n\r\nQUIT, or something else"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1),
        cmocka_unit_test(version_2),
    };
    return cmocka_run_group_tests_name("proxy_header", tests, NULL, NULL);
}
