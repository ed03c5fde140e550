/* SPDX-License-Identifier: EUPL-1.2 */
#include <limits.h>
#include <time.h>

#include "admin/cert.h"
#include "admin/ctl.h"
#include "admin/files.h"
#include "admin/import.h"

#define CLIENT_DAYS 730
#define SERVER_DAYS 397

/* Says why there is no certificate. */
static int complain(const struct ctl *ctl, int r)
{
    if (r < 0)
        ctl_complain(ctl, "file_unwritable", ctl_option(ctl, "--dir", 0), strerror(-r), NULL);
    else if (r == CERT_UNREADABLE)
        ctl_complain(ctl, "cert_authority_damaged", ctl_option(ctl, "--dir", 0), NULL);
    else if (r == CERT_NAME_INVALID)
        ctl_complain(ctl, "cert_name_invalid", NULL);
    else
        ctl_complain(ctl, "cert_failed", cert_error(), NULL);
    return CTL_REFUSED;
}

static int days_of(const struct ctl *ctl, int fallback, int *ret_days)
{
    const char *text = ctl_option(ctl, "--days", 0);

    *ret_days = fallback;
    if (text == NULL ||
        (import_number(span_of(text), ret_days) == 0 && *ret_days >= 1 && *ret_days <= 3650))
        return 0;
    ctl_complain(ctl, "option_value_invalid", "--days", text, NULL);
    return CTL_USAGE;
}

/* Opens the authority of --dir and issues; says what was written. */
static int issue(struct ctl *ctl, const struct cert_request *request, struct cert_issued *issued)
{
    struct cert_authority *ca = NULL;
    char path[PATH_MAX], day[INSTANT_TEXT];
    bool created = false;
    int r = cert_authority_open(request->folder, &ca, &created);

    if (r == 0)
        r = cert_issue(ca, request, issued);
    cert_authority_close(ca);
    if (r != 0)
        return complain(ctl, r);
    if (created) {
        snprintf(path, sizeof path, "%s/ca.pem", request->folder);
        ctl_say(ctl, "ca_created", path, NULL);
    }
    snprintf(path, sizeof path, "%s/%s.pem", request->folder, request->name);
    ctl_say(ctl, "cert_written", path, NULL);
    snprintf(path, sizeof path, "%s/%s.key", request->folder, request->name);
    ctl_say(ctl, "key_written", path, NULL);
    ctl_say(ctl, "cert_fingerprint", issued->fingerprint, NULL);
    instant_format(issued->expires_at, day);
    day[10] = '\0';
    ctl_say(ctl, "cert_expires", day, NULL);
    return CTL_DONE;
}

int ctl_cert_issue(struct ctl *ctl)
{
    const char *account = ctl->argument[0];
    struct cert_request request = {.name = account, .folder = ctl_option(ctl, "--dir", 0)};
    struct cert_issued issued;
    PGresult *known CLEANUP(ctl_clear) = NULL;
    int r = days_of(ctl, CLIENT_DAYS, &request.days);

    if (r != 0)
        return r;
    known = ctl_query(ctl, "SELECT FROM ugo.account WHERE id = $1", 1, &account);
    if (known == NULL)
        return CTL_REFUSED;
    if (PQntuples(known) == 0) {
        ctl_complain(ctl, "account_unknown", account, NULL);
        return CTL_REFUSED;
    }
    r = issue(ctl, &request, &issued);
    if (r != CTL_DONE)
        return r;
    return ctl_apply(
        ctl, json_pack("[o]", ctl_command("credential.put", "{s:s, s:s, s:s, s:I, s:s}", "id",
                                          issued.fingerprint, "account", account, "type",
                                          "certificate", "expires_at",
                                          (json_int_t)issued.expires_at, "label", "ugoctl")));
}

int ctl_cert_server(struct ctl *ctl)
{
    const char *hosts[CTL_ARGUMENTS_MAX];
    struct cert_request request = {
        .name = "server", .hosts = hosts, .folder = ctl_option(ctl, "--dir", 0)};
    struct cert_issued issued;
    int r = days_of(ctl, SERVER_DAYS, &request.days);

    while (request.n_hosts < CTL_ARGUMENTS_MAX &&
           (hosts[request.n_hosts] = ctl_option(ctl, "--name", request.n_hosts)) != NULL)
        request.n_hosts++;
    return r != 0 ? r : issue(ctl, &request, &issued);
}

/* 64 hexadecimal digits, colons between them allowed, as lower case. */
static bool read_fingerprint(const char *text, char ret[static CERT_FINGERPRINT])
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        char c = *text >= 'A' && *text <= 'F' ? (char)(*text + 32) : *text;

        if (c == ':')
            continue;
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) || n == CERT_FINGERPRINT - 1)
            return false;
        ret[n++] = c;
    }
    ret[n] = '\0';
    return n == CERT_FINGERPRINT - 1;
}

int ctl_cert_revoke(struct ctl *ctl)
{
    const char *what = ctl->argument[0];
    char fingerprint[CERT_FINGERPRINT] = "";
    struct cert_issued issued;
    const char *params[2] = {what, fingerprint};
    PGresult *found CLEANUP(ctl_clear) = NULL;
    json_t *commands;
    int r;

    if (!read_fingerprint(what, fingerprint)) {
        fingerprint[0] = '\0';
        if (cert_read(what, &issued) == 0)
            params[1] = issued.fingerprint;
    }
    found = ctl_query(ctl,
                      "SELECT id FROM ugo.credential WHERE type = 'certificate' AND NOT revoked"
                      " AND CASE WHEN $2 <> '' THEN id = $2 ELSE account = $1 END",
                      2, params);
    if (found == NULL)
        return CTL_REFUSED;
    if (PQntuples(found) == 0) {
        ctl_complain(ctl, "cert_not_found", what, NULL);
        return CTL_REFUSED;
    }
    commands = json_array();
    for (int i = 0; i < PQntuples(found); i++)
        if (json_array_append_new(commands, ctl_command("credential.revoke", "{s:s}", "id",
                                                        PQgetvalue(found, i, 0))) != 0) {
            json_decref(commands);
            commands = NULL;
            break;
        }
    r = ctl_apply(ctl, commands);
    if (r == CTL_DONE)
        ctl_say(ctl, "cert_revoked", ctl_number(PQntuples(found)), NULL);
    return r;
}
