/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/console.h"

#include <fts.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/whole_file.h"
#include "log/log.h"

#define FILE_MOST (4 << 20) /* no file of the console is this large */

/* Takes ".gz" or ".br" from the end of a path. */
static enum coding cut_coding(char *path)
{
    static const struct {
        const char *end;
        enum coding coding;
    } ends[] = {{".gz", CODING_GZIP}, {".br", CODING_BR}};
    size_t n = strlen(path);
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        if (n > 3 && strcmp(path + n - 3, ends[i].end) == 0) {
            path[n - 3] = '\0';
            return ends[i].coding;
        }
    return CODING_IDENTITY;
}

static void add_text(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '<')
            buf_add(out, span_of("&lt;"));
        else if (*text == '&')
            buf_add(out, span_of("&amp;"));
        else
            buf_add(out, (span){text, 1});
}

/* The page with the contact in its place; any other file as it is. */
static int fill(const char *name, span body, const char *contact, struct buf *out)
{
    static const char mark[] = CONSOLE_CONTACT;
    size_t n = strlen(name), m = sizeof mark - 1;
    bool page = n > 5 && strcmp(name + n - 5, ".html") == 0 && body.n > 0;
    const char *at = page ? memmem(body.p, body.n, mark, m) : NULL;
    if (at != NULL) {
        buf_add(out, (span){body.p, (size_t)(at - body.p)});
        add_text(out, contact[0] != '\0' ? contact : "–");
        body = (span){at + m, body.n - (size_t)(at - body.p) - m};
    }
    buf_add(out, body);
    return buf_check(out);
}

static int add(const char *path, const char *name, const char *contact, struct assets *ret)
{
    struct buf body = {0}, filled = {0};
    char *served = strdup(name);
    int r = served == NULL ? -ENOMEM : whole_file_read(path, FILE_MOST, &body);
    if (r == 0)
        r = fill(name, buf_span(&body), contact, &filled);
    if (r == 0) {
        enum coding coding = cut_coding(served);
        r = assets_add(ret, served, coding, buf_span(&filled));
    }
    if (r > 0 || (r < 0 && r != -ENOMEM))
        log_line(LOG_WARNING, "console_file_refused", "path=%s why=%s", path,
                 r < 0              ? strerror(-r)
                 : r == ASSETS_TYPE ? "type"
                                    : "name");
    buf_free(&body);
    buf_free(&filled);
    free(served);
    return r == -ENOMEM ? r : 0;
}

int console_load(const char *folder, const char *contact, struct assets *ret)
{
    char *roots[] = {(char *)(uintptr_t)folder, NULL};
    size_t n = strlen(folder);
    int r = 0;
    if (n == 0 || access(folder, R_OK | X_OK) < 0) {
        log_line(LOG_NOTICE, "no_console", "console_dir=%s", folder);
        return 0;
    }
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL)
        return -errno;
    for (FTSENT *e; r == 0 && (e = fts_read(walk)) != NULL;)
        if (e->fts_info == FTS_F)
            r = add(e->fts_path, e->fts_path + n, contact, ret);
    fts_close(walk);
    log_line(LOG_INFO, "console_loaded", "files=%zu bytes=%zu", ret->by_path.count, ret->bytes);
    return r;
}
