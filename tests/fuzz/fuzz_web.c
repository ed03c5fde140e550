/* SPDX-License-Identifier: EUPL-1.2 */
/* A worker's HTTPS door in virtual time: bytes are what a peer sends, control bytes are what else
 * happens (steps, below). Whatever comes: what is answered is HTTP, one answer at most for each
 * request; nobody is shown what is not theirs; nothing waits without an end or turns in circles. */
#include "tests/fuzz/fuzz.h"

#include "api/operation.h"
#include "base/statement.h"
#include "core/replica_fixture.h"
#include "http/web.h"
#include "proto/memory.h"

#define PASSWORD "correct horse battery"

struct world {
    struct replica replica;
    struct desk desk;
    struct feeds feeds;
    struct assets assets;
    struct web_service web;
    struct door *door;
    usec_t now;
    int64_t revision;
    char heard[1 << 16]; /* of this connection, as far as it fits */
    size_t n_heard;
    uint64_t asked; /* requests and malformed ones before this connection */
};

static unsigned char drawn;

static void draw(unsigned char *ret, size_t n)
{
    memset(ret, ++drawn, n);
}

static void apply(struct world *w, const char *kind, const char *id, const char *state)
{
    REQUIRE(replica_apply(&w->replica, ++w->revision, kind, id, state) == 0);
    replica_apply_end(&w->replica, w->revision);
}

static void credential(struct world *w, const char *secret, const char *account, const char *type,
                       bool revoked)
{
    char id[DIGEST_TEXT], state[256];
    digest_hex(span_of(secret), id);
    snprintf(state, sizeof state,
             "{\"account\":\"%s\",\"type\":\"%s\",\"expires_at\":null,\"seen_at\":%lld,"
             "\"revoked\":%s}",
             account, type, (long long)(FIXTURE_AT + w->now), revoked ? "true" : "false");
    apply(w, "credential", id, state);
}

static void session(struct world *w, bool ends)
{
    char cookie[COOKIE_TEXT], id[DIGEST_TEXT], state[256];
    unsigned char bytes[COOKIE_BYTES];
    memset(bytes, 'c', sizeof bytes);
    base64url_write(bytes, sizeof bytes, cookie);
    REQUIRE(cookie_session(span_of(cookie), id) == 0);
    snprintf(state, sizeof state,
             "{\"account\":\"mecs-1\",\"type\":\"session\",\"expires_at\":%lld,\"seen_at\":%lld,"
             "\"revoked\":false}",
             (long long)(FIXTURE_AT + w->now + SESSION_TIME), (long long)(FIXTURE_AT + w->now));
    apply(w, "credential", id, ends ? NULL : state);
}

static void reconnect(struct world *w)
{
    door_free(w->door);
    w->door = web_open(&w->web, w->now, "192.0.2.1");
    REQUIRE(w->door != NULL);
    w->n_heard = 0;
    w->asked = w->web.counts.requests + w->web.counts.malformed;
}

static struct world *open_world(void)
{
    static const struct feed_limits feed = {.mark_every = 5 * USEC_S,
                                            .slow_no_mark = 60 * USEC_S,
                                            .behind_wait = 3 * USEC_S,
                                            .output_bytes = 256 * 1024};
    struct desk_limits desk = {.command_wait = 10 * USEC_S, .behind_wait = 3 * USEC_S};
    struct world *w = calloc(1, sizeof *w);
    REQUIRE(w != NULL);
    drawn = 0;
    replica_init(&w->replica);
    fixture_load(&w->replica);
    w->revision = FIXTURE_REVISION;
    credential(w, "m", "mecs-1", "token", false);
    credential(w, "d", "def", "token", false);
    session(w, false);
    replica_turn_end(&w->replica);
    desk_init(&w->desk, &w->replica, &desk, "0123456789abcdef");
    feeds_init(&w->feeds, &w->desk, &feed);
    web_init(&w->web, &w->feeds, &WEB_LIMITS, draw, 1);
    REQUIRE(assets_add(&w->assets, "/index.html", CODING_IDENTITY, span_of("<p>")) == 0);
    w->web.assets = &w->assets;
    w->web.second_factor = MAY(ROLE_DEF);
    REQUIRE(web_refresh(&w->web, 0) == 0);
    reconnect(w);
    return w;
}

static void close_world(struct world *w)
{
    door_free(w->door);
    REQUIRE(w->web.counts.streaming == 0 && w->web.n_derivations == 0);
    web_clear(&w->web);
    feeds_clear(&w->feeds);
    desk_free(&w->desk);
    assets_clear(&w->assets);
    replica_free(&w->replica);
    free(w);
}

/* ── What the shell does ── */

static void turn(struct world *w)
{
    char *touch;
    REQUIRE(web_refresh(&w->web, w->now) == 0);
    REQUIRE(desk_settle(&w->desk, w->now) == 0);
    web_settle(&w->web, w->now);
    while (web_answered(&w->web) != NULL) {
    }
    while (web_take_touch(&w->web, &touch))
        free(touch);
}

static unsigned count(const struct world *w, const char *word)
{
    unsigned n = 0;
    size_t length = strlen(word);
    const char *at = w->heard, *end = w->heard + w->n_heard;
    while ((at = memmem(at, (size_t)(end - at), word, length)) != NULL) {
        n++;
        at += length;
    }
    return n;
}

