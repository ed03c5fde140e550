/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary about missions and who is on call: rows of dictionary.h. */
#ifndef UGO_DICTIONARY_MISSIONS_H
#define UGO_DICTIONARY_MISSIONS_H

/* clang-format off */
#define MESSAGES_MISSIONS(X) \
/* ── states ── */ \
X(MSG_MISSION_NOBODY, "à prendre depuis {1} : aucune équipe désignée", "to be taken since {1}: no team yet") \
X(MSG_MISSION_ASSIGNED, "confiée à {1} à {2}", "given to {1} at {2}") \
X(MSG_MISSION_UNDER_WAY, "{1} en route depuis {2}", "{1} on the way since {2}") \
X(MSG_MISSION_ARRIVED, "{1} avec l'enfant depuis {2}", "{1} with the child since {2}") \
X(MSG_MISSION_HANDED_OVER, "arrivés à destination à {1}", "at the place at {1}") \
X(MSG_MISSION_CANCELLED, "annulée à {1}", "cancelled at {1}") \
X(MSG_MISSION_CANCELLED_FOR, "annulée à {1} : {2}", "cancelled at {1}: {2}") \
X(MSG_MISSION_A_TEAM, "une équipe", "a team") \
X(MSG_MISSION_HOLD, "option {1}", "hold {1}") \
X(MSG_CHANGE_MISSION_NEW, "nouvelle mission, {1}", "new mission, {1}") \
X(MSG_CHANGE_MISSION, "mission : {1}", "mission: {1}") \
X(MSG_WATCH_MISSIONS, "{0} mission|{0} missions", "{0} mission|{0} missions") \
X(MSG_MISSIONS_ARE, "{0} mission :|{0} missions :", "{0} mission:|{0} missions:") \
X(MSG_NO_MISSIONS, "Aucune mission en cours.", "No mission at present.") \
X(MSG_NO_SUCH_MISSION, "aucune mission en cours ne finit par « {1} », parmi celles que ce compte peut voir. Voir : ugo mission list", "no current mission ends in “{1}”, among those that this account may see. See: ugo mission list") \
/* ── done ── */ \
X(MSG_DONE_MISSION_ASSIGN, "C'est noté : la mission a son équipe.", "Noted: the mission has its team.") \
X(MSG_DONE_MISSION_START, "C'est noté : en route. L'astreinte et l'établissement le voient.", "Noted: on the way. The officer on call and the establishment see it.") \
X(MSG_DONE_MISSION_ARRIVE, "C'est noté : avec l'enfant.", "Noted: with the child.") \
X(MSG_DONE_MISSION_HANDOVER, "C'est noté : arrivés. Les places comptent comme occupées, personne n'a à les saisir.", "Noted: arrived. The places count as occupied, nobody has to type them.") \
X(MSG_DONE_MISSION_CANCEL, "C'est noté : mission annulée. L'option reste acceptée.", "Noted: mission cancelled. The hold stays accepted.") \
X(MSG_DONE_MISSION_CREATE, "C'est noté : une mission est créée.", "Noted: a mission is made.") \
X(MSG_GO_MISSION_START, "au départ", "on leaving") \
X(MSG_GO_MISSION_ARRIVE, "avec l'enfant", "with the child") \
X(MSG_GO_MISSION_HANDOVER, "à l'arrivée au lieu d'accueil", "on arrival at the place") \
X(MSG_GO_MISSION_ASSIGN, "la confier à une équipe", "give it to a team") \
/* ── on call ── */ \
X(MSG_ON_CALL, "{1} : {2}, jusqu'à {3}", "{1}: {2}, until {3}") \
X(MSG_ON_CALL_NOBODY, "Personne n'est d'astreinte à cette heure, d'après le tableau.", "Nobody is on call at that time, by the rota.") \
/* ── help ── */ \
X(MSG_VERB_MISSION_LIST, "les missions en cours", "current missions") \
X(MSG_VERB_MISSION_SHOW, "une mission", "a mission") \
X(MSG_VERB_MISSION_CREATE, "envoyer une équipe pour une option acceptée", "send a team for an accepted hold") \
X(MSG_VERB_MISSION_ASSIGN, "confier une mission à une équipe", "give a mission to a team") \
X(MSG_VERB_MISSION_START, "dire qu'on est en route", "say that one is on the way") \
X(MSG_VERB_MISSION_ARRIVE, "dire qu'on est avec l'enfant", "say that one is with the child") \
X(MSG_VERB_MISSION_HANDOVER, "dire que l'enfant est arrivé au lieu d'accueil", "say that the child is at the place") \
X(MSG_VERB_MISSION_CANCEL, "annuler une mission", "cancel a mission") \
X(MSG_VERB_ONCALL, "qui est d'astreinte", "who is on call") \
X(MSG_VALUE_MISSION, "M", "M") \
X(MSG_HELP_TEAM, "compte de l'équipe mobile", "account of the mobile team") \
X(MSG_NOTES_MISSION_ID, "M est l'identifiant de la mission (ugo mission list), ou sa fin si elle est en cours.", "M is the id of the mission (ugo mission list), or its end while it is current.") \
X(MSG_NOTES_MISSION_CANCEL, "M est l'identifiant de la mission (ugo mission list), ou sa fin. Codes : no_show, runaway, returned_home, other_place, decision_changed, error, other.", "M is the id of the mission (ugo mission list), or its end. Codes: no_show, runaway, returned_home, other_place, decision_changed, error, other.")

#define LABELS_MISSIONS(X) \
X("mission_state.assigned", "confiée", "given") \
X("mission_state.under_way", "en route", "on the way") \
X("mission_state.arrived", "avec l'enfant", "with the child") \
X("mission_state.handed_over", "arrivés", "arrived") \
X("mission_state.cancelled", "annulée", "cancelled") \
X("duty.astreinte", "Astreinte", "Officer on call") \
X("duty.def", "Direction d'astreinte", "Directorate on call") \
X("duty.mobile", "Équipe mobile", "Mobile team") \
X("operation.mission.create", "mission créée", "mission made") \
X("operation.mission.assign", "mission confiée", "mission given") \
X("operation.mission.start", "équipe en route", "team on the way") \
X("operation.mission.arrive", "équipe avec l'enfant", "team with the child") \
X("operation.mission.hand_over", "arrivée par l'équipe mobile", "arrival by the mobile team") \
X("operation.mission.cancel", "mission annulée", "mission cancelled") \
X("operation.mission.forget", "mission oubliée", "mission forgotten") \
X("operation.calendar.put", "calendrier modifié", "calendar changed") \
X("operation.rota.put", "tour d'astreinte modifié", "rota changed") \
X("operation.rota.delete", "tour d'astreinte supprimé", "rota entry deleted") \
X("operation.rota.forget", "tour d'astreinte oublié", "rota entry forgotten") \
X("detail.has_mission", "Cette option a déjà une mission. Voir : ugo mission list", "This hold already has a mission. See: ugo mission list") \
X("detail.not_a_team", "pas le compte d'une équipe mobile", "not the account of a mobile team") \
X("detail.mission_not_active", "Cette mission n'en est plus là. Voir : ugo mission show M", "This mission is past that. See: ugo mission show M")
/* clang-format on */

#endif
