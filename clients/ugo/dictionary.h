/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything the programs say: one row per sentence or label, French first.
 *
 * {1}, {2}… are replaced; {0} is the count of a sentence with two forms, "one|many". "~" is a space
 * at which no line breaks (before : ; ! ? % and inside « » it is one anyway). A sentence that says
 * what went wrong says what to do next. */
#ifndef UGO_DICTIONARY_H
#define UGO_DICTIONARY_H

#include "clients/ugo/dictionary_day.h"
#include "clients/ugo/dictionary_decisions.h"
#include "clients/ugo/dictionary_figures.h"
#include "clients/ugo/dictionary_missions.h"
#include "clients/ugo/dictionary_movements.h"
#include "clients/ugo/dictionary_night.h"

/* clang-format off */
#define MESSAGES(X) MESSAGES_REGISTER(X) MESSAGES_NIGHT(X) MESSAGES_DECISIONS(X) MESSAGES_MISSIONS(X) \
    MESSAGES_MOVEMENTS(X) MESSAGES_DAY(X) MESSAGES_FIGURES(X)
#define LABELS(X) LABELS_NIGHT(X) LABELS_REGISTER(X) LABELS_DECISIONS(X) LABELS_MISSIONS(X) \
    LABELS_MOVEMENTS(X) LABELS_FIGURES(X)

