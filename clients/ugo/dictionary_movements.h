/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary about planned movements: rows of dictionary.h. */
#ifndef UGO_DICTIONARY_MOVEMENTS_H
#define UGO_DICTIONARY_MOVEMENTS_H

/* clang-format off */
#define MESSAGES_MOVEMENTS(X) \
X(MSG_MOVEMENT_LINE, "{1} : {2}, {3}", "{1}: {2}, {3}") \
X(MSG_MOVEMENT_TO, "vers {1}", "to {1}") \
X(MSG_MOVEMENT_BACK, "retour à {1}", "back to {1}") \
X(MSG_MOVEMENT_ORIGIN, "venant de {1}, où sa place reste gardée", "from {1}, where the place is kept") \
X(MSG_MOVEMENT_UNTIL, "jusqu'au {1}", "until {1}") \
X(MSG_MOVEMENT_ENDING, "le séjour se termine bientôt : préparez la sortie", "the stay ends soon: prepare the exit") \
X(MSG_MOVEMENTS_TOO, "Avec lui :", "With it:") \
X(MSG_EXITS_DUE, "Sorties prévues ici d'ici une semaine. Si c'était l'une d'elles, annulez-la : elle serait comptée deux fois.", "Exits planned here within a week. If it was one of these, cancel it: it would count twice.") \
X(MSG_GO_EXIT_WAS, "si c'était celle-ci", "if it was this one") \
X(MSG_OFFERED_TO_OTHERS, "{0} place proposée à une autre demande jusqu'à {1}|{0} places proposées à d'autres demandes jusqu'à {1}", "{0} place offered to another request until {1}|{0} places offered to other requests until {1}") \
X(MSG_NOT_YET_TO_ASK, "on ne peut pas la demander avant, sauf refus", "cannot be asked for before then, unless declined") \
X(MSG_FREE_UNTIL, "libre jusqu'au {1} seulement : promise ensuite", "free until {1} only: promised after that") \
X(MSG_PROMISED, "déjà promise aujourd'hui : demander", "promised today already: ask") \
X(MSG_EXPECTED_TIGHTEST, "au plus juste, le {1} : {2}", "at the tightest, on {1}: {2}") \
X(MSG_MOVEMENT_DUE, "la durée maximale du séjour approche : préparez la sortie", "the longest stay allowed ends soon: prepare the exit") \
X(MSG_MOVEMENTS_ARE, "{0} mouvement :|{0} mouvements :", "{0} movement:|{0} movements:") \
X(MSG_NO_MOVEMENTS, "Aucun mouvement prévu.", "No movement is planned.") \
X(MSG_NO_SUCH_MOVEMENT, "aucun mouvement prévu ne finit par « {1} ». Voir : ugo movement list", "no planned movement ends in “{1}”. See: ugo movement list") \
X(MSG_MOVEMENT_UNIT_NOW, "{1} : {2}", "{1}: {2}") \
X(MSG_DONE_MOVEMENT_PLAN, "C'est prévu. Les chiffres du jour ne changent pas ; une recherche pour cette date en tient compte.", "It is planned. Today's figures stay; a search for that day counts it.") \
X(MSG_DONE_MOVEMENT_CANCEL, "C'est noté : ce mouvement n'aura pas lieu.", "Noted: this movement will not be.") \
X(MSG_DONE_MOVEMENT, "C'est fait : les chiffres sont à jour, il n'y a rien d'autre à saisir.", "Done: the figures are up to date, there is nothing else to type.") \
X(MSG_GO_MOVEMENT_DONE, "le jour venu", "on the day") \
X(MSG_GO_MOVEMENT_CANCEL, "si cela ne se fait pas", "if it will not be") \
X(MSG_EXPECTED_ON, "prévu à cette date : {1}", "expected on that day: {1}") \
X(MSG_VERB_MOVEMENT, "ce qui est prévu : sorties, entrées, ouvertures, fermetures", "what is planned: exits, entries, openings, closings") \
X(MSG_VERB_MOVEMENT_LIST, "les mouvements prévus", "planned movements") \
X(MSG_VERB_MOVEMENT_PLAN, "prévoir une sortie, une entrée, une ouverture, une fermeture", "plan an exit, an entry, an opening, a closing") \
X(MSG_VERB_MOVEMENT_DONE, "dire qu'un mouvement prévu a eu lieu", "say that a planned movement has happened") \
X(MSG_VERB_MOVEMENT_CANCEL, "annuler un mouvement prévu", "cancel a planned movement") \
X(MSG_VERB_ENTRY, "dire une entrée, avec sa fin si elle est connue", "say that somebody was brought in, and until when") \
X(MSG_VERB_EXIT, "dire une sortie", "say that somebody has left") \
X(MSG_VERB_TRANSFER, "dire un transfert d'une unité à une autre", "say that somebody went from one unit to another") \
X(MSG_VALUE_MOVEMENT, "V", "V") \
X(MSG_VALUE_EXIT, "UNITÉ N", "UNIT N") \
X(MSG_VALUE_TRANSFER, "DE VERS N", "FROM TO N") \
X(MSG_WANT_ENTRY, "ugo entry demande l'unité et le nombre de places : ugo entry u-12 1 --until 2026-12-18", "ugo entry wants the unit and the number of places: ugo entry u-12 1 --until 2026-12-18") \
X(MSG_HELP_UNTIL, "dernier jour, sans heure, comme 2026-12-18 ou 18/12/2026 : fin du séjour, ou de ce qui est cherché", "last day, without a time, like 2026-12-18: the end of the stay, or of what is wanted") \
X(MSG_HELP_ORIGIN_UNIT, "unité de l'enfant, où sa place reste gardée", "the child's own unit, where its place is kept") \
X(MSG_VALUE_WEEKDAYS, "JOURS", "DAYS") \
X(MSG_HELP_WEEKDAYS, "jours de la semaine, comme lundi,mardi ou 1,2", "days of the week, like monday,tuesday or 1,2") \
X(MSG_WANT_WEEKDAYS, "des jours de la semaine, comme lundi,mardi ou 1,2", "days of the week, like monday,tuesday or 1,2") \
X(MSG_HELP_WEEKS, "semaines : all (toutes), odd (impaires), even (paires)", "weeks: all, odd or even") \
X(MSG_HELP_ENDS, "sortie prévue que celle-ci remplace (plusieurs : répéter)", "planned exit that this one closes (several: repeat)") \
X(MSG_WANT_EXIT, "ugo exit demande l'unité et le nombre de places : ugo exit u-12 1 --code majority", "ugo exit wants the unit and the number of places: ugo exit u-12 1 --code majority") \
X(MSG_WANT_TRANSFER, "ugo transfer demande deux unités et le nombre de places : ugo transfer u-12 u-13 1", "ugo transfer wants two units and the number of places: ugo transfer u-12 u-13 1") \
X(MSG_HELP_TYPE, "exit (sortie), entry (entrée), opening (ouverture), closing (fermeture) ou sequence (place partagée)", "exit, entry, opening, closing or sequence (a place shared in time)") \
X(MSG_HELP_MOVED, "combien de places", "how many places") \
X(MSG_WANT_MOVED, "un nombre de places de 1 à 999", "a number of places from 1 to 999") \
X(MSG_HELP_ON, "jour du mouvement, comme 2026-12-18 ou 18/12/2026", "day of the movement, like 2026-12-18") \
X(MSG_HELP_TO_UNIT, "unité où l'on va, pour une sortie vers une autre unité", "the unit they go to, of an exit to another unit") \
X(MSG_NOTES_MOVEMENT_PLAN, "Une sortie a son motif (--code) : return_home, majority, rupture, transfer, end_of_stay, foster_change, other.\nUne place partagée dans le temps (séquentiel) : --type sequence --places 1 --on 24/11/2026 --weekdays lundi,mardi --weeks odd", "An exit has its reason (--code): return_home, majority, rupture, transfer, end_of_stay, foster_change, other.\nA place shared in time: --type sequence --places 1 --on 2026-11-24 --weekdays monday,tuesday --weeks odd") \
X(MSG_NOTES_EXIT, "--code dit pourquoi : return_home, majority, rupture, transfer, end_of_stay, foster_change, other. Si la sortie était prévue, --ends la clôt du même coup.", "--code says why: return_home, majority, rupture, transfer, end_of_stay, foster_change, other. If the exit was planned, --ends closes it at the same time.") \
X(MSG_NOTES_ENTRY, "Un relais : ugo entry UNITÉ 1 --until 30/11/2026 --origin-unit UNITÉ-DE-L'ENFANT. Sa place d'origine reste gardée, et la fin du séjour est rappelée deux jours avant.", "A respite stay: ugo entry UNIT 1 --until 2026-11-30 --origin-unit CHILD'S-UNIT. The child's own place is kept, and the end of the stay is recalled two days before.") \
X(MSG_NOTES_MOVEMENT_ID, "V est l'identifiant du mouvement (ugo movement list), ou sa fin tant qu'il est prévu.", "V is the id of the movement (ugo movement list), or its end while it is planned.")

