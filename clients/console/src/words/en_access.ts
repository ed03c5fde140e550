// SPDX-License-Identifier: EUPL-1.2
// The accessibility statement in English: the same sections.
import type { access as french } from "./fr_access";

export const access: typeof french = {
    lang: "en",
    title: "Accessibility statement",
    back: "Back to the console",
    sections: [
        ["Commitment", [
            "The body that offers this console undertakes to make it accessible, as article 47 "
                + "of the French act 2005-102 of 11 February 2005 asks. This statement is "
                + "about the console of ugo, a register of places in child protection.",
        ]],
        ["Conformance", [
            "The console conforms in part to the French reference for accessibility (RGAA 4.1, "
                + "after WCAG 2.1 AA), as checked by those who build it. No third party has "
                + "audited it yet; so no rate of conformance is claimed.",
        ]],
        ["What is checked", [
            "At each build, in a browser, on a small and a large screen: the automatic rules "
                + "of axe-core on each screen, journeys by keyboard alone, whether the focus "
                + "is seen, reading at 320 pixels and at 200 %, themes that are light, dark "
                + "and of forced colours, the size of what is touched.",
            "Nothing is told by colour alone; announcements do not move the focus; the end of "
                + "a session is announced before, and loses nothing.",
        ]],
        ["What is not accessible, or not verified yet", [
            "The console has not been tried yet by people with all the usual screen readers "
                + "(NVDA, JAWS, VoiceOver, TalkBack).",
            "On a small screen tables become cards: their structure is still announced, but "
                + "columns are not in the order of the large screen.",
            "The map and the curve come on top: their values are all in the table beside them, "
                + "and not in the drawing.",
            "What a browser prints is no tagged PDF.",
        ]],
        ["About this statement", [
            "It belongs to the version of the console that it comes with. Technologies: HTML, "
                + "CSS, JavaScript, SVG, WAI-ARIA. Checked with Chromium on Debian.",
        ]],
        ["Telling of a fault", [
            "If you cannot reach a content or a function, write to those who run this console, "
                + "to be helped or to have the content in another form: %CONTACT%",
        ]],
        ["Remedies", [
            "Without a satisfactory answer you may turn to the Défenseur des droits: by its "
                + "form (formulaire.defenseurdesdroits.fr), its delegate in your region, or by "
                + "free post: Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.",
        ]],
    ],
};
