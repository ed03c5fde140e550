/* SPDX-License-Identifier: EUPL-1.2 */
/* The answer to a search, for someone who reads it at night on a phone: how many places, where, how
 * old the figure is, what to ask, whom to call. The best first, few, and why nothing else fits. */
#include <string.h>

#include "clients/ugo/believed.h"
#include "clients/ugo/decision_show.h"
#include "clients/ugo/hold_text.h"
#include "clients/ugo/known.h"
#include "clients/ugo/moment.h"
#include "clients/ugo/places.h"
#include "clients/ugo/search_next.h"
#include "clients/ugo/unit_text.h"
#include "clients/ugo/verbs.h"
#include "clients/ugo/watch_text.h"

#define FEW 3 /* with fewer results, near misses are worth reading */
static const char *string_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

const char *child_text(struct screen *s, const json_t *child)
{
    const json_t *months = json_object_get(child, "age_months");
    const char *sex = string_of(child, "sex");
    const char *age = json_is_integer(months) ? age_months(s, json_integer_value(months)) : NULL;
    if (age == NULL)
        return label(s, "child_of_unknown_age", sex != NULL ? sex : "unknown");
    return say(s, MSG_CHILD, label(s, "child", sex != NULL ? sex : "unknown"), age);
}

static const char *km_text(struct screen *s, const json_t *km)
{
    double value = json_number_value(km);
    if (!json_is_number(km))
        return NULL;
    const char *number = words_printf(&s->words, value < 10 ? "%.1f" : "%.0f", value);
    char *point = strchr(number, '.');
    if (point != NULL && s->language == LANGUAGE_FR)
        *point = ',';
    return say(s, MSG_KM, number);
}

static const char *criteria_text(struct screen *s, const json_t *codes, const char *kind,
                                 const char *other_kind)
{
    const char *text = "";
    const json_t *item;
    size_t i;
    json_array_foreach ((json_t *)codes, i, item) {
        const char *code = json_string_value(item);
        /* Said already: "full" is asked of units never declared, "offered" has its own line. */
        if (code != NULL && strcmp(code, "full") != 0 && strcmp(code, "offered") != 0)
            text = words_join(&s->words, text, ", ",
                              label(s, label_known(kind, code) ? kind : other_kind, code));
    }
    return text;
}

/* ── The question, as it was understood ── */

static void question_show(struct screen *s, const struct search_view *view)
{
    const char *text = "";
    const json_t *child;
    size_t i;
    json_array_foreach ((json_t *)view->children, i, child)
        text = words_join(&s->words, text, ", ", child_text(s, child));
    if (view->parent)
        text = words_join(&s->words, text, DOT,
                          say(s, view->pregnant ? MSG_ASKED_PREGNANT : MSG_ASKED_PARENT));
    if (view->emergency)
        text = words_join(&s->words, text, DOT, say(s, MSG_ASKED_EMERGENCY));
    if (view->tonight)
        text = words_join(&s->words, text, DOT, say(s, MSG_ASKED_TONIGHT));
    text = words_join(&s->words, text, DOT,
                      codes_text(s, json_object_get(view->question, "modality"), "modality"));
    if (view->place != NULL)
        text = words_join(&s->words, text, DOT, say(s, MSG_ASKED_NEAR, view->place));
    const char *wish = wish_text(s, view->question);
    if (wish[0] == 0 && view->request != NULL) /* its days are asked for, then */
        wish = wish_text(s, view->request);
    text = words_join(&s->words, text, DOT, wish);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, text));
}

/* ── One result ── */

/* Whom to call at this hour, and the id to declare or report with. */
static void call_show(struct screen *s, const json_t *unit)
{
    struct words *w = &s->words;
    const char *phone = unit_phone(s, unit, moment_is_night(s->now));
    const char *id = words_printf(w, DIM "%s" PLAIN, unit_id(unit));
    screen_line(s, 0, words_printf(w, "   %s", words_join(w, phone, DOT, id)));
}

