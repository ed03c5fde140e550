/* SPDX-License-Identifier: EUPL-1.2 */
/* Reference data: territories, kinds, establishments, units, calendars, rotas, rules of reminders;
 * what may be said of each, and the lists of those that the replica has as records. */
#include <stdlib.h>

#include "api/admin.h"
#include "api/answer.h"
#include "api/filter_read.h"
#include "core/commune.h"
#include "core/encode.h"
#include "proto/format.h"
#include "proto/limits.h"

/* Forms */

static bool made_of(span text, const char *set, size_t most)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0' || strchr(set, text.p[i]) == NULL)
            return false;
    return text.n > 0 && text.n <= most;
}

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool format_level(span text)
{
    return made_of(text, SMALL DIGITS "_-", 30);
}

static bool format_kind(span text)
{
    return made_of(text, SMALL DIGITS "_", 30);
}

static bool format_category(span text)
{
    return text.n == 3 && made_of(text, DIGITS, 3);
}

static bool format_finess(span text)
{
    return text.n == 9 && made_of((span){text.p, 1}, DIGITS, 1) &&
           made_of((span){text.p + 1, 1}, DIGITS CAPITALS, 1) &&
           made_of((span){text.p + 2, 7}, DIGITS, 7);
}

static bool format_zone(span text)
{
    return made_of(text, SMALL CAPITALS DIGITS "_+/-", 63);
}

static bool format_rota_id(span text)
{
    return format_record_id(text) && text.p[0] == 't';
}

/* HH:MM, up to 24:00. */
static bool format_clock(span text)
{
    if (text.n != 5 || text.p[2] != ':' || !made_of((span){text.p, 2}, DIGITS, 2) ||
        !made_of((span){text.p + 3, 2}, DIGITS, 2))
        return false;
    int minutes =
        ((text.p[0] - '0') * 10 + text.p[1] - '0') * 60 + (text.p[3] - '0') * 10 + text.p[4] - '0';
    return text.p[3] < '6' && minutes <= 24 * 60;
}

/* Shapes */

#define MEMBERS_OF_WRITE MEMBER_KEY, MEMBER_AFTER
#define MEMBERS_OF_LIST                                                                            \
    {"limit", SHAPE_INT, .min = 1, .max = LIMIT_PAGE},                                             \
        {"cursor", SHAPE_TEXT, .format = format_cursor}, MEMBER_AFTER
#define MEMBER_WORDS                                                                               \
    {                                                                                              \
        "words", SHAPE_TEXT, .min = 1, .max = 60                                                   \
    }
#define COUNT_OF(name_)                                                                            \
    {                                                                                              \
        name_, SHAPE_INT, .min = 0, .max = LIMIT_COUNT                                             \
    }

static const struct shape contact_members[] = {
    {"day", SHAPE_TEXT, .min = 1, .max = 100}, {"night", SHAPE_TEXT, .min = 1, .max = 100}, {0}};

#define NEED_MEMBER(enumerator, code)                                                              \
    {code, SHAPE_CODE, .one_of = tristate_codes, .n_one_of = TRI_COUNT},
static const struct shape accepts_members[] = {NEEDS(NEED_MEMBER){0}};

static const char *const questions[] = {"declare", "hold"};
static const char *const precisions[] = {"exact", "commune"};
static const struct shape category_element = {NULL, SHAPE_TEXT, .format = format_category};
static const struct shape date_element = {NULL, SHAPE_TEXT, .format = format_date};
static const struct shape hours_members[] = {
    {"day", SHAPE_INT, .required = true, .min = 1, .max = 7},
    {"from", SHAPE_TEXT, .required = true, .format = format_clock},
    {"to", SHAPE_TEXT, .required = true, .format = format_clock},
    {0},
};
static const struct shape hours_element = {NULL, SHAPE_OBJECT, .members = hours_members};

const struct shape words_list_params[] = {MEMBER_WORDS, MEMBERS_OF_LIST, {0}};

