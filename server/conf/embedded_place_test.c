/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf/embedded_place.h"

static void folders(void **unused)
{
    (void)unused;
    char folder[EMBEDDED_SOCKET_ROOM], other[EMBEDDED_SOCKET_ROOM], path[200];
    embedded_socket_folder("/var/lib/ugo", folder);
    assert_string_equal(folder, "/var/lib/ugo/socket");
    for (size_t n = 60; n < sizeof path - 1; n++) {
        memset(path, 'a', n);
        path[0] = '/';
        path[n] = '\0';
        embedded_socket_folder(path, folder);
        assert_true(strlen(folder) + strlen("/.s.PGSQL.5432.lock") < EMBEDDED_SOCKET_ROOM);
        assert_int_equal(strncmp(folder, "/tmp/ugo-", 9) == 0, n > 81);
    }
    path[5] = 'b';
    embedded_socket_folder(path, other);
    assert_string_not_equal(folder, other);
}

static void conninfo(void **unused)
{
    (void)unused;
    struct buf b = {0};
    embedded_conninfo("/srv/l'abri\\1", EMBEDDED_WORKER, NULL, &b);
    buf_char(&b, '\0');
    assert_string_equal(b.p,
                        "host='/srv/l\\'abri\\\\1/socket' port='5432' dbname='ugo' user='ugod'");
    buf_reset(&b);
    embedded_conninfo("/d", EMBEDDED_ADMIN, "ugod", &b);
    buf_char(&b, '\0');
    assert_string_equal(b.p, "host='/d/socket' port='5432' dbname='ugo' user='ugo_admin' "
                             "requirepeer='ugod'");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders),
        cmocka_unit_test(conninfo),
    };
    return cmocka_run_group_tests_name("embedded_place", tests, NULL, NULL);
}
