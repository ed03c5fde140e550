// SPDX-License-Identifier: EUPL-1.2
// Comment se disent les codes du protocole : les mêmes mots que la ligne de commande.
export const codes = {
    role: {
        establishment: "établissement", service: "service", territory: "territoire",
        mobile: "équipe mobile", astreinte: "astreinte ASE",
        def: "direction enfance et famille", admin: "administration",
    },
    needs: {
        mna: "mineur non accompagné", disability: "handicap", complex: "situation complexe",
        pregnant: "grossesse", mother_child: "mère avec enfant",
        psychiatric: "soins psychiatriques", medical: "soins médicaux",
    },
    child: { F: "fille", M: "garçon", unknown: "enfant" },
    childUnknownAge: {
        F: "fille d'âge inconnu", M: "garçon d'âge inconnu", unknown: "enfant d'âge inconnu",
    },
    closedReason: {
        staff: "manque de personnel", works: "travaux", holidays: "vacances",
        health: "sanitaire", safety: "sécurité", administrative: "décision administrative",
        other: "autre",
    },
    derogation: {
        emergency: "urgence", siblings: "fratrie", judge: "décision du juge",
        ase: "décision de l'ASE", other: "autre",
    },
    refusal: {
        full: "complet", staff: "manque de personnel", age: "âge", sex: "sexe",
        group: "équilibre du groupe", behaviour: "comportement", health: "santé",
        distance: "distance", admission_mode: "mode d'admission",
        documents: "pièces manquantes", other: "autre",
    },
    holdState: {
        held: "sans réponse", accepted: "acceptée", arrived: "arrivés", refused: "refusée",
        released: "rendue", expired: "finie sans réponse", withdrawn: "retirée",
    },
    missionState: {
        assigned: "confiée", under_way: "en route", arrived: "avec l'enfant",
        handed_over: "arrivés", cancelled: "annulée",
    },
    duty: {
        astreinte: "Astreinte", def: "Direction d'astreinte", mobile: "Équipe mobile",
    },
    movementType: {
        exit: "sortie", entry: "entrée", opening: "ouverture", closing: "fermeture",
        sequence: "séquence",
    },
    movementCode: {
        return_home: "retour à domicile", majority: "majorité", rupture: "rupture",
        transfer: "transfert", end_of_stay: "fin de séjour",
        foster_change: "changement de famille d'accueil", other: "autre motif",
    },
    detail: {
        many_logins: "trop de connexions en ce moment",
        role: "c'est réservé à un autre rôle",
        anti_forgery: "la page est trop ancienne, rechargez-la",
        cross_site: "la demande venait d'une autre page",
        first_declaration_needs_open: "dites combien de places sont ouvertes ce soir",
        more_than_open: "plus que de places ouvertes",
        more_than_reserved: "plus que de places réservées à l'urgence",
        in_the_future: "l'heure de cet appareil est fausse",
        in_the_past: "c'est déjà passé",
        never_declared: "cette unité n'a jamais été déclarée",
        required: "il manque une réponse",
        out_of_range: "hors limites",
        not_one_of: "choix inconnu",
        request_not_open: "cette demande n'attend plus de place",
        already_asked: "déjà demandée pour ces enfants",
        already_placed: "un de ces enfants a déjà une place",
        child_already_placed: "un de ces enfants a déjà une place ailleurs",
        extended_too_often: "déjà prolongée deux fois",
        already_used: "cette référence désigne déjà une demande en cours",
        unknown_reference: "inconnu",
        offered_to_another: "proposée à une autre demande pour quelques minutes",
        answer_or_release_first: "répondez d'abord aux options en cours",
        has_mission: "une mission existe déjà",
        not_a_team: "ce n'est pas une équipe mobile",
        mission_not_active: "cette mission n'en est plus là",
        movement_not_planned: "déjà faite ou annulée",
        more_than_occupied: "plus que de places occupées",
        offer_not_active: "cette proposition n'est plus valable",
    },
} as const;
