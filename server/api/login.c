/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/login.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A cell that is a number; `otherwise` for SQL NULL. */
static int64_t cell_number(const struct rows *rows, int col, int64_t otherwise)
{
    const char *text = rows_cell(rows, 0, col);
    return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

int login_read(const struct rows *rows, struct login *ret)
{
    struct login login = {0};
    if (rows->n_rows > 1 || (rows->n_rows == 1 && rows->n_cols != 6))
        return -EBADMSG;
    if (rows->n_rows == 0) {
        *ret = login;
        return 0;
    }
    const char *scrypt = rows_cell(rows, 0, 0), *secret = rows_cell(rows, 0, 1);
    const char *role = rows_cell(rows, 0, 3), *disabled = rows_cell(rows, 0, 4);
    int role_number = role != NULL ? code_find(role_codes, ROLE_COUNT, role) : -1;
    if (role_number < 0 || disabled == NULL ||
        (scrypt != NULL && scrypt_read(span_of(scrypt), &login.password) != 0) ||
        (secret != NULL &&
         base32_read(span_of(secret), login.secret, sizeof login.secret, &login.n_secret) != 0))
        return -EBADMSG;
    login.known = true;
    login.has_password = scrypt != NULL;
    login.role = (enum role)role_number;
    login.disabled = strcmp(disabled, "f") != 0;
    login.last_step = cell_number(rows, 2, TOTP_NEVER);
    login.changed_at = cell_number(rows, 5, 0);
    *ret = login;
    return 0;
}

static void command(struct buf *out, const char *op, const char *key, const char *id)
{
    buf_printf(out,
               "{\"account\":\"daemon\",\"op\":\"session.%s\",\"key\":\"%s\",\"digest\":\"\","
               "\"channel\":\"console\",\"params\":{\"id\":\"%s\"",
               op, key, id);
}

/* Keys have 64 characters at most. */
void session_open_command(struct buf *out, const char *id, const char *account, usec_t expires_at,
                          usec_t changed_at, int64_t step)
{
    command(out, "open", id, id);
    buf_text(out, ",\"account\":");
    buf_json_text(out, account);
    buf_printf(out, ",\"expires_at\":%" PRId64 ",\"changed_at\":%" PRId64, expires_at, changed_at);
    if (step != TOTP_NEVER)
        buf_printf(out, ",\"totp_step\":%" PRId64, step);
    buf_text(out, "}}");
}

void session_touch_command(struct buf *out, const char *id, uint64_t nonce)
{
    char key[65];
    snprintf(key, sizeof key, "touch-%016" PRIx64 "-%.40s", nonce, id);
    command(out, "touch", key, id);
    buf_text(out, "}}");
}

void session_close_command(struct buf *out, const char *id)
{
    char key[65];
    snprintf(key, sizeof key, "close-%.58s", id);
    command(out, "close", key, id);
    buf_text(out, "}}");
}