const struct shape territory_put_params[] = {
    {"code", SHAPE_TEXT, .required = true, .format = format_territory},
    {"name", SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {"level", SHAPE_TEXT, .required = true, .format = format_level},
    {"parent", SHAPE_TEXT, .nullable = true, .format = format_territory},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape establishment_kind_put_params[] = {
    {"code", SHAPE_TEXT, .required = true, .format = format_kind},
    {"finess_categories", SHAPE_ARRAY, .max = 20, .element = &category_element},
    {"ttl_s", SHAPE_INT, .required = true, .min = 60, .max = 31536000},
    {"modality", SHAPE_CODE, .required = true, .one_of = modality_codes,
     .n_one_of = MODALITY_COUNT},
    {"visibility", SHAPE_CODE, .one_of = visibility_codes, .n_one_of = VISIBILITY_COUNT},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape record_list_params[] = {
    {"filter", SHAPE_OBJECT, .members = filter_members}, MEMBER_WORDS, MEMBERS_OF_LIST, {0}};

const struct shape establishment_describe_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_establishment_id}, MEMBER_AFTER, {0}};

const struct shape establishment_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_establishment_id},
    {"name", SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {"establishment_kind", SHAPE_TEXT, .required = true, .format = format_kind},
    {"finess", SHAPE_TEXT, .format = format_finess},
    {"operator", SHAPE_TEXT, .min = 1, .max = 200},
    {"address", SHAPE_TEXT, .min = 1, .max = 300},
    {"territory", SHAPE_TEXT, .required = true, .format = format_territory},
    {"commune", SHAPE_TEXT, .format = format_commune},
    {"point", SHAPE_POINT},
    {"precision", SHAPE_CODE, .one_of = precisions, .n_one_of = ARRAY_LENGTH(precisions)},
    {"visibility", SHAPE_CODE, .one_of = visibility_codes, .n_one_of = VISIBILITY_COUNT},
    {"contact", SHAPE_OBJECT, .members = contact_members},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape establishment_close_params[] = {
    {"establishment", SHAPE_TEXT, .required = true, .format = format_establishment_id},
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape unit_describe_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_unit_id}, MEMBER_AFTER, {0}};

const struct shape unit_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_unit_id},
    {"establishment", SHAPE_TEXT, .required = true, .format = format_establishment_id},
    {"name", SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {"modality", SHAPE_CODE, .one_of = modality_codes, .n_one_of = MODALITY_COUNT},
    {"min_months", SHAPE_INT, .min = 0, .max = 1200},
    {"max_months", SHAPE_INT, .min = 1, .max = 1200},
    {"sex", SHAPE_CODE, .one_of = unit_sex_codes, .n_one_of = UNIT_SEX_COUNT},
    {"siblings_max", SHAPE_INT, .min = 1, .max = 99},
    {"siblings_mixed", SHAPE_BOOL},
    {"admission", SHAPE_CODE, .one_of = admission_codes, .n_one_of = ADMISSION_COUNT},
    COUNT_OF("delay_h"),
    {"accepts", SHAPE_OBJECT, .members = accepts_members},
    {"max_stay_days", SHAPE_INT, .min = 1, .max = LIMIT_COUNT},
    {"visibility", SHAPE_CODE, .one_of = visibility_codes, .n_one_of = VISIBILITY_COUNT},
    {"territory", SHAPE_TEXT, .format = format_territory},
    {"commune", SHAPE_TEXT, .format = format_commune},
    {"point", SHAPE_POINT},
    {"contact", SHAPE_OBJECT, .members = contact_members},
    {"ttl_s", SHAPE_INT, .min = 60, .max = 31536000},
    COUNT_OF("authorised"),
    COUNT_OF("installed"),
    COUNT_OF("emergency_reserved"),
    {"fallback", SHAPE_TEXT, .format = format_unit_id},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape unit_close_params[] = {
    {"unit", SHAPE_TEXT, .required = true, .format = format_unit_id}, MEMBERS_OF_WRITE, {0}};

const struct shape calendar_put_params[] = {
    {"territory", SHAPE_TEXT, .required = true, .format = format_territory},
    {"time_zone", SHAPE_TEXT, .required = true, .format = format_zone},
    {"office", SHAPE_ARRAY, .max = 21, .element = &hours_element},
    {"holidays", SHAPE_ARRAY, .max = 400, .element = &date_element},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape rota_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_rota_id},
    {"duty", SHAPE_CODE, .required = true, .one_of = duty_codes, .n_one_of = DUTY_COUNT},
    {"territory", SHAPE_TEXT, .required = true, .format = format_territory},
    {"account", SHAPE_TEXT, .required = true, .format = format_account},
    {"from_at", SHAPE_TEXT, .required = true, .format = format_instant},
    {"to_at", SHAPE_TEXT, .required = true, .format = format_instant},
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape rota_delete_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_rota_id}, MEMBERS_OF_WRITE, {0}};

const struct shape reminder_list_params[] = {MEMBERS_OF_LIST, {0}};

const struct shape reminder_put_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_reminder_id},
    {"territory", SHAPE_TEXT, .required = true, .format = format_territory},
    {"question", SHAPE_CODE, .required = true, .one_of = questions,
     .n_one_of = ARRAY_LENGTH(questions)},
    {"establishment_kind", SHAPE_TEXT, .nullable = true, .format = format_kind},
    {"establishment", SHAPE_TEXT, .nullable = true, .format = format_establishment_id},
    {"before_s", SHAPE_INT, .min = 0, .max = 86400},
    {"after_s", SHAPE_INT, .min = 0, .max = 86400},
    MEMBER_IF_REVISION,
    MEMBERS_OF_WRITE,
    {0},
};

const struct shape reminder_delete_params[] = {
    {"id", SHAPE_TEXT, .required = true, .format = format_reminder_id}, MEMBERS_OF_WRITE, {0}};

/* Lists of records */

