/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"

#define FILE_MAX (1024 * 1024)

/* A whole small file; NULL with errno. */
static char *file_read(struct words *w, const char *path)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return NULL;
    char *text = words_take(w, FILE_MAX + 1);
    size_t n = fread(text, 1, FILE_MAX, f);
    int error = ferror(f) ? (errno != 0 ? errno : EIO) : 0;
    fclose(f);
    text[n] = 0;
    errno = error;
    return error == 0 ? text : NULL;
}

static char *trimmed(char *text)
{
    while (isspace((unsigned char)text[0]))
        text++;
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = 0;
    return text;
}

static int unreadable(struct screen *s, const char *path, const char *why)
{
    screen_complain(s, say(s, MSG_CANNOT_READ, path, why));
    return EXIT_USAGE;
}

/* ── A profile: "server = host:7443" lines, names as the options without their dashes ── */

struct sources {
    const struct command *command;
    const char *profile[OPTION_COMMON_COUNT]; /* values; NULL not said */
};

static int profile_line(struct screen *s, const char *path, char *line, int number,
                        struct sources *ret)
{
    char *equals = strchr(line, '=');
    if (line[0] == 0 || line[0] == '#')
        return 0;
    if (equals != NULL) {
        *equals = 0;
        char *name = trimmed(line), *value = trimmed(equals + 1);
        for (int i = 0; i < OPTION_COMMON_COUNT; i++) {
            if (option_rows[i].environment == NULL || strcmp(option_rows[i].name + 2, name) != 0)
                continue;
            ret->profile[i] = value;
            return 0;
        }
    }
    screen_complain(s, say(s, MSG_BAD_PROFILE_LINE, path, words_printf(&s->words, "%d", number)));
    return EXIT_USAGE;
}

/* Relative files of a profile are beside it, wherever one stands. */
static void beside(struct words *keep, const char *path, const char **value)
{
    const char *slash = strrchr(path, '/');
    if (*value != NULL && (*value)[0] != '/' && slash != NULL)
        *value = words_printf(keep, "%.*s/%s", (int)(slash - path), path, *value);
}

