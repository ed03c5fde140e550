/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/draw.h"

#include <assert.h>
#include <stdlib.h>

#include "api/answer.h"
#include "base/statement.h"

static void wipe(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void drawing_destroy(struct drawing *g)
{
    if (g == NULL)
        return;
    json_decref(g->params);
    wipe(g->secret);
    wipe(g->password);
    wipe(g->old);
    explicit_bzero(g, sizeof *g);
    free(g);
}

/* Drawing */

static void draw_mark(struct desk *d, char ret_mark[static DRAW_MARK + 1])
{
    unsigned char bytes[DRAW_MARK / 2];
    d->random(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_mark + 2 * i, 3, "%02x", bytes[i]);
}

/* 0; -ENOMEM; 1: refused, nobody here can draw. */
static int begin(struct desk *d, struct call *c)
{
    if (d->random == NULL) {
        call_refuse(c, ERROR_UNAVAILABLE, "no_secrets");
        return 1;
    }
    c->drawing = calloc(1, sizeof *c->drawing);
    return c->drawing == NULL ? -ENOMEM : 0;
}

/* The command, with what was drawn. */
static int send(struct desk *d, usec_t now, struct call *c)
{
    struct drawing *g = c->drawing;
    g->stage = DRAWING_SENT;
    if (g->params == NULL)
        return -ENOMEM;
    if (g->mark[0] != '\0' && json_object_set_new(g->params, "mark", json_string(g->mark)) < 0)
        return -ENOMEM;
    return desk_submit(d, now, c);
}

/* So many random bytes as base64url; the caller's to wipe. NULL: no memory. */
static char *draw_text(struct desk *d, size_t n)
{
    unsigned char bytes[COOKIE_BYTES];
    char *text = calloc(1, BASE64URL_TEXT(sizeof bytes));
    assert(n <= sizeof bytes);
    if (text == NULL)
        return NULL;
    d->random(bytes, n);
    base64url_write(bytes, n, text);
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

/* The command for a record whose id is the digest of a secret. */
static int send_named(struct desk *d, usec_t now, struct call *c, const char *secret)
{
    char id[DIGEST_TEXT];
    digest_hex(span_of(secret), id);
    draw_mark(d, c->drawing->mark);
    c->drawing->params = json_pack("{s:s}", "id", id);
    return send(d, now, c);
}

int run_credential_put(struct desk *d, usec_t now, struct call *c)
{
    struct shape_errors errors = {0};
    bool is_token = strcmp(shape_text(c->params, "type"), "token") == 0;
    if (is_token && shape_has(c->params, "id"))
        shape_refuse(&errors, "/id", "only_for_certificate");
    if (!is_token && !shape_has(c->params, "id"))
        shape_refuse(&errors, "/id", SHAPE_MISSING);
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    if (!is_token)
        return desk_submit(d, now, c);
    int r = begin(d, c);
    if (r != 0)
        return r < 0 ? r : 0;
    char *secret = draw_text(d, COOKIE_BYTES);
    c->drawing->secret = secret;
    return secret == NULL ? -ENOMEM : send_named(d, now, c, secret);
}

/* Its secret is only in the address, which nobody could tell without knowing how the console is
 * reached. */
int run_link_put(struct desk *d, usec_t now, struct call *c)
{
    if (d->public_url == NULL || d->public_url[0] == '\0') {
        call_refuse(c, ERROR_UNAVAILABLE, "no_public_url");
        return 0;
    }
    int r = begin(d, c);
    if (r != 0)
        return r < 0 ? r : 0;
    char *secret = draw_text(d, LINK_BYTES);
    c->drawing->secret = secret != NULL ? link_address(d->public_url, secret) : NULL;
    r = c->drawing->secret == NULL ? -ENOMEM : send_named(d, now, c, secret);
    wipe(secret);
    return r;
}

int run_totp_put(struct desk *d, usec_t now, struct call *c)
{
    int r = begin(d, c);
    if (r != 0)
        return r < 0 ? r : 0;
    unsigned char bytes[20];
    if ((c->drawing->secret = calloc(1, BASE32_TEXT(sizeof bytes))) == NULL)
        return -ENOMEM;
    d->random(bytes, sizeof bytes);
    base32_write(bytes, sizeof bytes, c->drawing->secret);
    explicit_bzero(bytes, sizeof bytes);
    draw_mark(d, c->drawing->mark);
    c->drawing->params = json_pack("{s:s}", "secret", c->drawing->secret);
    return send(d, now, c);
}

/* To be read aloud and typed: letters, and digits that look like none of them. 100 bits. */
static char *draw_password(struct desk *d)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[20];
    char *text = calloc(1, DRAWN_PASSWORD);
    if (text == NULL)
        return NULL;
    d->random(bytes, sizeof bytes);
    for (size_t i = 0, n = 0; i < sizeof bytes; i++) {
        if (i > 0 && i % 5 == 0)
            text[n++] = '-';
        text[n++] = letters[bytes[i] % (sizeof letters - 1)];
    }
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

/* Deriving */

static struct call *derivation(const struct desk *d, enum drawing_stage stage, uint64_t ticket)
{
    for (struct call *c = d->waiting; c != NULL; c = c->next)
        if (c->state == CALL_WAITS_DERIVATION && c->drawing->stage == stage &&
            (ticket == 0 || c->ticket == ticket))
            return c;
    return NULL;
}

static unsigned derivations(const struct desk *d)
{
    unsigned n = 0;
    for (const struct call *c = d->waiting; c != NULL; c = c->next)
        n += c->drawing != NULL && c->drawing->stage != DRAWING_SENT;
    return n;
}

/* A new password is derived with a salt of its own. */
static void queue(struct desk *d, usec_t now, struct call *c)
{
    struct drawing *g = c->drawing;
    g->stage = DRAWING_QUEUES;
    if (g->old == NULL) {
        g->with = SCRYPT_NEW;
        d->random(g->with.salt, sizeof g->with.salt);
    } else {
        g->with = g->known.password;
    }
    c->ticket = ++d->last_ticket;
    desk_wait(d, c, CALL_WAITS_DERIVATION, now + d->limits.command_wait + 5 * USEC_S);
}

bool draw_wakes(struct desk *d, usec_t now, struct call *c)
{
    if (c->drawing->stage != DRAWING_WAITS)
        return false;
    queue(d, now, c);
    return true;
}

bool draw_take(struct desk *d, uint64_t *ret_ticket, struct scrypt *ret_with, span *ret_password)
{
    struct call *c = derivation(d, DRAWING_QUEUES, 0);
    if (c == NULL)
        return false;
    struct drawing *g = c->drawing;
    g->stage = DRAWING_DERIVES;
    *ret_ticket = c->ticket | DRAW_TICKET;
    *ret_with = g->with;
    *ret_password = span_of(g->old != NULL ? g->old : g->password);
    return true;
}

static void refuse(struct desk *d, struct call *c, enum error_type error, const char *detail)
{
    call_refuse(c, error, detail);
    desk_wait_no_more(d, c);
}

/* The old password of an own one: right, the new one is next. */
static void judge_old(struct desk *d, usec_t now, struct call *c, const unsigned char *hash)
{
    struct drawing *g = c->drawing;
    span derived = {(const char *)hash, SCRYPT_HASH};
    span kept = {(const char *)g->known.password.hash, SCRYPT_HASH};
    wipe(g->old);
    g->old = NULL;
    if (!secret_equals(derived, kept) || !g->known.has_password || g->known.disabled)
        refuse(d, c, ERROR_FORBIDDEN, "wrong_credentials");
    else
        queue(d, now, c);
}

int draw_derived(struct desk *d, usec_t now, uint64_t ticket, const unsigned char hash[SCRYPT_HASH])
{
    struct call *c = derivation(d, DRAWING_DERIVES, ticket & ~DRAW_TICKET);
    if (c == NULL)
        return 0;
    struct drawing *g = c->drawing;
    if (hash == NULL) {
        refuse(d, c, ERROR_UNAVAILABLE, "many_logins");
        return 0;
    }
    if (g->old != NULL) {
        judge_old(d, now, c, hash);
        return 0;
    }
    char text[SCRYPT_TEXT];
    memcpy(g->with.hash, hash, sizeof g->with.hash);
    scrypt_write(&g->with, text);
    wipe(g->password);
    g->password = NULL;
    if (json_object_set_new(g->params, "scrypt", json_string(text)) < 0)
        return -ENOMEM;
    explicit_bzero(text, sizeof text);
    return send(d, now, c);
}

int run_password_put(struct desk *d, usec_t now, struct call *c)
{
    if (derivations(d) >= DERIVATIONS_HERE) {
        call_refuse(c, ERROR_UNAVAILABLE, "many_logins");
        return 0;
    }
    int r = begin(d, c);
    if (r != 0)
        return r < 0 ? r : 0;
    struct drawing *g = c->drawing;
    g->secret = draw_password(d);
    g->password = g->secret ? strdup(g->secret) : NULL;
    g->params = json_object();
    if (g->password == NULL || g->params == NULL)
        return -ENOMEM;
    draw_mark(d, g->mark);
    queue(d, now, c);
    return 0;
}

/* One's own */

static int rows_own_password(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    struct drawing *g = c->drawing;
    if (g->stage != DRAWING_LOOKS)
        return rows_answer(d, now, c, rows);
    if (login_read(rows, &g->known) != 0) {
        call_refuse(c, ERROR_INTERNAL, "login");
        return 0;
    }
    if (!g->known.has_password) /* takes as long as any other */
        g->known.password = SCRYPT_NEW;
    g->params = json_pack("{s:I}", "changed_at", (json_int_t)g->known.changed_at);
    if (g->params == NULL || (g->session[0] != '\0' &&
                              json_object_set_new(g->params, "session", json_string(g->session))))
        return -ENOMEM;
    if (now >= g->not_before) {
        queue(d, now, c);
    } else {
        g->stage = DRAWING_WAITS;
        desk_wait(d, c, CALL_WAITS_DERIVATION, g->not_before);
    }
    return 0;
}

static int answer_own_password(struct desk *d, usec_t now, struct call *c)
{
    (void)now;
    buf_text(&c->result, "{\"done\":true");
    answer_end(d, c);
    return 0;
}

/* In no table: nobody can name it. */
static const struct operation own_password_change = {
    .name = "password.change", .rows = rows_own_password, .answer = answer_own_password};

static int open_own(struct desk *d, usec_t now, struct call *c, const struct own_password *asked)
{
    struct shape_errors errors = {0};
    const char *trouble = password_trouble(span_of(asked->password));
    if (trouble != NULL)
        shape_refuse(&errors, "/new", trouble);
    else if (strcmp(asked->old, asked->password) == 0)
        shape_refuse(&errors, "/new", "same");
    if (errors.n > 0) {
        call_refuse_params(c, &errors);
        return 0;
    }
    if (d->replica->live == NULL || derivations(d) >= DERIVATIONS_HERE) {
        call_refuse(c, ERROR_UNAVAILABLE, d->replica->live == NULL ? "starting" : "many_logins");
        return 0;
    }
    int r = begin(d, c);
    if (r != 0)
        return r < 0 ? r : 0;
    struct drawing *g = c->drawing;
    g->old = strdup(asked->old);
    g->password = strdup(asked->password);
    g->not_before = asked->not_before;
    snprintf(g->session, sizeof g->session, "%s", asked->session ? asked->session : "");
    if (g->old == NULL || g->password == NULL)
        return -ENOMEM;
    return desk_ask(d, now, c, DESK_LOGIN, (const char *const[]){c->viewer->account}, 1);
}

int draw_own_password(struct desk *d, usec_t now, struct viewer *viewer,
                      const struct own_password *asked, struct call **ret)
{
    struct call *c = calloc(1, sizeof *c);
    if (c == NULL)
        return -ENOMEM;
    c->operation = &own_password_change;
    c->deadline = USEC_NEVER;
    c->viewer = viewer;
    c->params = json_object(); /* neither password is among what a command is made of */
    snprintf(c->channel, sizeof c->channel, "%s", asked->session ? "console" : "api");
    int r = c->params == NULL ? -ENOMEM : open_own(d, now, c, asked);
    if (r < 0)
        desk_close(d, c);
    else
        *ret = c;
    return r;
}

/* Showing */

/* The secret of a phone's application, as it reads it from a picture. */
static void show_address(const struct call *c, const char *secret, struct buf *out)
{
    struct buf address = {0};
    buf_printf(&address, "otpauth://totp/ugo:%s?secret=%s&issuer=ugo&digits=%d&period=%d",
               shape_text(c->params, "account"), secret, TOTP_DIGITS, (int)(TOTP_STEP / USEC_S));
    buf_char(&address, '\0');
    out->failed |= address.failed;
    buf_text(out, ",\"address\":");
    buf_json_text(out, address.failed ? "" : address.p);
    if (address.p != NULL)
        explicit_bzero(address.p, address.n);
    buf_free(&address);
}

void draw_show(const struct call *c, struct buf *out)
{
    static const struct {
        const char *operation, *member;
    } shown[] = {
        {"credential.put", "token"},
        {"password.put", "password"},
        {"totp.put", "secret"},
        {"link.put", "address"},
    };
    const struct drawing *g = c->drawing;
    if (g == NULL)
        return;
    const char *mark = json_string_value(json_object_get(c->made, "mark"));
    bool own = mark != NULL && strcmp(mark, g->mark) == 0;
    const char *op = c->operation->name;
    for (size_t i = 0; i < ARRAY_LENGTH(shown); i++)
        if (strcmp(shown[i].operation, op) == 0)
            buf_printf(out, ",\"%s\":", shown[i].member);
    buf_json_text(out, own ? g->secret : NULL);
    if (op[0] == 't' && own)
        show_address(c, g->secret, out);
    else if (op[0] == 't')
        buf_text(out, ",\"address\":null");
    buf_text(out, own ? ",\"repeated\":false" : ",\"repeated\":true");
}
