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
    lost: "Déjà montré une fois. Si personne ne l'a noté, recommencez.",
    picture: "À photographier avec l'application d'authentification",
    parts: {
        credentials: "Mot de passe, jetons, certificats, liens", sessions: "Sessions ouvertes",
        units: "Unités",
    },
    type: {
        password: "mot de passe ou second facteur", token: "jeton", certificate: "certificat",
        link: "lien",
    },
    fields: {
        id: "Identifiant", code: "Code", name: "Nom", role: "Rôle",
        territories: "Territoires (codes)", establishments: "Établissements (identifiants)",
        acts_for: "Agit pour le compte", label: "À quoi sert-il ?", expires_at: "Jusqu'à",
        level: "Niveau", parent: "Dans le territoire (code)", establishment_kind: "Type",
        finess: "FINESS", operator: "Organisme gestionnaire", address: "Adresse",
        territory: "Territoire (code)", commune: "Commune (INSEE)", visibility: "Adresse visible",
        "contact/day": "Téléphone de jour", "contact/night": "Téléphone de nuit",
        modality: "Modalité", min_months: "Âge minimal, en mois",
        max_months: "Âge maximal, en mois (non compris)", sex: "Sexe",
        siblings_max: "Fratrie la plus grande", admission: "Admission",
        max_stay_days: "Séjour le plus long, en jours", authorised: "Places autorisées",
        emergency_reserved: "Places réservées à l'urgence", duty: "Tour", account: "Compte",
        from_at: "De", to_at: "À",
    },
    visible: { exact: "en entier", commune: "la commune", hidden: "le territoire" },
    accepts: { yes: "oui", no: "non" },
    deeds: {
        password: ["Nouveau mot de passe…", "L'ancien ne vaut plus, ses sessions se terminent."],
        totp: ["Nouveau second facteur…", "L'ancien ne vaut plus, ses sessions se terminent."],
        token: ["Nouveau jeton…", "-"],
        disable: ["Désactiver…", "Ses sessions et ses liens se terminent aussitôt, ses jetons et "
            + "certificats ne valent plus. Son nom reste dans l'historique. Se défait."],
        enable: ["Réactiver…", "Ce compte pourra de nouveau se connecter."],
        revoke: ["Révoquer…", "Ne vaut plus aussitôt, aussi pour qui est connecté. Ne se défait "
            + "pas : il faudra en faire un autre."],
        end: ["Terminer…", "Cette personne devra se reconnecter."],
        close: ["Fermer…", "Cesse d'être cherché et compté ; un établissement, avec toutes ses "
            + "unités. Ne se défait pas. Refusé tant que des places y sont promises."],
        remove: ["Retirer…", "Plus personne n'a ce tour, sauf un autre inscrit."],
    },
} as const;