/* What speaks for it and is not said elsewhere. */
static const char *why_text(struct screen *s, const json_t *why)
{
    static const char *const told[] = {"fresh",          "stale", "reported_wrong",
                                       "never_declared", "near",  "offered"};
    const char *text = "";
    const json_t *item;
    size_t i;

    json_array_foreach ((json_t *)why, i, item) {
        const char *code = json_string_value(item);
        bool already = code == NULL;
        for (size_t t = 0; !already && t < sizeof told / sizeof told[0]; t++)
            already = strcmp(told[t], code) == 0;
        if (!already)
            text = words_join(&s->words, text, DOT, label(s, "why", code));
    }
    return text;
}

/* What there will be on the day that the search is for. */
static const char *expected_text(struct screen *s, const json_t *expected, bool emergency)
{
    const json_t *places = json_object_get(expected, emergency ? "free" : "free_planned");
    const char *free = say_n(s, MSG_PLACES_FREE, json_integer_value(places));
    const char *on = string_of(expected, "on"); /* of several days */
    return on != NULL ? say(s, MSG_EXPECTED_TIGHTEST, moment_date(s, on), free)
                      : say(s, MSG_EXPECTED_ON, free);
}

/* Until when it is free, when it is promised to others then. */
static const char *promise_text(struct screen *s, const char *until)
{
    char today[11];
    moment_today(s, today);
    return strcmp(until, today) < 0 ? say(s, MSG_PROMISED)
                                    : say(s, MSG_FREE_UNTIL, moment_date(s, until));
}

/* "lit de repli : Maison du Tilleul bleu · Les grands, 2 libres, à vérifier" */
static const char *bed_text(const struct search_view *view, const json_t *bed)
{
    struct screen *s = view->session->screen;
    const json_t *free = json_object_get(bed, "free");
    const char *name = known_unit_name(view->session, string_of(bed, "unit"));
    const char *places = json_is_integer(free) ? say_n(s, MSG_PLACES_FREE, json_integer_value(free))
                                               : say(s, MSG_BED_UNKNOWN);
    bool stale = json_is_integer(free) && json_is_true(json_object_get(bed, "stale"));
    return say(s, stale ? MSG_BED_STALE : MSG_BED, name, places);
}

/* "1 place proposée à une autre demande jusqu'à 02:24" */
static void offered_to_others_show(struct screen *s, const json_t *result)
{
    const json_t *offered = json_object_get(result, "offered");
    int64_t until;

    if (!moment_read(offered, "until", &until))
        return;
    const char *text = say_n(s, MSG_OFFERED_TO_OTHERS,
                             (int64_t)json_integer_value(json_object_get(offered, "places")),
                             moment_clock(s, until));
    if (result_is_kept(result))
        text = words_printf(&s->words, "%s\u00A0: %s", text, say(s, MSG_NOT_YET_TO_ASK));
    screen_line(s, 2, words_printf(&s->words, "   " WARN "%s" PLAIN, text));
}

