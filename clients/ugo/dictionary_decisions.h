/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of the dictionary about requests and holds: rows of dictionary.h. In French a request is
 * « une demande », a hold « une option ». */
#ifndef UGO_DICTIONARY_DECISIONS_H
#define UGO_DICTIONARY_DECISIONS_H

/* clang-format off */
#define MESSAGES_DECISIONS(X) \
/* ── for whom ── */ \
X(MSG_PARENT_ALONE, "un parent", "a parent") \
X(MSG_PARENT_PREGNANT, "une femme enceinte", "a pregnant woman") \
X(MSG_PARENT_WITH, "{1} avec {2}", "{1} with {2}") \
X(MSG_FOR_PLACES, "{0}~place|{0}~places", "{0}~place|{0}~places") \
X(MSG_TOGETHER, "ensemble", "together") \
X(MSG_APART, "séparés si besoin", "apart if need be") \
X(MSG_FROM, "depuis {1}", "from {1}") \
X(MSG_AT_MOST_KM, "à {1} au plus", "within {1}") \
X(MSG_WANTED_ON, "pour le {1}", "for {1}") \
X(MSG_DECIDED_AT, "décidée à {1}", "decided at {1}") \
X(MSG_WAITING_SINCE, "attend depuis {1}", "waiting for {1}") \
X(MSG_CHILD_PLACED, "place trouvée", "place found") \
X(MSG_CHILD_ARRIVED, "arrivé", "arrived") \
/* ── states of a request ── */ \
X(MSG_REQUEST_OPEN, "en attente depuis {1}", "waiting for {1}") \
X(MSG_REQUEST_PARTLY, "en attente depuis {1}, {0} enfant sur {2} a une place|en attente depuis {1}, {0} enfants sur {2} ont une place", "waiting for {1}, {0} of {2} children has a place|waiting for {1}, {0} of {2} children have a place") \
X(MSG_A_MOMENT, "un instant", "a moment") \
X(MSG_REQUEST_PLACED, "place trouvée à {1}, arrivée attendue", "place found at {1}, arrival expected") \
X(MSG_REQUEST_CLOSED, "close à {1} : {2}", "closed at {1}: {2}") \
X(MSG_REQUEST_WITHDRAWN, "retirée à {1} : {2}", "withdrawn at {1}: {2}") \
/* ── states of a hold ── */ \
X(MSG_OFFER_UNTIL, "une place s'est libérée, elle vous est gardée jusqu'à {1} (encore {2})|{0} places se sont libérées, elles vous sont gardées jusqu'à {1} (encore {2})", "a place came free, it is kept for you until {1} ({2} left)|{0} places came free, they are kept for you until {1} ({2} left)") \
X(MSG_GO_DECLINE, "la laisser à la demande suivante", "leave it to the next request") \
X(MSG_NO_SUCH_OFFER, "aucune place proposée en ce moment n'a un nom qui finit par « {1} ». Voir : ugo waiting", "no place offered now has a name that ends in “{1}”. See: ugo waiting") \
X(MSG_HOLD_HELD, "réponse attendue avant {1} (encore {2})", "answer expected by {1} ({2} left)") \
X(MSG_HOLD_ENDING, "fin à {1}, sans réponse pour l'instant", "ends at {1}, no answer so far") \
X(MSG_HOLD_ACCEPTED, "acceptée, attendus avant {1} (encore {2})", "accepted, expected by {1} ({2} left)") \
X(MSG_HOLD_OVERDUE, "acceptée, attendus à {1} et pas arrivés : appelez", "accepted, expected at {1} and not arrived: call") \
X(MSG_HOLD_ARRIVED, "arrivés à {1}", "arrived at {1}") \
X(MSG_HOLD_REFUSED, "refusée à {1} : {2}", "refused at {1}: {2}") \
X(MSG_HOLD_RELEASED, "relâchée à {1}", "released at {1}") \
X(MSG_HOLD_EXPIRED, "finie à {1}, sans réponse", "ended at {1}, unanswered") \
X(MSG_HOLD_WITHDRAWN, "retirée à {1} : {2}", "withdrawn at {1}: {2}") \
X(MSG_HOLD_EXTENDED, "prolongée {0} fois", "extended once|extended {0} times") \
X(MSG_HOLD_ESCALATED, "prolongée d'office, la direction d'astreinte est alertée", "extended by rule, the directorate on call is alerted") \
X(MSG_HOLD_STALE, "Chiffre ancien au moment de la demande : appelez avant de compter dessus.", "The figure was old when it was asked: call before you rely on it.") \
X(MSG_HOLD_ASKED_BY, "demandé par {1}", "asked by {1}") \
X(MSG_HOLD_FOR_REQUEST, "pour {1}", "for {1}") \
X(MSG_ADDRESS, "Adresse : {1}", "Address: {1}") \
/* ── after an ask ── */ \
X(MSG_ASKED, "Demandé à {0} unité, {1} :|Demandé à {0} unités, {1} :", "Asked {0} unit, {1}:|Asked {0} units, {1}:") \
X(MSG_ASKED_KEPT, "Ces places sont gardées pour vous jusqu'à la réponse, ou jusqu'à l'heure dite.", "These places are kept for you until the answer, or until the time said.") \
X(MSG_NOT_ASKED, "Pas demandé :", "Not asked:") \
X(MSG_NOT_ASKED_UNIT, "{1} : {2}", "{1}: {2}") \
X(MSG_NONE_ASKED, "Aucune unité n'a pu être demandée.", "No unit could be asked.") \
X(MSG_GO_ON, "Pour la suite :", "To go on:") \
X(MSG_GO_LIST, "où en sont les réponses", "where the answers stand") \
X(MSG_GO_WATCH, "les voir arriver", "see them come in") \
X(MSG_GO_RELEASE, "rendre les places", "give the places back") \
X(MSG_GO_EXTEND, "laisser plus de temps", "give more time") \
X(MSG_GO_ARRIVE, "à l'arrivée", "on arrival") \
X(MSG_GO_WITHDRAW, "s'ils ne viennent plus", "if they come no more") \
X(MSG_GO_SHOW, "tout ce qui la concerne", "all about it") \
X(MSG_GO_SEARCH, "chercher une place", "look for a place") \
X(MSG_GO_HOLD, "demander une place", "ask for a place") \
X(MSG_GO_ACCEPT, "oui, nous les prenons", "yes, we take them") \
X(MSG_GO_REFUSE, "non, et pourquoi", "no, and why") \
X(MSG_GO_DECIDE, "sur une place réservée à l'urgence : c'est à vous d'en décider", "on a place reserved for emergencies: it is for you to decide") \
X(MSG_GO_HELD, "à qui ces places sont promises", "to whom these places are promised") \
X(MSG_GO_CLOSE, "si elle n'a plus lieu d'être", "if it is no longer needed") \
/* ── lists ── */ \
X(MSG_HEAD_LEFT, "Reste", "Left") \
X(MSG_HEAD_STATE, "État", "State") \
X(MSG_HEAD_FOR, "Pour", "For") \
X(MSG_NO_HOLDS, "Aucune option en cours.", "No hold at present.") \
X(MSG_NO_HOLDS_SINCE, "Aucune option terminée depuis le {1}.", "No hold has ended since {1}.") \
X(MSG_HOLDS_SINCE, "{0} option terminée depuis le {1} :|{0} options terminées depuis le {1}, dans l'ordre :", "{0} hold that ended since {1}:|{0} holds that ended since {1}, in order:") \
X(MSG_NOTES_HOLD_LIST, "Ce qui est terminé reste dans la liste 48 h (--state) ; --since le retrouve dans l'historique : un établissement, ce qu'on lui a demandé ; la DEF, tout ; les autres, ce qu'ils peuvent lire de la nuit.", "What has ended stays in the list for 48 h (--state); --since finds it in the history: an establishment, what it was asked; the DEF, all; others, what they may read of the night.") \
X(MSG_NO_HOLDS_ASKED, "On ne vous demande rien en ce moment.", "Nothing is asked of you at present.") \
X(MSG_NO_REQUESTS, "Aucune demande en cours.", "No request at present.") \
X(MSG_NOBODY_WAITS, "Personne n'attend.", "Nobody is waiting.") \
X(MSG_HOLDS, "{0} option|{0} options", "{0} hold|{0} holds") \
X(MSG_HOLDS_ARE, "{0} option :|{0} options :", "{0} hold:|{0} holds:") \
X(MSG_REQUESTS_ARE, "{0} demande :|{0} demandes :", "{0} request:|{0} requests:") \
X(MSG_REQUESTS, "{0} demande|{0} demandes", "{0} request|{0} requests") \
X(MSG_ASKED_OF_YOU, "Une demande pour vous :|{0} demandes pour vous :", "One request for you:|{0} requests for you:") \
X(MSG_WAITING_LIST, "{0} demande attend :|{0} demandes attendent, dans cet ordre :", "{0} request is waiting:|{0} requests are waiting, in this order:") \
X(MSG_ORDER_ONLY, "seule à attendre", "the only one") \
X(MSG_ORDER_FIRST_EMERGENCY, "en tête : urgence, décidée la première", "at the head: emergency, decided first") \
X(MSG_ORDER_FIRST, "en tête : décidée la première", "at the head: decided first") \
X(MSG_ORDER_NO_EMERGENCY, "après les urgences", "after the emergencies") \
X(MSG_ORDER_LATER, "après la précédente : décidée {1} plus tard", "after the one before: decided {1} later") \
X(MSG_ORDER_OLDER, "après la précédente : décidée au même moment, le plus jeune a {1}", "after the one before: decided at the same moment, the youngest is {1}") \
X(MSG_ORDER_OLDER_UNKNOWN, "après la précédente : décidée au même moment, âges inconnus", "after the one before: decided at the same moment, ages unknown") \
X(MSG_ORDER_SAME, "après la précédente : tout est égal, dans l'ordre où elles ont été ouvertes", "after the one before: all equal, in the order in which they were opened") \
X(MSG_REQUEST_HOLDS, "Demandé :", "Asked:") \
X(MSG_REQUEST_NO_HOLDS, "Rien n'est demandé pour elle en ce moment.", "Nothing is asked for it at present.") \
/* ── done ── */ \
X(MSG_DONE_OPEN, "Demande ouverte : {1}", "Request opened: {1}") \
X(MSG_DONE_UPDATE, "Demande modifiée : {1}", "Request changed: {1}") \
X(MSG_DONE_CLOSE, "Demande close : {1}", "Request closed: {1}") \
X(MSG_DONE_DECLINE, "Décliné : la place passe à la demande suivante. Cette unité ne lui sera plus proposée.", "Declined: the place goes to the next request. This unit will not be offered to it again.") \
X(MSG_DONE_RELEASE, "Places rendues :", "Places given back:") \
X(MSG_DONE_EXTEND, "Prolongée :", "Extended:") \
X(MSG_DONE_WITHDRAW, "Retirée, les places sont de nouveau libres :", "Withdrawn, the places are free again:") \
X(MSG_DONE_ARRIVE, "Arrivée notée ; les places comptent maintenant comme occupées :", "Arrival noted; the places now count as occupied:") \
X(MSG_DONE_ACCEPT, "Acceptée. Les places sont gardées jusqu'à l'arrivée :", "Accepted. The places are kept until arrival:") \
X(MSG_DONE_REFUSE_FULL, "Refusée, complet, c'est noté. Les chiffres de l'unité annonçaient pourtant des places : ils passent « à vérifier » jusqu'à la prochaine déclaration.", "Refused, full, it is noted. Yet the figures of the unit showed places: they are marked “to check” until the next declaration.") \
X(MSG_GO_DECLARE, "dire combien de places sont libres", "say how many places are free") \
X(MSG_DONE_REFUSE, "Refusée, c'est noté. Les places sont de nouveau libres :", "Refused, it is noted. The places are free again:") \
/* ── what is wrong with the command ── */ \
X(MSG_NO_PROFILE, "pour qui ? --request R (ugo request list), ou --age (7y, 18m, ?) et --sex (F, M, ?), répétés pour chaque enfant, ou --parent", "for whom? --request R (ugo request list), or --age (7y, 18m, ?) and --sex (F, M, ?), repeated for each child, or --parent") \
X(MSG_REQUEST_OR_AGES, "--request R, ou --age et --sex : l'un ou l'autre", "--request R, or --age and --sex: one or the other") \
X(MSG_CHILD_NEEDS_REQUEST, "--child N compte les enfants de --request R (le premier est 1)", "--child N counts the children of --request R (the first is 1)") \
X(MSG_WANT_CHILD, "le numéro d'un enfant de la demande, de 1 à 10 (ugo request show R)", "the number of a child of the request, from 1 to 10 (ugo request show R)") \
X(MSG_TOO_MANY_UNITS, "8 unités au plus à la fois", "at most 8 units at once") \
X(MSG_NOTHING_TO_UPDATE, "dites ce qui change : --emergency ou --planned, --apart ou --together, --need, --near…", "say what changes: --emergency or --planned, --apart or --together, --need, --near…") \
X(MSG_ONE_OF_TWO, "{1} ou {2}, pas les deux", "{1} or {2}, not both") \
X(MSG_CODE_NEEDED, "dites pourquoi, avec {1} CODE :", "say why, with {1} CODE:") \
X(MSG_CODE_MISSING, "il manque {1} CODE. Au choix :", "{1} CODE is missing. Choose from:") \
X(MSG_CODE_UNKNOWN, "« {2} » n'est pas un code de {1}. Au choix :", "“{2}” is not a code of {1}. Choose from:") \
X(MSG_CODE_LINE, "  {1}  {2}", "  {1}  {2}") \
X(MSG_NO_SUCH_HOLD, "aucune option en cours ne finit par « {1} », parmi celles que ce compte peut voir. Voir : ugo hold list", "no current hold ends in “{1}”, among those that this account may see. See: ugo hold list") \
X(MSG_NO_SUCH_REQUEST, "aucune demande en cours n'a la référence « {1} », ni un identifiant qui finit ainsi. Voir : ugo request list", "no current request has the reference “{1}”, or an id that ends so. See: ugo request list") \
X(MSG_AMBIGUOUS_HOLD, "plusieurs pour « {1} ». Donnez l'identifiant de la bonne :", "several for “{1}”. Give the id of the right one:") \
X(MSG_NO_POINT, "d'où ? Une commune (nom ou code INSEE) ou un code de territoire ; pas lat,lon", "from where? A commune (name or INSEE code) or the code of a territory; not lat,lon") \
X(MSG_KEY_FOR_ONE, "--key va avec une seule option (H) à la fois", "--key goes with one hold (H) at a time") \
X(MSG_ANSWER_HOW, "répondez : ugo answer H accept, ou ugo answer H refuse --code CODE (H : voir ugo answer)", "answer: ugo answer H accept, or ugo answer H refuse --code CODE (H: see ugo answer)") \
X(MSG_ANSWER_NO_CODE, "--code va avec un refus, --arrive-by avec un accord", "--code goes with a refusal, --arrive-by with an acceptance") \
X(MSG_WANT_MINUTES, "un nombre de minutes de 1 à 240", "a number of minutes from 1 to 240") \
X(MSG_WANT_PLACES, "un nombre de places de 1 à 99", "a number of places from 1 to 99") \
X(MSG_WANT_COMING, "une heure à venir (14:05) ou un instant (2026-11-21T14:05:00+01:00)", "a time to come (14:05) or an instant (2026-11-21T14:05:00+01:00)") \
X(MSG_WANT_WHOLE_KM, "une distance en km entiers, de 1 à 1500", "a distance in whole km, from 1 to 1500") \
X(MSG_WANT_REFERENCE, "majuscules, chiffres et tirets, 20 au plus, dont un chiffre (A-2026-114) ; jamais un nom", "capitals, digits and hyphens, at most 20, one digit at least (A-2026-114); never a name") \
X(MSG_SEARCH_AGAIN, "Cherchez de nouveau : ugo search --request {1}", "Search again: ugo search --request {1}") \
X(MSG_SEARCH_AGAIN_ONLY, "Cherchez de nouveau : ugo search", "Search again: ugo search") \
X(MSG_SEE_LIST, "voir : {1}", "see: {1}") \
X(MSG_NOT_YOURS, "Ce n'est pas à ce compte d'en décider, ou cela n'existe pas.", "It is not for this account to decide, or there is no such thing.") \
X(MSG_NOT_YOURS_UNIT, "Cette unité n'existe pas ou n'est pas de votre département, ou cette demande n'est pas la vôtre. Voir : ugo units, ugo request list", "There is no such unit or it is not of your département, or the request is not yours. See: ugo units, ugo request list") \
X(MSG_HOLD_NOW, "Elle est maintenant : {1}", "It is now: {1}") \
X(MSG_HOLDS_IN_THE_WAY, "Répondez d'abord à ces options, ou rendez-les ; si ces enfants sont déjà là : ugo hold arrive H.", "Answer these holds first, or release them; if these children are already there: ugo hold arrive H.") \
X(MSG_HOLD_OF, "{1} : {2}, {3}", "{1}: {2}, {3}") \
/* ── watch ── */ \
X(MSG_WATCH_CURRENT, "En cours : {1}, {2}.", "At present: {1}, {2}.") \
X(MSG_WATCH_BEGINS_REQUEST, "Une demande et ses options. Les changements s'affichent ici. Ctrl-C pour arrêter.", "A request and its holds. Changes are shown here. Ctrl-C to stop.") \
X(MSG_CHANGE_REQUEST, "demande {1} : {2}", "request {1}: {2}") \
X(MSG_CHANGE_REQUEST_NEW, "nouvelle demande {1} : {2}", "new request {1}: {2}") \
X(MSG_CHANGE_HOLD_NEW, "demandé, {1}", "asked, {1}") \
X(MSG_WATCH_SOON, "plus que {1} pour répondre", "only {1} left to answer") \
/* ── verbs ── */ \
X(MSG_VERB_HOLD, "demander des places à une ou plusieurs unités ; list, release, extend…", "ask one or several units for places; list, release, extend…") \
X(MSG_VERB_HOLD_LIST, "les options en cours, et le temps qu'il leur reste", "current holds, and the time they have left") \
X(MSG_VERB_HOLD_SHOW, "tout sur une option", "all about a hold") \
X(MSG_VERB_HOLD_RELEASE, "rendre des places avant la réponse", "give places back before the answer") \
X(MSG_VERB_HOLD_EXTEND, "laisser plus de temps pour répondre (deux fois au plus)", "give more time to answer (twice at most)") \
X(MSG_VERB_HOLD_WITHDRAW, "rendre des places déjà accordées", "give back places already granted") \
X(MSG_VERB_HOLD_ARRIVE, "noter l'arrivée : les places deviennent occupées", "note the arrival: the places become occupied") \
X(MSG_VERB_ANSWER, "ce que l'on vous demande, et y répondre", "what you are asked, and to answer it") \
X(MSG_VERB_WAITING, "qui attend, dans quel ordre et pourquoi", "who is waiting, in which order and why") \
X(MSG_VERB_REQUEST, "les demandes d'accueil ; open, list, show, update, decline, close, certificate", "requests; open, list, show, update, decline, close, certificate") \
X(MSG_VERB_REQUEST_OPEN, "ouvrir une demande, sans nommer personne", "open a request, naming nobody") \
X(MSG_VERB_REQUEST_LIST, "les demandes en cours", "current requests") \
X(MSG_VERB_REQUEST_SHOW, "tout sur une demande, et à qui l'on a demandé", "all about a request, and who was asked") \
X(MSG_VERB_REQUEST_UPDATE, "changer une demande", "change a request") \
X(MSG_VERB_REQUEST_DECLINE, "décliner une place proposée à une demande", "decline a place offered to a request") \
X(MSG_VERB_REQUEST_CLOSE, "clore une demande, ou la retirer", "close a request, or withdraw it") \
X(MSG_NOTES_HOLD, "Une unité est un identifiant (ugo units), ou une partie du nom ; entre guillemets s'il y en a plusieurs. Exemple : ugo hold u-0193a u-0207b --request X-12. Celui qui accepte le premier libère les autres.", "A unit is an id (ugo units), or a part of its name; in quotes if there are several. Example: ugo hold u-0193a u-0207b --request X-12. The first to accept releases the others.") \
X(MSG_NOTES_HOLD_ID, "H est l'identifiant de l'option (ugo hold list), ou sa fin si elle est en cours : 48215. Plusieurs à la suite : chacune.", "H is the id of the hold (ugo hold list), or its end while it is current: 48215. Several in a row: each.") \
X(MSG_NOTES_WITHDRAW, "H est l'identifiant de l'option (ugo hold list), ou sa fin. Codes : no_show, runaway, returned_home, other_place, decision_changed, error, other.", "H is the id of the hold (ugo hold list), or its end. Codes: no_show, runaway, returned_home, other_place, decision_changed, error, other.") \
X(MSG_NOTES_ANSWER, "Sans rien : ce que l'on vous demande. Oui : ugo answer H accept [--arrive-by HEURE]. Non : ugo answer H refuse --code CODE, CODE parmi full, staff, age, sex, group, behaviour, health, distance, admission_mode, documents, other.", "Alone: what you are asked. Yes: ugo answer H accept [--arrive-by TIME]. No: ugo answer H refuse --code CODE, CODE being full, staff, age, sex, group, behaviour, health, distance, admission_mode, documents or other.") \
X(MSG_NOTES_WAITING, "Les urgences d'abord, puis dans l'ordre des décisions, puis le plus jeune enfant d'abord.", "Emergencies first, then in the order of the decisions, then the youngest child first.") \
X(MSG_NOTES_REQUEST, "Exemple : ugo request open --age 7y --sex F --age 4y --sex M --near Muret --emergency --frame opp --reference X-12. Aucun nom, aucune date de naissance.", "Example: ugo request open --age 7y --sex F --age 4y --sex M --near Muret --emergency --frame opp --reference X-12. No name, no birth date.") \
X(MSG_NOTES_REQUEST_ID, "R est la référence ou l'identifiant (ugo request list), ou sa fin si elle est en cours.", "R is the reference or the id (ugo request list), or its end while it is current.") \
X(MSG_NOTES_UPDATE, "Ce qui est donné remplace ce qui était ; none efface : --need none, --modality none, --reference none, --frame none, --from none, --max-km none, --wanted none ; --no-parent : plus de parent. Les enfants ne changent plus une fois une place demandée.", "What is given replaces what was; none clears: --need none, --modality none, --reference none, --frame none, --from none, --max-km none, --wanted none; --no-parent: no parent any more. The children no longer change once a place is asked for.") \
X(MSG_NOTES_DECLINE, "Une demande qui attend se voit proposer la place qui se libère, pendant dix minutes ; personne d'autre ne peut la prendre. ugo waiting et ugo watch montrent la proposition et son nom. Pour dire oui : ugo hold UNITÉ --request R", "A waiting request is offered the place that comes free, for ten minutes; nobody else can take it. ugo waiting and ugo watch show the offer and its name. To say yes: ugo hold UNIT --request R") \
X(MSG_NOTES_CLOSE, "Codes : placed_elsewhere, returned_home, decision_changed, majority, duplicate, error, other. Quand tous sont arrivés, elle se clôt d'elle-même.", "Codes: placed_elsewhere, returned_home, decision_changed, majority, duplicate, error, other. It closes by itself when all have arrived.") \
X(MSG_HELP_ORIGIN, "d'où viennent les enfants : commune, ou code de territoire", "where the children come from: commune, or code of a territory") \
X(MSG_HELP_PARENT, "avec un parent (ou un parent seul)", "with a parent (or a parent alone)") \
X(MSG_HELP_PREGNANT, "une femme enceinte", "a pregnant woman") \
X(MSG_HELP_NO_PARENT, "les enfants sans parent", "the children without a parent") \
X(MSG_HELP_FRAME, "cadre juridique : recueil_provisoire, accueil_provisoire, apjm, opp, jugement, tutelle, pupille, delegation, mna_evaluation, other", "legal frame: recueil_provisoire, accueil_provisoire, apjm, opp, jugement, tutelle, pupille, delegation, mna_evaluation, other") \
X(MSG_HELP_WANTED, "pour quel jour", "for which day") \
X(MSG_HELP_DECIDED_AT, "quand la décision a été prise, si ce n'est pas maintenant", "when it was decided, if not now") \
X(MSG_HELP_REFERENCE, "votre référence (A-2026-114) ; jamais un nom", "your reference (A-2026-114); never a name") \
X(MSG_HELP_TOGETHER, "les enfants restent ensemble", "the children stay together") \
X(MSG_HELP_PLANNED, "ce n'est pas (ou plus) une urgence", "it is not (or no longer) an emergency") \
X(MSG_HELP_CODE, "pourquoi ; les codes sont plus bas", "why; the codes are below") \
X(MSG_HELP_REQUEST, "pour cette demande : référence ou identifiant", "for this request: reference or id") \
X(MSG_HELP_CHILD, "pour cet enfant seulement (le premier est 1) ; répéter", "for this child only (the first is 1); repeat") \
X(MSG_HELP_PLACES, "combien de places, si ce n'est pas une par enfant", "how many places, if not one for each child") \
X(MSG_HELP_MINUTES, "combien de temps (45 si rien n'est dit)", "for how long (45 when not said)") \
X(MSG_HELP_ARRIVE_BY, "attendus avant (24 h si rien n'est dit)", "expected by (24 h when not said)") \
X(MSG_HELP_STATE, "dans cet état ; plusieurs : a,b", "in this state; several: a,b") \
X(MSG_HELP_UNIT, "de cette unité", "of this unit") \
X(MSG_HELP_ARRIVED, "arrivées déjà comptées ici : identifiants d'options", "arrivals already counted here: ids of holds") \
X(MSG_VALUE_REQUEST, "R", "R") \
X(MSG_VALUE_OFFER, "R PROPOSITION", "R OFFER") \
X(MSG_VALUE_HOLD, "H", "H") \
X(MSG_VALUE_UNITS, "UNITÉ…", "UNIT…") \
X(MSG_VALUE_ANSWER, "H accept|refuse", "H accept|refuse") \
X(MSG_VALUE_REFERENCE, "RÉF", "REF")

