/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/ugo/ask.h"

#include <math.h>
#include <string.h>

#include "clients/ugo/failure.h"
#include "clients/ugo/unit_text.h"
#include "proto/format.h"
#include "proto/limits.h"

#define PAGES_MAX 500 /* of LIMIT_PAGE: more units than any country has */
#define CANDIDATES_MAX 12

int ask_pages(struct session *x, const char *method, const char *list, json_t *params,
              json_t **ret_document)
{
    json_object_set_new(params, "limit", json_integer(LIMIT_PAGE));
    return ask_own_pages(x, method, list, params, ret_document);
}

int ask_own_pages(struct session *x, const char *method, const char *list, json_t *params,
                  json_t **ret_document)
{
    json_t *document = NULL, *page = NULL;
    int code = 0;

    for (int pages = 0; pages < PAGES_MAX; pages++) {
        code = session_call(x, method, json_copy(params), &page);
        if (code != 0)
            break;
        json_t *next = json_incref(json_object_get(page, "next"));
        if (document == NULL) {
            document = page;
        } else {
            json_array_extend(json_object_get(document, list), json_object_get(page, list));
            json_decref(page);
        }
        bool more = json_is_string(next);
        if (more)
            json_object_set(params, "cursor", next);
        json_decref(next);
        if (!more)
            break;
    }
    json_decref(params);
    if (code != 0) {
        json_decref(document);
        return code;
    }
    json_object_del(document, "next");
    *ret_document = document;
    return 0;
}

int ask_filter(struct session *x, json_t **ret_filter)
{
    json_t *modality, *kinds = NULL;
    int code = ask_codes(x, OPTION_MODALITY, "modality", &modality);

    if (code == 0)
        code = ask_kinds(x, &kinds);
    if (code == 0)
        *ret_filter = json_pack("{s:O*, s:O*, s:o*}", "modality", modality, "establishment_kinds",
                                kinds, "territories", command_list(x->command, OPTION_TERRITORY));
    json_decref(modality);
    json_decref(kinds);
    return code;
}

/* ── A unit ── */

static int choose_unit(struct session *x, const char *text, const json_t *units,
                       const char **ret_id)
{
    struct screen *s = x->screen;
    const json_t *unit, *found = NULL;
    size_t i, n = 0;

    json_array_foreach ((json_t *)units, i, unit) {
        if (!text_holds(unit_name(s, unit), text))
            continue;
        found = unit;
        n++;
    }
    if (n == 1) {
        *ret_id = words_copy(&x->keep, unit_id(found), strlen(unit_id(found)));
        return 0;
    }
    if (n == 0) {
        screen_complain(s, say(s, MSG_NO_SUCH_UNIT, text));
        failure_document(s, "no_such_unit", NULL, EXIT_NOTHING);
        return EXIT_NOTHING;
    }
    screen_complain(s, say_n(s, MSG_AMBIGUOUS_UNIT, (int64_t)n, text));
    n = 0;
    json_array_foreach ((json_t *)units, i, unit) {
        if (n < CANDIDATES_MAX && text_holds(unit_name(s, unit), text)) {
            screen_complain(s,
                            words_printf(&s->words, "%s  %s", unit_id(unit), unit_name(s, unit)));
            n++;
        }
    }
    failure_document(s, "ambiguous", NULL, EXIT_USAGE);
    return EXIT_USAGE;
}

int ask_unit(struct session *x, const char *text, const char **ret_id)
{
    json_t *document;
    if (format_unit_id(span_of(text))) {
        *ret_id = text;
        return 0;
    }
    int code = ask_pages(x, "unit.list", "units", json_object(), &document);
    if (code != 0)
        return code;
    code = choose_unit(x, text, json_object_get(document, "units"), ret_id);
    json_decref(document);
    return code;
}

/* ── A place ── */

static const char *commune_text(struct screen *s, const json_t *commune)
{
    const char *name = json_string_value(json_object_get(commune, "name"));
    const char *insee = json_string_value(json_object_get(commune, "insee"));
    const json_t *postcode = json_array_get(json_object_get(commune, "postcodes"), 0);
    return words_printf(&s->words, "%s  %s%s%s", insee != NULL ? insee : "?", name ? name : "?",
                        json_is_string(postcode) ? "  " : "",
                        json_is_string(postcode) ? json_string_value(postcode) : "");
}

static int choose_commune(struct session *x, const char *text, const json_t *communes,
                          json_t **ret_near, const char **ret_name)
{
    struct screen *s = x->screen;
    const json_t *commune, *found = NULL;
    size_t i, n = 0;

    json_array_foreach ((json_t *)communes, i, commune) {
        const char *name = json_string_value(json_object_get(commune, "name"));
        const char *insee = json_string_value(json_object_get(commune, "insee"));
        if ((name == NULL || !text_same(name, text)) && (insee == NULL || strcmp(insee, text) != 0))
            continue;
        found = commune;
        n++;
    }
    if (n != 1 && json_array_size(communes) == 1) {
        found = json_array_get(communes, 0);
        n = 1;
    }
    if (n == 1) {
        const char *name = json_string_value(json_object_get(found, "name"));
        *ret_near = json_pack("{s:O}", "commune", json_object_get(found, "insee"));
        *ret_name = words_copy(&x->keep, name != NULL ? name : "?", name ? strlen(name) : 1);
        return 0;
    }
    if (json_array_size(communes) == 0) {
        screen_complain(s, say(s, MSG_NO_SUCH_COMMUNE, text));
        failure_document(s, "no_such_commune", NULL, EXIT_NOTHING);
        return EXIT_NOTHING;
    }
    screen_complain(s, say(s, MSG_AMBIGUOUS_COMMUNE, text));
    json_array_foreach ((json_t *)communes, i, commune) {
        if (i < CANDIDATES_MAX)
            screen_complain(s, commune_text(s, commune));
    }
    failure_document(s, "ambiguous", NULL, EXIT_USAGE);
    return EXIT_USAGE;
}

/* "43.46,1.32" */
static bool point_read(const char *text, json_t **ret_near)
{
    double lat, lon;
    int end = 0;
    if (sscanf(text, "%lf , %lf%n", &lat, &lon, &end) != 2 || text[end] != 0 ||
        !(fabs(lat) <= 90) || !(fabs(lon) <= 180))
        return false;
    *ret_near = json_pack("{s:[f,f]}", "point", lat, lon);
    return true;
}

int ask_place(struct session *x, const char *text, json_t **ret_near, const char **ret_name)
{
    const char *colon = strchr(text, ':');
    json_t *answer;

    *ret_name = text;
    if (point_read(text, ret_near))
        return 0;
    if (colon != NULL && strncmp(text, "territo", 7) == 0) {
        *ret_near = json_pack("{s:s}", "territory", colon + 1);
        *ret_name = colon + 1;
        return *ret_near != NULL ? 0 : EXIT_USAGE;
    }
    json_t *params = json_pack("{s:s}", "name", text);
    if (params == NULL)
        return command_wrong(x->screen, x->command, OPTION_NEAR, MSG_WANT_PLACE);
    int code = session_call(x, "commune.find", params, &answer);
    if (code != 0)
        return code;
    code = choose_commune(x, text, json_object_get(answer, "communes"), ret_near, ret_name);
    json_decref(answer);
    return code;
}
