/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/demo_logins.h"

#include <limits.h>

#include "admin/files.h"

static int read_register(struct ctl *ctl, struct demo_logins *d)
{
    PGresult *r CLEANUP(ctl_clear) =
        ctl_query(ctl, "SELECT account, scrypt, totp FROM ugo.password", 0, NULL);

    if (r == NULL)
        return -EPROTO;
    d->scrypt = json_object();
    d->totp = json_object();
    for (int i = 0; i < PQntuples(r); i++) {
        const char *account = PQgetvalue(r, i, 0);

        if ((!PQgetisnull(r, i, 1) &&
             json_object_set_new(d->scrypt, account, json_string(PQgetvalue(r, i, 1))) != 0) ||
            (!PQgetisnull(r, i, 2) &&
             json_object_set_new(d->totp, account, json_string(PQgetvalue(r, i, 2))) != 0))
            return -ENOMEM;
    }
    return 0;
}

/* The password of the file, when some account has it. */
static bool known(struct demo_logins *d, span password)
{
    const char *account, *before = "";
    json_t *text;

    if (password_trouble(password) != NULL)
        return false;
    json_object_foreach (d->scrypt, account, text) {
        const char *kept = json_string_value(text);

        if (strcmp(kept, before) == 0 || !password_is(password, kept)) {
            before = kept;
            continue;
        }
        snprintf(d->password, sizeof d->password, "%.*s", (int)password.n, password.p);
        snprintf(d->kept, sizeof d->kept, "%s", kept);
        return true;
    }
    return false;
}

int demo_logins_open(struct ctl *ctl, const char *folder, struct demo_logins *ret)
{
    struct buf text CLEANUP(buf_free) = {0};
    char path[PATH_MAX];
    int r = read_register(ctl, ret);

    if (r == 0)
        r = files_join(folder, "password", path, sizeof path);
    if (r != 0)
        return r;
    if (files_read(path, PASSWORD_MOST + 1, &text) == 0 && text.n > 0 &&
        known(ret, (span){text.p, text.n - (text.p[text.n - 1] == '\n')}))
        return 0;
    ret->fresh = true;
    r = password_make(ret->password);
    if (r == 0)
        r = password_keep(span_of(ret->password), ret->kept);
    buf_reset(&text);
    buf_text(&text, ret->password);
    buf_char(&text, '\n');
    if (r == 0)
        r = buf_check(&text);
    return r != 0 ? r : files_write(path, buf_span(&text), FILES_SECRET);
}

void demo_logins_free(struct demo_logins *d)
{
    json_decref(d->scrypt);
    json_decref(d->totp);
}

static int add(json_t *commands, json_t *command)
{
    return json_array_append_new(commands, command) == 0 ? 0 : -ENOMEM;
}

/* An account to which somebody gave a password of its own keeps it: nobody can list that one. */
static int provide_password(const struct demo_logins *d, const char *account, json_t *commands,
                            json_t *entry)
{
    const char *has = json_string_value(json_object_get(d->scrypt, account));
    int r = 0;

    if (has != NULL && strcmp(has, d->kept) != 0 && !d->fresh)
        return 0;
    if (has == NULL || strcmp(has, d->kept) != 0)
        r = add(commands,
                ctl_command("password.put", "{s:s, s:s}", "account", account, "scrypt", d->kept));
    if (r == 0)
        r = json_object_set_new(entry, "password", json_string(d->password)) == 0 ? 0 : -ENOMEM;
    return r;
}

static int provide_totp(const struct demo_logins *d, const char *account, json_t *commands,
                        json_t *entry)
{
    const char *has = json_string_value(json_object_get(d->totp, account));
    char made[TOTP_SECRET_TEXT];
    int r = has == NULL ? totp_make(made) : 0;

    if (r == 0 && has == NULL)
        r = add(commands,
                ctl_command("totp.put", "{s:s, s:s}", "account", account, "secret", made));
    if (r == 0)
        r = json_object_set_new(entry, "totp", json_string(has != NULL ? has : made)) == 0
                ? 0
                : -ENOMEM;
    return r;
}

int demo_logins_provide(const struct demo_logins *d, const char *account, const char *role,
                        json_t *commands, json_t *entry)
{
    bool second = strcmp(role, "establishment") != 0 && strcmp(role, "service") != 0;
    int r = provide_password(d, account, commands, entry);

    return r == 0 && second ? provide_totp(d, account, commands, entry) : r;
}
