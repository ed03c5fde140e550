/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/settings.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/codes.h"
#include "daemon/whole_file.h"
#include "log/log.h"

#define FILE_MOST (1 << 20) /* no such file is this large */
#define DAYS_WARNED 14

void settings_free(struct settings *s)
{
    if (s == NULL)
        return;
    conf_free(&s->conf);
    tls_identity_free(&s->identity);
    buf_free(&s->text);
    free(s->folder);
    free(s);
}

void settings_faults_free(struct settings_faults *f)
{
    buf_free(&f->refusals);
    buf_free(&f->warnings);
}

/* ── reading ── */

struct loading {
    const char *path;
    enum conf_language language;
    usec_t now;
    struct settings *settings;
    struct settings_faults *faults;
};

/* A sentence in one language or the other. */
#define EITHER(l, en, fr) ((l)->language == CONF_FR ? (fr) : (en))

static int folder_of(const char *path, char **ret)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL)
        return -errno;
    *ret = strdup(dirname(resolved));
    return *ret == NULL ? -ENOMEM : 0;
}

unsigned settings_second_factor(const struct settings *s)
{
    const struct conf_list *list = &s->conf.second_factor;
    unsigned roles = 0;
    for (size_t i = 0; i < list->n; i++)
        roles |= 1u << code_find(role_codes, ROLE_COUNT, list->item[i]);
    return roles;
}

/* 0 or SETTINGS_REFUSED. */
static int check_roles(struct loading *l)
{
    const struct conf_list *list = &l->settings->conf.second_factor;
    for (size_t i = 0; i < list->n; i++) {
        if (code_find(role_codes, ROLE_COUNT, list->item[i]) >= 0)
            continue;
        buf_printf(&l->faults->refusals,
                   EITHER(l, "%s: second_factor: %s is no role; there are:",
                          "%s : second_factor : %s n'est pas un rôle ; il y a :"),
                   l->path, list->item[i]);
        for (int role = 0; role < ROLE_COUNT; role++)
            buf_printf(&l->faults->refusals, " %s", role_codes[role]);
        buf_char(&l->faults->refusals, '\n');
        return SETTINGS_REFUSED;
    }
    return 0;
}

/* 0 or SETTINGS_REFUSED. */
static int read_configuration(struct loading *l)
{
    struct settings *s = l->settings;
    struct conf_errors errors;
    int r = folder_of(l->path, &s->folder);
    r = r < 0 ? r : whole_file_read(l->path, FILE_MOST, &s->text);
    if (r < 0) {
        buf_printf(&l->faults->refusals, "%s: %s\n", l->path, strerror(-r));
        return SETTINGS_REFUSED;
    }
    r = conf_parse(buf_span(&s->text), s->folder, &s->conf, &errors);
    if (r < 0)
        return r;
    for (size_t i = 0; i < errors.n && i < CONF_ERRORS_MAX; i++) {
        buf_printf(&l->faults->refusals, "%s: ", l->path);
        conf_error_text(&errors.error[i], l->language, &l->faults->refusals);
        buf_char(&l->faults->refusals, '\n');
    }
    return r == CONF_INVALID ? SETTINGS_REFUSED : check_roles(l);
}

/* One PEM file that an option names. */
static int read_material(struct loading *l, const char *option, const char *path, struct buf *out)
{
    if (*path == '\0')
        return 0;
    int r = whole_file_read(path, FILE_MOST, out);
    if (r == 0)
        return 0;
    buf_printf(&l->faults->refusals, "%s: %s: %s: %s\n", l->path, option, path, strerror(-r));
    return SETTINGS_REFUSED;
}

static void warn_about_key(struct loading *l)
{
    struct stat st;
    const char *path = l->settings->conf.server_key;
    if (stat(path, &st) < 0 || (st.st_mode & S_IROTH) == 0)
        return;
    buf_printf(&l->faults->warnings,
               EITHER(l, "%s: server_key: everybody can read %s; chmod o-r it\n",
                      "%s : server_key : tout le monde peut lire %s ; faites chmod o-r\n"),
               l->path, path);
}

static void warn_about_end(struct loading *l, const struct tls *tls)
{
    int64_t days = tls_days_left(tls, l->now);
    const char *path = l->settings->conf.server_cert;
    if (days < 0)
        buf_printf(&l->faults->warnings,
                   EITHER(l, "%s: server_cert: %s has expired; clients refuse it. Renew it\n",
                          "%s : server_cert : %s a expiré ; les clients le refusent. "
                          "Renouvelez-le\n"),
                   l->path, path);
    else if (days < DAYS_WARNED)
        buf_printf(&l->faults->warnings,
                   EITHER(l, "%s: server_cert: %s expires in %d days; renew it\n",
                          "%s : server_cert : %s expire dans %d jours ; renouvelez-le\n"),
                   l->path, path, (int)days);
}

