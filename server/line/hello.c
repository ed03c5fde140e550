/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is there: certificate and token against the allow-list, now and as long as it is connected.
 */
#include "api/operation.h"
#include "line/session.h"

/* NULL: this credential lets its account in; else why not. */
static const char *trouble_of(const struct session *s, usec_t now, const char *id,
                              enum credential_type type, const struct credential **ret)
{
    const struct replica *r = s->service->desk->replica;
    const struct credential *c = replica_credential(r, span_of(id));
    const char *trouble = credential_trouble(c, type, replica_now(r, now));
    if (trouble == NULL)
        *ret = c;
    return trouble;
}

static void refuse(struct session *s, const char *id, const char *detail)
{
    s->service->counts.refused_hello++;
    write_refusal(s, id, ERROR_UNAUTHENTICATED, detail);
    bool known = strcmp(detail, "revoked") == 0 || strcmp(detail, "disabled") == 0;
    session_bye(s, known ? detail : "unauthenticated", false);
}

/* Finds the account of whatever credentials were given. NULL with *ret_account, or why not. */
static const char *authenticate(struct session *s, usec_t now, const char *token,
                                const char **ret_account)
{
    const struct credential *certificate = NULL;
    const struct credential *by_token = NULL;
    char digest[DIGEST_TEXT];
    const char *trouble = NULL;
    if (s->fingerprint != NULL)
        trouble = trouble_of(s, now, s->fingerprint, CREDENTIAL_CERTIFICATE, &certificate);
    if (trouble == NULL && token != NULL) {
        digest_hex(span_of(token), digest);
        trouble = trouble_of(s, now, digest, CREDENTIAL_TOKEN, &by_token);
    }
    if (trouble != NULL)
        return trouble;
    if (certificate == NULL && by_token == NULL)
        return "no_credential";
    if (certificate != NULL && by_token != NULL &&
        strcmp(certificate->account, by_token->account) != 0)
        return "other_account";
    const struct credential *given[] = {certificate, by_token};
    for (size_t i = 0; i < 2; i++)
        if (given[i] != NULL && (s->credentials[i] = strdup(given[i]->id)) == NULL)
            s->out.failed = true;
    *ret_account = certificate != NULL ? certificate->account : by_token->account;
    return NULL;
}

static void answer(struct session *s, const char *id)
{
    struct buf result = {0};
    buf_printf(&result, "{\"protocol\":%d,\"account\":", PROTOCOL_MAX);
    buf_json_text(&result, s->viewer.account);
    buf_printf(&result, ",\"role\":\"%s\",\"scope\":",
               role_codes[s->viewer.service ? ROLE_SERVICE : s->viewer.role]);
    buf_add(&result, buf_span(&s->viewer.scope));
    desk_position(s->service->desk, &result);
    buf_char(&result, '}');
    s->out.failed |= result.failed;
    write_result(s, id, buf_span(&result));
    buf_free(&result);
}

/* Whether the two ranges of versions meet. */
static bool speaks(const json_t *params)
{
    const json_t *range = shape_member(params, "protocol");
    return json_integer_value(json_array_get(range, 0)) <= PROTOCOL_MAX &&
           json_integer_value(json_array_get(range, 1)) >= PROTOCOL_MIN;
}

int session_hello(struct session *s, usec_t now, const char *id, const json_t *params)
{
    struct shape_errors errors = {0};
    bool well_formed = shape_check(hello_params, params, &errors) == 0;
    bool common = well_formed && speaks(params);
    if (well_formed && !common)
        shape_refuse(&errors, "/protocol", "no_common_version");
    if (errors.n > 0) {
        struct call refused = {0};
        call_refuse_params(&refused, &errors);
        write_call(s, id, &refused);
        s->out.failed |= refused.data.failed;
        buf_free(&refused.data);
        session_bye(s, well_formed ? "version" : "protocol", false);
        return 0;
    }
    const char *account = NULL;
    const char *trouble = authenticate(s, now, shape_text(params, "token"), &account);
    if (trouble != NULL) {
        refuse(s, id, trouble);
        return 0;
    }
    int r = viewer_resolve(s->service->desk->replica, account, &s->viewer);
    if (r > 0)
        refuse(s, id, r == VIEWER_DISABLED ? "disabled" : "bad_credential");
    if (r != 0)
        return r < 0 ? r : 0;
    const char *client = shape_text(params, "client");
    snprintf(s->channel, sizeof s->channel, "%s", strncmp(client, "ugo/", 4) == 0 ? "cli" : "api");
    s->stage = SESSION_GREETED;
    s->service->counts.greeted++;
    line_splitter_limit(&s->lines, s->service->limits.max_line);
    answer(s, id);
    return 0;
}

const char *session_credentials_trouble(const struct session *s, usec_t now)
{
    static const enum credential_type types[] = {CREDENTIAL_CERTIFICATE, CREDENTIAL_TOKEN};
    const struct credential *ignored;
    for (size_t i = 0; i < 2; i++)
        if (s->credentials[i] != NULL &&
            trouble_of(s, now, s->credentials[i], types[i], &ignored) != NULL)
            return "revoked";
    return NULL;
}

usec_t session_credentials_end(const struct session *s)
{
    const struct replica *r = s->service->desk->replica;
    usec_t end = USEC_NEVER;
    for (size_t i = 0; i < 2; i++) {
        const struct credential *c =
            s->credentials[i] ? replica_credential(r, span_of(s->credentials[i])) : NULL;
        if (c != NULL && c->expires_at != USEC_NEVER && c->expires_at < end)
            end = c->expires_at;
    }
    return end == USEC_NEVER ? end : end - r->ledger_at + r->ledger_received;
}
