/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "conf/conf.h"
#include "conf/option.h"

static void parses(const char *text, struct conf *ret)
{
    struct conf_errors errors;
    int r = conf_parse(span_of(text), "/etc/ugo", ret, &errors);
    if (r != 0)
        print_error("line %u: rule %d: %s\n", errors.error[0].line, errors.error[0].rule,
                    errors.error[0].text);
    assert_int_equal(r, 0);
}

/* Exactly one fault, at that line. */
static struct conf_error refuses(const char *text, enum conf_rule rule, unsigned line)
{
    struct conf c;
    struct conf_errors errors;
    assert_int_equal(conf_parse(span_of(text), "/etc/ugo", &c, &errors), CONF_INVALID);
    assert_int_equal(errors.n, 1);
    assert_int_equal(errors.error[0].rule, rule);
    assert_int_equal(errors.error[0].line, line);
    return errors.error[0];
}

static void defaults(void **unused)
{
    (void)unused;
    struct conf c;
    parses("", &c);
    assert_string_equal(c.data_dir, "/var/lib/ugo");
    assert_string_equal(c.database, "");
    assert_int_equal(c.listen.n, 1);
    assert_string_equal(c.listen.item[0], "*:7443");
    assert_int_equal(c.listen_https.n, 0);
    assert_int_equal(c.hello_timeout, 5 * USEC_S);
    assert_int_equal(c.output_bytes, 256 * 1024);
    assert_int_equal(c.log_level, 3);
    conf_free(&c);
}

static void values(void **unused)
{
    (void)unused;
    struct conf c;
    parses("\xef\xbb\xbf# a comment\r\n"
           "\r\n"
           "  data_dir=/srv/ugo   # behind a value\n"
           "server_cert = tls/cert.pem\n"
           "server_key = /keys/key.pem\n"
           "database = \"host=a,b password='x #\\\\\\\"' dbname=ugo\" # not part of it\n"
           "listen = 127.0.0.1:7443, [::1]:7444 ,*:1\n"
           "proxy_protocol_from = 10.0.0.0/8, 2001:db8::/32, 192.0.2.7\n"
           "https_names = ugo.example, UGO.Example.org\n"
           "mark_every = 250ms\n"
           "max_line = 128k\n"
           "send_buffer = 65536\n"
           "log_level = debug\n"
           "user = a#b\n"
           "drain_timeout = 0",
           &c);
    assert_string_equal(c.data_dir, "/srv/ugo");
    assert_string_equal(c.server_cert, "/etc/ugo/tls/cert.pem");
    assert_string_equal(c.server_key, "/keys/key.pem");
    assert_string_equal(c.database, "host=a,b password='x #\\\"' dbname=ugo");
    assert_int_equal(c.listen.n, 3);
    assert_string_equal(c.listen.item[1], "[::1]:7444");
    assert_int_equal(c.proxy_protocol_from.n, 3);
    assert_int_equal(c.https_names.n, 2);
    assert_string_equal(c.https_names.item[1], "ugo.example.org");
    assert_int_equal(c.mark_every, 250 * USEC_MS);
    assert_int_equal(c.max_line, 128 * 1024);
    assert_int_equal(c.send_buffer, 65536);
    assert_int_equal(c.log_level, 4);
    assert_string_equal(c.user, "a#b");
    assert_int_equal(c.drain_timeout, 0);
    conf_free(&c);
}

static void faults(void **unused)
{
    (void)unused;
    refuses("workers\n", CONF_NO_EQUALS, 1);
    refuses("\n\nwhat = 1\n", CONF_UNKNOWN, 3);
    refuses("workers = 1\n# x\nworkers = 2\n", CONF_TWICE, 3);
    refuses("user = a\x01\n", CONF_BAD_TEXT, 1);
    refuses("user = \"a\n", CONF_BAD_QUOTES, 1);
    refuses("user = \"a\" b\n", CONF_BAD_QUOTES, 1);
    refuses("workers = 2s\n", CONF_BAD_INT, 1);
    refuses("workers = \n", CONF_BAD_INT, 1);
    refuses("workers = 0x2\n", CONF_BAD_INT, 1);
    refuses("workers = 99999999999999999999\n", CONF_BAD_INT, 1);
    refuses("workers = 65\n", CONF_TOO_HIGH, 1);
    refuses("workers = 0\n", CONF_TOO_LOW, 1);
    refuses("workers = -1\n", CONF_TOO_LOW, 1);
    refuses("hello_timeout = 5\n", CONF_BAD_DURATION, 1);
    refuses("hello_timeout = 5x\n", CONF_BAD_DURATION, 1);
    refuses("hello_timeout = 9223372036854775807d\n", CONF_BAD_DURATION, 1);
    refuses("max_line = 64kb\n", CONF_BAD_SIZE, 1);
    refuses("log_level = loud\n", CONF_BAD_CHOICE, 1);
    refuses("listen = 127.0.0.1\n", CONF_BAD_ADDRESS, 1);
    refuses("listen = localhost:1\n", CONF_BAD_ADDRESS, 1);
    refuses("listen = 127.0.0.1:65536\n", CONF_BAD_ADDRESS, 1);
    refuses("listen = 127.0.0.1:0\n", CONF_BAD_ADDRESS, 1);
    refuses("listen = ::1:7443\n", CONF_BAD_ADDRESS, 1);
    refuses("listen = *:1,\n", CONF_EMPTY, 1);
    refuses("listen = *:1,,*:2\n", CONF_EMPTY, 1);
    refuses("proxy_protocol_from = 10.0.0.0/33\n", CONF_BAD_NETWORK, 1);
    refuses("proxy_protocol_from = example.org\n", CONF_BAD_NETWORK, 1);
    refuses("server_key = k.pem\n", CONF_NEEDS, 1);
    refuses("\nsilence_probe = 40s\n", CONF_NOT_BELOW, 2);
    refuses("silence_end = 10s\n", CONF_NOT_BELOW, 0); /* the lower one stands at its default */
}

