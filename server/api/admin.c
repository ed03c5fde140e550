/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/admin.h"

#include <stdlib.h>

#include "api/answer.h"
#include "api/draw.h"
#include "base/statement.h"
#include "proto/limits.h"

/* What operations whose names begin so are about. */
static const struct subject {
    const char *name;
    const char *kind;   /* of record, in the database */
    const char *member; /* of an answer that shows one */
    const char *list;   /* of an answer that shows several; NULL: none does */
    const char *key;    /* what the record's id is called in it */
    const char *types;  /* of credentials, as JSON, when the caller names none; NULL: all */
} subjects[] = {
    {"account", "account", "account", "accounts", "id", NULL},
    {"credential", "credential", "credential", "credentials", "id",
     "[\"token\",\"certificate\",\"password\",\"link\"]"},
    {"session", "credential", "session", "sessions", "id", "[\"session\"]"},
    {"password", "credential", "credential", NULL, "id", NULL},
    {"territory", "territory", "territory", "territories", "code", NULL},
    {"establishment_kind", "establishment_kind", "establishment_kind", "establishment_kinds",
     "code", NULL},
    {"totp", "credential", "credential", NULL, "id", NULL},
    {"link", "credential", "credential", NULL, "id", NULL},
    {"reminder", "reminder", "reminder", "reminders", "id", NULL},
};

static const struct subject *subject_of(const struct call *c)
{
    const char *operation = c->operation->name;
    size_t n = strcspn(operation, ".");
    for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++)
        if (strncmp(subjects[i].name, operation, n) == 0 && subjects[i].name[n] == '\0')
            return &subjects[i];
    return NULL;
}

/* Reading */

/* Members of params that say which records are wanted, by what these must have. */
static json_t *wanted(const struct subject *s, const struct call *c)
{
    static const char *const members[] = {"account", "role", "disabled", "type"};
    json_t *all = json_object();
    if (s->types != NULL && json_object_set_new(all, "type", json_loads(s->types, 0, NULL)) < 0)
        goto fail;
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        json_t *value = json_object_get(c->params, members[i]);
        if (value != NULL && json_object_set(all, members[i], value) < 0)
            goto fail;
    }
    return all;
fail:
    json_decref(all);
    return NULL;
}

int run_admin_list(struct desk *d, usec_t now, struct call *c)
{
    json_t *members = wanted(subject_of(c), c);
    char *text = members ? json_dumps(members, JSON_COMPACT) : NULL;
    char most[24];
    json_decref(members);
    if (text == NULL)
        return -ENOMEM;
    snprintf(most, sizeof most, "%lld",
             (long long)shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT));
    int r =
        desk_ask(d, now, c, DESK_ADMIN_PAGE,
                 (const char *const[]){subject_of(c)->kind, text, shape_text(c->params, "words"),
                                       shape_text(c->params, "cursor"), most},
                 5);
    free(text);
    return r;
}

static int ask_record(struct desk *d, usec_t now, struct call *c, const char *id, int64_t revision)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)revision);
    return desk_ask(d, now, c, DESK_ADMIN_RECORD,
                    (const char *const[]){subject_of(c)->kind, id, revision < 0 ? NULL : text}, 3);
}

int run_admin_get(struct desk *d, usec_t now, struct call *c)
{
    return ask_record(d, now, c, shape_text(c->params, subject_of(c)->key), -1);
}

/* Writing */

/* Instants are texts, and the record has its id and its revision among its members. A link's hold
 * is no administrator's business. */
static int write_record(const struct subject *s, const char *id, const char *revision,
                        const char *state, struct buf *out)
{
    json_t *json = json_loads(state, 0, NULL), *value;
    const char *name;
    if (json == NULL)
        return -EBADMSG;
    buf_printf(out, "{\"%s\":", s->key);
    buf_json_text(out, id);
    buf_printf(out, ",\"revision\":%s", revision);
    json_object_foreach (json, name, value) {
        size_t n = strlen(name);
        if (strcmp(name, "hold") == 0)
            continue;
        buf_char(out, ',');
        buf_json_text(out, name);
        buf_char(out, ':');
        if (n > 3 && strcmp(name + n - 3, "_at") == 0 && json_is_integer(value)) {
            buf_json_instant(out, json_integer_value(value));
            continue;
        }
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        buf_text(out, text != NULL ? text : "");
        out->failed |= text == NULL;
        free(text);
    }
    buf_char(out, '}');
    json_decref(json);
    return buf_check(out);
}