static void result_show(struct screen *s, const struct search_view *view, const json_t *result,
                        size_t number)
{
    struct words *w = &s->words;
    const json_t *unit = json_object_get(result, "unit");
    const json_t *expected = json_object_get(result, "expected"),
                 *offer = json_object_get(result, "offer");
    const json_t *bed = json_object_get(result, "fallback");
    const char *km = km_text(s, json_object_get(result, "km"));
    const char *ask = criteria_text(s, json_object_get(result, "to_ask"), "need", "criterion");
    bool doubtful = unit_freshness(s, unit) != FRESH;
    const char *head = unit_places(s, unit, view->emergency);

    screen_blank(s);
    if (km != NULL)
        head = words_join(w, head, DOT, km);
    screen_line(s, 3,
                words_printf(w, BOLD "%zu. %s" PLAIN DOT "%s%s" PLAIN, number, head,
                             doubtful ? WARN : "", unit_since(s, unit)));
    screen_line(s, 3,
                words_join(w, words_printf(w, "   " BOLD "%s" PLAIN, unit_name(s, unit)), DOT,
                           unit_place(view->session, unit)));
    call_show(s, unit);
    screen_line(s, 0,
                words_join(w, words_printf(w, "   %s", unit_conditions(s, unit)), DOT,
                           why_text(s, json_object_get(result, "why"))));
    if (offer != NULL)
        screen_line(s, 3, words_printf(w, "   " BOLD "%s" PLAIN, watch_offer_text(s, NULL, offer)));
    offered_to_others_show(s, result);
    if (ask[0] != 0)
        screen_line(s, 2, words_printf(w, "   %s", say(s, MSG_TO_ASK, ask)));
    if (json_is_object(bed))
        screen_line(s, 2, words_printf(w, "   %s", bed_text(view, bed)));
    if (json_is_object(expected))
        screen_line(s, 2, words_printf(w, "   %s", expected_text(s, expected, view->emergency)));
    if (string_of(result, "free_until") != NULL)
        screen_line(s, 2,
                    words_printf(w, "   " WARN "%s" PLAIN,
                                 promise_text(s, string_of(result, "free_until"))));
}

static void legend_show(struct screen *s, const json_t *results)
{
    const char *text = believed_text(s, results);
    if (text[0] == 0)
        return;
    screen_blank(s);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_BELIEVED, text)));
}

/* ── When nobody takes all of them ── */

/* The children of all placements in the unit of one. */
static const char *children_together(struct screen *s, const struct search_view *view,
                                     const json_t *placements, const char *id)
{
    const char *text = "";
    const json_t *placement;
    size_t i;
    json_array_foreach ((json_t *)placements, i, placement) {
        size_t child = (size_t)json_integer_value(json_object_get(placement, "child"));
        if (strcmp(unit_id(json_object_get(placement, "unit")), id) == 0)
            text = words_join(&s->words, text, ", ",
                              child_text(s, json_array_get(view->children, child)));
    }
    return text;
}

static bool placed_before(const json_t *placements, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *unit = json_object_get(json_array_get(placements, i), "unit");
        if (strcmp(unit_id(unit), id) == 0)
            return true;
    }
    return false;
}

/* "âge 3, complètes 12" */
static const char *rejected_text(struct screen *s, const json_t *rejected, const char *separator)
{
    const char *text = "", *code;
    json_t *count;
    json_object_foreach ((json_t *)rejected, code, count) {
        long long n = (long long)json_integer_value(count);
        if (n > 0)
            text =
                words_join(&s->words, text, separator,
                           words_printf(&s->words, "%s\u00A0%lld", label(s, "rejected", code), n));
    }
    return text;
}

/* Why they are not closer to each other: level by level. */
static void why_not_show(struct screen *s, const json_t *why_not)
{
    const char *text = "";
    const json_t *level;
    size_t i;

    json_array_foreach ((json_t *)why_not, i, level) {
        const char *code = string_of(level, "level");
        const char *rejected = rejected_text(s, json_object_get(level, "rejected"), ", ");
        if (code == NULL)
            continue;
        code = label(s, "no_better", code);
        if (rejected[0] != 0)
            code = words_printf(&s->words, "%s (%s)", code, rejected);
        text = words_join(&s->words, text, DOT, code);
    }
    if (text[0] != 0)
        screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_NO_BETTER, text)));
}

static enum message split_message(const json_t *split)
{
    const char *level = string_of(split, "level");

    if (level != NULL && strcmp(level, "one_establishment") == 0)
        return MSG_SPLIT_ESTABLISHMENT;
    if (level != NULL && strcmp(level, "one_commune") == 0)
        return MSG_SPLIT_COMMUNE;
    return MSG_SPLIT;
}