static void check_heard(const struct world *w)
{
    uint64_t asked = w->web.counts.requests + w->web.counts.malformed - w->asked;
    REQUIRE(w->n_heard < 9 || memcmp(w->heard, "HTTP/1.1 ", 9) == 0);
    REQUIRE(count(w, "HTTP/1.1 ") <= asked);
    REQUIRE(count(w, "Strict-Transport-Security: ") == count(w, "HTTP/1.1 ") ||
            w->n_heard == sizeof w->heard || !door_closing(w->door));
}

static void pull(struct world *w, size_t most)
{
    char out[4096];
    size_t n;
    while (most > 0 &&
           (n = door_pull(w->door, w->now, out, most < sizeof out ? most : sizeof out))) {
        size_t room = sizeof w->heard - w->n_heard;
        memcpy(w->heard + w->n_heard, out, n < room ? n : room);
        w->n_heard += n < room ? n : room;
        most -= n;
    }
}

/* All of it; a connection that has come to its end makes room for the next. */
static void pull_all(struct world *w)
{
    pull(w, SIZE_MAX);
    check_heard(w);
    if (door_closing(w->door))
        reconnect(w);
}

static void obey(struct world *w, int result)
{
    REQUIRE(result >= 0);
    if (result > 0)
        pull_all(w);
}

static void feed(struct world *w, const char *bytes, size_t n)
{
    char *copy = fuzz_copy(bytes, n);
    int result = door_feed(w->door, w->now, (span){copy, n});
    free(copy);
    obey(w, result);
}

/* Up to its deadline; then there must be another one. */
static void wait(struct world *w)
{
    usec_t at = door_deadline(w->door);
    REQUIRE(at < USEC_NEVER || w->desk.waiting != NULL || w->web.n_derivations > 0);
    if (at == USEC_NEVER)
        at = desk_deadline(&w->desk);
    if (at == USEC_NEVER)
        return;
    w->now = at > w->now ? at : w->now;
    REQUIRE(desk_settle(&w->desk, w->now) == 0);
    obey(w, door_tick(w->door, w->now));
    turn(w);
    pull_all(w);
    REQUIRE(door_deadline(w->door) > w->now);
}

/* ── The database and its threads ── */

static void answer_commands(struct world *w)
{
    struct desk_command command;
    while (desk_take_command(&w->desk, &command)) {
        struct desk_outcome o = {
            .ticket = command.ticket, .type = "ok", .epoch = "aa", .revision = -1};
        free(command.json);
        REQUIRE(desk_outcome(&w->desk, &o) == 0);
    }
}

static const char *cell(const void *source, int row, int col)
{
    (void)row;
    return ((const char *const *)source)[col];
}

static void answer_reads(struct world *w)
{
    struct desk_read read;
    char text[SCRYPT_TEXT];
    struct scrypt s = SCRYPT_NEW;
    memset(s.hash, 'h', sizeof s.hash);
    scrypt_write(&s, text);
    const char *const cells[] = {text, NULL, NULL, "establishment", "f", "5"};
    struct rows rows = {.n_rows = 1, .n_cols = 6, .source = cells, .cell = cell};
    while (desk_take_read(&w->desk, &read)) {
        for (size_t i = 0; i < DESK_SQL_PARAMS; i++)
            free(read.params[i]);
        bool known = read.query == DESK_LOGIN;
        REQUIRE(desk_rows(&w->desk, w->now, read.ticket, known ? &rows : NULL) == 0);
    }
}

static void derive(struct world *w)
{
    struct derivation d;
    unsigned char hash[SCRYPT_HASH];
    while (web_take_derivation(&w->web, &d)) {
        memset(hash, span_is(d.password, PASSWORD) ? 'h' : 'x', sizeof hash);
        REQUIRE(web_derived(&w->web, w->now, d.ticket, hash) == 0);
    }
}

static void other_rights(struct world *w)
{
    apply(w, "account", "mecs-1",
          w->revision % 2 ? FIXTURE_ACCOUNT("establishment", "", "\"e-1\"")
                          : FIXTURE_ACCOUNT("establishment", "", "\"e-1\",\"e-2\""));
}

static void step(struct world *w, char what)
{
    switch (what) {
    case 0x01:
        pull_all(w);
        break;
    case 0x02:
        pull(w, 16);
        break;
    case 0x03:
        turn(w);
        pull_all(w);
        wait(w);
        break;
    case 0x04:
        obey(w, door_finish(w->door, w->now));
        break;
    case 0x05:
        door_drain(w->door, w->now);
        break;
    case 0x06:
        w->revision++;
        fixture_declare(&w->replica, w->revision, "u-1", 10, (int)(w->revision % 10));
        break;
    case 0x07:
        answer_commands(w);
        break;
    case 0x08:
        answer_reads(w);
        break;
    case 0x0b:
        derive(w);
        break;
    case 0x0c:
        credential(w, "d", "def", "token", w->revision % 2);
        break;
    case 0x0e:
        session(w, w->revision % 2);
        break;
    case 0x0f:
        reconnect(w);
        break;
    case 0x10:
        other_rights(w);
        break;
    default:
        w->now += USEC_S;
        replica_ledger(&w->replica, FIXTURE_AT + w->now, w->now);
        break;
    }
}

static bool is_step(uint8_t byte)
{
    return byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    proto_memory_or_abort();
    struct world *w = open_world();
    for (size_t at = 0; at < n;) {
        size_t length = 0;
        while (at + length < n && !is_step(bytes[at + length]))
            length++;
        if (length > 0)
            feed(w, (const char *)bytes + at, length);
        else
            step(w, (char)bytes[at]);
        at += length > 0 ? length : 1;
        turn(w);
        replica_turn_end(&w->replica);
    }
    pull_all(w);
    close_world(w);
    return 0;
}