int credential_write(const char *state, struct buf *out)
{
    json_t *json = json_loads(state, 0, NULL);
    if (json == NULL)
        return -EBADMSG;
    json_object_del(json, "hold");
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (text == NULL)
        return -ENOMEM;
    buf_text(out, text);
    free(text);
    return buf_check(out);
}

int rows_admin_list(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    const struct subject *s = subject_of(c);
    const int64_t limit = shape_int(c->params, "limit", LIMIT_PAGE_DEFAULT);
    CLEANUP(buf_free) struct buf record = {0};
    int row = 0;
    buf_printf(&c->result, "{\"%s\":[", s->list);
    for (; row < rows->n_rows; row++) {
        buf_reset(&record);
        int r = write_record(s, rows_cell(rows, row, 0), rows_cell(rows, row, 1),
                             rows_cell(rows, row, 2), &record);
        if (r < 0)
            return r;
        if (row > 0 && c->result.n + record.n > LIMIT_ANSWER - 1024)
            break;
        buf_text(&c->result, row > 0 ? "," : "");
        buf_add(&c->result, buf_span(&record));
    }
    buf_text(&c->result, "],\"next\":");
    bool more = row > 0 && (row < rows->n_rows || rows->n_rows >= limit);
    buf_json_text(&c->result, more ? rows_cell(rows, row - 1, 0) : NULL);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

/* {"member":record or null. */
static int write_one(struct call *c, const char *id, const struct rows *rows)
{
    const struct subject *s = subject_of(c);
    const char *state = rows->n_rows == 1 ? rows_cell(rows, 0, 1) : NULL;
    buf_printf(&c->result, "{\"%s\":", s->member);
    if (state != NULL)
        return write_record(s, id, rows_cell(rows, 0, 0), state, &c->result);
    buf_text(&c->result, "null");
    return 0;
}

int rows_admin_get(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    if (rows->n_rows != 1) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    int r = write_one(c, shape_text(c->params, subject_of(c)->key), rows);
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return r;
}

int rows_describe(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    if (rows->n_rows != 1) {
        call_refuse(c, ERROR_NOT_FOUND, NULL);
        return 0;
    }
    buf_printf(&c->result, "{\"revision\":%s,\"put\":%s", rows_cell(rows, 0, 0),
               rows_cell(rows, 0, 1));
    desk_as_of(d, now, &c->result);
    buf_char(&c->result, '}');
    call_answer(c);
    return 0;
}

/* Commands */

/* The record that a command is about; that of a password is called after its account. */
static void id_of(const struct call *c, char ret_id[static DIGEST_TEXT])
{
    const char *drawn =
        c->drawing ? json_string_value(json_object_get(c->drawing->params, "id")) : NULL;
    const char *id = drawn ? drawn : shape_text(c->params, subject_of(c)->key);
    char name[96];
    if (id != NULL) {
        snprintf(ret_id, DIGEST_TEXT, "%s", id);
        return;
    }
    snprintf(name, sizeof name, "password-%s", shape_text(c->params, "account"));
    digest_hex(span_of(name), ret_id);
}

int answer_admin(struct desk *d, usec_t now, struct call *c)
{
    char id[DIGEST_TEXT];
    if (c->refused) {
        answer_end(d, c);
        return 0;
    }
    id_of(c, id);
    return ask_record(d, now, c, id, c->revision);
}

int rows_admin(struct desk *d, usec_t now, struct call *c, const struct rows *rows)
{
    char id[DIGEST_TEXT];
    (void)now;
    id_of(c, id);
    int r = write_one(c, id, rows);
    draw_show(c, &c->result);
    answer_end(d, c);
    return r;
}
