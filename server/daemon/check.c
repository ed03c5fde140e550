/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/check.h"

#include <stdio.h>
#include <time.h>

#include "daemon/data_dir.h"
#include "daemon/settings.h"

usec_t check_wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (usec_t)now.tv_sec * USEC_S + now.tv_nsec / 1000;
}

static int refuse(struct buf *why, const char *text)
{
    buf_text(why, text);
    return 1;
}

int check_user(const struct command_line *line, const struct conf *c, struct run_as *ret,
               struct buf *why)
{
    bool fr = line->language == CONF_FR;
    switch (run_as_find(c->user, ret)) {
    case 0:
        return 0;
    case RUN_AS_UNKNOWN:
        buf_printf(why,
                   fr ? "user %s : cet utilisateur système n'existe pas ; créez-le "
                        "(useradd --system %s)"
                      : "user %s: there is no such system user; create it (useradd --system %s)",
                   c->user, c->user);
        return 1;
    default:
        return refuse(why, fr ? "le numéro d'utilisateur courant n'a pas de nom (/etc/passwd), que "
                                "PostgreSQL demande"
                              : "the current user id has no name (/etc/passwd), which PostgreSQL "
                                "wants");
    }
}

int check_postgres(const struct command_line *line, const struct conf *c, const struct run_as *as,
                   struct postgres *ret, struct buf *why)
{
    bool fr = line->language == CONF_FR;
    if (as->uid == 0)
        return refuse(why, fr ? "user : PostgreSQL refuse root ; nommez un autre utilisateur"
                              : "user: PostgreSQL refuses root; name another user");
    return postgres_find(c, as, line->language, ret, why);
}

int check_command(const struct command_line *line)
{
    struct settings *s = NULL;
    struct settings_faults faults = {0};
    struct run_as as;
    struct postgres postgres;
    int r = settings_load(line->config, line->language, check_wall_clock(), &s, &faults);
    if (r == 0) {
        r = check_user(line, &s->conf, &as, &faults.refusals);
        if (r == 0 && s->conf.database[0] == '\0') {
            r = check_postgres(line, &s->conf, &as, &postgres, &faults.refusals);
            if (r == 0)
                r = data_dir_check(s->conf.data_dir, &as, line->language, &faults.refusals);
        }
        if (r != 0)
            buf_char(&faults.refusals, '\n');
    }
    if (r < 0)
        fprintf(stderr, "ugod: %s\n", strerror(-r));
    fprintf(stderr, "%.*s%.*s", (int)faults.refusals.n, faults.refusals.n ? faults.refusals.p : "",
            (int)faults.warnings.n, faults.warnings.n ? faults.warnings.p : "");
    if (r == 0)
        printf(line->language == CONF_FR ? "%s : configuration valide\n"
                                         : "%s: the configuration is valid\n",
               line->config);
    settings_free(s);
    settings_faults_free(&faults);
    return r == 0 ? 0 : 1;
}
