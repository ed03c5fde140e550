/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/establishment.h"

#include "core/json_read.h"

static int texts_read(const json_t *json, struct establishment *e)
{
    const json_t *contact = json_object_get(json, "contact");
    struct {
        const json_t *from;
        const char *key;
        char **to;
    } const members[] = {
        {json, "name", &e->name},          {json, "establishment_kind", &e->kind},
        {json, "finess", &e->finess},      {json, "operator", &e->operator_name},
        {json, "address", &e->address},    {json, "territory", &e->territory},
        {json, "commune", &e->commune},    {json, "precision", &e->precision},
        {contact, "day", &e->contact_day}, {contact, "night", &e->contact_night},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++)
        if (json_copy_text(members[i].from, members[i].key, members[i].to) < 0)
            return -ENOMEM;
    return 0;
}

static void cleanup(struct establishment **e)
{
    establishment_destroy(*e);
}

int establishment_decode(const char *id, const char *state, struct establishment **ret)
{
    CLEANUP(json_release) json_t *json = json_loads(state, 0, NULL);
    const char *visibility = json_text(json, "visibility");
    int number = visibility ? code_find(visibility_codes, VISIBILITY_COUNT, visibility) : -1;
    if (number < 0)
        return -EBADMSG;
    CLEANUP(cleanup) struct establishment *e = calloc(1, sizeof *e);
    if (e == NULL || (e->id = strdup(id)) == NULL || texts_read(json, e) < 0)
        return -ENOMEM;
    if (e->name == NULL || e->kind == NULL || e->territory == NULL)
        return -EBADMSG;
    e->visibility = (enum visibility)number;
    e->point = json_point(json_object_get(json, "point"));
    e->public_point = json_point(json_object_get(json, "public_point"));
    *ret = e;
    e = NULL;
    return 0;
}

void establishment_destroy(struct establishment *e)
{
    if (e == NULL)
        return;
    char *texts[] = {e->id,           e->name,      e->kind,    e->finess,    e->operator_name,
                     e->address,      e->territory, e->commune, e->precision, e->contact_day,
                     e->contact_night};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        free(texts[i]);
    free(e);
}