static void every_fault_is_collected(void **unused)
{
    (void)unused;
    struct conf c;
    struct conf_errors errors;
    assert_int_equal(conf_parse(span_of("workers = x\nfoo\nlog_level = y\n"), "", &c, &errors),
                     CONF_INVALID);
    assert_int_equal(errors.n, 3);
    struct buf many = {0};
    for (int i = 0; i < 100; i++)
        buf_text(&many, "x\n");
    assert_int_equal(conf_parse(buf_span(&many), "", &c, &errors), CONF_INVALID);
    assert_int_equal(errors.n, 100);
    buf_free(&many);
}

static void texts(void **unused)
{
    (void)unused;
    struct conf_error e = refuses("\nhelo_timeout = 5s\n", CONF_UNKNOWN, 2);
    struct buf b = {0};
    conf_error_text(&e, CONF_EN, &b);
    buf_char(&b, '\0');
    assert_string_equal(b.p, "line 2: \"helo_timeout\" is not an option; `ugod --help-options` "
                             "lists them (did you mean hello_timeout?)");
    buf_reset(&b);
    e = refuses("hello_timeout = 2m", CONF_TOO_HIGH, 1);
    conf_error_text(&e, CONF_FR, &b);
    buf_char(&b, '\0');
    assert_string_equal(b.p, "ligne 1 : hello_timeout : \"2m\" est trop grand ; le maximum est 1m");
    buf_reset(&b);
    e = refuses("silence_end = 10s\n", CONF_NOT_BELOW, 0);
    conf_error_text(&e, CONF_EN, &b);
    buf_char(&b, '\0');
    assert_string_equal(b.p, "silence_probe: must be below silence_end");
    buf_free(&b);
}

/* The listing, with its comments taken off, is a configuration that says the defaults. */
static void help_is_a_configuration(void **unused)
{
    (void)unused;
    for (int language = CONF_EN; language <= CONF_FR; language++) {
        struct buf help = {0};
        conf_help((enum conf_language)language, &help);
        assert_int_equal(buf_check(&help), 0);
        for (size_t i = 0; i + 1 < help.n; i++)
            if (help.p[i] == '#' && help.p[i + 1] != ' ')
                help.p[i] = ' ';
        buf_char(&help, '\0');
        struct conf said, silent;
        parses(help.p, &said);
        parses("", &silent);
        for (size_t i = 0; i < conf_options_n; i++) {
            if (conf_options[i].type == OPTION_PATH)
                continue; /* an empty path becomes none, a relative one absolute */
            assert_true(option_same(&conf_options[i], &said, &silent));
        }
        conf_free(&said);
        conf_free(&silent);
        buf_free(&help);
    }
}

static void reload(void **unused)
{
    (void)unused;
    struct conf live, fresh;
    struct buf names = {0};
    parses("workers = 2\nhello_timeout = 5s\nproxy_protocol_from = 10.0.0.1\n", &live);
    parses("workers = 3\nuser = other\nhello_timeout = 6s\nclient_ca = a.pem\n"
           "server_cert = c\nserver_key = k\n",
           &fresh);
    conf_reload(&live, &fresh, &names);
    buf_char(&names, '\0');
    assert_string_equal(names.p, "user,workers");
    assert_int_equal(live.workers, 2);
    assert_int_equal(live.hello_timeout, 6 * USEC_S);
    assert_int_equal(live.proxy_protocol_from.n, 0);
    assert_string_equal(live.client_ca, "/etc/ugo/a.pem");
    conf_free(&fresh);
    conf_free(&live);
    buf_free(&names);
}

static void table(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < conf_options_n; i++) {
        const struct option *o = &conf_options[i];
        assert_non_null(o->en);
        assert_non_null(o->fr);
        assert_ptr_equal(option_find(span_of(o->name)), o);
        bool number = o->type == OPTION_INT || o->type == OPTION_DURATION || o->type == OPTION_SIZE;
        assert_int_equal(o->max > o->min, number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults), cmocka_unit_test(values),
        cmocka_unit_test(faults),   cmocka_unit_test(every_fault_is_collected),
        cmocka_unit_test(texts),    cmocka_unit_test(help_is_a_configuration),
        cmocka_unit_test(reload),   cmocka_unit_test(table),
    };
    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
