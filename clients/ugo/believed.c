/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/believed.h"

#include <string.h>

#include "clients/ugo/moment.h"
#include "clients/ugo/unit_text.h"

/* How long the figure of a place shown is believed, in s; 0: there is none. */
static int64_t believed_s(struct screen *s, const json_t *result)
{
    const json_t *unit = json_object_get(result, "unit");
    return unit_freshness(s, unit) == NEVER_DECLARED
               ? 0
               : (int64_t)json_integer_value(json_object_get(unit, "ttl_s"));
}

/* What a place is, as to its figures: for emergencies, or of a kind of establishment. */
static const char *kind_text(struct screen *s, const json_t *unit)
{
    const char *modality = json_string_value(json_object_get(unit, "modality"));

    if (modality != NULL && strcmp(modality, "urgence") == 0)
        return label(s, "modality", modality);
    return label(s, "kind", json_string_value(json_object_get(unit, "establishment_kind")));
}

/* The kinds of the places whose figures are believed so long, each once. */
static const char *kinds_text(struct screen *s, const json_t *results, int64_t ttl)
{
    const json_t *result;
    const char *text = "";
    size_t i;

    json_array_foreach ((json_t *)results, i, result) {
        const char *kind = kind_text(s, json_object_get(result, "unit"));
        if (believed_s(s, result) == ttl && strstr(text, kind) == NULL)
            text = words_join(&s->words, text, ", ", kind);
    }
    return text;
}

/* The next longer time that figures are believed; 0: none. */
static int64_t longer(struct screen *s, const json_t *results, int64_t than)
{
    const json_t *result;
    int64_t next = 0;
    size_t i;

    json_array_foreach ((json_t *)results, i, result) {
        int64_t ttl = believed_s(s, result);
        if (ttl > than && (next == 0 || ttl < next))
            next = ttl;
    }
    return next;
}

const char *believed_text(struct screen *s, const json_t *results)
{
    int64_t ttl = longer(s, results, 0);
    const char *text = "";

    if (ttl > 0 && longer(s, results, ttl) == 0)
        return moment_duration(s, ttl * MOMENT_S);
    for (; ttl > 0; ttl = longer(s, results, ttl))
        text = words_join(&s->words, text, ", ",
                          words_printf(&s->words, "%s (%s)", moment_duration(s, ttl * MOMENT_S),
                                       kinds_text(s, results, ttl)));
    return text;
}
