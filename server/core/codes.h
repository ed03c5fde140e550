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

/* Why places are closed; on what ground more children are taken than there are places. */
#define CLOSED_REASONS(X)                                                                          \
    X(CLOSED_STAFF, "staff")                                                                       \
    X(CLOSED_WORKS, "works")                                                                       \
    X(CLOSED_HOLIDAYS, "holidays")                                                                 \
    X(CLOSED_HEALTH, "health")                                                                     \
    X(CLOSED_SAFETY, "safety")                                                                     \
    X(CLOSED_ADMINISTRATIVE, "administrative")                                                     \
    X(CLOSED_OTHER, "other")

#define DEROGATIONS(X)                                                                             \
    X(DEROGATION_EMERGENCY, "emergency")                                                           \
    X(DEROGATION_SIBLINGS, "siblings")                                                             \
    X(DEROGATION_JUDGE, "judge")                                                                   \
    X(DEROGATION_ASE, "ase")                                                                       \
    X(DEROGATION_OTHER, "other")

/* Of requests and holds: states, and the coded reasons of what ends them. */
#define REQUEST_STATES(X)                                                                          \
    X(REQUEST_OPEN, "open")                                                                        \
    X(REQUEST_PLACED, "placed")                                                                    \
    X(REQUEST_CLOSED, "closed")                                                                    \
    X(REQUEST_WITHDRAWN, "withdrawn")

#define HOLD_STATES(X)                                                                             \
    X(HOLD_HELD, "held")                                                                           \
    X(HOLD_ACCEPTED, "accepted")                                                                   \
    X(HOLD_ARRIVED, "arrived")                                                                     \
    X(HOLD_REFUSED, "refused")                                                                     \
    X(HOLD_RELEASED, "released")                                                                   \
    X(HOLD_EXPIRED, "expired")                                                                     \
    X(HOLD_WITHDRAWN, "withdrawn")

#define OFFER_STATES(X)                                                                            \
    X(OFFER_OFFERED, "offered")                                                                    \
    X(OFFER_TAKEN, "taken")                                                                        \
    X(OFFER_DECLINED, "declined")                                                                  \
    X(OFFER_LAPSED, "lapsed")                                                                      \
    X(OFFER_VOID, "void")

#define MISSION_STATES(X)                                                                          \
    X(MISSION_ASSIGNED, "assigned")                                                                \
    X(MISSION_UNDER_WAY, "under_way")                                                              \
    X(MISSION_ARRIVED, "arrived")                                                                  \
    X(MISSION_HANDED_OVER, "handed_over")                                                          \
    X(MISSION_CANCELLED, "cancelled")

/* Who is on call for what (rota). */
#define DUTIES(X)                                                                                  \
    X(DUTY_ASTREINTE, "astreinte")                                                                 \
    X(DUTY_DEF, "def")                                                                             \
    X(DUTY_MOBILE, "mobile")

#define LEGAL_FRAMES(X)                                                                            \
    X(FRAME_RECUEIL_PROVISOIRE, "recueil_provisoire")                                              \
    X(FRAME_ACCUEIL_PROVISOIRE, "accueil_provisoire")                                              \
    X(FRAME_APJM, "apjm")                                                                          \
    X(FRAME_OPP, "opp")                                                                            \
    X(FRAME_JUGEMENT, "jugement")                                                                  \
    X(FRAME_TUTELLE, "tutelle")                                                                    \
    X(FRAME_PUPILLE, "pupille")                                                                    \
    X(FRAME_DELEGATION, "delegation")                                                              \
    X(FRAME_MNA_EVALUATION, "mna_evaluation")                                                      \
    X(FRAME_OTHER, "other")

