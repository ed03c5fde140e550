// SPDX-License-Identifier: EUPL-1.2
// Le français de l'administration. Chargé avec ses écrans seulement.
export const admin = {
    find: "Trouver (nom ou identifiant)",
    none: "Rien ici.",
    next: "La suite",
    add: "Ajouter…",
    edit: "Modifier…",
    save: "Enregistrer",
    saved: "Enregistré.",
    manage: "Gérer",
    disabled: "désactivé",
    revoked: "révoqué",
    ends: "jusqu'au {0}",
    seen: "vue {0}",
    once: "Montré cette seule fois. Remettez-le en main propre ou de vive voix, jamais par e-mail.",
    onceLink: "Montrée cette seule fois. Qui a cette adresse peut dire les places de l'unité "
        + "jusqu'à son terme : ne l'envoyez qu'à la personne qui répond.",
    lost: "Déjà montré une fois. Si personne ne l'a noté, recommencez.",
    picture: "À photographier avec l'application d'authentification",
    pictureLink: "À photographier avec un téléphone pour y ouvrir l'adresse",
    asks: {
        declare: "Demander les places avant que le chiffre soit trop vieux",
        hold: "Demander une réponse à une option qui attend",
    },
    before: "{0} min avant que le chiffre soit trop vieux",
    after: "après {0} min d'attente",
    believed: "cru {0} h",
    open: "Ouvert le {0}",
    weekdays: {
        d1: "lundi", d2: "mardi", d3: "mercredi", d4: "jeudi", d5: "vendredi", d6: "samedi",
        d7: "dimanche",
    },
    shifts: "Comme 08:30-12:00 13:30-17:30 ; vide : fermé",
    off: "{0} jour fermé|{0} jours fermés",
    holidays: "Jours fermés",
    dates: "Comme 2026-12-25, séparés par des espaces",
    has: { password: "mot de passe", totp: "second facteur" },
    parts: {
        credentials: "Mot de passe, jetons, certificats, liens", sessions: "Sessions ouvertes",
        units: "Unités",
    },
    type: {
        password: "connexion à la console", token: "jeton", certificate: "certificat",
        link: "lien",
    },
    fields: {
        id: "Identifiant", code: "Code", name: "Nom", role: "Rôle",
        territories: "Territoires (codes)", establishments: "Établissements (identifiants)",
        acts_for: "Agit pour le compte", label: "À quoi sert-il ?", expires_at: "Jusqu'à",
        level: "Niveau", parent: "Dans le territoire", establishment_kind: "Type",
        finess: "FINESS", operator: "Organisme gestionnaire", address: "Adresse",
        territory: "Territoire", commune: "Commune (INSEE)", visibility: "Adresse visible",
        "contact/day": "Téléphone de jour", "contact/night": "Téléphone de nuit",
        modality: "Modalité", min_months: "Âge minimal, en mois",
        max_months: "Âge maximal, en mois (non compris)", sex: "Sexe",
        siblings_max: "Fratrie la plus grande", admission: "Admission",
        max_stay_days: "Séjour le plus long, en jours", authorised: "Places autorisées",
        emergency_reserved: "Places réservées à l'urgence", duty: "Tour", account: "Compte",
        from_at: "De", to_at: "À", remind: "Rappelé à (e-mail ou téléphone)", unit: "Unité",
        question: "Quoi", establishment: "Établissement", before_s: "Minutes avant",
        after_s: "Minutes d'attente", time_zone: "Fuseau horaire (Europe/Paris…)",
        ttl_s: "Un chiffre est cru pendant (heures)", finess_categories: "Catégories FINESS",
    },
    visible: { exact: "en entier", commune: "la commune", hidden: "le territoire" },
    accepts: { yes: "oui", no: "non" },
    deeds: {
        password: ["Nouveau mot de passe…", "L'ancien ne vaut plus, ses sessions se terminent."],
        totp: ["Nouveau second facteur…", "L'ancien ne vaut plus, ses sessions se terminent."],
        token: ["Nouveau jeton…", "-"],
        certificate: ["Nouveau certificat…", "Son identifiant est son empreinte SHA-256 : 64 "
            + "chiffres hexadécimaux, en minuscules, sans deux-points."],
        disable: ["Désactiver…", "Ses sessions et ses liens se terminent aussitôt, ses jetons et "
            + "certificats ne valent plus. Son nom reste dans l'historique. Se défait."],
        enable: ["Réactiver…", "Ce compte pourra de nouveau se connecter."],
        revoke: ["Révoquer…", "Ne vaut plus aussitôt, aussi pour qui est connecté. Ne se défait "
            + "pas : il faudra en faire un autre."],
        end: ["Terminer…", "Cette personne devra se reconnecter."],
        close: ["Fermer…", "Cesse d'être cherché et compté ; un établissement, avec toutes ses "
            + "unités. Ne se défait pas. Refusé tant que des places y sont promises."],
        link: ["Nouveau lien…", "Vaut un jour si rien n'est dit, une semaine au plus."],
        no_password: ["Retirer le mot de passe…", "Ses sessions se terminent. Il faudra un nouveau "
            + "mot de passe pour se connecter ; jetons et certificats restent."],
        no_totp: ["Retirer le second facteur…", "Pour un téléphone perdu. Ses sessions se "
            + "terminent ; qui doit en avoir un ne se connecte plus avant d'en recevoir un "
            + "nouveau."],
        drop: ["Retirer…", "Plus personne n'est rappelé par cette règle."],
        remove: ["Retirer…", "Plus personne n'a ce tour, sauf un autre inscrit."],
    },
} as const;
