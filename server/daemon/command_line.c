/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define DEFAULT_CONFIG "/etc/ugo/ugod.conf"

enum conf_language command_language(void)
{
    const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return strncasecmp(value, "fr", 2) == 0 ? CONF_FR : CONF_EN;
    }
    return CONF_EN;
}

void command_line_help(enum conf_language language)
{
    fputs(language == CONF_FR
              ? "ugod : registre temps réel des places libres en protection de l'enfance\n"
                "\n"
                "  ugod [-c FICHIER]       démarre ; reste au premier plan, journal sur stderr\n"
                "  ugod -t [-c FICHIER]    vérifie la configuration et ce qu'elle nomme\n"
                "\n"
                "  -c, --config FICHIER    configuration (" DEFAULT_CONFIG " par défaut)\n"
                "  -t, --test              vérifier seulement\n"
                "      --help-options      toutes les options de la configuration\n"
                "      --lang fr|en        langue (sinon celle de l'environnement)\n"
                "      --version, --help\n"
                "\n"
                "Signaux : HUP recharge, TERM et INT arrêtent en prévenant les clients, USR2\n"
                "remplace le programme sans couper l'écoute.\n"
              : "ugod: real-time register of free places in child protection\n"
                "\n"
                "  ugod [-c FILE]          starts; stays in the foreground, logs to stderr\n"
                "  ugod -t [-c FILE]       checks the configuration and what it names\n"
                "\n"
                "  -c, --config FILE       configuration (default " DEFAULT_CONFIG ")\n"
                "  -t, --test              check only\n"
                "      --help-options      every option of the configuration\n"
                "      --lang fr|en        language (else that of the environment)\n"
                "      --version, --help\n"
                "\n"
                "Signals: HUP reloads, TERM and INT stop after telling the clients, USR2 replaces\n"
                "the program without closing its sockets.\n",
          stdout);
}

static int misunderstood(const struct command_line *c, const char *argument)
{
    fprintf(stderr,
            c->language == CONF_FR ? "ugod : argument inattendu ou incomplet : %s (ugod --help)\n"
                                   : "ugod: unexpected or incomplete argument: %s (ugod --help)\n",
            argument);
    return 1;
}

/* The value of an option that wants one: "--config FILE", "--config=FILE", "-c FILE". */
static const char *value_of(const char *argument, const char *name, char **next)
{
    size_t n = strlen(name);
    if (strcmp(argument, name) == 0)
        return *next;
    return strncmp(argument, name, n) == 0 && name[1] == '-' && argument[n] == '='
               ? argument + n + 1
               : NULL;
}

int command_line_parse(int argc, char **argv, struct command_line *ret)
{
    static const struct {
        const char *name;
        enum command command;
    } commands[] = {{"-t", COMMAND_TEST},
                    {"--test", COMMAND_TEST},
                    {"-h", COMMAND_HELP},
                    {"--help", COMMAND_HELP},
                    {"--help-options", COMMAND_HELP_OPTIONS},
                    {"--version", COMMAND_VERSION}};
    struct command_line c = {COMMAND_RUN, DEFAULT_CONFIG, command_language()};
    for (int i = 1; i < argc; i++) {
        const char *value;
        size_t k = 0;
        while (k < ARRAY_LENGTH(commands) && strcmp(argv[i], commands[k].name) != 0)
            k++;
        if (k < ARRAY_LENGTH(commands)) {
            c.command = commands[k].command;
        } else if ((value = value_of(argv[i], "-c", &argv[i + 1])) != NULL ||
                   (value = value_of(argv[i], "--config", &argv[i + 1])) != NULL) {
            c.config = value;
            i += value == argv[i + 1];
        } else if ((value = value_of(argv[i], "--lang", &argv[i + 1])) != NULL &&
                   (strcmp(value, "fr") == 0 || strcmp(value, "en") == 0)) {
            c.language = *value == 'f' ? CONF_FR : CONF_EN;
            i += value == argv[i + 1];
        } else {
            return misunderstood(&c, argv[i]);
        }
    }
    *ret = c;
    return 0;
}
