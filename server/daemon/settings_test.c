/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/settings.h"
#include "io/tls_fixture.h"

static struct authority ca;
static char folder[] = "/tmp/ugod-settings-XXXXXX";
static const char *const names[] = {"ugod.conf", "cert.pem", "key.pem", "ca.pem"};

static void path_of(const char *name, char ret[static 128])
{
    snprintf(ret, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, span text, mode_t mode)
{
    char path[128];
    path_of(name, path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text.p, 1, text.n, out), text.n);
    fclose(out);
    assert_int_equal(chmod(path, mode), 0);
}

/* A configuration with a certificate that ends in so many days. */
static int make(int days)
{
    struct leaf leaf = fixture_leaf("localhost", days, &ca);
    struct buf cert = {0}, key = {0}, authority = {0};
    fixture_cert_pem(leaf.cert, &cert);
    fixture_key_pem(leaf.key, &key);
    fixture_cert_pem(ca.cert, &authority);
    write_file("cert.pem", buf_span(&cert), 0644);
    write_file("key.pem", buf_span(&key), 0600);
    write_file("ca.pem", buf_span(&authority), 0644);
    write_file("ugod.conf",
               span_of("server_cert = cert.pem\nserver_key = key.pem\nclient_ca = ca.pem\n"
                       "workers = 3\n"),
               0644);
    buf_free(&cert);
    buf_free(&key);
    buf_free(&authority);
    fixture_free(leaf.key, leaf.cert);
    return 0;
}

static int set_up(void **unused)
{
    (void)unused;
    ca = fixture_authority("authority");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[128];
        path_of(names[i], path);
        unlink(path);
    }
    fixture_free(ca.key, ca.cert);
    return rmdir(folder);
}

static int load(struct settings **ret, struct settings_faults *ret_faults)
{
    char path[128];
    path_of("ugod.conf", path);
    *ret_faults = (struct settings_faults){0};
    int r = settings_load(path, CONF_EN, (usec_t)time(NULL) * USEC_S, ret, ret_faults);
    buf_char(&ret_faults->refusals, '\0');
    buf_char(&ret_faults->warnings, '\0');
    return r;
}

/* What a worker receives is what the master has read. */
static void shared(void **unused)
{
    (void)unused;
    struct settings *s, *copy;
    struct settings_faults faults;
    int fd;
    make(30);
    assert_int_equal(load(&s, &faults), 0);
    assert_string_equal(faults.refusals.p, "");
    assert_string_equal(faults.warnings.p, "");
    assert_int_equal(settings_share(s, &fd), 0);
    assert_int_equal(write(fd, "x", 1), -1); /* sealed */
    assert_int_equal(settings_receive(fd, &copy), 0);
    assert_int_equal(copy->conf.workers, 3);
    assert_string_equal(copy->conf.server_cert, s->conf.server_cert);
    assert_string_equal(copy->folder, s->folder);
    assert_true(span_equals(buf_span(&copy->identity.cert), buf_span(&s->identity.cert)));
    assert_true(span_equals(buf_span(&copy->identity.key), buf_span(&s->identity.key)));
    assert_true(span_equals(buf_span(&copy->identity.client_ca), buf_span(&s->identity.client_ca)));
    settings_free(copy);
    settings_free(s);
    settings_faults_free(&faults);
}

static void damaged(void **unused)
{
    (void)unused;
    struct settings *copy;
    FILE *short_file = tmpfile();
    fputs("too short", short_file);
    fflush(short_file);
    assert_int_equal(settings_receive(dup(fileno(short_file)), &copy), -EPROTO);
    rewind(short_file);
    const uint64_t too_much[5] = {UINT64_MAX, 1, 1, 1, 1};
    fwrite(too_much, sizeof too_much, 1, short_file);
    fflush(short_file);
    assert_int_equal(settings_receive(dup(fileno(short_file)), &copy), -EPROTO);
    fclose(short_file);
}

static void certificate_dates(void **unused)
{
    (void)unused;
    const struct {
        int days;
        const char *warning;
    } cases[] = {{-1, "has expired"}, {5, "expires in "}, {30, ""}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct settings *s;
        struct settings_faults faults;
        make(cases[i].days);
        assert_int_equal(load(&s, &faults), 0); /* usable: better served than dark */
        assert_non_null(strstr(faults.warnings.p, cases[i].warning));
        settings_free(s);
        settings_faults_free(&faults);
    }
}

static void refusals(void **unused)
{
    (void)unused;
    const struct {
        const char *name, *text, *refusal;
    } cases[] = {
        {"ugod.conf", "workers = x\n", "line 1: workers"},
        {"ugod.conf", "second_factor = def, nobody\n", "nobody is no role; there are: establ"},
        {"ugod.conf", "", "server_cert and server_key are missing"},
        {"ugod.conf", "server_cert = none.pem\nserver_key = key.pem\n", "none.pem: No such file"},
        {"key.pem", "none\n", "server key"},
        {"ca.pem", "none\n", "client_ca"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct settings *s;
        struct settings_faults faults;
        make(30);
        write_file(cases[i].name, span_of(cases[i].text), 0600);
        assert_int_equal(load(&s, &faults), SETTINGS_REFUSED);
        assert_non_null(strstr(faults.refusals.p, cases[i].refusal));
        settings_faults_free(&faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared),
        cmocka_unit_test(damaged),
        cmocka_unit_test(certificate_dates),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests_name("settings", tests, set_up, tear_down);
}
