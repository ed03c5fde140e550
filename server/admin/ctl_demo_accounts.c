/* SPDX-License-Identifier: EUPL-1.2 */
/* `demo accounts`: who can sign in at the console of a demonstration, one of each role, with the
 * code of the second factor as it is now. A real register keeps no such list. */
#include <limits.h>
#include <time.h>

#include "admin/ctl.h"
#include "admin/files.h"
#include "api/secret.h"
#include "api/totp.h"
#include "core/codes.h"

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value != NULL ? value : "";
}

/* "" when it has none. 0; -EBADMSG: not such a secret. */
static int code_now(const json_t *account, usec_t now, char ret_code[static TOTP_DIGITS + 1])
{
    unsigned char secret[TOTP_SECRET];
    size_t n;
    const char *base32 = text(account, "totp");

    ret_code[0] = '\0';
    if (base32[0] == '\0')
        return 0;
    if (base32_read(span_of(base32), secret, sizeof secret, &n) != 0)
        return -EBADMSG;
    return totp_code((span){(const char *)secret, n}, totp_step(now), ret_code);
}

static int show(struct ctl *ctl, const json_t *account, usec_t now)
{
    char code[TOTP_DIGITS + 1];
    int r = code_now(account, now, code);

    if (r != 0)
        return r;
    printf("  %-14s %-22s %s", text(account, "role"), text(account, "account"),
           text(account, "password"));
    if (code[0] != '\0')
        printf("  %s %s", words_get(ctl->language, "demo_code"), code);
    putchar('\n');
    return 0;
}

/* One of each role: the first. */
static int show_all(struct ctl *ctl, const json_t *accounts, usec_t now)
{
    const json_t *account;
    size_t i;
    unsigned seen = 0;
    int r = 0;

    json_array_foreach (accounts, i, account) {
        int role = code_find(role_codes, ROLE_COUNT, text(account, "role"));
        bool person = role >= 0 && role != ROLE_SERVICE && text(account, "password")[0] != '\0';
        bool comes_in = person && !(seen & 1u << role);
        if (comes_in && r == 0) {
            seen |= 1u << role;
            r = show(ctl, account, now);
        }
    }
    return r;
}

int ctl_demo_accounts(struct ctl *ctl)
{
    char path[PATH_MAX];
    struct timespec t;
    json_error_t error;
    int r = files_join(ctl_option(ctl, "--dir", 0), "accounts.json", path, sizeof path);
    json_t *accounts = r == 0 ? json_load_file(path, JSON_REJECT_DUPLICATES, &error) : NULL;

    clock_gettime(CLOCK_REALTIME, &t);
    usec_t now = (usec_t)t.tv_sec * USEC_S;
    r = accounts != NULL ? show_all(ctl, accounts, now) : -EBADMSG;
    json_decref(accounts);
    if (r != 0) {
        ctl_complain(ctl, "demo_no_accounts", path, NULL);
        return CTL_REFUSED;
    }
    ctl_say(ctl, "demo_code_lasts", ctl_number(30 - t.tv_sec % 30), NULL);
    return CTL_DONE;
}
