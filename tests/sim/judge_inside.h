/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the judge: a revision as it is judged, and how records are read. */
#ifndef SIM_JUDGE_INSIDE_H
#define SIM_JUDGE_INSIDE_H

#include <string.h>

#include "sim/judge.h"

/* A revision of the log, about to be judged. */
struct entry {
    json_t *const *rows;
    size_t n;
    int64_t revision, at;
    const char *operation, *actor;
};

/* A rule that the revision broke; the first is kept. */
void judge_found(struct judge *j, const struct entry *e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What a record was before the revision, and is after it; NULL or null: not there. */
json_t *judge_before(const struct judge *j, const char *kind, const char *id);
json_t *judge_after(const struct judge *j, const struct entry *e, const char *kind, const char *id);

/* What an admission may take: domain.md, "Capacity of a unit"; -1: never declared. */
int64_t judge_free(const json_t *unit, bool emergency);
/* The same with what is offered to other requests than one ("": to any) counted as held; urgent:
 * only what is offered to emergencies. */
int64_t judge_unoffered(const struct judge *j, const json_t *unit, const char *unit_id,
                        const char *request, bool emergency, bool urgent);

/* judge_night.c: what a revision does to offers, missions and movements, before it is learnt; and
 * what must hold of them after it. */
void judge_others(struct judge *j, const struct entry *e);
void judge_offered(struct judge *j, const struct entry *e);

static inline const char *judge_text(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t != NULL ? t : "";
}

static inline int64_t judge_number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static inline bool judge_flag(const json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

static inline bool judge_is(const json_t *o, const char *name, const char *value)
{
    return strcmp(judge_text(o, name), value) == 0;
}

/* Transitions: all there are. by: operations, each between spaces. */
struct judge_transition {
    const char *from, *to, *by;
};
bool judge_may_become(const struct judge_transition *all, size_t n, const char *from,
                      const char *to, const char *operation);

#endif