static int check_identity(struct loading *l)
{
    struct tls *tls;
    char why[256];
    int r = tls_new(&l->settings->identity, TLS_CERTIFICATES, &tls, why);
    if (r < 0)
        return r;
    if (r == TLS_REFUSED) {
        buf_printf(&l->faults->refusals, "%s: server_cert, server_key, client_ca: %s\n", l->path,
                   why);
        return SETTINGS_REFUSED;
    }
    warn_about_end(l, tls);
    warn_about_key(l);
    tls_free(tls);
    return 0;
}

static int read_identity(struct loading *l)
{
    const struct conf *c = &l->settings->conf;
    struct tls_identity *i = &l->settings->identity;
    if (c->server_cert[0] == '\0') {
        buf_printf(&l->faults->refusals,
                   EITHER(l,
                          "%s: server_cert and server_key are missing; `ugoctl cert server` makes "
                          "a pair to begin with\n",
                          "%s : server_cert et server_key manquent ; `ugoctl cert server` crée "
                          "une paire pour commencer\n"),
                   l->path);
        return SETTINGS_REFUSED;
    }
    int r = read_material(l, "server_cert", c->server_cert, &i->cert);
    int r_key = read_material(l, "server_key", c->server_key, &i->key);
    int r_ca = read_material(l, "client_ca", c->client_ca, &i->client_ca);
    if (r != 0 || r_key != 0 || r_ca != 0)
        return SETTINGS_REFUSED;
    return check_identity(l);
}

int settings_load(const char *path, enum conf_language language, usec_t now, struct settings **ret,
                  struct settings_faults *ret_faults)
{
    struct loading l = {path, language, now, calloc(1, sizeof *l.settings), ret_faults};
    if (l.settings == NULL)
        return -ENOMEM;
    int r = read_configuration(&l);
    if (r == 0)
        r = read_identity(&l);
    if (r != 0) {
        settings_free(l.settings);
        return r;
    }
    *ret = l.settings;
    return 0;
}

void settings_apply_log(const struct settings *s)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO,
                                            LOG_DEBUG};
    log_setup(levels[s->conf.log_level], (enum log_target)s->conf.log_target);
}

/* ── sharing ── */

#define PARTS 5

/* What a memory file begins with; the parts follow. */
struct shared_head {
    uint64_t n[PARTS];
};

static int write_all(int fd, span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes = (span){bytes.p + n, bytes.n - (size_t)n};
    }
    return 0;
}

int settings_share(const struct settings *s, int *ret_fd)
{
    const span parts[PARTS] = {span_of(s->folder), buf_span(&s->text), buf_span(&s->identity.cert),
                               buf_span(&s->identity.key), buf_span(&s->identity.client_ca)};
    struct shared_head head;
    int fd = memfd_create("ugod-settings", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    for (size_t i = 0; i < PARTS; i++)
        head.n[i] = parts[i].n;
    int r = write_all(fd, (span){(const char *)&head, sizeof head});
    for (size_t i = 0; i < PARTS && r == 0; i++)
        r = write_all(fd, parts[i]);
    if (r == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        r = -errno;
    if (r < 0) {
        close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

static int split(span whole, span ret_parts[static PARTS])
{
    struct shared_head head;
    if (whole.n < sizeof head)
        return -EPROTO;
    memcpy(&head, whole.p, sizeof head);
    size_t at = sizeof head;
    for (size_t i = 0; i < PARTS; i++) {
        if (head.n[i] > whole.n - at)
            return -EPROTO;
        ret_parts[i] = (span){whole.p + at, head.n[i]};
        at += head.n[i];
    }
    return 0;
}

static int settings_of_parts(const span parts[static PARTS], struct settings **ret)
{
    struct conf_errors errors;
    struct settings *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -ENOMEM;
    buf_add(&s->text, parts[1]);
    buf_add(&s->identity.cert, parts[2]);
    buf_add(&s->identity.key, parts[3]);
    buf_add(&s->identity.client_ca, parts[4]);
    s->folder = parts[0].n > 0 ? strndup(parts[0].p, parts[0].n) : NULL;
    int r = s->folder == NULL || buf_check(&s->text) < 0 || buf_check(&s->identity.cert) < 0 ||
                    buf_check(&s->identity.key) < 0 || buf_check(&s->identity.client_ca) < 0
                ? -ENOMEM
                : conf_parse(buf_span(&s->text), s->folder, &s->conf, &errors);
    if (r != 0) {
        settings_free(s);
        return r < 0 ? r : -EPROTO; /* the master has checked the same text */
    }
    *ret = s;
    return 0;
}

int settings_receive(int fd, struct settings **ret)
{
    struct stat st;
    span parts[PARTS] = {0};
    int r = fstat(fd, &st) < 0 ? -errno : st.st_size > 0 ? 0 : -EPROTO;
    void *at = MAP_FAILED;
    if (r == 0) {
        at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        r = at == MAP_FAILED ? -errno : split((span){at, (size_t)st.st_size}, parts);
    }
    if (r == 0)
        r = settings_of_parts(parts, ret);
    if (at != MAP_FAILED)
        munmap(at, (size_t)st.st_size);
    close(fd);
    return r;
}