static void split_show(struct screen *s, const struct search_view *view, const json_t *split,
                       enum message head)
{
    struct words *w = &s->words;
    const json_t *placements = json_object_get(split, "placements"), *placement;
    const char *apart = km_text(s, json_object_get(split, "km_apart"));
    size_t i;

    screen_line(s, 2, words_printf(w, BOLD "%s" PLAIN, say(s, head)));
    json_array_foreach ((json_t *)placements, i, placement) {
        const json_t *unit = json_object_get(placement, "unit");
        const char *ask =
            criteria_text(s, json_object_get(placement, "to_ask"), "need", "criterion");
        if (placed_before(placements, i, unit_id(unit)))
            continue;
        const char *children = children_together(s, view, placements, unit_id(unit));
        screen_blank(s);
        screen_line(s, 2, words_printf(w, " - " BOLD "%s" PLAIN, say(s, MSG_PLACED, children)));
        screen_line(s, 3,
                    words_join(w, words_printf(w, "   %s", unit_name(s, unit)), DOT,
                               unit_place(view->session, unit)));
        call_show(s, unit);
        screen_line(s, 0,
                    words_printf(w, "   %s" DOT "%s", unit_places(s, unit, view->emergency),
                                 unit_since(s, unit)));
        if (ask[0] != 0)
            screen_line(s, 2, words_printf(w, "   %s", say(s, MSG_TO_ASK, ask)));
    }
    if (apart != NULL)
        screen_line(s, 2, say(s, MSG_KM_APART, apart));
    why_not_show(s, json_object_get(split, "why_not"));
}

/* ── What would fit if one thing gave way ── */

static const char *missing_text(struct screen *s, const json_t *missing)
{
    const char *criterion = string_of(missing, "criterion");
    const json_t *need = json_object_get(missing, "need"), *has = json_object_get(missing, "has");
    double needed = json_number_value(need), had = json_number_value(has);

    if (criterion == NULL)
        return "?";
    if (strcmp(criterion, "max_km") == 0)
        return say(s, MSG_MISS_KM, km_text(s, has));
    if (strcmp(criterion, "age_months") == 0)
        return say(s, needed < had ? MSG_MISS_TOO_YOUNG : MSG_MISS_TOO_OLD,
                   age_months(s, (int64_t)had));
    if (strcmp(criterion, "places") == 0 && had < 1)
        return say(s, MSG_MISS_FULL);
    if (strcmp(criterion, "places") == 0)
        return say_n(s, MSG_MISS_PLACES, (int64_t)had);
    if (strcmp(criterion, "together") == 0)
        return say_n(s, MSG_MISS_TOGETHER, (int64_t)had);
    if (strcmp(criterion, "sex") == 0)
        return say(s, MSG_MISS_SEX, label(s, "sex", json_string_value(has)));
    if (strcmp(criterion, "modality") == 0)
        return say(s, MSG_MISS_MODALITY, label(s, "modality", json_string_value(has)));
    if (strcmp(criterion, "needs") == 0 || strcmp(criterion, "parent") == 0) {
        const json_t *refused = json_object_get(missing, "has_not");
        return say(s, MSG_MISS_NEEDS,
                   criteria_text(s, json_array_size(refused) > 0 ? refused : has, "need", "need"));
    }
    return label(s, "missing", criterion);
}

/* "0 libre (1 réservée à l'urgence)" */
static const char *places_text(struct screen *s, const json_t *unit, bool emergency)
{
    int64_t more = unit_free(unit, true) - unit_free(unit, emergency);
    const char *places = unit_places(s, unit, emergency);
    if (more <= 0)
        return places;
    return words_printf(&s->words, "%s (%s)", places, say_n(s, MSG_COUNT_RESERVED, more));
}