/* What operations whose names begin so are about. */
static const struct family {
    const char *name, *list;
    enum record_kind kind;
} families[] = {
    {"unit", NULL, RECORD_UNIT},
    {"establishment", "establishments", RECORD_ESTABLISHMENT},
    {"calendar", "calendars", RECORD_CALENDAR},
    {"rota", "rota", RECORD_ROTA},
};

static const struct family *family_of(const struct call *c)
{
    const char *operation = c->operation->name;
    size_t n = strcspn(operation, ".");
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++)
        if (strncmp(families[i].name, operation, n) == 0 && families[i].name[n] == '\0')
            return &families[i];
    return NULL;
}

/* words NULL: any. */
static bool has_words(const struct entry *e, const char *words)
{
    char name[COMMUNE_KEY_MAX], folded[COMMUNE_KEY_MAX];
    if (words == NULL || strcasestr(e->id, words) != NULL)
        return true;
    commune_fold(words, folded);
    const struct establishment *host = e->version.establishment;
    commune_fold(host != NULL && host->name != NULL ? host->name : "", name);
    return folded[0] != '\0' && strstr(name, folded) != NULL;
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct entry *const *)a)->id, (*(struct entry *const *)b)->id);
}

/* Those after the cursor that viewer, filter and words admit, by id. *ret is the caller's. */
static int collect(const struct desk *d, const struct call *c, const struct filter *f,
                   struct entry ***ret, size_t *ret_n)
{
    const struct map *all = &d->replica->live->records[family_of(c)->kind];
    const char *after = shape_text(c->params, "cursor"), *words = shape_text(c->params, "words");
    struct entry **found = calloc(all->count + 1, sizeof(struct entry *));
    if (found == NULL)
        return -ENOMEM;
    size_t n = 0, cursor = 0;
    for (struct map_slot *slot; (slot = map_next(all, &cursor)) != NULL;) {
        struct entry *e = slot->value;
        if ((after == NULL || strcmp(e->id, after) > 0) && !version_is_empty(&e->version) &&
            viewer_sees(c->viewer, version_scope(&e->version)) &&
            filter_admits(f, d->replica, e->id, &e->version) && has_words(e, words))
            found[n++] = e;
    }
    qsort(found, n, sizeof(struct entry *), by_id);
    *ret = found;
    *ret_n = n;
    return 0;
}

int run_record_list(struct desk *d, usec_t now, struct call *c)
{
    struct filter *f = NULL;
    struct entry **found = NULL;
    size_t n = 0, shown = 0, limit = (size_t)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    int r = filter_read(shape_member(c->params, "filter"), d->replica, c->viewer, &f);
    r = r < 0 ? r : collect(d, c, f, &found, &n);
    filter_destroy(f);
    if (r < 0)
        return r;
    buf_printf(&c->result, "{\"%s\":[", family_of(c)->list);
    for (; shown < n && shown < limit && c->result.n < LIMIT_ANSWER - 16384; shown++) {
        buf_text(&c->result, shown ? "," : "");
        entry_add_json(found[shown], viewer_view(c->viewer, version_scope(&found[shown]->version)),
                       &c->result);
    }
    buf_text(&c->result, "],\"next\":");
    buf_json_text(&c->result, shown > 0 && shown < n ? found[shown - 1]->id : NULL);
    free(found);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

/* What a put would say: of what the caller may put. */
int run_describe(struct desk *d, usec_t now, struct call *c)
{
    const struct family *f = family_of(c);
    const char *id = shape_text(c->params, "id");
    const struct entry *e = replica_find(d->replica, f->kind, span_of(id));
    bool may = e != NULL && viewer_may_declare(c->viewer, version_scope(&e->version));
    if (!may) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    return desk_ask(
        d, now, c, DESK_ADMIN_RECORD,
        (const char *const[]){f->kind == RECORD_UNIT ? "unit.put" : "establishment.put", id, NULL},
        3);
}

/* Commands */

/* {"unit":record of a put. */
int answer_record(struct desk *d, usec_t now, struct call *c)
{
    const struct family *f = family_of(c);
    const char *id = shape_text(c->params, f->kind == RECORD_CALENDAR ? "territory" : "id");
    int r = c->n_shown > 0 ? 0 : answer_add(c, f->kind, id);
    r = r < 0 ? r : answer_gather(d, now, c);
    if (r != 0)
        return r < 0 ? r : 0;
    buf_printf(&c->result, "{\"%s\":", f->name);
    buf_add(&c->result, buf_span(&c->shown[0].json));
    answer_end(d, c);
    return 0;
}

/* {"unit":null: it has gone; or what stands against that. */
int answer_gone(struct desk *d, usec_t now, struct call *c)
{
    int r = 0;
    (void)now;
    if (!c->refused)
        buf_printf(&c->result, "{\"%s\":null", family_of(c)->name);
    else if (family_of(c)->kind == RECORD_UNIT)
        r = refuse_for_holds(d, c, shape_text(c->params, "unit"), NULL);
    answer_end(d, c);
    return r;
}
