// SPDX-License-Identifier: EUPL-1.2
// The English of administration; loaded with its screens only.
import type { admin as french } from "./fr_admin";
import type { Like } from "./shape";

export const admin = {
    find: "Find (name or identifier)",
    none: "Nothing here.",
    next: "More",
    add: "Add…",
    edit: "Change…",
    save: "Save",
    saved: "Saved.",
    manage: "Manage",
    disabled: "disabled",
    revoked: "revoked",
    ends: "until {0}",
    seen: "seen {0}",
    once: "Shown this once only. Hand it over in person or say it aloud, never by e-mail.",
    onceLink: "Shown this once. Whoever has this address can say the places of the unit until it "
        + "ends: send it to nobody but who answers.",
    lost: "Shown once before. If nobody noted it, begin again.",
    picture: "To be photographed by the authenticator application",
    pictureLink: "To be photographed by a telephone, to open the address there",
    asks: {
        declare: "Ask for the places before the figure is too old",
        hold: "Ask for an answer to a hold that waits",
    },
    before: "{0} min before the figure is too old",
    after: "after {0} min of waiting",
    believed: "believed {0} h",
    open: "Open on {0}",
    weekdays: {
        d1: "Monday", d2: "Tuesday", d3: "Wednesday", d4: "Thursday", d5: "Friday",
        d6: "Saturday", d7: "Sunday",
    },
    shifts: "Like 08:30-12:00 13:30-17:30; empty: closed",
    off: "{0} day closed|{0} days closed",
    holidays: "Days closed",
    dates: "Like 2026-12-25, with spaces between",
    has: { password: "password", totp: "second factor" },
    parts: {
        credentials: "Password, tokens, certificates, links", sessions: "Open sessions",
        units: "Units",
    },
    type: {
        password: "signing in to the console", token: "token", certificate: "certificate",
        link: "link",
    },
    fields: {
        id: "Identifier", code: "Code", name: "Name", role: "Role",
        territories: "Territories (codes)", establishments: "Establishments (identifiers)",
        acts_for: "Acts for account", label: "What is it for?", expires_at: "Until",
        level: "Level", parent: "In territory", establishment_kind: "Kind",
        finess: "FINESS", operator: "Operator", address: "Address",
        territory: "Territory", commune: "Commune (INSEE)", visibility: "Address shown",
        "contact/day": "Telephone by day", "contact/night": "Telephone by night",
        modality: "Modality", min_months: "Lowest age, in months",
        max_months: "Highest age, in months (not included)", sex: "Sex",
        siblings_max: "Largest sibling set", admission: "Admission",
        max_stay_days: "Longest stay, in days", authorised: "Authorised places",
        emergency_reserved: "Places reserved for emergencies", duty: "Duty", account: "Account",
        from_at: "From", to_at: "To", remind: "Reminded at (e-mail or telephone)", unit: "Unit",
        question: "What", establishment: "Establishment", before_s: "Minutes before",
        after_s: "Minutes of waiting", time_zone: "Time zone (Europe/Paris…)",
        ttl_s: "A figure is believed for (hours)", finess_categories: "FINESS categories",
    },
    visible: { exact: "all of it", commune: "the commune", hidden: "the territory" },
    accepts: { yes: "yes", no: "no" },
    deeds: {
        password: ["New password…", "The old one is void and its sessions end."],
        totp: ["New second factor…", "The old one is void and its sessions end."],
        token: ["New token…", "-"],
        certificate: ["New certificate…", "Its identifier is its SHA-256 fingerprint: 64 "
            + "hexadecimal digits, in lower case, without colons."],
        disable: ["Disable…", "Its sessions and links end at once, its tokens and certificates "
            + "are void. Its name stays in the history. Can be undone."],
        enable: ["Enable again…", "This account will be able to sign in again."],
        revoke: ["Revoke…", "Void at once, also for whoever is connected. Cannot be undone: "
            + "another one would have to be made."],
        end: ["End…", "This person will have to sign in again."],
        close: ["Close…", "No longer searched or counted; an establishment, with all its units. "
            + "Cannot be undone. Refused while places there are promised."],
        link: ["New link…", "Lasts a day if nothing is said, a week at most."],
        no_password: ["Take the password away…", "Its sessions end. It takes a new password to "
            + "sign in; tokens and certificates stay."],
        no_totp: ["Take the second factor away…", "For a telephone that is lost. Its sessions end; "
            + "whoever must have one does not sign in before being given a new one."],
        drop: ["Remove…", "Nobody is reminded by this rule any more."],
        remove: ["Remove…", "Nobody has this duty any more, unless somebody else is listed."],
    },
} as const satisfies Like<typeof french>;
