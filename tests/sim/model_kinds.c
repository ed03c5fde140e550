/* SPDX-License-Identifier: EUPL-1.2 */
/* The establishment kinds every database starts with: schema/0013_kinds.sql. */
#include "sim/model_tables.h"

static const struct kind {
    const char *code, *categories;
    int hours;
    const char *modality, *visibility;
} kinds[] = {
    {"mecs", "[\"177\"]", 24, "internat", "exact"},
    {"cdef", "[\"175\"]", 24, "internat", "exact"},
    {"pouponniere", "[\"172\"]", 24, "internat", "exact"},
    {"village_enfants", "[\"176\"]", 24, "internat", "exact"},
    {"lieu_de_vie", "[\"462\"]", 24, "internat", "commune"},
    {"placement_familial", "[\"236\"]", 72, "familial", "exact"},
    {"assistant_familial", "[]", 72, "familial", "commune"},
    {"accueil_mere_enfant", "[\"166\"]", 24, "parental", "exact"},
    {"centre_parental", "[\"159\"]", 24, "parental", "exact"},
    {"mna", "[\"643\",\"644\"]", 24, "semi_autonomie", "exact"},
    {"urgence", "[]", 4, "urgence", "exact"},
    {"autonomie", "[]", 24, "semi_autonomie", "exact"},
    {"accueil_jour", "[]", 24, "accueil_jour", "exact"},
    {"pad", "[]", 24, "pad", "exact"},
    {"experimental", "[\"378\"]", 24, "internat", "exact"},
    {"autre", "[]", 24, "internat", "exact"},
};

void model_load_kinds(struct model *m)
{
    struct buf batch = {0};
    const char *sqlstate;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        const struct kind *k = &kinds[i];
        buf_printf(
            &batch,
            "%c{\"account\":\"system\",\"op\":\"establishment_kind.put\",\"key\":\"kind-%s\","
            "\"digest\":\"\",\"channel\":\"import\",\"params\":{\"code\":\"%s\","
            "\"finess_categories\":%s,\"ttl_s\":%d,\"modality\":\"%s\",\"visibility\":\"%s\"}}",
            i == 0 ? '[' : ',', k->code, k->code, k->categories, k->hours * 3600, k->modality,
            k->visibility);
    }
    buf_add(&batch, (span){"]", 2}); /* with its terminator */
    json_decref(must(apply_batch(m, batch.p, true, &sqlstate)));
    buf_free(&batch);
}
