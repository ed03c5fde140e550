// SPDX-License-Identifier: EUPL-1.2
// La déclaration d'accessibilité : une page faite à la construction, lisible sans script ni compte.
// « %CONTACT% » est remplacé par l'option accessibility_contact de ugod.

export const access = {
    lang: "fr",
    title: "Déclaration d'accessibilité",
    back: "Retour à la console",
    sections: [
        ["Engagement", [
            "L'organisme qui met cette console à disposition s'engage à la rendre accessible, "
                + "conformément à l'article 47 de la loi n° 2005-102 du 11 février 2005. Cette "
                + "déclaration porte sur la console d'ugo, registre des places d'accueil.",
        ]],
        ["État de conformité", [
            "La console est partiellement conforme au référentiel général d'amélioration de "
                + "l'accessibilité (RGAA 4.1), d'après les contrôles de celles et ceux qui la "
                + "construisent. Aucun audit par un tiers n'a encore eu lieu ; aucun taux de "
                + "conformité n'est donc annoncé.",
        ]],
        ["Ce qui est contrôlé", [
            "À chaque construction, dans un navigateur, sur petit et grand écran : les règles "
                + "automatiques d'axe-core sur chaque écran, les parcours au clavier seul, la "
                + "visibilité du focus, la lecture à 320 pixels de large et à 200 %, les "
                + "thèmes clair, sombre et à couleurs imposées, la taille de ce qui se touche.",
            "Aucune information n'est donnée par la couleur seule ; les annonces ne déplacent "
                + "pas le focus ; la fin de session est annoncée avant et ne fait rien perdre.",
        ]],
        ["Ce qui n'est pas accessible, ou pas encore vérifié", [
            "La console n'a pas encore été essayée par des personnes avec l'ensemble des "
                + "lecteurs d'écran courants (NVDA, JAWS, VoiceOver, TalkBack).",
            "Sur petit écran, les tableaux deviennent des fiches : leur structure reste "
                + "annoncée, mais l'ordre des colonnes n'est plus celui de l'écran large.",
            "La carte et la courbe sont des compléments : leurs valeurs sont toutes dans le "
                + "tableau qui les accompagne, et non dans le dessin.",
            "Les documents produits par un navigateur à l'impression ne sont pas des PDF "
                + "balisés.",
        ]],
        ["Établissement de cette déclaration", [
            "Elle suit la version de la console dont elle fait partie. Technologies : HTML, "
                + "CSS, JavaScript, SVG, WAI-ARIA. Environnement des contrôles : Chromium sous "
                + "Debian.",
        ]],
        ["Signaler un défaut", [
            "Si vous n'arrivez pas à accéder à un contenu ou à une fonction, écrivez à celles "
                + "et ceux qui exploitent cette console, pour obtenir une aide ou le contenu "
                + "sous une autre forme : %CONTACT%",
        ]],
        ["Voies de recours", [
            "Sans réponse satisfaisante, vous pouvez saisir le Défenseur des droits : par son "
                + "formulaire en ligne (formulaire.defenseurdesdroits.fr), par son délégué "
                + "dans votre région, ou par courrier gratuit, sans timbre : Défenseur des "
                + "droits, Libre réponse 71120, 75342 Paris CEDEX 07.",
        ]],
    ] as [string, string[]][],
};