static int profile_read(struct screen *s, const char *path, struct words *keep, struct sources *ret)
{
    static const enum option files[] = {OPTION_CA,         OPTION_CERT, OPTION_CERT_KEY,
                                        OPTION_TOKEN_FILE, OPTION_DEMO, OPTION_PROFILE};
    char *text = file_read(keep, path), *next;
    int number = 0, r = 0;

    if (text == NULL)
        return unreadable(s, path, strerror(errno));
    for (char *line = text; line != NULL && r == 0; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = 0;
        r = profile_line(s, path, trimmed(line), ++number, ret);
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        beside(keep, path, &ret->profile[files[i]]);
    return r;
}

/* The profile that is named, or the user's own if there is one. */
static int profile_find(struct screen *s, struct words *keep, struct sources *ret)
{
    const char *path = command_value(ret->command, OPTION_PROFILE);
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (path == NULL)
        path = getenv(option_rows[OPTION_PROFILE].environment);
    if (path != NULL && path[0] != 0)
        return profile_read(s, path, keep, ret);
    if (config != NULL && config[0] != 0)
        path = words_printf(keep, "%s/ugo/profile", config);
    else if (home != NULL && home[0] != 0)
        path = words_printf(keep, "%s/.config/ugo/profile", home);
    else
        return 0;
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    fclose(f);
    return profile_read(s, path, keep, ret);
}

static const char *setting(const struct sources *from, enum option option)
{
    const char *value = command_value(from->command, option);
    if (value == NULL)
        value = getenv(option_rows[option].environment);
    if (value == NULL || value[0] == 0)
        value = from->profile[option];
    return value != NULL && value[0] != 0 ? value : NULL;
}

/* ── Addresses ── */

/* "host", "host:port", "[v6]:port", "v6". */
static void split_address(struct words *keep, const char *address, struct settings *ret)
{
    const char *colon = strrchr(address, ':'), *end = address + strlen(address);
    const char *host = address;

    if (address[0] == '[' && strchr(address, ']') != NULL) {
        host = address + 1;
        end = strchr(address, ']');
        colon = end[1] == ':' ? end + 1 : NULL;
    } else if (colon != NULL && strchr(address, ':') == colon) {
        end = colon;
    } else {
        colon = NULL;
    }
    ret->host = words_copy(keep, host, (size_t)(end - host));
    ret->port = colon != NULL && colon[1] != 0 ? words_copy(keep, colon + 1, strlen(colon + 1))
                                               : words_printf(keep, "%d", PORT_LINE);
}

/* ── The demonstration ── */

json_t *demo_read(struct screen *s, const char *folder)
{
    const char *path = words_printf(&s->words, "%s/demo.json", folder);
    char *text = file_read(&s->words, path);
    json_error_t error;

    if (text == NULL) {
        screen_complain(s, say(s, MSG_NO_DEMO, path, strerror(errno)));
        return NULL;
    }
    json_t *demo = json_loads(text, 0, &error);
    if (demo == NULL)
        unreadable(s, path, error.text);
    return demo;
}

static const json_t *demo_account(const json_t *demo, const char *as)
{
    static const char *const members[] = {"account", "role"};
    const json_t *accounts = json_object_get(demo, "accounts"), *account;
    size_t i;

    for (size_t m = 0; as != NULL && m < 2; m++) {
        json_array_foreach (accounts, i, account) {
            const char *text = json_string_value(json_object_get(account, members[m]));
            if (text != NULL && strcmp(text, as) == 0)
                return account;
        }
    }
    return NULL;
}

/* Names the roles, with an account of each: there are about a hundred accounts. */
static int demo_choose(struct screen *s, const json_t *demo, const char *as)
{
    const json_t *accounts = json_object_get(demo, "accounts"), *account;
    const char *list = "";
    size_t i;

    json_array_foreach (accounts, i, account) {
        const char *name = json_string_value(json_object_get(account, "account"));
        const char *role = json_string_value(json_object_get(account, "role"));
        if (name != NULL && role != NULL && demo_account(demo, role) == account)
            list = words_join(&s->words, list, ", ",
                              words_printf(&s->words, "%s (%s)", name, label(s, "role", role)));
    }
    if (as != NULL)
        screen_complain(s, say(s, MSG_DEMO_NO_ACCOUNT, as));
    screen_complain(s, say(s, MSG_DEMO_CHOOSE, list));
    return EXIT_USAGE;
}

static const char *demo_file(struct words *keep, const char *folder, const json_t *object,
                             const char *member)
{
    const char *name = json_string_value(json_object_get(object, member));
    if (name == NULL || name[0] == '/')
        return name != NULL ? words_copy(keep, name, strlen(name)) : NULL;
    return words_printf(keep, "%s/%s", folder, name);
}

int settings_demo(struct screen *s, const char *folder, const char *as, struct words *keep,
                  struct settings *ret)
{
    json_t *demo = demo_read(s, folder);
    if (demo == NULL)
        return EXIT_USAGE;
    const json_t *account = demo_account(demo, as);
    const char *line = json_string_value(json_object_get(demo, "line"));
    const char *name = json_string_value(json_object_get(demo, "server_name"));
    const char *token = json_string_value(json_object_get(account, "token"));
    int r = 0;

    if (line == NULL) {
        r = unreadable(s, words_printf(&s->words, "%s/demo.json", folder), "line");
    } else if (account == NULL) {
        r = demo_choose(s, demo, as);
    } else {
        split_address(keep, line, ret);
        ret->server_name = name != NULL ? words_copy(keep, name, strlen(name)) : NULL;
        ret->ca = demo_file(keep, folder, demo, "ca");
        ret->cert = demo_file(keep, folder, account, "cert");
        ret->cert_key = demo_file(keep, folder, account, "key");
        if (ret->cert == NULL && token != NULL)
            ret->token = words_copy(keep, token, strlen(token));
    }
    json_decref(demo);
    return r;
}

/* ── All of it ── */

static int settings_plain(struct screen *s, const struct sources *from, struct words *keep,
                          struct settings *ret)
{
    const char *server = setting(from, OPTION_SERVER), *path = setting(from, OPTION_TOKEN_FILE);

    if (server == NULL) {
        screen_complain(s, say(s, MSG_NO_SERVER));
        return EXIT_USAGE;
    }
    split_address(keep, server, ret);
    ret->server_name = setting(from, OPTION_NAME);
    ret->ca = setting(from, OPTION_CA);
    ret->cert = setting(from, OPTION_CERT);
    ret->cert_key = setting(from, OPTION_CERT_KEY);
    if (path != NULL) {
        char *token = file_read(keep, path);
        if (token == NULL)
            return unreadable(s, path, strerror(errno));
        ret->token = trimmed(token);
    }
    if (ret->cert == NULL && ret->token == NULL) {
        screen_complain(s, say(s, MSG_NO_CREDENTIAL));
        return EXIT_USAGE;
    }
    return 0;
}

int settings_read(struct screen *s, const struct command *c, struct words *keep,
                  struct settings *ret)
{
    struct sources from = {.command = c};
    char *end;

    *ret = (struct settings){.timeout_s = 15};
    int r = profile_find(s, keep, &from);
    if (r != 0)
        return r;
    const char *timeout = setting(&from, OPTION_TIMEOUT);
    if (timeout != NULL) {
        ret->timeout_s = strtoll(timeout, &end, 10);
        if (end == timeout || *end != 0 || ret->timeout_s < 1 || ret->timeout_s > 3600)
            return command_wrong(s, c, OPTION_TIMEOUT, MSG_WANT_SECONDS);
    }
    ret->after = setting(&from, OPTION_AFTER);
    const char *demo = command_has(c, OPTION_SERVER) ? NULL : setting(&from, OPTION_DEMO);
    if (demo != NULL)
        return settings_demo(s, demo, setting(&from, OPTION_AS), keep, ret);
    return settings_plain(s, &from, keep, ret);
}
