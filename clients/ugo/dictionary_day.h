/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary for ugo-day, the demonstration: rows of dictionary.h. */
#ifndef UGO_DICTIONARY_DAY_H
#define UGO_DICTIONARY_DAY_H

/* clang-format off */
#define MESSAGES_DAY(X) \
/* ── the day ── */ \
X(MSG_DAY_BEGINS, "Journée simulée : {1} établissements, {2} unités, une journée en {3}. Le compte {4} n'est pas touché : il est à vous.", "Simulated day: {1} establishments, {2} units, one day in {3}. The account {4} is left alone: it is yours.") \
X(MSG_DAY_HOUR, "{1}  {2} déclarations, {3} confirmations, {4} places libres", "{1}  {2} declarations, {3} confirmations, {4} free places") \
X(MSG_DAY_HOUR_FAILED, "{1} (refusées : {2})", "{1} (refused: {2})") \
X(MSG_DAY_ENDS, "Fin de la journée : {1} déclarations, {2} confirmations.", "End of the day: {1} declarations, {2} confirmations.") \
X(MSG_DAY_USAGE, "usage : ugo-day --demo DOSSIER [--night] [--speed N] [--seed N]", "usage: ugo-day --demo FOLDER [--night] [--speed N] [--seed N]") \
X(MSG_DAY_TOO_FEW, "il faut au moins deux comptes d'établissement dans demo.json", "demo.json must have at least two establishment accounts") \
/* ── the night ── */ \
X(MSG_PLAY_BEGINS, "Une nuit d'astreinte, jouée maintenant par les comptes de la démonstration. Personne n'y est nommé.", "A night on call, played now by the accounts of the demonstration. Nobody is named in it.") \
X(MSG_PLAY_STEP, "{1}  {2}", "{1}  {2}") \
X(MSG_PLAY_OPENED, "L'astreinte ouvre une demande : {1}, {2}. Sa référence : {3}.", "The officer on call opens a request: {1}, {2}. Its reference: {3}.") \
X(MSG_PLAY_NONE, "Aucune place sûre pour eux ensemble. La demande {1} attend, et son horloge tourne.", "No certain place for them together. The request {1} waits, and its clock runs.") \
X(MSG_PLAY_FOUND, "Elle cherche : {0} unité peut les prendre ensemble. La meilleure : « {1} », {2} ; son chiffre : {3}.|Elle cherche : {0} unités peuvent les prendre ensemble. La meilleure : « {1} », {2} ; son chiffre : {3}.", "A search: {0} unit may take them together. The best: “{1}”, {2}; its figure: {3}.|A search: {0} units may take them together. The best: “{1}”, {2}; its figure: {3}.") \
X(MSG_PLAY_ASKED, "Elle en demande une. Les places y sont gardées pour elle jusqu'à {1} :|Elle en demande {0} à la fois. Les places y sont gardées pour elle jusqu'à {1} :", "One of them is asked. The places are kept there until {1}:|{0} of them are asked at once. The places are kept there until {1}:") \
X(MSG_PLAY_REFUSED, "« {1} » dit non : {2}. Ses places sont de nouveau libres, et la raison est notée.", "“{1}” says no: {2}. Its places are free again, and the reason is on record.") \
X(MSG_PLAY_ACCEPTED, "« {1} » dit oui. L'astreinte voit maintenant l'adresse exacte : {2}.", "“{1}” says yes. The officer on call now sees the exact address: {2}.") \
X(MSG_PLAY_RELEASED, "Au même instant, les places gardées chez « {1} » sont rendues : personne n'a à y penser.", "At the same moment the places kept at “{1}” are given back: nobody has to think of it.") \
X(MSG_PLAY_SENT, "L'équipe mobile reçoit la mission : {1}, {2}, à mener au {3}.", "The mobile team gets the mission: {1}, {2}, to be taken to {3}.") \
X(MSG_PLAY_UNDER_WAY, "L'équipe mobile est en route : l'astreinte et l'établissement le voient.", "The mobile team is on the way: the officer on call and the establishment see it.") \
X(MSG_PLAY_FETCHED, "L'équipe mobile est avec les enfants.", "The mobile team is with the children.") \
X(MSG_PLAY_ARRIVED, "Les enfants sont arrivés à « {1} » : l'équipe mobile l'a noté. {2} y comptent maintenant comme occupées, sans que personne ait à les saisir.", "The children have arrived at “{1}”: the mobile team has noted it. {2} there now count as occupied, and nobody has to type them.") \
X(MSG_PLAY_CLOSED, "La demande {1} est close. De la décision à l'arrivée : {2}.", "The request {1} is closed. From decision to arrival: {2}.") \
X(MSG_PLAY_WAITS, "Une autre demande n'a rien trouvé de sûr : {1}, {2}, {3}. Elle attend : {4}.", "Another request has found nothing certain: {1}, {2}, {3}. It waits: {4}.") \
X(MSG_PLAY_STILL_WAITS, "D'une nuit d'avant, {1} attend encore : {2}.", "From an earlier night, {1} still waits: {2}.") \
X(MSG_PLAY_YOURS, "À vous, dans un autre terminal :", "Your turn, in another terminal:") \
X(MSG_PLAY_GO_WAITING, "qui attend, et pourquoi dans cet ordre", "who waits, and why in this order") \
X(MSG_PLAY_GO_SEARCH, "ce que l'astreinte voit pour elle", "what the officer on call sees for it") \
X(MSG_PLAY_GO_HOLD, "demander une place à l'établissement qui est à vous", "ask the establishment that is yours for a place") \
X(MSG_PLAY_GO_ANSWER, "ce que cet établissement voit ; il y répond", "what that establishment sees; it answers there") \
X(MSG_PLAY_GO_NIGHT, "toute la nuit, dans l'ordre : qui a cherché, demandé, répondu", "the whole night in order: who searched, asked, answered") \
X(MSG_PLAY_GO_CERTIFICATE, "la preuve, pour la demande de cette nuit : à qui l'on a demandé, ce qu'on en savait", "the evidence for this night's request: who was asked, what was known then") \
X(MSG_PLAY_NO_SPEAKER, "aucun compte de la démonstration ne parle pour {1}", "no account of the demonstration speaks for {1}")
/* clang-format on */

#endif
