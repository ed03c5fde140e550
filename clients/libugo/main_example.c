/* SPDX-License-Identifier: EUPL-1.2 */
/* ugo-example HOST PORT CA.pem CERT.pem KEY.pem [UNIT FREE]: the whole of what establishment
 * software needs. Declares once, if asked to, and prints every change of the units it may see,
 * until it is stopped. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "clients/libugo/transport.h"

static void say(struct ugo_client *client, const char *unit, int places)
{
    char key[UGO_KEY_TEXT];
    uint64_t request;

    ugo_new_key(key); /* repeated after a lost connection, the declaration counts once */
    json_t *params =
        json_pack("{s:s, s:i, s:s}", "unit", unit, "free", places, "idempotency_key", key);
    if (params == NULL || ugo_request(client, "unit.declare", params, UGO_REPEAT, &request) < 0)
        exit(1);
    json_decref(params);
}

static void told(const struct ugo_event *e)
{
    switch (e->type) {
    case UGO_SET: {
        const json_t *capacity = json_object_get(e->body, "capacity");
        printf("%s: %" JSON_INTEGER_FORMAT " free\n", e->id,
               json_integer_value(json_object_get(capacity, "free")));
        break;
    }
    case UGO_GONE:
        printf("%s: no longer ours\n", e->id);
        break;
    case UGO_ANSWER:
        printf("%s: done\n", e->method);
        break;
    case UGO_ERROR:
    case UGO_REFUSED:
    case UGO_END:
        printf("%s\n", e->error.type);
        break;
    default: /* UGO_MARK: the copy is complete; UGO_READY, UGO_START, UGO_BYE: for a log */
        break;
    }
}

int main(int argc, char **argv)
{
    struct ugo_client_options who = {.name = "example/1", .seed = ugo_random()};
    struct ugo_client *client;
    struct ugo_subscription *units;
    struct ugo_link *link;
    struct ugo_event event;
    enum ugo_link_fault fault;

    if (argc != 6 && argc != 8) {
        fprintf(stderr, "usage: %s HOST PORT CA.pem CERT.pem KEY.pem [UNIT FREE]\n", argv[0]);
        return 2;
    }
    struct ugo_link_options where = {.host = argv[1],
                                     .port = argv[2],
                                     .ca_file = argv[3],
                                     .cert_file = argv[4],
                                     .key_file = argv[5]};
    signal(SIGPIPE, SIG_IGN);
    if (ugo_client_new(&who, ugo_now(), &client) != 0 ||
        ugo_link_new(&where, client, &fault, &link) != 0 ||
        ugo_subscribe(client, NULL, NULL, &units) != 0)
        return 1;
    if (argc == 8)
        say(client, argv[6], (int)strtol(argv[7], NULL, 10));
    while (ugo_link_step(link, 1000, NULL) == 0) {
        while (ugo_client_next(client, &event))
            told(&event);
        fflush(stdout);
    }
    ugo_link_free(link);
    ugo_client_free(client);
    return 1;
}
