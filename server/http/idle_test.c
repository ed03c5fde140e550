/* SPDX-License-Identifier: EUPL-1.2 */
/* What a stream holds that nothing happens on: ten thousand of them are to cost 16 KB each, of
 * which OpenSSL takes most (tests/bench/run web). What is ours above the I/O line is counted here,
 * so that it does not grow unnoticed. */
#include "http/web_fixture.h"

#include <malloc.h>

#define STREAMS 200
#define STREAM_MOST 1760 /* bytes; what is allocated for it, rounded as the allocator does */

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

/* Bytes that are allocated. */
static size_t held(void)
{
    return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
                                                   : mallinfo2().uordblks;
}

static void an_idle_stream_is_small(void **state)
{
    struct world *w = *state;
    struct door *streams[STREAMS];
    size_t before = 0;
    for (int i = 0; i < STREAMS; i++) {
        if (i == STREAMS / 2) /* what the first ones warmed up is not theirs */
            before = held();
        streams[i] = reconnect(w, "192.0.2.1");
        const char *said = answer(w, "GET /v1/events?filter=%7B%22units%22:%5B%22u-1%22%5D%7D",
                                  BEARER("def"), NULL);
        ASSERT_ANSWERS(said, 200, "event: mark\n");
    }
    size_t each = (held() - before) / (STREAMS - STREAMS / 2);
    print_message("an idle stream holds %zu bytes\n", each);
    assert_in_range(each, 1, STREAM_MOST);
    for (int i = 0; i < STREAMS; i++)
        door_free(streams[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {CONVERSATION(an_idle_stream_is_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
