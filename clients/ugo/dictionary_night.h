/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary about a night, its figures and a request's certificate: rows of
 * dictionary.h. */
#ifndef UGO_DICTIONARY_NIGHT_H
#define UGO_DICTIONARY_NIGHT_H

/* clang-format off */
#define MESSAGES_NIGHT(X) \
/* ── a night ── */ \
X(MSG_NIGHT_FROM_TO, "Entre {1} et {2}", "From {1} to {2}") \
X(MSG_NIGHT_QUIET, "Rien dans ce temps : aucune recherche, aucune demande.", "Nothing in this time: no search, no request.") \
X(MSG_NIGHT_SEARCHES, "{0} recherche|{0} recherches", "{0} search|{0} searches") \
X(MSG_NIGHT_NONE_FOUND, "dont {0} sans résultat", "{0} of them without a result") \
X(MSG_NIGHT_REQUESTS, "{0} demande ouverte|{0} demandes ouvertes", "{0} request opened|{0} requests opened") \
X(MSG_NIGHT_ASKS, "{0} option demandée|{0} options demandées", "{0} hold asked|{0} holds asked") \
X(MSG_NIGHT_REFUSED, "{0} refusée|{0} refusées", "{0} refused") \
X(MSG_NIGHT_ARRIVALS, "{0} arrivée|{0} arrivées", "{0} arrival|{0} arrivals") \
X(MSG_NIGHT_FOUND, "{0} unité possible|{0} unités possibles", "{0} unit fits|{0} units fit") \
X(MSG_NIGHT_NOTHING_FOUND, "aucune unité", "no unit") \
X(MSG_NIGHT_BY_CLOCK, "l'horloge", "the clock") \
X(MSG_NIGHT_BY_REGISTER, "le registre", "the register") \
X(MSG_NIGHT_MOVED, "{0}~place, le {1}|{0}~places, le {1}", "{0}~place, on {1}|{0}~places, on {1}") \
X(MSG_FOR_REQUEST, "pour {1}", "for {1}") \
X(MSG_VERB_NIGHT, "la nuit : recherches, demandes, réponses, arrivées, dans l'ordre", "the night: searches, requests, answers, arrivals, in order") \
X(MSG_NOTES_NIGHT, "Sans --from, depuis 18 h, la dernière fois qu'il était 18 h. Sans --to, jusqu'à maintenant.", "Without --from, since 18:00, the last time it was 18:00. Without --to, until now.") \
/* ── a certificate ── */ \
X(MSG_VERB_CERTIFICATE, "tout ce que l'historique dit d'une demande, comme preuve", "all that the history says of a request, as evidence") \
X(MSG_NOTES_CERTIFICATE, "Avec --json, un fichier que l'administrateur du serveur vérifie : ugoctl audit verify --certificate FICHIER", "With --json, a file that the administrator of the server verifies: ugoctl audit verify --certificate FILE") \
X(MSG_CERTIFICATE_OF, "Certificat de la demande {1}", "Certificate of request {1}") \
X(MSG_CERTIFICATE_MADE, "Fait le {1}, à la révision {2} de l'historique {3}, empreinte {4}", "Made on {1}, at revision {2} of history {3}, hash {4}") \
X(MSG_CERTIFICATE_KNOWN, "On savait alors de cette unité : {1} ouvertes, {2} occupées, {3} promises, dit {4}.", "What was known of this unit then: {1} open, {2} occupied, {3} promised, as of {4}.") \
X(MSG_CERTIFICATE_NEVER, "Cette unité n'avait encore rien déclaré.", "This unit had declared nothing so far.") \
X(MSG_CERTIFICATE_WITHHELD, "(détail non montré à votre compte)", "(details not shown to your account)") \
/* ── figures ── */ \
X(MSG_VERB_STATISTICS, "les chiffres d'un temps : recherches vaines, refus, délais", "figures of a time: searches in vain, refusals, delays") \
X(MSG_NOTES_STATISTICS, "Sans --from, depuis 30 jours ; un an au plus.", "Without --from, for 30 days; a year at most.") \
X(MSG_STATISTICS_UNMET, "Sans réponse, par besoin :", "Unmet, by need:") \
X(MSG_STATISTICS_NEEDS, "{0} besoin|{0} besoins", "{0} need|{0} needs") \
X(MSG_STATISTICS_CHILDREN, "{0} enfant|{0} enfants", "{0} child|{0} children") \
X(MSG_STATISTICS_AGE, "le plus jeune : {1}", "the youngest: {1}") \
X(MSG_STATISTICS_REFUSALS, "Refus :", "Refusals:") \
X(MSG_STATISTICS_DELAY, "De la décision à l'arrivée : {1} pour la moitié, {2} pour neuf sur dix ({3})", "From the decision to the arrival: {1} for half of them, {2} for nine in ten ({3})") \
X(MSG_STATISTICS_ARRIVED, "{0} demande|{0} demandes", "{0} request|{0} requests")

