/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/say.h"

#include <string.h>

struct entry {
    const char *code; /* labels only */
    const char *text[2];
};

#define MESSAGE_ENTRY(id, fr, en) [id] = {NULL, {[LANGUAGE_FR] = (fr), [LANGUAGE_EN] = (en)}},
static const struct entry messages[MESSAGE_COUNT] = {MESSAGES(MESSAGE_ENTRY)};

#define LABEL_ENTRY(code, fr, en) {code, {[LANGUAGE_FR] = (fr), [LANGUAGE_EN] = (en)}},
static const struct entry labels[] = {LABELS(LABEL_ENTRY)};

const char *message_text(enum language language, enum message m)
{
    return messages[m].text[language];
}

/* Whether the space at `at` is one that no line may break at, as French typography has it. */
static bool unbreakable(const char *form, const char *at)
{
    if (at[0] == '~')
        return true;
    if (at[0] != ' ' || at[1] == 0)
        return false;
    return strchr(":;!?%", at[1]) != NULL || strncmp(at + 1, "»", strlen("»")) == 0 ||
           (at - form >= 2 && memcmp(at - 2, "«", 2) == 0);
}

/* Copies form to ret_text (NULL: only counts), arguments in place of {0}…{9}. */
static size_t fill(const char *form, const char *end, const char *const *arguments, size_t n,
                   char *ret_text)
{
    size_t length = 0;
    for (const char *at = form; at < end; at++) {
        const char *part = at;
        size_t size = 1;
        if (at[0] == '{') {
            size_t which = (size_t)(at[1] - '0');
            part = which < n && arguments[which] != NULL ? arguments[which] : "";
            size = strlen(part);
            at += 2;
        } else if (unbreakable(form, at)) {
            part = "\u00A0";
            size = strlen(part);
        }
        if (ret_text != NULL)
            memcpy(ret_text + length, part, size);
        length += size;
    }
    return length;
}

static const char *filled(struct screen *s, const char *form, const char *end,
                          const char *const *arguments, size_t n)
{
    char *text = words_take(&s->words, fill(form, end, arguments, n, NULL) + 1);
    fill(form, end, arguments, n, text);
    return text;
}

const char *say_with(struct screen *s, enum message m, const char *const *arguments, size_t n)
{
    const char *form = message_text(s->language, m);
    return filled(s, form, form + strlen(form), arguments, n);
}

const char *say_counted(struct screen *s, enum message m, int64_t count,
                        const char *const *arguments, size_t n)
{
    const char *form = message_text(s->language, m), *end = form + strlen(form);
    const char *many = strchr(form, '|');
    const char *all[8] = {words_printf(&s->words, "%lld", (long long)count)};
    /* French counts zero as one. */
    bool one = count == 1 || (count == 0 && s->language == LANGUAGE_FR);

    for (size_t i = 1; i < n && i < 8; i++)
        all[i] = arguments[i];
    if (many != NULL && one)
        end = many;
    else if (many != NULL)
        form = many + 1;
    return filled(s, form, end, all, n < 8 ? n : 8);
}

static const struct entry *label_find(const char *kind, const char *code)
{
    size_t n = strlen(kind);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        const char *name = labels[i].code;
        if (strncmp(name, kind, n) == 0 && name[n] == '.' && strcmp(name + n + 1, code) == 0)
            return &labels[i];
    }
    return NULL;
}

const char *label_code(const char *kind, size_t i)
{
    size_t n = strlen(kind);
    for (size_t at = 0; at < sizeof labels / sizeof labels[0]; at++) {
        const char *name = labels[at].code;
        if (strncmp(name, kind, n) == 0 && name[n] == '.' && i-- == 0)
            return name + n + 1;
    }
    return NULL;
}

bool label_known(const char *kind, const char *code)
{
    return label_find(kind, code) != NULL;
}

const char *label(struct screen *s, const char *kind, const char *code)
{
    const struct entry *e = code != NULL ? label_find(kind, code) : NULL;
    if (e == NULL)
        return code != NULL ? code : "?";
    const char *text = e->text[s->language];
    return filled(s, text, text + strlen(text), (const char *const[]){NULL}, 1);
}
