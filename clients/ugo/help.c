/* SPDX-License-Identifier: EUPL-1.2 */
/* Help, out of the tables of verbs and options. */
#include <string.h>

#include "clients/ugo/options.h"

/* "  --free N      …" with the help text wrapped beside it, or below on a narrow terminal. */
static void entry(struct screen *s, const char *head, int head_width, const char *text)
{
    struct words *w = &s->words;
    if (s->width < 56) {
        screen_line(s, 0, words_printf(w, "  %s", head));
        screen_line(s, 0, words_printf(w, "      %s", text));
        return;
    }
    int blank = head_width - text_width(head);
    screen_line(s, head_width + 2,
                words_printf(w, "  %s%*s  %s", head, blank > 0 ? blank : 0, "", text));
}

static const char *option_head(struct screen *s, int option)
{
    const struct option_row *o = &option_rows[option];
    return o->value == MSG_NONE ? o->name
                                : words_printf(&s->words, "%s\u00A0%s", o->name, say(s, o->value));
}

static void options_show(struct screen *s, const enum option *options, size_t n)
{
    int width = 0;
    for (size_t i = 0; i < n; i++) {
        int w = text_width(option_head(s, (int)options[i]));
        width = w > width ? w : width;
    }
    for (size_t i = 0; i < n; i++)
        entry(s, option_head(s, (int)options[i]), width, say(s, option_rows[options[i]].help));
}

static void common_show(struct screen *s)
{
    enum option common[OPTION_COMMON_COUNT];
    for (int i = 0; i < OPTION_COMMON_COUNT; i++)
        common[i] = (enum option)i;
    options_show(s, common, OPTION_COMMON_COUNT);
}

static const char *verb_head(struct screen *s, const struct verb *v)
{
    return v->operand == MSG_NONE
               ? v->name
               : words_printf(&s->words, "%s\u00A0%s", v->name, say(s, v->operand));
}

/* "hold list", "hold show"… below "hold". */
static void below_show(struct screen *s, const struct verb *v)
{
    bool first = true;
    for (size_t i = 0; i < n_verbs; i++) {
        if (!verb_is_below(&verbs[i], v->name))
            continue;
        if (first)
            screen_blank(s);
        first = false;
        entry(s, verb_head(s, &verbs[i]), 24, say(s, verbs[i].summary));
    }
}

static void overview(struct screen *s)
{
    screen_line(s, 0, say(s, MSG_HELP_TITLE));
    screen_blank(s);
    for (size_t i = 0; i < n_verbs; i++) {
        /* Those of two words are told by the help of their first. */
        if (strchr(verbs[i].name, ' ') == NULL)
            entry(s, verb_head(s, &verbs[i]), 22, say(s, verbs[i].summary));
    }
    entry(s, "help exit-codes", 22, say(s, MSG_HELP_EXIT_CODES));
    screen_blank(s);
    screen_line(s, 0, say(s, MSG_HELP_COMMON));
    common_show(s);
    screen_blank(s);
    screen_line(s, 0, say(s, MSG_HELP_MORE));
}

static void verb_show(struct screen *s, const struct verb *v)
{
    struct words *w = &s->words;
    const char *operand = v->operand == MSG_NONE ? ""
                          : v->operand_needed    ? words_printf(w, " %s", say(s, v->operand))
                                                 : words_printf(w, " [%s]", say(s, v->operand));
    screen_line(s, 4,
                words_printf(w, "ugo %s%s%s", v->name, operand,
                             v->n_options > 0 ? say(s, MSG_HELP_OPTIONS) : ""));
    screen_line(s, 0, say(s, v->summary));
    if (v->n_options > 0) {
        screen_blank(s);
        options_show(s, v->options, v->n_options);
    }
    below_show(s, v);
    if (v->notes != MSG_NONE) {
        screen_blank(s);
        screen_line(s, 0, say(s, v->notes));
    }
    screen_blank(s);
    screen_line(s, 0, say(s, MSG_HELP_COMMON_TOO));
}

static void exit_codes_show(struct screen *s)
{
    static const enum message codes[] = {MSG_EXIT_0, MSG_EXIT_1, MSG_EXIT_2, MSG_EXIT_3,
                                         MSG_EXIT_4, MSG_EXIT_5, MSG_EXIT_6};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        screen_line(s, 3, words_printf(&s->words, "%zu  %s", i, say(s, codes[i])));
}

static int unknown_topic(struct screen *s, const char *topic)
{
    const char *names = "";
    for (size_t i = 0; i < n_verbs; i++) {
        if (strchr(verbs[i].name, ' ') == NULL)
            names = words_join(&s->words, names, ", ", verbs[i].name);
    }
    screen_complain(s, say(s, MSG_UNKNOWN_TOPIC, topic, names));
    return EXIT_USAGE;
}

int help_show(struct screen *s, const char *topic)
{
    const struct verb *v = topic != NULL ? verb_find(topic) : NULL;
    if (topic == NULL)
        overview(s);
    else if (v != NULL)
        verb_show(s, v);
    else if (strcmp(topic, "exit-codes") == 0)
        exit_codes_show(s);
    else
        return unknown_topic(s, topic);
    return 0;
}