#define REFUSALS(X)                                                                                \
    X(REFUSAL_FULL, "full")                                                                        \
    X(REFUSAL_STAFF, "staff")                                                                      \
    X(REFUSAL_AGE, "age")                                                                          \
    X(REFUSAL_SEX, "sex")                                                                          \
    X(REFUSAL_GROUP, "group")                                                                      \
    X(REFUSAL_BEHAVIOUR, "behaviour")                                                              \
    X(REFUSAL_HEALTH, "health")                                                                    \
    X(REFUSAL_DISTANCE, "distance")                                                                \
    X(REFUSAL_ADMISSION_MODE, "admission_mode")                                                    \
    X(REFUSAL_DOCUMENTS, "documents")                                                              \
    X(REFUSAL_OTHER, "other")

#define WITHDRAWALS(X)                                                                             \
    X(WITHDRAWAL_NO_SHOW, "no_show")                                                               \
    X(WITHDRAWAL_RUNAWAY, "runaway")                                                               \
    X(WITHDRAWAL_RETURNED_HOME, "returned_home")                                                   \
    X(WITHDRAWAL_OTHER_PLACE, "other_place")                                                       \
    X(WITHDRAWAL_DECISION_CHANGED, "decision_changed")                                             \
    X(WITHDRAWAL_ERROR, "error")                                                                   \
    X(WITHDRAWAL_OTHER, "other")

/* `arrived` is never said by a client: the last arrival closes a request. */
#define REQUEST_ENDS(X)                                                                            \
    X(REQUEST_END_ARRIVED, "arrived")                                                              \
    X(REQUEST_END_PLACED_ELSEWHERE, "placed_elsewhere")                                            \
    X(REQUEST_END_RETURNED_HOME, "returned_home")                                                  \
    X(REQUEST_END_DECISION_CHANGED, "decision_changed")                                            \
    X(REQUEST_END_MAJORITY, "majority")                                                            \
    X(REQUEST_END_DUPLICATE, "duplicate")                                                          \
    X(REQUEST_END_ERROR, "error")                                                                  \
    X(REQUEST_END_OTHER, "other")

/* Planned movements: what moves, how far it is, why somebody leaves. */
#define MOVEMENT_TYPES(X)                                                                          \
    X(MOVEMENT_EXIT, "exit")                                                                       \
    X(MOVEMENT_ENTRY, "entry")                                                                     \
    X(MOVEMENT_OPENING, "opening")                                                                 \
    X(MOVEMENT_CLOSING, "closing")                                                                 \
    X(MOVEMENT_SEQUENCE, "sequence") /* places shared in time */

/* Weeks by their ISO number. */
#define WEEKS(X)                                                                                   \
    X(WEEKS_ALL, "all")                                                                            \
    X(WEEKS_ODD, "odd")                                                                            \
    X(WEEKS_EVEN, "even")

#define MOVEMENT_STATES(X)                                                                         \
    X(MOVEMENT_PLANNED, "planned")                                                                 \
    X(MOVEMENT_DONE, "done")                                                                       \
    X(MOVEMENT_CANCELLED, "cancelled")

#define MOVEMENT_CODES(X)                                                                          \
    X(MOVEMENT_CODE_RETURN_HOME, "return_home")                                                    \
    X(MOVEMENT_CODE_MAJORITY, "majority")                                                          \
    X(MOVEMENT_CODE_RUPTURE, "rupture")                                                            \
    X(MOVEMENT_CODE_TRANSFER, "transfer")                                                          \
    X(MOVEMENT_CODE_END_OF_STAY, "end_of_stay")                                                    \
    X(MOVEMENT_CODE_FOSTER_CHANGE, "foster_change")                                                \
    X(MOVEMENT_CODE_OTHER, "other")

/* What comes at the end of a hold that nobody answered. */
#define HOLD_ENDS(X)                                                                               \
    X(HOLD_END_RELEASE, "release")                                                                 \
    X(HOLD_END_ESCALATE, "escalate")

