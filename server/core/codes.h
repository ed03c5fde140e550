/* SPDX-License-Identifier: EUPL-1.2 */
/* The closed lists of the domain, one table each: an enumerator, its code in protocol and store.
 * What a département may extend (establishment kinds, territories) is data and is not here. */
#ifndef CORE_CODES_H
#define CORE_CODES_H

#include "base/span.h"

#define ROLES(X)                                                                                   \
    X(ROLE_ESTABLISHMENT, "establishment")                                                         \
    X(ROLE_SERVICE, "service")                                                                     \
    X(ROLE_TERRITORY, "territory")                                                                 \
    X(ROLE_MOBILE, "mobile")                                                                       \
    X(ROLE_ASTREINTE, "astreinte")                                                                 \
    X(ROLE_DEF, "def")                                                                             \
    X(ROLE_ADMIN, "admin")

#define MODALITIES(X)                                                                              \
    X(MODALITY_INTERNAT, "internat")                                                               \
    X(MODALITY_URGENCE, "urgence")                                                                 \
    X(MODALITY_SEQUENTIEL, "sequentiel")                                                           \
    X(MODALITY_RELAIS, "relais")                                                                   \
    X(MODALITY_ACCUEIL_JOUR, "accueil_jour")                                                       \
    X(MODALITY_PAD, "pad")                                                                         \
    X(MODALITY_SEMI_AUTONOMIE, "semi_autonomie")                                                   \
    X(MODALITY_INTERNAT_SEMAINE, "internat_semaine")                                               \
    X(MODALITY_FAMILIAL, "familial")                                                               \
    X(MODALITY_PARENTAL, "parental")

#define NEEDS(X)                                                                                   \
    X(NEED_MNA, "mna")                                                                             \
    X(NEED_DISABILITY, "disability")                                                               \
    X(NEED_COMPLEX, "complex")                                                                     \
    X(NEED_PREGNANT, "pregnant")                                                                   \
    X(NEED_MOTHER_CHILD, "mother_child")                                                           \
    X(NEED_PSYCHIATRIC, "psychiatric")                                                             \
    X(NEED_MEDICAL, "medical")

/* Unknown comes first everywhere: a zeroed record knows nothing. */
#define TRISTATES(X)                                                                               \
    X(TRI_UNKNOWN, "unknown")                                                                      \
    X(TRI_YES, "yes")                                                                              \
    X(TRI_NO, "no")

#define UNIT_SEXES(X)                                                                              \
    X(UNIT_SEX_UNKNOWN, "unknown")                                                                 \
    X(UNIT_SEX_ANY, "any")                                                                         \
    X(UNIT_SEX_GIRLS, "girls")                                                                     \
    X(UNIT_SEX_BOYS, "boys")

#define ADMISSIONS(X)                                                                              \
    X(ADMISSION_UNKNOWN, "unknown")                                                                \
    X(ADMISSION_OFFICE_HOURS, "office_hours")                                                      \
    X(ADMISSION_ALWAYS, "always")

#define VISIBILITIES(X)                                                                            \
    X(VISIBILITY_EXACT, "exact")                                                                   \
    X(VISIBILITY_COMMUNE, "commune")                                                               \
    X(VISIBILITY_HIDDEN, "hidden")

#define CODE_ENUMERATOR(name, code) name,
enum role { ROLES(CODE_ENUMERATOR) ROLE_COUNT };
enum modality { MODALITIES(CODE_ENUMERATOR) MODALITY_COUNT };
enum need { NEEDS(CODE_ENUMERATOR) NEED_COUNT };
enum tristate { TRISTATES(CODE_ENUMERATOR) TRI_COUNT };
enum unit_sex { UNIT_SEXES(CODE_ENUMERATOR) UNIT_SEX_COUNT };
enum admission { ADMISSIONS(CODE_ENUMERATOR) ADMISSION_COUNT };
enum visibility { VISIBILITIES(CODE_ENUMERATOR) VISIBILITY_COUNT };

extern const char *const role_codes[ROLE_COUNT];
extern const char *const modality_codes[MODALITY_COUNT];
extern const char *const need_codes[NEED_COUNT];
extern const char *const tristate_codes[TRI_COUNT];
extern const char *const unit_sex_codes[UNIT_SEX_COUNT];
extern const char *const admission_codes[ADMISSION_COUNT];
extern const char *const visibility_codes[VISIBILITY_COUNT];

/* The index of code in a table of n, or -1. */
int code_find(const char *const *codes, int n, const char *code);

#endif
