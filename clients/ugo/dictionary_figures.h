/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary about figures for those who steer: rows of dictionary.h. */
#ifndef UGO_DICTIONARY_FIGURES_H
#define UGO_DICTIONARY_FIGURES_H

/* clang-format off */
#define MESSAGES_FIGURES(X) \
/* ── occupancy history ── */ \
X(MSG_VERB_OCCUPANCY_HISTORY, "l'occupation au fil du temps, jour après jour", "occupancy over time, day by day") \
X(MSG_NOTES_OCCUPANCY, "Au fil du temps : ugo occupancy history. En journées sur une période : ugo place-days.", "Over time: ugo occupancy history. In place-days of a time: ugo place-days.") \
X(MSG_NOTES_OCCUPANCY_HISTORY, "Sans --from : les 30 derniers jours. Un moment, un jour ou un instant ; 400 moments au plus : au-delà, un --step plus long. --territory, --kind, --modality : un de chaque.", "Without --from: the last 30 days. A time, a day or an instant; 400 moments at most: beyond, a longer --step. --territory, --kind, --modality: one of each.") \
X(MSG_HELP_STEP, "un moment par : hour, day, week, month (par défaut day)", "a moment each: hour, day, week, month (day when not said)") \
X(MSG_VALUE_STEP, "PAS", "STEP") \
X(MSG_WANT_ONE, "une seule valeur", "one value only") \
X(MSG_HEAD_FRESH, "À jour", "Fresh") \
X(MSG_HEAD_HELD, "Retenues", "Held") \
/* ── place-days ── */ \
X(MSG_VERB_PLACE_DAYS, "les journées-places d'une période : ouvertes, occupées, vacantes", "place-days of a time: open, occupied, vacant") \
X(MSG_NOTES_PLACE_DAYS, "Sans --from : depuis le premier du mois de --to ; sans --to : jusqu'à aujourd'hui. Un an au plus. Ce qui est à venir n'est pas compté. --territory, --kind, --modality : un de chaque.", "Without --from: since the first of the month of --to; without --to: until today. A year at most. What is still to come is not counted. --territory, --kind, --modality: one of each.") \
X(MSG_HELP_FROM_DAY, "premier jour", "first day") \
X(MSG_HELP_TO_DAY, "dernier jour", "last day") \
X(MSG_HELP_BY_DAYS, "une ligne par territory, kind, modality, establishment (plusieurs : a,b)", "a line for each territory, kind, modality, establishment (several: a,b)") \
X(MSG_WANT_BY_DAYS, "territory, kind, modality ou establishment", "territory, kind, modality or establishment") \
X(MSG_PLACE_DAYS_OF, "Journées-places, du {1} au {2} : {3}", "Place-days, from {1} to {2}: {3}") \
X(MSG_DAYS_COUNTED, "{1}~jour compté|{1}~jours comptés", "{1}~day counted|{1}~days counted") \
X(MSG_HEAD_VACANT, "Vacantes", "Vacant") \
X(MSG_HEAD_OVER, "En sus", "Over") \
X(MSG_HEAD_CLOSED, "Fermées", "Closed") \
X(MSG_HEAD_ESTABLISHMENT, "Établissement", "Establishment") \
/* ── equipment ── */ \
X(MSG_VERB_EQUIPMENT, "le taux d'équipement : places pour mille jeunes de 0 à 20 ans", "equipment: places for a thousand aged 0 to 20") \
X(MSG_EQUIPMENT_NONE, "Aucun territoire, parmi ceux que ce compte peut voir.", "No territory, among those that this account may see.") \
X(MSG_EQUIPMENT_NOTE, "Un territoire compte aussi ce qui est dessous. Sans population connue, pas de taux : l'administrateur peut l'ajouter (ugoctl import population).", "A territory counts what is below it, too. Without a known population there is no rate: the administrator can add it (ugoctl import population).") \
X(MSG_HEAD_POPULATION, "0-20 ans", "Aged 0-20") \
X(MSG_HEAD_AUTHORISED, "Autorisées", "Authorised") \
X(MSG_HEAD_OPEN_RATE, "Ouv.~p.~1000", "Open~/~1000") \
X(MSG_HEAD_AUTHORISED_RATE, "Aut.~p.~1000", "Auth.~/~1000") \
/* ── alert ── */ \
X(MSG_VERB_ALERT, "les seuils d'occupation, et ceux qui sont franchis ; set, delete", "thresholds of occupancy, and which are crossed; set, delete") \
X(MSG_VERB_ALERT_SET, "fixer un seuil, ou le changer", "set a threshold, or change it") \
X(MSG_VERB_ALERT_DELETE, "retirer un seuil", "take a threshold away") \
X(MSG_NOTES_ALERT_SET, "NOM le distingue des autres seuils. Ce qui n'est pas dit ne limite rien. Exemple : ugo alert set pouponnieres --territory d31 --ages 0-3 --percent 95", "NAME tells it from other thresholds. What is not said limits nothing. Example: ugo alert set nurseries --territory d31 --ages 0-3 --percent 95") \
X(MSG_VALUE_PERCENT, "POURCENT", "PERCENT") \
X(MSG_VALUE_AGES, "ÂGE-ÂGE", "AGE-AGE") \
X(MSG_HELP_PERCENT, "à partir de quelle occupation des places ouvertes", "from which occupancy of open places on") \
X(MSG_HELP_AGES, "unités qui prennent de tel âge à moins de tel autre : 0-3 (moins de 3 ans), 18m-6y", "units that take from one age to under another: 0-3 (under 3 years), 18m-6y") \
X(MSG_WANT_PERCENT, "un pourcentage de 1 à 999", "a percentage from 1 to 999") \
X(MSG_WANT_AGES, "deux âges, le plus petit d'abord (0-3, 18m-6y)", "two ages, the lesser first (0-3, 18m-6y)") \
X(MSG_WANT_TERRITORY, "le code d'un territoire (ugo occupancy --json les montre)", "the code of a territory (ugo occupancy --json shows them)") \
X(MSG_ALERT_NONE, "Aucun seuil n'est fixé. Pour en fixer un : ugo alert set NOM --territory CODE --percent 95", "No threshold is set. To set one: ugo alert set NAME --territory CODE --percent 95") \
X(MSG_ALERT_IS_SET, "C'est noté : {1}, {2}, dès {3} d'occupation ({4}).", "Noted: {1}, {2}, from an occupancy of {3} on ({4}).") \
X(MSG_ALERT_IS_DELETED, "Retiré : {1}.", "Taken away: {1}.") \
X(MSG_GO_ALERT, "s'il est franchi, et depuis quand", "whether it is crossed, and since when") \
X(MSG_ALERT_SINCE, "franchi, depuis {1}", "crossed, for {1}") \
X(MSG_ALERT_EARLIER, "franchi, depuis plus de {1}", "crossed, for more than {1}") \
X(MSG_ALERT_QUIET, "non", "no") \
X(MSG_ALERT_ALL, "tout", "all") \
X(MSG_HEAD_THRESHOLD, "Seuil", "From") \
X(MSG_HEAD_CROSSED, "Franchi", "Crossed") \
/* ── times ── */ \
X(MSG_WANT_MOMENT, "une heure (14:05), un jour (2026-12-01 ou 1/12/2026) ou un instant (2026-11-21T14:05:00+01:00)", "a time (14:05), a day (2026-12-01 or 1/12/2026) or an instant (2026-11-21T14:05:00+01:00)") \
X(MSG_VALUE_MOMENT, "QUAND", "WHEN") \
/* ── what to do with a search for another day ── */ \
X(MSG_LATER, "C'est {1} : une option, elle, garde des places dès maintenant. Convenez-en avec l'établissement.", "It is {1}: a hold would keep places from now on. Agree on it with the establishment.") \
X(MSG_GO_REQUEST, "ouvrir la demande, pour qu'elle soit connue", "open the request, so that it is known") \
X(MSG_GO_PLAN, "une fois l'établissement d'accord : le prévoir", "once the establishment has agreed: plan it")

#define LABELS_FIGURES(X) \
X("step.hour", "heure", "hour") \
X("step.day", "jour", "day") \
X("step.week", "semaine", "week") \
X("step.month", "mois", "month")
/* clang-format on */

#endif