#define MESSAGES_REGISTER(X) \
X(MSG_NONE, "", "") \
/* ── time and ages ── */ \
X(MSG_JUST_NOW, "à l'instant", "just now") \
X(MSG_AGO, "il y a~{1}", "{1} ago") \
X(MSG_SECONDS, "{1}~s", "{1}~s") \
X(MSG_MINUTES, "{1}~min", "{1}~min") \
X(MSG_HOURS, "{1}~h", "{1}~h") \
X(MSG_HOURS_MINUTES, "{1}~h~{2}", "{1}~h~{2}") \
X(MSG_TOMORROW, "demain~{1}", "tomorrow~{1}") \
X(MSG_DAYS, "{0}~jour|{0}~jours", "{0}~day|{0}~days") \
X(MSG_YEARS, "{0}~an|{0}~ans", "{0}~year|{0}~years") \
X(MSG_MONTHS, "{0}~mois", "{0}~month|{0}~months") \
X(MSG_AGES_TO_ASK, "âges à demander", "ages to ask") \
X(MSG_AGES_ALL, "tous âges", "all ages") \
X(MSG_AGES_FROM, "dès~{1}", "from {1}") \
X(MSG_AGES_BELOW, "moins de~{1}", "under {1}") \
X(MSG_AGES_YEARS, "{1} à~{0}~an|{1} à~{0}~ans", "{1} to~{0} year|{1} to~{0} years") \
X(MSG_AGES_BETWEEN, "de {1} à moins de {2}", "{1} to under {2}") \
X(MSG_CHILD, "{1} de~{2}", "{1} of~{2}") \
X(MSG_KM, "{1}~km", "{1}~km") \
/* ── a unit ── */ \
X(MSG_PLACES_FREE, "{0}~libre|{0}~libres", "{0}~free") \
X(MSG_PLACES_UNKNOWN, "places inconnues", "places unknown") \
X(MSG_NEVER_DECLARED, "jamais déclarée, à demander", "never declared, to ask") \
X(MSG_STALE, "à vérifier depuis {2}, dit {1}", "to check for {2}, said {1}") \
X(MSG_REPORTED_WRONG, "à vérifier, signalé faux {1}", "to check, reported wrong {1}") \
X(MSG_NEVER_SHORT, "à demander", "to ask") \
X(MSG_STALE_SHORT, "{1}, à vérifier", "{1}, to check") \
X(MSG_SIBLINGS, "fratrie de~{0}", "{0}~siblings") \
X(MSG_SIBLINGS_NOT_MIXED, "fratrie de~{0}, non mixte", "{0}~siblings, not mixed") \
X(MSG_SIBLINGS_NONE, "pas de fratrie", "no siblings") \
X(MSG_PHONE, "tél.~{1}", "tel.~{1}") \
X(MSG_PHONE_NIGHT, "tél. nuit~{1}", "tel. night~{1}") \
X(MSG_PHONE_DAY, "tél. jour~{1}", "tel. day~{1}") \
X(MSG_CLOSED_PLACES, "{0} place fermée|{0} places fermées", "{0} place closed|{0} places closed") \
X(MSG_WITH_REASON, "{1} ({2})", "{1} ({2})") \
X(MSG_REOPENS, "réouverture le {1}", "reopens on {1}") \
X(MSG_COUNT_OPEN, "{0}~ouverte|{0}~ouvertes", "{0}~open") \
X(MSG_COUNT_OCCUPIED, "{0}~occupée|{0}~occupées", "{0}~occupied") \
X(MSG_COUNT_HELD, "{0}~retenue|{0}~retenues", "{0}~held") \
X(MSG_COUNT_RESERVED, "{0}~réservée à l'urgence|{0}~réservées à l'urgence", "{0}~reserved for emergencies") \
X(MSG_COUNT_AUTHORISED, "{0}~autorisée|{0}~autorisées", "{0}~authorised") \
X(MSG_FACT_COUNTS, "Places", "Places") \
X(MSG_FACT_CLOSED, "Fermées", "Closed") \
X(MSG_FACT_TAKES, "Accueille", "Takes") \
X(MSG_FACT_ADMISSION, "Admission", "Admission") \
X(MSG_FACT_YES, "Accepte", "Accepts") \
X(MSG_FACT_NO, "N'accepte pas", "Does not take") \
X(MSG_FACT_TO_ASK, "À demander", "To ask") \
X(MSG_FACT_FALLBACK, "Lit de repli", "Falls back on") \
X(MSG_FACT_DAY, "Tél. jour", "Tel. day") \
X(MSG_FACT_NIGHT, "Tél. nuit", "Tel. night") \
X(MSG_FACT_COMMUNE, "Commune", "Commune") \
X(MSG_FACT_TERRITORY, "Territoire", "Territory") \
X(MSG_FACT_DECLARED_BY, "Déclaré par", "Declared by") \
X(MSG_FACT_ID, "Identifiant", "Id") \
X(MSG_UNITS, "{0} unité|{0} unités", "{0} unit|{0} units") \
X(MSG_PLACES_FREE_ALL, "{0} place libre|{0} places libres", "{0} free place|{0} free places") \
X(MSG_TO_CHECK, "{0} à vérifier", "{0} to check") \
X(MSG_NEVER, "{0} jamais déclarée|{0} jamais déclarées", "{0} never declared") \
X(MSG_NO_UNITS, "Aucune unité ne correspond, parmi celles que ce compte peut voir.", "No unit matches, among those that this account may see.") \
X(MSG_ANSWER_STALE, "Attention : le serveur est sans nouvelles de sa base depuis {1}. Les chiffres peuvent être périmés : téléphonez.", "Careful: the server has had no news from its database since {1}. Figures may be old: phone.") \
/* ── heads of columns ── */ \
X(MSG_HEAD_FREE, "Libres", "Free") \
X(MSG_HEAD_UNIT, "Unité", "Unit") \
X(MSG_HEAD_SINCE, "Dit il y a", "Said ago") \
X(MSG_HEAD_ID, "Identifiant", "Id") \
X(MSG_HEAD_PLACE, "Où", "Where") \
X(MSG_HEAD_MODALITY, "Modalité", "Modality") \
X(MSG_HEAD_AGES, "Âges", "Ages") \
X(MSG_HEAD_TERRITORY, "Territoire", "Territory") \
X(MSG_HEAD_KIND, "Type", "Kind") \
X(MSG_HEAD_RATE, "Occup.", "Occup.") \
X(MSG_HEAD_OPEN, "Ouvertes", "Open") \
X(MSG_HEAD_OCCUPIED, "Occupées", "Occupied") \
X(MSG_HEAD_UNITS, "Unités", "Units") \
X(MSG_HEAD_DOUBTFUL, "À vérifier", "To check") \
X(MSG_HEAD_WHEN, "Quand", "When") \
X(MSG_HEAD_WHAT, "Quoi", "What") \
X(MSG_HEAD_WHO, "Qui", "Who") \
X(MSG_HEAD_FREE_OF_OPEN, "Libres", "Free") \
X(MSG_TOTAL, "Total", "Total") \
/* ── me ── */ \
X(MSG_ME_ROLE, "Rôle : {1}", "Role: {1}") \
X(MSG_ME_ACTS_FOR, "Agit pour : {1}", "Acts for: {1}") \
X(MSG_ME_TERRITORIES, "Territoires : {1}", "Territories: {1}") \
X(MSG_ME_ESTABLISHMENTS, "Établissements : {1}", "Establishments: {1}") \
X(MSG_ME_SEES_ALL, "Voit tout le département", "Sees the whole département") \
X(MSG_ME_SERVER_TIME, "Heure du serveur : {1}", "Server's time: {1}") \
/* ── declare, confirm, report-wrong ── */ \
X(MSG_DECLARED, "C'est noté, et visible de tous : {1}", "Noted, and visible to all: {1}") \
X(MSG_CONFIRMED, "Confirmé, et visible de tous : {1}", "Confirmed, and visible to all: {1}") \
X(MSG_REPORTED, "Signalé : {1}. Le chiffre est maintenant marqué « à vérifier » pour tous, et l'établissement le voit.", "Reported: {1}. The figure is now marked “to check” for all, and the establishment sees it.") \
X(MSG_SOME_HELD, "{0} place est retenue pour une demande en cours : elle n'est plus comptée libre.|{0} places sont retenues pour des demandes en cours : elles ne sont plus comptées libres.", "{0} place is held for a current request: it is no longer counted free.|{0} places are held for current requests: they are no longer counted free.") \
X(MSG_FOR_EMERGENCIES, "dont {0} réservée à l'urgence|dont {0} réservées à l'urgence", "of which {0} reserved for emergencies") \
X(MSG_BELIEVED_UNTIL, "Ce chiffre fait foi jusqu'à {1}. Si rien n'a changé d'ici là : ugo confirm.", "This figure is believed until {1}. If nothing has changed by then: ugo confirm.") \
X(MSG_OVER_OCCUPIED, "Sureffectif : {0} de plus que de places ouvertes.", "Over-occupied: {0} more than the open places.") \
X(MSG_OVER_NEEDS_DEROGATION, "Dites pourquoi : --derogation CODE (emergency, siblings, judge, ase, other).", "Say why: --derogation CODE (emergency, siblings, judge, ase, other).") \
X(MSG_FREE_OR_OCCUPIED, "dites --free N (places libres) ou --occupied N (places occupées), l'un des deux", "say --free N (free places) or --occupied N (occupied places), one of the two") \
X(MSG_CLOSED_NEEDS_REASON, "--closed demande --reason CODE : staff, works, health, safety, administrative, holidays ou other", "--closed needs --reason CODE: staff, works, health, safety, administrative, holidays or other") \
X(MSG_REASON_NEEDS_CLOSED, "--reason et --reopens vont avec --closed N", "--reason and --reopens go with --closed N") \
X(MSG_OUTDATED_NOW, "Il est connu maintenant : {1}, {2}, {3}, par {4}. Si ce n'est pas juste, déclarez de nouveau.", "Known now: {1}, {2}, {3}, by {4}. If that is not right, declare again.") \
/* ── search ── */ \
X(MSG_ASKED_EMERGENCY, "urgence", "emergency") \
X(MSG_ASKED_PARENT, "avec un parent", "with a parent") \
X(MSG_ASKED_PREGNANT, "femme enceinte", "pregnant woman") \
X(MSG_ASKED_TONIGHT, "cette nuit", "tonight") \
X(MSG_ASKED_NEAR, "près de {1}", "near {1}") \
X(MSG_BEST_OF, "La meilleure sur {1} (--limit N pour en voir plus)", "The best of {1} (--limit N to see more)") \
X(MSG_RESULTS_OF, "Les {1} meilleures sur {0} (--limit N pour en voir plus)", "The best {1} of {0} (--limit N to see more)") \
X(MSG_NO_PLACE, "Aucune place trouvée.", "No place found.") \
X(MSG_BELIEVED, "Un chiffre est cru {1} ; ensuite il est « à vérifier » : appelez avant de compter dessus.", "A figure is believed for {1}; then it is “to check”: call before you count on it.") \
X(MSG_TO_ASK, "à demander : {1}", "to ask: {1}") \
X(MSG_BED, "lit de repli : {1}, {2}", "bed to fall back on: {1}, {2}") \
X(MSG_BED_STALE, "lit de repli : {1}, {2}, à vérifier", "bed to fall back on: {1}, {2}, to be checked") \
X(MSG_BED_UNKNOWN, "à demander", "to ask") \
X(MSG_SPLIT, "Aucune place ensemble. Séparés, au plus près l'un de l'autre :", "No place together. Apart, as close to each other as can be:") \
X(MSG_SPLIT_BESIDE, "Aucune de ces unités n'est sûre de les prendre tous. Séparés, ce qui l'est :", "None of these units is certain to take all of them. Apart, what is:") \
X(MSG_SPLIT_ESTABLISHMENT, "Aucune place ensemble. Séparés, mais dans un même établissement :", "No place together. Apart, but in one establishment:") \
X(MSG_SPLIT_COMMUNE, "Aucune place ensemble. Séparés, mais dans une même commune :", "No place together. Apart, but in one commune:") \
X(MSG_NO_BETTER, "Pourquoi pas mieux : {1}", "Why nothing better: {1}") \
X(MSG_PLACED, "{1} :", "{1}:") \
X(MSG_KM_APART, "à {1} l'un de l'autre", "{1} apart") \
X(MSG_NEAR_MISSES, "Presque :", "Almost:") \
X(MSG_MISS_KM, "à {1}", "{1} away") \
X(MSG_MISS_TOO_YOUNG, "prend dès {1}", "takes from {1}") \
X(MSG_MISS_TOO_OLD, "prend les moins de {1}", "takes under {1}") \
X(MSG_MISS_FULL, "complète", "full") \
X(MSG_MISS_PLACES, "seulement {0} libre|seulement {0} libres", "only {0} free") \
X(MSG_MISS_TOGETHER, "n'en prend que {0} ensemble", "takes only {0} together") \
X(MSG_MISS_SEX, "prend : {1}", "takes: {1}") \
X(MSG_MISS_MODALITY, "c'est : {1}", "it is: {1}") \
X(MSG_MISS_NEEDS, "n'accepte pas : {1}", "does not take: {1}") \
X(MSG_REJECTED, "Écartées : {1}", "Set aside: {1}") \
X(MSG_ADVICE_DISTANCE, "Pour élargir : --max-km plus grand, ou sans.", "To widen: a greater --max-km, or none.") \
X(MSG_ADVICE_NIGHT, "Pour élargir : sans --tonight, en appelant les astreintes.", "To widen: without --tonight, by calling those on duty.") \
X(MSG_ADVICE_MODALITY, "Pour élargir : d'autres --modality, ou aucune.", "To widen: other --modality, or none.") \
X(MSG_ADVICE_KIND, "Pour élargir : d'autres --kind, ou aucun.", "To widen: other --kind, or none.") \
X(MSG_ADVICE_NEEDS, "Pour élargir : moins de --need.", "To widen: fewer --need.") \
X(MSG_ADVICE_EMERGENCY, "Si c'est une urgence : --emergency compte aussi les places réservées.", "If it is an emergency: --emergency counts the reserved places, too.") \
X(MSG_ADVICE_APART, "S'ils peuvent être séparés : --apart.", "If they may be separated: --apart.") \
X(MSG_NO_CHILD, "pour qui ? Donnez au moins --age (7y, 18m, ?) ou --sex (F, M, ?) ; répétez-les pour chaque enfant", "for whom? Give at least --age (7y, 18m, ?) or --sex (F, M, ?); repeat them for each child") \
X(MSG_KM_NEEDS_NEAR, "--max-km demande --near LIEU : à partir d'où compter ?", "--max-km needs --near PLACE: to count from where?") \
X(MSG_NO_SUCH_COMMUNE, "commune inconnue : « {1} ». Vérifiez l'orthographe, ou donnez le code INSEE (pas le code postal) ou territoire:CODE.", "no such commune: “{1}”. Check the spelling, or give the INSEE code (not the postcode) or territory:CODE.") \
X(MSG_AMBIGUOUS_COMMUNE, "plusieurs communes pour « {1} ». Donnez le code INSEE de la bonne :", "several communes for “{1}”. Give the INSEE code of the right one:") \
X(MSG_NO_SUCH_UNIT, "aucune unité ne s'appelle « {1} », parmi celles que ce compte peut voir. Voir : ugo units", "no unit is called “{1}”, among those that this account may see. See: ugo units") \
X(MSG_AMBIGUOUS_UNIT, "{0} unité pour « {1} ».|{0} unités pour « {1} ». Donnez l'identifiant de la bonne :", "{0} unit for “{1}”.|{0} units for “{1}”. Give the id of the right one:") \
/* ── watch ── */ \
X(MSG_WATCH_BEGINS, "{1}, {2}. Les changements s'affichent ici. Ctrl-C pour arrêter.", "{1}, {2}. Changes are shown here. Ctrl-C to stop.") \
X(MSG_WATCH_RESUMED, "Repris où vous en étiez ; voici ce qui a changé.", "Taken up where you were; here is what has changed.") \
X(MSG_WATCH_NOT_RESUMED, "Impossible de reprendre de là ({1}) : tout est relu.", "Cannot be taken up from there ({1}): all is read again.") \
X(MSG_CHANGE_NEW, "nouvelle, {1}", "new, {1}") \
X(MSG_CHANGE_PLACES, "{1} → {2}", "{1} → {2}") \
X(MSG_CHANGE_REPORTED, "signalé faux ({1})", "reported wrong ({1})") \
X(MSG_CHANGE_CONFIRMED, "confirmé, {1}", "confirmed, {1}") \
X(MSG_CHANGE_COUNTS, "{1} ({2}, {3})", "{1} ({2}, {3})") \
X(MSG_CHANGE_OTHER, "modifiée, {1}", "changed, {1}") \
X(MSG_CHANGE_GONE, "n'est plus dans la liste", "is no longer in the list") \
X(MSG_WATCH_AWAY, "Connexion perdue. Nouvel essai en cours…", "Connection lost. Trying again…") \
X(MSG_WATCH_RESTART, "Le serveur redémarre. Nouvel essai en cours…", "The server restarts. Trying again…") \
X(MSG_WATCH_BACK, "De retour après {1} : rien n'a été manqué.", "Back after {1}: nothing was missed.") \
X(MSG_WATCH_BACK_ANEW, "De retour après {1}. Tout a été relu ({2}) : rien n'a été manqué.", "Back after {1}. All was read again ({2}): nothing was missed.") \
X(MSG_WATCH_QUIET, "Pas de nouvelles du serveur depuis plus de 10 s : ce qui est affiché peut dater.", "No news from the server for more than 10 s: what is shown may be old.") \
X(MSG_WATCH_NEWS_AGAIN, "Les nouvelles arrivent de nouveau.", "News are coming again.") \
X(MSG_WATCH_FRESH, "Le serveur a de nouveau des chiffres à jour.", "The server has up-to-date figures again.") \
X(MSG_WATCH_ENDS, "Pour reprendre d'ici, avec les mêmes filtres :", "To take up from here, with the same filters:") \
/* ── occupancy, history ── */ \
X(MSG_OCCUPANCY_AT, "Situation à {1}", "As of {1}") \
X(MSG_OCCUPANCY_NOTE, "Les unités jamais déclarées ne comptent dans aucune place.", "Units never declared count in no place.") \
X(MSG_NO_CHANGES, "Aucun changement sur cette période. Pour remonter plus loin : --from.", "No change in this period. To look further back: --from.") \
X(MSG_LATE_DECLARATION, "déclaration tardive", "late declaration") \
X(MSG_DELETED, "supprimée", "deleted") \
X(MSG_HISTORY_MORE, "Le dernier changement.|Les {1} derniers de {0} changements (--limit N pour en voir plus, --json pour tout).", "The last change.|The last {1} of {0} changes (--limit N to see more, --json for all).") \
/* ── what is wrong with the command ── */ \
X(MSG_SEE_HELP, "voir : ugo help", "see: ugo help") \
X(MSG_SEE_HELP_VERB, "voir : ugo help {1}", "see: ugo help {1}") \
X(MSG_NO_VERB, "dites quoi faire :", "say what to do:") \
X(MSG_UNKNOWN_TOPIC, "pas d'aide sur « {1} ». Il y en a sur : {2}, exit-codes.", "no help on “{1}”. There is help on: {2}, exit-codes.") \
X(MSG_UNKNOWN_VERB, "commande inconnue : {1}", "unknown command: {1}") \
X(MSG_UNKNOWN_VERB_NEAR, "commande inconnue : {1}. Vouliez-vous dire : {2} ?", "unknown command: {1}. Did you mean: {2}?") \
X(MSG_UNKNOWN_OPTION, "option inconnue : {1}", "unknown option: {1}") \
X(MSG_UNKNOWN_OPTION_NEAR, "option inconnue : {1}. Vouliez-vous dire : {2} ?", "unknown option: {1}. Did you mean: {2}?") \
X(MSG_OPTION_NOT_HERE, "{1} ne va pas avec « {2} »", "{1} does not go with “{2}”") \
X(MSG_OPTION_NEEDS_VALUE, "{1} demande une valeur : {1} {2}", "{1} needs a value: {1} {2}") \
X(MSG_OPTION_IS_FLAG, "{1} ne prend pas de valeur", "{1} takes no value") \
X(MSG_TOO_MANY_OPTIONS, "trop d'options", "too many options") \
X(MSG_NO_OPERAND, "« {1} » ne prend pas « {2} »", "“{1}” does not take “{2}”") \
X(MSG_NEEDS_OPERAND, "il manque {2} : ugo {1} {2} (voir : {3})", "{2} is missing: ugo {1} {2} (see: {3})") \
X(MSG_OPTION_MISSING, "il manque {1} : {2}", "{1} is missing: {2}") \
X(MSG_WRONG_VALUE, "{1} attend {2}, pas « {3} »", "{1} wants {2}, not “{3}”") \
X(MSG_WANT_COUNT, "un nombre de 0 à 9999", "a number from 0 to 9999") \
X(MSG_WANT_SECONDS, "un nombre de secondes de 1 à 3600", "a number of seconds from 1 to 3600") \
X(MSG_WANT_KM, "une distance en km, de 0 à 1500", "a distance in km, from 0 to 1500") \
X(MSG_WANT_AGE, "un âge (7y ou 7ans, 18m ou 18mois, ? s'il est inconnu)", "an age (7y, 18m, ? when unknown)") \
X(MSG_WANT_SEX, "F (fille), M (garçon) ou ? (inconnu)", "F (girl), M (boy) or ? (unknown)") \
X(MSG_WANT_DATE, "un jour, sans heure (2026-12-01 ou 1/12/2026)", "a day, without a time (2026-12-01 or 1/12/2026)") \
X(MSG_WANT_TIME, "une heure (14:05) ou un instant (2026-11-21T14:05:00+01:00)", "a time (14:05) or an instant (2026-11-21T14:05:00+01:00)") \
X(MSG_WANT_PLACE, "une commune (nom ou code INSEE), lat,lon ou territoire:CODE", "a commune (name or INSEE code), lat,lon or territory:CODE") \
X(MSG_WANT_BY, "territory, kind, modality ou ages", "territory, kind, modality or ages") \
/* ── settings ── */ \
X(MSG_NO_SERVER, "quel serveur ? Donnez --server HOST:PORT avec --ca et un certificat, ou --profile FICHIER, ou --demo DOSSIER --as COMPTE (voir : ugo help)", "which server? Give --server HOST:PORT with --ca and a certificate, or --profile FILE, or --demo FOLDER --as ACCOUNT (see: ugo help)") \
X(MSG_NO_CREDENTIAL, "qui êtes-vous ? Donnez --cert FICHIER et --cert-key FICHIER, ou --token-file FICHIER", "who are you? Give --cert FILE and --cert-key FILE, or --token-file FILE") \
X(MSG_CANNOT_READ, "{1} ne peut pas être lu : {2}", "{1} cannot be read: {2}") \
X(MSG_BAD_PROFILE_LINE, "{1}, ligne {2} : attendu « nom = valeur », avec un nom comme server, ca, cert, cert-key, token-file, name, lang", "{1}, line {2}: expected “name = value”, with a name such as server, ca, cert, cert-key, token-file, name, lang") \
X(MSG_NO_DEMO, "pas de démonstration en cours ({1} : {2}). Lancez server/demo et attendez qu'elle soit prête.", "no demonstration is running ({1}: {2}). Start server/demo and wait until it is ready.") \
X(MSG_DEMO_NO_ACCOUNT, "la démonstration n'a pas de compte « {1} »", "the demonstration has no account “{1}”") \
X(MSG_DEMO_CHOOSE, "choisissez --as COMPTE (ou un rôle), par exemple : {1}", "choose --as ACCOUNT (or a role), for example: {1}") \
/* ── the connection ── */ \
X(MSG_STILL_TRYING, "{1} ne répond pas ; j'essaie encore, {2} s au plus…", "{1} does not answer; still trying, for {2} s at most…") \
X(MSG_FAULT_SILENT, "{1} n'a pas répondu à temps. Réessayez, ou donnez plus de temps : --timeout SECONDES.", "{1} did not answer in time. Try again, or give it more time: --timeout SECONDS.") \
X(MSG_FAULT_CA_FILE, "{1} ne peut pas être lu comme certificats d'autorité (PEM)", "{1} cannot be read as authority certificates (PEM)") \
X(MSG_FAULT_CERT_FILE, "{1} ne peut pas être lu comme certificat (PEM)", "{1} cannot be read as a certificate (PEM)") \
X(MSG_FAULT_KEY_FILE, "{1} ne peut pas être lu comme clé privée (PEM), ou n'est pas celle du certificat", "{1} cannot be read as a private key (PEM), or is not the certificate's") \
X(MSG_FAULT_RESOLVE, "adresse introuvable : {1} ({3}). Vérifiez --server et le réseau.", "no such address: {1} ({3}). Check --server and the network.") \
X(MSG_FAULT_CONNECT, "personne ne répond à {1} ({3}). Rien n'a été fait. Vérifiez le réseau, puis réessayez ; si cela dure, prévenez l'administrateur et téléphonez.", "nobody answers at {1} ({3}). Nothing was done. Check the network, then try again; if it lasts, tell the administrator and phone.") \
X(MSG_FAULT_CERTIFICATE, "le certificat de {1} n'est pas reconnu ({3}) : je ne lui dis rien. Vérifiez --ca, et l'heure de cet appareil.", "the certificate of {1} is not recognised ({3}): I tell it nothing. Check --ca, and this device's clock.") \
X(MSG_FAULT_NAME, "le certificat de {1} n'est pas au nom de {2}. Si ce serveur a un autre nom : --name NOM.", "the certificate of {1} is not for {2}. If this server has another name: --name NAME.") \
X(MSG_FAULT_REJECTED, "{1} refuse notre certificat ({3}) : expiré, révoqué ou jamais enregistré ? Demandez-en un à l'administrateur.", "{1} rejects our certificate ({3}): expired, revoked or never registered? Ask the administrator for one.") \
X(MSG_FAULT_TLS, "{1} répond, mais pas en TLS ({3}). Est-ce le bon port ?", "{1} answers, but not in TLS ({3}). Is it the right port?") \
X(MSG_FAULT_LOST, "la connexion à {1} s'est interrompue ({3}). Rien n'a été fait. Réessayez.", "the connection to {1} broke ({3}). Nothing was done. Try again.") \
X(MSG_NOT_UGO, "{1} répond, mais ce n'est pas ugo. Est-ce le bon port ?", "{1} answers, but it is not ugo. Is it the right port?") \
X(MSG_UNKNOWN_OUTCOME, "Envoyé, mais sans réponse : c'est peut-être fait, peut-être pas. Relancez la même commande avec --key {1} : elle ne sera pas faite deux fois.", "Sent, but not answered: it may be done or not. Run the same command again with --key {1}: it will not be done twice.") \
X(MSG_PARAMETER_REFUSED, "{1} : {2}", "{1}: {2}") \
X(MSG_SERVER_TIME, "Il est {1} pour le serveur. L'heure de cet appareil est-elle juste ?", "It is {1} for the server. Is this device's clock right?") \
X(MSG_QUOTE_ID, "Donnez ce numéro à l'administrateur : {1}", "Give this number to the administrator: {1}") \
X(MSG_NO_MEMORY, "plus de mémoire", "out of memory") \
/* ── verbs ── */ \
X(MSG_VERB_SEARCH, "trouver une place pour un enfant ou une fratrie", "find a place for a child or siblings") \
X(MSG_VERB_DECLARE, "dire combien de places sont libres", "say how many places are free") \
X(MSG_VERB_CONFIRM, "dire que rien n'a changé", "say that nothing has changed") \
X(MSG_VERB_REPORT_WRONG, "signaler qu'une place annoncée n'existait pas", "report that an announced place was not there") \
X(MSG_VERB_UNITS, "la liste des unités et de leurs places", "the list of units and their places") \
X(MSG_VERB_UNIT, "tout ce que l'on sait d'une unité", "all that is known of a unit") \
X(MSG_VERB_WATCH, "suivre les changements en direct", "follow changes as they happen") \
X(MSG_VERB_OCCUPANCY, "l'occupation, maintenant ou à un moment passé", "occupancy, now or at a past moment") \
X(MSG_NOTES_HISTORY, "Sans --from : 24 h, ou 30 jours pour une unité.", "Without --from: 24 h, or 30 days for one unit.") \
X(MSG_VERB_HISTORY, "ce qui a changé, quand et par qui", "what changed, when and by whom") \
X(MSG_VERB_ME, "qui je suis pour le serveur", "who I am to the server") \
X(MSG_NOTES_SEARCH, "Exemple, une fille de 7 ans et son frère de 4 ans, en urgence : ugo search --age 7y --sex F --age 4y --sex M --near Muret --emergency", "Example, a girl of 7 and her brother of 4, in an emergency: ugo search --age 7y --sex F --age 4y --sex M --near Muret --emergency") \
X(MSG_NOTES_DECLARE, "UNITÉ est un identifiant (ugo units) ou une partie du nom. --free compte les places vides et ouvertes ce soir ; la première fois, donnez aussi --open.", "UNIT is an id (ugo units) or a part of the name. --free counts the places that are empty and staffed tonight; the first time, give --open, too.") \
X(MSG_NOTES_WATCH, "Unités, demandes et options ; --request R : cette demande seulement. Dix minutes avant la fin d'une option, le dit. Survit aux coupures et aux redémarrages du serveur, sans rien manquer. Avec --json : un objet par ligne. --since : seulement ce qui a changé depuis la fin d'un « ugo watch » ; --after : tout, d'un serveur qui en est là au moins (« position » d'une réponse).", "Units, requests and holds; --request R: this request only. Ten minutes before a hold ends, it says so. Survives lost connections and restarts of the server without missing anything. With --json: one object per line. --since: only what changed since an “ugo watch” ended; --after: all, from a server that is there at least (“position” of an answer).") \
/* ── help ── */ \
X(MSG_HELP_TITLE, "ugo : les places libres de la protection de l'enfance, maintenant.", "ugo: the free places of child protection, now.") \
X(MSG_HELP_COMMON, "Avec toutes les commandes :", "With every command:") \
X(MSG_HELP_COMMON_TOO, "Et les options de toutes les commandes : ugo help", "And the options of every command: ugo help") \
X(MSG_HELP_MORE, "Plus : ugo help COMMANDE. Chaque option de connexion a sa variable (UGO_SERVER, UGO_CA…) et son nom dans un profil (« server = … », dans $HOME/.config/ugo/profile ou --profile).", "More: ugo help COMMAND. Each connection option has its variable (UGO_SERVER, UGO_CA…) and its name in a profile (“server = …”, in $HOME/.config/ugo/profile or --profile).") \
X(MSG_HELP_OPTIONS, " [options]", " [options]") \
X(MSG_HELP_EXIT_CODES, "ce que le programme répond aux scripts", "what the program tells scripts") \
X(MSG_EXIT_0, "fait", "done") \
X(MSG_EXIT_1, "rien trouvé (aucune place, unité, option, demande)", "nothing found (no place, unit, hold, request)") \
X(MSG_EXIT_2, "la commande est incorrecte ; rien n'a été envoyé", "the command is wrong; nothing was sent") \
X(MSG_EXIT_3, "le serveur refuse (pas de droit, valeur incorrecte…)", "the server refuses (not allowed, wrong value…)") \
X(MSG_EXIT_4, "dépassé ou en conflit : déclaration plus récente, plus de place libre, option terminée, places promises", "outdated or in conflict: newer declaration, no free place any more, hold ended, places promised") \
X(MSG_EXIT_5, "connexion impossible ou serveur indisponible ; rien n'a été fait", "cannot connect or server unavailable; nothing was done") \
X(MSG_EXIT_6, "résultat inconnu : relancez la même commande avec la même --key", "outcome unknown: run the same command again with the same --key") \
X(MSG_HELP_SERVER, "le serveur (port 7443 si rien n'est dit)", "the server (port 7443 when not said)") \
X(MSG_HELP_CA, "certificats d'autorité du serveur (PEM)", "authority certificates of the server (PEM)") \
X(MSG_HELP_NAME, "nom du serveur dans son certificat, s'il diffère", "name of the server in its certificate, if different") \
X(MSG_HELP_CERT, "notre certificat (PEM)", "our certificate (PEM)") \
X(MSG_HELP_CERT_KEY, "sa clé privée (PEM)", "its private key (PEM)") \
X(MSG_HELP_TOKEN_FILE, "fichier du jeton, au lieu d'un certificat", "file of the token, instead of a certificate") \
X(MSG_HELP_PROFILE, "fichier de ces réglages : « nom = valeur » par ligne", "file of these settings: “name = value” per line") \
X(MSG_HELP_DEMO, "le dossier de la démonstration", "the demonstration's folder") \
X(MSG_HELP_AS, "compte de la démonstration, ou rôle", "account of the demonstration, or role") \
X(MSG_HELP_TIMEOUT, "attendre au plus (15 si rien n'est dit)", "wait at most (15 when not said)") \
X(MSG_HELP_AFTER, "répondre à partir d'une position au moins (« position » d'une réponse)", "answer from a position at least (“position” of an answer)") \
X(MSG_HELP_JSON, "pour les scripts : un document JSON", "for scripts: a JSON document") \
X(MSG_HELP_LANG, "fr ou en, au lieu de la langue du terminal", "fr or en, instead of the terminal's language") \
X(MSG_HELP_HELP, "cette aide", "this help") \
X(MSG_HELP_FREE, "places libres, parmi celles qui sont ouvertes ce soir", "free places, among those open tonight") \
X(MSG_HELP_OCCUPIED, "places occupées (au lieu de --free)", "occupied places (instead of --free)") \
X(MSG_HELP_OPEN, "places ouvertes : encadrées et utilisables ce soir", "open places: staffed and usable tonight") \
X(MSG_HELP_CLOSED, "places fermées en ce moment (0 : tout est rouvert)", "places closed for now (0: all open again)") \
X(MSG_HELP_REASON, "pourquoi : staff, works, health, safety, administrative, holidays, other", "why: staff, works, health, safety, administrative, holidays, other") \
X(MSG_HELP_REOPENS, "quand elles rouvrent", "when they open again") \
X(MSG_HELP_EMERGENCY_USED, "places d'urgence déjà prises", "emergency places already taken") \
X(MSG_HELP_DEROGATION, "en cas de sureffectif : emergency, siblings, judge, ase, other", "when over-occupied: emergency, siblings, judge, ase, other") \
X(MSG_HELP_OBSERVED_AT, "quand c'était vrai, si ce n'est pas maintenant", "when it was true, if not now") \
X(MSG_HELP_KEY, "clé d'idempotence : la même commande avec la même clé n'est faite qu'une fois", "idempotency key: the same command with the same key is done once") \
X(MSG_HELP_AGE, "âge de l'enfant ; répéter pour chacun", "age of the child; repeat for each") \
X(MSG_HELP_SEX, "fille, garçon ou inconnu", "girl, boy or unknown") \
X(MSG_HELP_NEAR, "commune (nom ou code INSEE), lat,lon, ou territoire:CODE", "commune (name or INSEE code), lat,lon, or territory:CODE") \
X(MSG_HELP_EMERGENCY, "urgence : compte aussi les places réservées", "emergency: counts reserved places, too") \
X(MSG_HELP_MAX_KM, "distance maximale depuis --near", "greatest distance from --near") \
X(MSG_HELP_NEED, "doit accepter : mna, disability, complex, pregnant, mother_child, psychiatric, medical", "must accept: mna, disability, complex, pregnant, mother_child, psychiatric, medical") \
X(MSG_HELP_MODALITY, "internat, urgence, sequentiel, relais, accueil_jour, pad, semi_autonomie, internat_semaine, familial, parental ; plusieurs : a,b", "internat, urgence, sequentiel, relais, accueil_jour, pad, semi_autonomie, internat_semaine, familial, parental; several: a,b") \
X(MSG_HELP_KIND, "type d'établissement : mecs, cdef, assistant_familial…", "kind of establishment: mecs, cdef, assistant_familial…") \
X(MSG_HELP_TONIGHT, "doit admettre hors des heures de bureau", "must admit outside office hours") \
X(MSG_HELP_APART, "les enfants peuvent être séparés", "the children may be separated") \
X(MSG_HELP_LIMIT, "combien en montrer", "how many to show") \
X(MSG_HELP_TERRITORY, "code d'un territoire, et tout ce qui est dessous", "code of a territory, and all below it") \
X(MSG_HELP_SINCE, "reprendre où l'on s'était arrêté", "take up where one had stopped") \
X(MSG_HELP_SINCE_DAY, "celles qui ont changé depuis ce jour et sont terminées", "those that changed since that day and have ended") \
X(MSG_HELP_BY, "regrouper par territory, kind, modality, ages (plusieurs : a,b)", "group by territory, kind, modality, ages (several: a,b)") \
X(MSG_HELP_AT, "à un moment passé", "at a past moment") \
X(MSG_HELP_FROM, "à partir de quand ; si rien n'est dit : voir plus bas", "from when; when not said: see below") \
X(MSG_HELP_TO, "jusqu'à quand", "until when") \
X(MSG_VALUE_SERVER, "HÔTE:PORT", "HOST:PORT") \
X(MSG_VALUE_FILE, "FICHIER", "FILE") \
X(MSG_VALUE_FOLDER, "DOSSIER", "FOLDER") \
X(MSG_VALUE_NAME, "NOM", "NAME") \
X(MSG_VALUE_ACCOUNT, "COMPTE", "ACCOUNT") \
X(MSG_VALUE_SECONDS, "SECONDES", "SECONDS") \
X(MSG_VALUE_POSITION, "POSITION", "POSITION") \
X(MSG_VALUE_LANG, "fr|en", "fr|en") \
X(MSG_VALUE_COUNT, "N", "N") \
X(MSG_VALUE_CODE, "CODE", "CODE") \
X(MSG_VALUE_DATE, "JOUR", "DAY") \
X(MSG_VALUE_TIME, "HEURE", "TIME") \
X(MSG_VALUE_KEY, "CLÉ", "KEY") \
X(MSG_VALUE_AGE, "ÂGE", "AGE") \
X(MSG_VALUE_SEX, "F|M|?", "F|M|?") \
X(MSG_VALUE_PLACE, "LIEU", "PLACE") \
X(MSG_VALUE_KM, "KM", "KM") \
X(MSG_VALUE_BY, "QUOI", "WHAT") \
X(MSG_VALUE_UNIT, "UNITÉ", "UNIT")