#define LABELS_NIGHT(X) \
X("event.journal.search", "recherche", "search") \
X("event.request.open", "demande ouverte", "request opened") \
X("event.request.update", "demande modifiée", "request changed") \
X("event.request.close", "demande close", "request closed") \
X("event.request.decline", "offre déclinée", "offer declined") \
X("event.request.forget", "demande effacée de l'état courant", "request left the current state") \
X("event.hold.create", "option demandée", "hold asked") \
X("event.hold.accept", "acceptée", "accepted") \
X("event.hold.refuse", "refusée", "refused") \
X("event.hold.release", "rendue", "released") \
X("event.hold.extend", "prolongée", "extended") \
X("event.hold.withdraw", "retirée", "withdrawn") \
X("event.hold.arrive", "arrivée", "arrival") \
X("event.hold.expire", "finie sans réponse", "ended unanswered") \
X("event.hold.escalate", "prolongée, l'astreinte est alertée", "extended, those on call are alerted") \
X("event.hold.overdue", "en retard", "overdue") \
X("event.hold.forget", "option effacée de l'état courant", "hold left the current state") \
X("event.search.forget", "recherche effacée de l'état courant", "search left the current state") \
X("event.unit.declare", "arrivée déclarée", "arrival declared") \
X("event.mission.create", "mission", "mission") \
X("event.mission.assign", "mission confiée", "mission assigned") \
X("event.mission.start", "en route", "under way") \
X("event.mission.arrive", "équipe avec les enfants", "team with the children") \
X("event.mission.hand_over", "enfants remis", "children handed over") \
X("event.mission.cancel", "mission annulée", "mission cancelled") \
X("event.mission.forget", "mission effacée de l'état courant", "mission left the current state") \
X("event.offer.create", "place offerte", "place offered") \
X("event.offer.lapse", "offre sans suite", "offer lapsed") \
X("event.offer.taken", "offre prise", "offer taken") \
X("event.offer.void", "offre retirée", "offer withdrawn") \
X("event.offer.forget", "offre effacée de l'état courant", "offer left the current state") \
X("event.movement.plan", "mouvement prévu", "movement planned") \
X("event.movement.entry", "entrée", "entry") \
X("event.movement.exit", "sortie", "exit") \
X("event.movement.transfer", "transfert", "transfer") \
X("event.movement.due_soon", "fin de séjour proche", "end of stay soon") \
X("event.movement.forget", "mouvement effacé de l'état courant", "movement left the current state") \
X("event.movement.done", "mouvement fait", "movement done") \
X("event.movement.cancel", "mouvement annulé", "movement cancelled") \
X("band.0-2", "0 à 2 ans", "0 to 2 years") \
X("band.3-5", "3 à 5 ans", "3 to 5 years") \
X("band.6-10", "6 à 10 ans", "6 to 10 years") \
X("band.11-14", "11 à 14 ans", "11 to 14 years") \
X("band.15-17", "15 à 17 ans", "15 to 17 years") \
X("band.18+", "18 ans et plus", "18 years and more") \
X("band.unknown", "âge inconnu", "age unknown")
/* clang-format on */

#endif
