/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the embedded PostgreSQL is found, for the daemon that runs it and the tools that administer
 * it: a rule over names, so nobody has to ask anybody. */
#ifndef CONF_EMBEDDED_PLACE_H
#define CONF_EMBEDDED_PLACE_H

#include "base/buf.h"
#include "base/result.h"

#define EMBEDDED_DATABASE "ugo"
#define EMBEDDED_ADMIN "ugo_admin" /* superuser: migrations, ugoctl */
#define EMBEDDED_WORKER "ugod"     /* login role of the workers, made by the migrations */
#define EMBEDDED_SOCKET_ROOM 108   /* sockaddr_un.sun_path */

/* The folder of the Unix socket: data_dir/socket, or, where the socket's name would be too long for
 * the system, /tmp/ugo-<hash of data_dir>. data_dir: absolute. */
void embedded_socket_folder(const char *data_dir, char ret[static EMBEDDED_SOCKET_ROOM]);

/* Appends a libpq connection string. peer: the system user the server must run as (libpq's
 * requirepeer: the short folder's name can be guessed by anyone); NULL: not checked. */
void embedded_conninfo(const char *data_dir, const char *role, const char *peer, struct buf *out);

#endif
