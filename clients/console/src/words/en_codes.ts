// SPDX-License-Identifier: EUPL-1.2
// What the protocol's codes are called: the same words as the command line.
import type { codes as french } from "./fr_codes";
import type { Like } from "./shape";

export const codes = {
    role: {
        establishment: "establishment", service: "service", territory: "territory",
        mobile: "mobile team", astreinte: "on-call officer",
        def: "child and family directorate", admin: "administration",
    },
    needs: {
        mna: "unaccompanied minor", disability: "disability", complex: "complex situation",
        pregnant: "pregnancy", mother_child: "mother with child",
        psychiatric: "psychiatric care", medical: "medical care",
    },
    child: { F: "girl", M: "boy", unknown: "child" },
    childUnknownAge: {
        F: "girl of unknown age", M: "boy of unknown age", unknown: "child of unknown age",
    },
    closedReason: {
        staff: "staff", works: "works", holidays: "holidays", health: "health",
        safety: "safety", administrative: "administrative", other: "other",
    },
    derogation: {
        emergency: "emergency", siblings: "siblings", judge: "the judge's decision",
        ase: "the ASE's decision", other: "other",
    },
    refusal: {
        full: "full", staff: "short of staff", age: "age", sex: "sex",
        group: "balance of the group", behaviour: "behaviour", health: "health",
        distance: "distance", admission_mode: "way of admission",
        documents: "documents missing", other: "other",
    },
    holdState: {
        held: "unanswered", accepted: "accepted", arrived: "arrived", refused: "refused",
        released: "given back", expired: "ended unanswered", withdrawn: "withdrawn",
    },
    missionState: {
        assigned: "given", under_way: "on the way", arrived: "with the child",
        handed_over: "arrived", cancelled: "cancelled",
    },
    duty: { astreinte: "Officer on call", def: "Directorate on call", mobile: "Mobile team" },
    movementType: {
        exit: "exit", entry: "entry", opening: "opening", closing: "closing",
        sequence: "sequence",
    },
    movementCode: {
        return_home: "return home", majority: "majority", rupture: "breakdown",
        transfer: "transfer", end_of_stay: "end of stay",
        foster_change: "change of foster family", other: "other reason",
    },
    detail: {
        many_logins: "too many sign-ins at the moment",
        role: "it is for another role",
        anti_forgery: "the page is too old, reload it",
        cross_site: "the request came from another page",
        first_declaration_needs_open: "say how many places are open tonight",
        more_than_open: "more than the open places",
        more_than_reserved: "more than the places reserved for emergencies",
        in_the_future: "the clock of this device is wrong",
        in_the_past: "it is already past",
        never_declared: "this unit was never declared",
        required: "an answer is missing",
        out_of_range: "out of range",
        not_one_of: "unknown choice",
        request_not_open: "this request no longer waits for a place",
        already_asked: "already asked for these children",
        already_placed: "one of these children already has a place",
        child_already_placed: "one of these children already has a place elsewhere",
        extended_too_often: "already extended twice",
        already_used: "this reference already means a current request",
        unknown_reference: "unknown",
        offered_to_another: "offered to another request for some minutes",
        answer_or_release_first: "answer the current holds first",
        has_mission: "there is a mission already",
        not_a_team: "not a mobile team",
        mission_not_active: "this mission is past that",
        movement_not_planned: "done or cancelled before",
        more_than_occupied: "more than the occupied places",
        offer_not_active: "this offer is no longer good",
        own_account: "it is your own account: another administrator has to do it",
        not_an_establishment: "it is no account of an establishment in service",
        not_a_root: "it is no département",
        reversed: "the end is before the beginning",
        cycle: "it is itself above",
        wrong_format: "it is not written as it should be",
        bad_format: "it is not written as it should be",
        unknown_code: "unknown",
    },
} as const satisfies Like<typeof french>;