/* What people call the codes of the protocol: kind.code. */
#define LABELS_REGISTER(X) \
X("role.establishment", "établissement", "establishment") \
X("role.service", "service (machine)", "service (machine)") \
X("role.territory", "territoire (DTS, MDS)", "territory (DTS, MDS)") \
X("role.mobile", "équipe mobile", "mobile team") \
X("role.astreinte", "astreinte ASE", "on-call officer") \
X("role.def", "direction enfance et famille", "child and family directorate") \
X("role.admin", "administration", "administration") \
X("modality.internat", "internat", "boarding") \
X("modality.urgence", "urgence", "emergency") \
X("modality.sequentiel", "séquentiel", "sequential") \
X("modality.relais", "relais", "respite") \
X("modality.accueil_jour", "accueil de jour", "day care") \
X("modality.pad", "placement à domicile", "placement at home") \
X("modality.semi_autonomie", "semi-autonomie", "semi-independent") \
X("modality.internat_semaine", "internat de semaine", "weekday boarding") \
X("modality.familial", "accueil familial", "foster care") \
X("modality.parental", "accueil parent-enfant", "parent and child") \
X("kind.mecs", "MECS", "MECS") \
X("kind.cdef", "foyer de l'enfance", "foyer de l'enfance") \
X("kind.pouponniere", "pouponnière", "nursery") \
X("kind.village_enfants", "village d'enfants", "children's village") \
X("kind.lieu_de_vie", "lieu de vie", "lieu de vie") \
X("kind.placement_familial", "placement familial", "foster-family service") \
X("kind.assistant_familial", "famille d'accueil", "foster family") \
X("kind.accueil_mere_enfant", "accueil mère-enfant", "mother and child home") \
X("kind.centre_parental", "centre parental", "parental centre") \
X("kind.mna", "MNA", "unaccompanied minors") \
X("kind.urgence", "urgence", "emergency service") \
X("kind.autonomie", "autonomie", "independent living") \
X("kind.accueil_jour", "accueil de jour", "day care") \
X("kind.pad", "placement à domicile", "placement at home") \
X("kind.experimental", "expérimental", "experimental") \
X("kind.autre", "autre", "other") \
X("need.mna", "mineur non accompagné", "unaccompanied minor") \
X("need.disability", "handicap", "disability") \
X("need.complex", "situation complexe", "complex situation") \
X("need.pregnant", "grossesse", "pregnancy") \
X("need.mother_child", "mère avec enfant", "mother with child") \
X("need.psychiatric", "soins psychiatriques", "psychiatric care") \
X("need.medical", "soins médicaux", "medical care") \
X("sex.any", "filles et garçons", "girls and boys") \
X("sex.girls", "filles", "girls") \
X("sex.boys", "garçons", "boys") \
X("sex.unknown", "filles ou garçons : à demander", "girls or boys: to ask") \
X("child.F", "fille", "girl") \
X("child.M", "garçon", "boy") \
X("child.unknown", "enfant", "child") \
X("child_of_unknown_age.F", "fille d'âge inconnu", "girl of unknown age") \
X("child_of_unknown_age.M", "garçon d'âge inconnu", "boy of unknown age") \
X("child_of_unknown_age.unknown", "enfant d'âge inconnu", "child of unknown age") \
X("admission.always", "jour et nuit", "day and night") \
X("admission.office_hours", "aux heures de bureau", "in office hours") \
X("admission.unknown", "à demander", "to ask") \
X("closed.staff", "manque de personnel", "staff") \
X("closed.works", "travaux", "works") \
X("closed.health", "sanitaire", "health") \
X("closed.safety", "sécurité", "safety") \
X("closed.administrative", "décision administrative", "administrative") \
X("closed.holidays", "vacances", "holidays") \
X("closed.other", "autre", "other") \
X("channel.console", "console", "console") \
X("channel.link", "lien", "link") \
X("channel.cli", "ligne de commande", "command line") \
X("channel.api", "logiciel", "software") \
X("channel.import", "import", "import") \
X("criterion.age", "âge", "age") \
X("criterion.sex", "sexe", "sex") \
X("criterion.siblings", "fratrie", "siblings") \
X("criterion.parent", "accueil du parent", "taking the parent") \
X("criterion.needs", "besoins", "needs") \
X("criterion.modality", "modalité", "modality") \
X("criterion.kind", "type", "kind") \
X("criterion.night", "admission la nuit", "admission at night") \
X("criterion.distance", "distance", "distance") \
X("criterion.full", "s'il y a une place", "whether there is a place") \
X("criterion.fallback_bed", "un lit de repli", "a bed to fall back on") \
X("criterion.closed", "si c'est ouvert", "whether it is open") \
X("rejected.closed", "fermées", "closed") \
X("rejected.age", "âge", "age") \
X("rejected.sex", "sexe", "sex") \
X("rejected.siblings", "fratrie", "siblings") \
X("rejected.parent", "sans accueil de parent", "no parents taken") \
X("rejected.needs", "besoins", "needs") \
X("rejected.modality", "modalité", "modality") \
X("rejected.kind", "type", "kind") \
X("rejected.night", "nuit", "night") \
X("rejected.distance", "trop loin", "too far") \
X("rejected.full", "complètes", "full") \
X("no_better.one_unit", "aucune unité ne les prend tous", "no unit takes all") \
X("no_better.one_establishment", "aucun établissement", "no establishment") \
X("no_better.one_commune", "aucune commune", "no commune") \
X("missing.tonight", "n'admet qu'aux heures de bureau", "admits in office hours only") \
X("missing.establishment_kinds", "d'un autre type", "of another kind") \
X("missing.closed", "fermée", "closed") \
X("why.fresh", "chiffre récent", "fresh figure") \
X("why.stale", "chiffre à vérifier", "figure to check") \
X("why.reported_wrong", "signalé faux", "reported wrong") \
X("why.never_declared", "jamais déclarée", "never declared") \
X("why.emergency_place", "place d'urgence", "emergency place") \
X("why.admits_any_hour", "admet jour et nuit", "admits day and night") \
X("why.siblings_together", "toute la fratrie ensemble", "all siblings together") \
X("why.same_territory", "même territoire", "same territory") \
X("why.near", "tout près", "near") \
X("why.offered", "gardée pour cette demande", "kept for this request") \
X("start.lost_branch", "un incident du serveur a perdu cette position", "the server lost this position in an incident") \
X("start.compacted", "trop ancien", "too old") \
X("start.future_revision", "position inconnue", "unknown position") \
X("start.unknown_epoch", "position inconnue", "unknown position") \
X("start.filter", "filtre différent", "another filter") \
X("start.scope", "vos droits ont changé", "your rights have changed") \
X("operation.unit.declare", "déclaration", "declaration") \
X("operation.unit.confirm", "confirmation", "confirmation") \
X("operation.unit.report_wrong", "signalé faux", "reported wrong") \
X("operation.unit.put", "unité modifiée", "unit changed") \
X("operation.unit.close", "unité fermée", "unit closed") \
X("operation.establishment.put", "établissement modifié", "establishment changed") \
X("operation.establishment.close", "établissement fermé", "establishment closed") \
X("operation.territory.put", "territoire modifié", "territory changed") \
X("operation.commune.put", "commune modifiée", "commune changed") \
X("operation.establishment_kind.put", "type modifié", "kind changed") \
X("operation.account.put", "compte modifié", "account changed") \
X("operation.account.disable", "compte désactivé", "account disabled") \
X("operation.credential.put", "certificat ou jeton ajouté", "credential added") \
X("operation.credential.revoke", "certificat ou jeton révoqué", "credential revoked") \
X("error.parse", "Le serveur n'a pas compris ce programme. Mettez-le à jour.", "The server did not understand this program. Update it.") \
X("error.invalid_request", "Le serveur n'a pas compris ce programme. Mettez-le à jour.", "The server did not understand this program. Update it.") \
X("error.unknown_operation", "Ce serveur ne sait pas encore faire cela.", "This server cannot do that yet.") \
X("error.invalid_params", "Le serveur refuse une valeur de cette commande.", "The server refuses a value of this command.") \
X("error.unauthenticated", "Le serveur ne vous reconnaît pas. Vérifiez le certificat ou le jeton ; l'administrateur peut en donner un nouveau.", "The server does not know you. Check the certificate or token; the administrator can give a new one.") \
X("error.forbidden", "Ce compte n'a pas ce droit. Voir ce qu'il est : ugo me ; ses unités : ugo units", "This account may not do that. See what it is: ugo me; its units: ugo units") \
X("error.not_found", "Cela n'existe pas, ou ce compte ne peut pas le voir.", "There is no such thing, or this account may not see it.") \
X("error.no_free_place", "Il n'y a plus assez de places libres ici.", "There are no longer enough free places here.") \
X("error.hold_not_active", "Trop tard : cette option n'en est plus là.", "Too late: this hold is past that.") \
X("error.outdated", "Une déclaration plus récente est déjà connue ; la vôtre est gardée dans l'historique seulement.", "A newer declaration is already known; yours is kept in the history only.") \
X("error.conflict", "Cette --key a déjà servi à autre chose. Donnez-en une autre, ou aucune.", "This --key was used for something else. Give another one, or none.") \
X("error.conflicts_with_holds", "Des places sont promises : cela ne peut pas être fait avant d'y avoir répondu.", "Places are promised: this cannot be done before they are answered.") \
X("error.too_many_requests", "Trop de demandes à la fois. Attendez un instant, puis réessayez.", "Too many requests at once. Wait a moment, then try again.") \
X("error.unavailable", "Le serveur n'a pas pu joindre sa base : rien n'a été fait. Réessayez dans un instant ; si cela dure, téléphonez.", "The server could not reach its database: nothing was done. Try again in a moment; if it lasts, phone.") \
X("error.unknown_outcome", "C'est peut-être fait, peut-être pas.", "It may be done or not.") \
X("error.behind", "Ce serveur n'en est pas encore là. Réessayez dans un instant.", "This server has not come that far yet. Try again in a moment.") \
X("error.precondition_failed", "Cette position (--after) ne sera jamais atteinte : elle vient d'une autre base, ou d'avant un incident.", "This position (--after) will never be reached: it is of another database, or from before an incident.") \
X("error.internal", "Le serveur a rencontré une erreur.", "The server met an error.") \
X("error.version", "Ce programme et le serveur ne parlent pas la même version. Mettez ce programme à jour.", "This program and the server do not speak the same version. Update this program.") \
X("error.too_large", "Cette commande est trop longue.", "This command is too long.") \
X("error.revoked", "Le certificat ou le jeton a été révoqué, ou a expiré. Demandez-en un nouveau à l'administrateur.", "The certificate or token was revoked, or has expired. Ask the administrator for a new one.") \
X("error.disabled", "Ce compte est désactivé. Voyez l'administrateur.", "This account is disabled. See the administrator.") \
X("error.protocol", "Le serveur n'a pas compris ce programme. Mettez-le à jour.", "The server did not understand this program. Update it.") \
X("detail.no_credential", "Aucun certificat ni jeton n'a été donné.", "No certificate or token was given.") \
X("detail.bad_credential", "Ce certificat ou ce jeton n'est pas enregistré.", "This certificate or token is not registered.") \
X("detail.other_account", "Le certificat et le jeton ne sont pas du même compte.", "Certificate and token are not of the same account.") \
X("detail.revoked", "Il a été révoqué.", "It was revoked.") \
X("detail.expired", "Il a expiré.", "It has expired.") \
X("detail.disabled", "Le compte est désactivé.", "The account is disabled.") \
X("detail.role", "C'est réservé à un autre rôle.", "It is for another role.") \
X("detail.free_or_occupied", "l'un ou l'autre de --free et --occupied", "one of --free and --occupied") \
X("detail.first_declaration_needs_open", "c'est la première déclaration de cette unité : dites combien de places sont ouvertes ce soir (--open N)", "this is the first declaration of this unit: say how many places are open tonight (--open N)") \
X("detail.more_than_open", "plus que de places ouvertes ; si d'autres ont ouvert, dites combien avec --open N", "more than the open places; if more have opened, say how many with --open N") \
X("detail.more_than_reserved", "plus que de places réservées à l'urgence", "more than the places reserved for emergencies") \
X("detail.in_the_future", "c'est dans le futur", "it is in the future") \
X("detail.before_history", "l'historique ne remonte pas si loin", "the history does not go back so far") \
X("detail.before_at_from", "la fin est avant le début", "the end is before the beginning") \
X("detail.never_declared", "Cette unité n'a jamais été déclarée, il n'y a rien à confirmer : ugo declare UNITÉ --free N --open N", "This unit was never declared, there is nothing to confirm: ugo declare UNIT --free N --open N") \
X("detail.unknown_reference", "inconnu", "unknown") \
X("detail.unknown_member", "ce serveur ne connaît pas cette option", "this server does not know this option") \
X("detail.wrong_type", "valeur incorrecte", "wrong value") \
X("detail.required", "à donner", "required") \
X("detail.out_of_range", "hors limites", "out of range") \
X("detail.too_long", "trop long", "too long") \
X("detail.too_short", "trop court", "too short") \
X("detail.not_one_of", "pas un code connu ; voir l'aide de la commande", "not a known code; see the help of the command") \
X("detail.bad_format", "mal écrit", "badly written") \
X("detail.bad_cursor", "page inconnue", "unknown page") \
X("detail.needs_near", "demande --near", "needs --near") \
X("detail.commune_point_or_territory", "une commune, un point ou un territoire", "one commune, point or territory") \
X("detail.name_or_insee", "un nom ou des codes INSEE", "a name or INSEE codes") \
X("detail.one_of_commune_point_territory", "une commune, un point ou un territoire", "one commune, point or territory") \
X("detail.in_flight", "Trop de demandes à la fois.", "Too many requests at once.") \
X("detail.subscriptions", "Trop d'abonnements sur cette connexion.", "Too many subscriptions on this connection.") \
X("detail.rate", "Trop de demandes en peu de temps.", "Too many requests in a short time.") \
X("detail.future_revision", "Elle est au-delà de ce que le serveur connaît.", "It is beyond what the server knows.") \
X("detail.unknown_epoch", "Elle vient d'une autre base.", "It is of another database.") \
X("detail.lost_branch", "Elle a été perdue dans un incident du serveur.", "It was lost in an incident of the server.") \
X("detail.no_longer_kept", "C'est fait, mais l'historique n'en garde plus le détail.", "It was done, but the history no longer keeps the details.")
/* clang-format on */

#define MESSAGE_ENUMERATOR(id, fr, en) id,
enum message { MESSAGES(MESSAGE_ENUMERATOR) MESSAGE_COUNT };

#endif