static void near_misses_show(struct screen *s, const struct search_view *view, const json_t *misses)
{
    struct words *w = &s->words;
    const json_t *miss;
    size_t i;

    if (json_array_size(misses) == 0)
        return;
    screen_blank(s);
    screen_line(s, 2, say(s, MSG_NEAR_MISSES));
    json_array_foreach ((json_t *)misses, i, miss) {
        const json_t *unit = json_object_get(miss, "unit"), *missing;
        const char *text = "";
        size_t m;
        json_array_foreach (json_object_get(miss, "missing"), m, missing)
            text = words_join(w, text, ", ", missing_text(s, missing));
        screen_line(
            s, 2,
            words_join(w, words_printf(w, " - " BOLD "%s" PLAIN DOT "%s", text, unit_name(s, unit)),
                       DOT, unit_place(view->session, unit)));
        screen_line(s, 0,
                    words_printf(w, "   %s" DOT "%s" DOT DIM "%s" PLAIN,
                                 places_text(s, unit, view->emergency), unit_since(s, unit),
                                 unit_id(unit)));
    }
}

/* ── Why the others do not ── */

static void rejected_show(struct screen *s, const json_t *rejected)
{
    const char *text = rejected_text(s, rejected, DOT);
    if (text[0] == 0)
        return;
    screen_blank(s);
    screen_line(s, 2, words_printf(&s->words, DIM "%s" PLAIN, say(s, MSG_REJECTED, text)));
}

/* The one thing most worth changing in the question. */
static void advice_show(struct screen *s, const struct search_view *view, const json_t *rejected)
{
    const struct {
        const char *code;
        bool asked;
        enum message advice;
    } advices[] = {
        {"distance", view->max_km, MSG_ADVICE_DISTANCE},
        {"night", view->tonight, MSG_ADVICE_NIGHT},
        {"modality", view->modality, MSG_ADVICE_MODALITY},
        {"kind", view->kind, MSG_ADVICE_KIND},
        {"needs", view->needs, MSG_ADVICE_NEEDS},
    };
    json_int_t most = 0;
    enum message best = MSG_NONE;

    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        json_int_t n = json_integer_value(json_object_get(rejected, advices[i].code));
        if (advices[i].asked && n > most) {
            most = n;
            best = advices[i].advice;
        }
    }
    if (best != MSG_NONE)
        screen_line(s, 2, say(s, best));
    if (!view->emergency && json_integer_value(json_object_get(rejected, "full")) > 0)
        screen_line(s, 2, say(s, MSG_ADVICE_EMERGENCY));
    if (json_array_size(view->children) > 1 && !view->apart && !view->parent)
        screen_line(s, 2, say(s, MSG_ADVICE_APART));
}

void search_show(struct screen *s, const struct search_view *view, const json_t *answer)
{
    const json_t *results = json_object_get(answer, "results"), *result;
    const json_t *split = json_object_get(answer, "split");
    const json_t *rejected = json_object_get(answer, "rejected");
    size_t n = json_array_size(results), i;
    int64_t total = (int64_t)json_integer_value(json_object_get(answer, "total"));

    question_show(s, view);
    stale_show(s, answer);
    if (n == 0 && !json_is_object(split))
        screen_line(s, 0, words_printf(&s->words, BOLD "%s" PLAIN, say(s, MSG_NO_PLACE)));
    else if (total > (int64_t)n && n == 1)
        screen_line(s, 2, say(s, MSG_BEST_OF, words_printf(&s->words, "%lld", (long long)total)));
    else if (total > (int64_t)n)
        screen_line(s, 2, say_n(s, MSG_RESULTS_OF, total, words_printf(&s->words, "%zu", n)));
    json_array_foreach ((json_t *)results, i, result)
        result_show(s, view, result, i + 1);
    legend_show(s, results);
    if (n > 0 && json_is_object(split))
        screen_blank(s);
    if (json_is_object(split))
        split_show(s, view, split, n > 0 ? MSG_SPLIT_BESIDE : split_message(split));
    if (n < FEW)
        near_misses_show(s, view, json_object_get(answer, "near_misses"));
    rejected_show(s, rejected);
    search_next_show(s, view, results);
    if (n == 0 && !json_is_object(split))
        advice_show(s, view, rejected);
}
