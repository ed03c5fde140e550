/* SPDX-License-Identifier: EUPL-1.2 */
#include "conf/embedded_place.h"

#include <inttypes.h>
#include <stdio.h>

void embedded_socket_folder(const char *data_dir, char ret[static EMBEDDED_SOCKET_ROOM])
{
    static const char longest[] = "/.s.PGSQL.5432.lock";
    size_t n = strlen(data_dir) + strlen("/socket") + sizeof longest;
    if (n <= EMBEDDED_SOCKET_ROOM) {
        snprintf(ret, EMBEDDED_SOCKET_ROOM, "%s/socket", data_dir);
        return;
    }
    uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
    for (const char *p = data_dir; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
    snprintf(ret, EMBEDDED_SOCKET_ROOM, "/tmp/ugo-%016" PRIx64, hash);
}

static void add_quoted(struct buf *out, const char *key, const char *value)
{
    if (out->n > 0)
        buf_char(out, ' ');
    buf_text(out, key);
    buf_text(out, "='");
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            buf_char(out, '\\');
        buf_char(out, *p);
    }
    buf_char(out, '\'');
}

void embedded_conninfo(const char *data_dir, const char *role, const char *peer, struct buf *out)
{
    char folder[EMBEDDED_SOCKET_ROOM];
    embedded_socket_folder(data_dir, folder);
    add_quoted(out, "host", folder);
    add_quoted(out, "port", "5432"); /* whatever PGPORT says */
    add_quoted(out, "dbname", EMBEDDED_DATABASE);
    add_quoted(out, "user", role);
    if (peer != NULL)
        add_quoted(out, "requirepeer", peer);
}
