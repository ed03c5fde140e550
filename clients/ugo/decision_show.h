/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests and holds as blocks of few lines, for someone on a phone at night. */
#ifndef UGO_DECISION_SHOW_H
#define UGO_DECISION_SHOW_H

#include "clients/ugo/session.h"

/* `mark` begins the first line ("1. "); what of it is said above may be left out. */
struct hold_view {
    const char *mark;
    bool no_profile; /* for whom it is */
    bool no_request;
};
/* Names and numbers as far as known_learn has them. */
void hold_show(struct session *x, const struct hold_view *view, const json_t *hold);

/* Numbered blocks, or a line each when there are many; items: [{"hold"}…]. */
void holds_show(struct session *x, const json_t *items, bool of_one_request);

/* A line for each: where it is asked and how it stands; items: [{"hold"}…]. */
void asked_lines_show(struct session *x, const json_t *items);

/* How to accept a hold on reserved emergency places, for those who may; nothing for others. */
void decide_show(struct session *x, const json_t *hold);

/* The lines of a request. children: each child on a line of its own, with its number. */
void request_show(struct session *x, const char *mark, const json_t *request, bool children);

/* A command to go on with and what for, on a line or two; never wrapped inside: it is copied. */
void go_on_show(struct screen *s, const char *command, enum message why);
#define go_on(s, why, ...) go_on_show((s), words_printf(&(s)->words, __VA_ARGS__), (why))

/* What somebody who waits is offered, how to take it and how to decline it; nothing when it is no
 * record. */
void offered_show(const struct session *x, const json_t *offer, const json_t *request);

/* How to take what is offered to a request, and how to decline it. request: NULL when it is not at
 * hand. Nothing of an offer that has ended. */
void offer_ways_show(const struct session *x, const json_t *offer, const json_t *request);

/* What comes next of a mission, for those who may say that it is done; all: what may come after,
 * too. Nothing of one that has ended. */
void mission_ways_show(const struct session *x, const json_t *mission, bool all);

/* Days that recur: "lundi, vendredi · semaines paires"; NULL: none. */
const char *rhythm_text(struct screen *s, const json_t *rhythm);
/* For when a request or a search wants places: "pour le 01/12/2026 · jusqu'au …"; "": for now. */
const char *wish_text(struct screen *s, const json_t *record);

#endif