#define LABELS_DECISIONS(X) \
X("frame.recueil_provisoire", "recueil provisoire", "emergency reception") \
X("frame.accueil_provisoire", "accueil provisoire", "reception agreed with the parents") \
X("frame.apjm", "accueil provisoire jeune majeur", "young adult's reception") \
X("frame.opp", "ordonnance de placement provisoire", "provisional placement order") \
X("frame.jugement", "jugement en assistance éducative", "judgment") \
X("frame.tutelle", "tutelle", "guardianship") \
X("frame.pupille", "pupille de l'État", "ward of the state") \
X("frame.delegation", "délégation d'autorité parentale", "delegated parental authority") \
X("frame.mna_evaluation", "mise à l'abri, évaluation MNA", "shelter while a minor's age is assessed") \
X("frame.other", "autre cadre", "other frame") \
X("refusal.full", "complet", "full") \
X("refusal.staff", "manque de personnel", "short of staff") \
X("refusal.age", "âge", "age") \
X("refusal.sex", "sexe", "sex") \
X("refusal.group", "équilibre du groupe", "balance of the group") \
X("refusal.behaviour", "comportement", "behaviour") \
X("refusal.health", "santé", "health") \
X("refusal.distance", "distance", "distance") \
X("refusal.admission_mode", "mode d'admission", "way of admission") \
X("refusal.documents", "pièces manquantes", "documents missing") \
X("refusal.other", "autre", "other") \
X("withdrawal.no_show", "jamais venus", "never came") \
X("withdrawal.runaway", "fugue", "ran away") \
X("withdrawal.returned_home", "retour à la maison", "returned home") \
X("withdrawal.other_place", "autre place trouvée", "other place found") \
X("withdrawal.decision_changed", "décision changée", "decision changed") \
X("withdrawal.error", "erreur", "error") \
X("withdrawal.other", "autre", "other") \
X("request_end.arrived", "tous arrivés", "all arrived") \
X("request_end.placed_elsewhere", "accueillis ailleurs", "placed elsewhere") \
X("request_end.returned_home", "retour à la maison", "returned home") \
X("request_end.decision_changed", "décision changée", "decision changed") \
X("request_end.majority", "majorité", "came of age") \
X("request_end.duplicate", "en double", "duplicate") \
X("request_end.error", "erreur", "error") \
X("request_end.other", "autre", "other") \
X("request_state.open", "en attente", "waiting") \
X("request_state.placed", "place trouvée", "place found") \
X("request_state.closed", "close", "closed") \
X("request_state.withdrawn", "retirée", "withdrawn") \
X("hold_state.held", "sans réponse", "unanswered") \
X("hold_state.accepted", "acceptée", "accepted") \
X("hold_state.arrived", "arrivés", "arrived") \
X("hold_state.refused", "refusée", "refused") \
X("hold_state.released", "relâchée", "released") \
X("hold_state.expired", "finie sans réponse", "ended unanswered") \
X("hold_state.withdrawn", "retirée", "withdrawn") \
X("not_asked.no_free_place", "il n'y a plus assez de places libres", "there are no longer enough free places") \
X("not_asked.offered_to_another", "la place est proposée à une autre demande", "the place is offered to another request") \
X("not_asked.already_asked", "déjà demandée pour ces enfants", "already asked for these children") \
X("not_asked.forbidden", "n'existe pas, ou n'est pas de votre département", "does not exist, or is not of your département") \
X("operation.request.open", "demande ouverte", "request opened") \
X("operation.request.update", "demande modifiée", "request changed") \
X("operation.request.close", "demande close", "request closed") \
X("operation.request.decline", "proposition déclinée", "offer declined") \
X("operation.offer.create", "place proposée", "place offered") \
X("operation.offer.lapse", "proposition échue", "offer lapsed") \
X("operation.offer.forget", "proposition oubliée", "offer forgotten") \
X("offer.offered", "place proposée", "place offered") \
X("offer.taken", "place proposée, demandée", "offered place asked for") \
X("offer.declined", "proposition déclinée", "offer declined") \
X("offer.lapsed", "proposition échue, la place passe à la suivante", "offer lapsed, the place goes to the next") \
X("offer.void", "la place proposée n'est plus libre, ou plus utile", "the offered place is gone, or no longer needed") \
X("detail.offer_not_active", "Cette proposition n'est plus valable. Voir : ugo waiting", "This offer is no longer good. See: ugo waiting") \
X("detail.offered_to_another", "Ce qui est libre est proposé à d'autres demandes pour quelques minutes. Essayez de nouveau, ou demandez ailleurs.", "What is free is offered to other requests for some minutes. Try again, or ask elsewhere.") \
X("operation.request.forget", "demande oubliée", "request forgotten") \
X("operation.hold.create", "places demandées", "places asked for") \
X("operation.hold.accept", "option acceptée", "hold accepted") \
X("operation.hold.refuse", "option refusée", "hold refused") \
X("operation.hold.release", "places rendues", "places given back") \
X("operation.hold.extend", "option prolongée", "hold extended") \
X("operation.hold.withdraw", "option retirée", "hold withdrawn") \
X("operation.hold.arrive", "arrivée", "arrival") \
X("operation.hold.expire", "option finie sans réponse", "hold ended unanswered") \
X("operation.hold.escalate", "option prolongée d'office", "hold extended by rule") \
X("operation.hold.overdue", "arrivée en retard", "arrival overdue") \
X("operation.hold.forget", "option oubliée", "hold forgotten") \
X("operation.hold_policy.put", "règle des options modifiée", "rule for holds changed") \
X("detail.exactly_one", "l'un ou l'autre, pas les deux", "one or the other, not both") \
X("detail.only_with_request", "seulement avec --request", "only with --request") \
X("detail.twice", "deux fois le même", "twice the same") \
X("detail.already_placed", "cet enfant a déjà une place", "this child already has a place") \
X("detail.already_asked", "Cette unité est déjà demandée pour ces enfants. Voir : ugo hold list", "This unit is already asked for these children. See: ugo hold list") \
X("detail.fewer_than_children", "moins de places que d'enfants", "fewer places than children") \
X("detail.request_not_open", "Cette demande n'attend plus de place : elle est placée, close ou retirée. Voir : ugo request show R", "This request no longer waits for a place: it is placed, closed or withdrawn. See: ugo request show R") \
X("detail.child_already_placed", "Un de ces enfants a déjà une place ailleurs. Voir : ugo hold list", "One of these children already has a place elsewhere. See: ugo hold list") \
X("detail.extended_too_often", "Déjà prolongée deux fois. Demandez une réponse par téléphone, ou rendez les places et demandez de nouveau.", "Already extended twice. Ask for an answer by telephone, or give the places back and ask again.") \
X("detail.already_used", "cette référence désigne déjà une demande ouverte ou placée ; une seule demande par référence. Voir : ugo request list", "this reference already means a request that is open or placed; one request per reference. See: ugo request list") \
X("detail.in_the_past", "c'est déjà passé", "it is already past") \
X("detail.not_accepted_here", "ce n'est pas une option acceptée de cette unité", "it is not an accepted hold of this unit") \
X("detail.wrong_format", "mal écrit", "badly written") \
X("detail.unknown_code", "pas un code connu ; voir l'aide de la commande", "not a known code; see the help of the command") \
X("detail.offered_to_another", "Elle est proposée à une autre demande pour quelques minutes.", "It is offered to another request for some minutes.") \
X("detail.answer_or_release_first", "Répondez à ces options, ou rendez-les, puis recommencez.", "Answer these holds, or release them, then try again.") \
X("detail.held_places", "Des places y sont promises.", "Places are promised there.")
/* clang-format on */

#endif