#define CODE_ENUMERATOR(name, code) name,
enum role { ROLES(CODE_ENUMERATOR) ROLE_COUNT };
enum modality { MODALITIES(CODE_ENUMERATOR) MODALITY_COUNT };
enum need { NEEDS(CODE_ENUMERATOR) NEED_COUNT };
enum tristate { TRISTATES(CODE_ENUMERATOR) TRI_COUNT };
enum unit_sex { UNIT_SEXES(CODE_ENUMERATOR) UNIT_SEX_COUNT };
enum admission { ADMISSIONS(CODE_ENUMERATOR) ADMISSION_COUNT };
enum visibility { VISIBILITIES(CODE_ENUMERATOR) VISIBILITY_COUNT };
enum closed_reason { CLOSED_REASONS(CODE_ENUMERATOR) CLOSED_REASON_COUNT };
enum derogation { DEROGATIONS(CODE_ENUMERATOR) DEROGATION_COUNT };
enum request_state { REQUEST_STATES(CODE_ENUMERATOR) REQUEST_STATE_COUNT };
enum hold_state { HOLD_STATES(CODE_ENUMERATOR) HOLD_STATE_COUNT };
enum offer_state { OFFER_STATES(CODE_ENUMERATOR) OFFER_STATE_COUNT };
enum mission_state { MISSION_STATES(CODE_ENUMERATOR) MISSION_STATE_COUNT };
enum duty { DUTIES(CODE_ENUMERATOR) DUTY_COUNT };
enum legal_frame { LEGAL_FRAMES(CODE_ENUMERATOR) LEGAL_FRAME_COUNT };
enum refusal { REFUSALS(CODE_ENUMERATOR) REFUSAL_COUNT };
enum withdrawal { WITHDRAWALS(CODE_ENUMERATOR) WITHDRAWAL_COUNT };
enum request_end { REQUEST_ENDS(CODE_ENUMERATOR) REQUEST_END_COUNT };
enum weeks { WEEKS(CODE_ENUMERATOR) WEEKS_COUNT };
enum movement_type { MOVEMENT_TYPES(CODE_ENUMERATOR) MOVEMENT_TYPE_COUNT };
enum movement_state { MOVEMENT_STATES(CODE_ENUMERATOR) MOVEMENT_STATE_COUNT };
enum movement_code { MOVEMENT_CODES(CODE_ENUMERATOR) MOVEMENT_CODE_COUNT };
enum hold_end { HOLD_ENDS(CODE_ENUMERATOR) HOLD_END_COUNT };

extern const char *const role_codes[ROLE_COUNT];
extern const char *const modality_codes[MODALITY_COUNT];
extern const char *const need_codes[NEED_COUNT];
extern const char *const tristate_codes[TRI_COUNT];
extern const char *const unit_sex_codes[UNIT_SEX_COUNT];
extern const char *const admission_codes[ADMISSION_COUNT];
extern const char *const visibility_codes[VISIBILITY_COUNT];
extern const char *const closed_reason_codes[CLOSED_REASON_COUNT];
extern const char *const derogation_codes[DEROGATION_COUNT];
extern const char *const request_state_codes[REQUEST_STATE_COUNT];
extern const char *const hold_state_codes[HOLD_STATE_COUNT];
extern const char *const offer_state_codes[OFFER_STATE_COUNT];
extern const char *const mission_state_codes[MISSION_STATE_COUNT];
extern const char *const duty_codes[DUTY_COUNT];
extern const char *const legal_frame_codes[LEGAL_FRAME_COUNT];
extern const char *const refusal_codes[REFUSAL_COUNT];
extern const char *const withdrawal_codes[WITHDRAWAL_COUNT];
extern const char *const request_end_codes[REQUEST_END_COUNT];
extern const char *const weeks_codes[WEEKS_COUNT];
extern const char *const movement_type_codes[MOVEMENT_TYPE_COUNT];
extern const char *const movement_state_codes[MOVEMENT_STATE_COUNT];
extern const char *const movement_code_codes[MOVEMENT_CODE_COUNT];
extern const char *const hold_end_codes[HOLD_END_COUNT];

/* The index of code in a table of n, or -1. */
int code_find(const char *const *codes, int n, const char *code);

#endif