#define LABELS_MOVEMENTS(X) \
X("movement.exit", "sortie", "exit") \
X("movement.entry", "entrée", "entry") \
X("movement.opening", "ouverture", "opening") \
X("movement.closing", "fermeture", "closing") \
X("movement.sequence", "place partagée dans le temps", "place shared in time") \
X("weekday.1", "lundi", "monday") \
X("weekday.2", "mardi", "tuesday") \
X("weekday.3", "mercredi", "wednesday") \
X("weekday.4", "jeudi", "thursday") \
X("weekday.5", "vendredi", "friday") \
X("weekday.6", "samedi", "saturday") \
X("weekday.7", "dimanche", "sunday") \
X("weeks.all", "toutes les semaines", "every week") \
X("weeks.odd", "semaines impaires", "odd weeks") \
X("weeks.even", "semaines paires", "even weeks") \
X("movement_state.planned", "prévu", "planned") \
X("movement_state.done", "fait", "done") \
X("movement_state.cancelled", "annulé", "cancelled") \
X("movement_code.return_home", "retour à domicile", "return home") \
X("movement_code.majority", "majorité", "majority") \
X("movement_code.rupture", "rupture", "breakdown") \
X("movement_code.transfer", "transfert", "transfer") \
X("movement_code.end_of_stay", "fin de séjour", "end of stay") \
X("movement_code.foster_change", "changement de famille d'accueil", "change of foster family") \
X("movement_code.other", "autre motif", "other reason") \
X("why.expected", "d'après ce qui est prévu", "by what is planned") \
X("operation.movement.plan", "mouvement prévu", "movement planned") \
X("operation.movement.cancel", "mouvement annulé", "movement cancelled") \
X("operation.movement.done", "mouvement fait", "movement done") \
X("operation.movement.entry", "entrée", "entry") \
X("operation.movement.end", "fin d'un partage", "sharing over") \
X("operation.movement.exit", "sortie", "exit") \
X("operation.movement.transfer", "transfert", "transfer") \
X("operation.movement.due_soon", "fin de séjour proche", "end of stay soon") \
X("operation.movement.forget", "mouvement oublié", "movement forgotten") \
X("detail.movement_not_planned", "Ce mouvement a déjà eu lieu, ou a été annulé. Voir : ugo movement list", "This movement has happened or was cancelled. See: ugo movement list") \
X("detail.entry_not_done", "C'est la fin d'un séjour qui n'a pas commencé : dites d'abord l'entrée (ugo movement done), ou annulez-la.", "It ends a stay that has not begun: say the entry first (ugo movement done), or cancel it.") \
X("detail.movement_recurs", "Une place partagée ne se fait pas : elle s'annule (ugo movement cancel).", "A shared place is not done: it is cancelled (ugo movement cancel).") \
X("detail.to_another_unit", "Cette sortie mène à une autre unité : ugo movement done V", "This exit leads to another unit: ugo movement done V") \
X("detail.only_for_entry", "seulement pour une entrée ou une place partagée (--type entry, sequence)", "only for an entry or a shared place (--type entry, sequence)") \
X("detail.only_for_sequence", "seulement pour une place partagée (--type sequence)", "only for a shared place (--type sequence)") \
X("detail.needs_wanted_on", "demande aussi le premier jour (--wanted)", "wants the first day too (--wanted)") \
X("detail.no_such_day", "aucun de ces jours dans la période", "no such day in that time") \
X("detail.only_for_exit", "seulement pour une sortie (--type exit)", "only for an exit (--type exit)") \
X("detail.same_unit", "c'est la même unité", "it is the same unit") \
X("detail.more_than_occupied", "plus que de places occupées", "more than the occupied places")
/* clang-format on */

#endif
