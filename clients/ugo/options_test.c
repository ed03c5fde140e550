/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables: dictionary, options, verbs; and reading a command line with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs those above before it */
#include <cmocka.h>

#include "clients/ugo/options.h"
#include "proto/error.h"

struct desk {
    struct screen s;
    struct command c;
    char *text;
    size_t n;
};

static int begin(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->s = (struct screen){.width = 80, .language = LANGUAGE_EN};
    d->s.out = d->s.err = open_memstream(&d->text, &d->n);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    fclose(d->s.out);
    free(d->text);
    words_free(&d->s.words);
    free(d);
    return 0;
}

static int parsed(struct desk *d, const char *const *words)
{
    char *argv[32] = {"ugo"};
    int argc = 1;
    while (words[argc - 1] != NULL) {
        argv[argc] = (char *)words[argc - 1];
        argc++;
    }
    return command_parse(&d->s, argc, argv, &d->c);
}
#define parse(d, ...) parsed((d), (const char *const[]){__VA_ARGS__, NULL})

static const char *said(struct desk *d)
{
    fflush(d->s.out);
    return d->text;
}

/* ── The dictionary ── */

static unsigned placeholders(const char *text)
{
    unsigned found = 0;
    for (; *text != 0; text++) {
        if (text[0] == '{')
            found |= 1u << (text[1] - '0');
    }
    return found;
}

static void every_sentence_is_in_both_languages(void **state)
{
    (void)state;
    for (int m = MSG_NONE + 1; m < MESSAGE_COUNT; m++) {
        const char *fr = message_text(LANGUAGE_FR, (enum message)m);
        const char *en = message_text(LANGUAGE_EN, (enum message)m);
        if (fr == NULL || en == NULL || fr[0] == 0 || en[0] == 0)
            fail_msg("message %d is missing a language", m);
        else if (placeholders(fr) != placeholders(en))
            fail_msg("other arguments: %s / %s", fr, en);
    }
}

/* The codes of the protocol, as the server has them. */
static void every_code_has_a_label(void **state)
{
    static const char *const kinds[][20] = {
        {"role", "establishment", "service", "territory", "mobile", "astreinte", "def", "admin"},
        {"modality", "internat", "urgence", "sequentiel", "relais", "accueil_jour", "pad",
         "semi_autonomie", "internat_semaine", "familial", "parental"},
        {"need", "mna", "disability", "complex", "pregnant", "mother_child", "psychiatric",
         "medical"},
        {"kind", "mecs", "cdef", "pouponniere", "village_enfants", "lieu_de_vie",
         "placement_familial", "assistant_familial", "accueil_mere_enfant", "centre_parental",
         "mna", "urgence", "autonomie", "accueil_jour", "pad", "experimental", "autre"},
        {"sex", "any", "girls", "boys", "unknown"},
        {"admission", "always", "office_hours", "unknown"},
        {"closed", "staff", "works", "health", "safety", "administrative", "holidays", "other"},
        {"channel", "console", "link", "cli", "api", "import"},
        {"rejected", "closed", "age", "sex", "siblings", "parent", "needs", "modality", "kind",
         "night", "distance", "full"},
        {"criterion", "closed", "age", "sex", "siblings", "parent", "needs", "modality", "kind",
         "night", "distance", "full"},
        {"no_better", "one_unit", "one_establishment", "one_commune"},
        {"why", "fresh", "stale", "reported_wrong", "never_declared", "emergency_place",
         "admits_any_hour", "siblings_together", "same_territory", "near", "expected", "offered"},
        {"movement", "exit", "entry", "opening", "closing"},
        {"movement_state", "planned", "done", "cancelled"},
        {"movement_code", "return_home", "majority", "rupture", "transfer", "end_of_stay",
         "foster_change", "other"},
        {"start", "lost_branch", "compacted", "future_revision", "unknown_epoch", "filter",
         "scope"},
        {"detail", "first_declaration_needs_open", "more_than_open", "more_than_reserved",
         "in_the_future", "never_declared", "unknown_reference", "free_or_occupied", "required",
         "wrong_type", "out_of_range", "not_one_of", "bad_format", "unknown_member", "too_long",
         "too_short", "bad_credential", "revoked", "expired"},
        {"frame", "recueil_provisoire", "accueil_provisoire", "apjm", "opp", "jugement", "tutelle",
         "pupille", "delegation", "mna_evaluation", "other"},
        {"refusal", "full", "staff", "age", "sex", "group", "behaviour", "health", "distance",
         "admission_mode", "documents", "other"},
        {"withdrawal", "no_show", "runaway", "returned_home", "other_place", "decision_changed",
         "error", "other"},
        {"request_end", "arrived", "placed_elsewhere", "returned_home", "decision_changed",
         "majority", "duplicate", "error", "other"},
        {"request_state", "open", "placed", "closed", "withdrawn"},
        {"hold_state", "held", "accepted", "arrived", "refused", "released", "expired",
         "withdrawn"},
        {"not_asked", "no_free_place", "already_asked", "forbidden", "offered_to_another"},
        {"detail", "exactly_one", "only_with_request", "twice", "already_placed", "already_asked",
         "fewer_than_children", "request_not_open", "child_already_placed", "extended_too_often",
         "in_the_past", "not_accepted_here", "wrong_format", "unknown_code", "already_used",
         "answer_or_release_first"},
        {"operation", "request.open", "request.update", "request.close", "request.forget",
         "hold.create", "hold.accept", "hold.refuse", "hold.release", "hold.extend",
         "hold.withdraw", "hold.arrive", "hold.expire", "hold.escalate", "hold.overdue",
         "hold.forget", "hold_policy.put"},
        {"offer", "offered", "taken", "declined", "lapsed", "void"},
        {"detail", "offer_not_active", "offered_to_another"},
        {"operation", "request.decline", "offer.create", "offer.lapse", "offer.forget"},
        {"mission_state", "assigned", "under_way", "arrived", "handed_over", "cancelled"},
        {"duty", "astreinte", "def", "mobile"},
        {"detail", "has_mission", "not_a_team", "mission_not_active"},
        {"operation", "mission.create", "mission.assign", "mission.start", "mission.arrive",
         "mission.hand_over", "mission.cancel", "mission.forget", "calendar.put", "rota.put",
         "rota.delete", "rota.forget"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t i = 1; i < 20 && kinds[k][i] != NULL; i++) {
            if (!label_known(kinds[k][0], kinds[k][i]))
                fail_msg("no label for %s.%s", kinds[k][0], kinds[k][i]);
        }
    }
#define HAS_LABEL(name, type, code, status, title)                                                 \
    if (!label_known("error", type))                                                               \
        fail_msg("no label for error.%s", type);
    ERRORS(HAS_LABEL)
}

static void an_unknown_code_stays_as_it_is(void **state)
{
    struct desk *d = *state;
    assert_string_equal(label(&d->s, "modality", "yourte"), "yourte");
    assert_string_equal(label(&d->s, "modality", NULL), "?");
    assert_string_equal(label(&d->s, "modality", "urgence"), "emergency");
}

static void counting_in_two_languages(void **state)
{
    struct desk *d = *state;
    assert_string_equal(say_n(&d->s, MSG_UNITS, 0), "0 units");
    assert_string_equal(say_n(&d->s, MSG_UNITS, 1), "1 unit");
    d->s.language = LANGUAGE_FR;
    assert_string_equal(say_n(&d->s, MSG_UNITS, 0), "0 unité");
    assert_string_equal(say_n(&d->s, MSG_UNITS, 2), "2 unités");
    assert_string_equal(say(&d->s, MSG_UNKNOWN_VERB_NEAR, "a", "b"),
                        "commande inconnue\u00A0: a. Vouliez-vous dire\u00A0: b\u00A0?");
    assert_string_equal(say(&d->s, MSG_OPTION_NOT_HERE, "--free", "me"),
                        "--free ne va pas avec «\u00A0me\u00A0»");
}

static void the_language_is_the_locales(void **state)
{
    (void)state;
    assert_int_equal(language_of("fr_FR.UTF-8", NULL, "en_GB"), LANGUAGE_FR);
    assert_int_equal(language_of("", "fr_CA", "en_GB"), LANGUAGE_FR);
    assert_int_equal(language_of(NULL, "", "fr"), LANGUAGE_FR);
    assert_int_equal(language_of("C", "fr_FR", "fr_FR"), LANGUAGE_EN);
    assert_int_equal(language_of(NULL, NULL, NULL), LANGUAGE_EN);
}

/* ── The tables of options and verbs ── */

static void every_verb_can_explain_itself(void **state)
{
    struct desk *d = *state;
    for (size_t i = 0; i < n_verbs; i++) {
        assert_ptr_equal(verb_find(verbs[i].name), &verbs[i]);
        assert_non_null(verbs[i].run);
        assert_int_not_equal(verbs[i].summary, MSG_NONE);
        assert_int_equal(help_show(&d->s, verbs[i].name), 0);
        for (size_t o = 0; o < verbs[i].n_options; o++) {
            const struct option_row *row = &option_rows[verbs[i].options[o]];
            assert_int_not_equal(row->help, MSG_NONE);
            assert_non_null(strstr(said(d), row->name));
        }
    }
    d->s.width = 2000; /* nothing is wrapped */
    assert_int_equal(help_show(&d->s, "nonsense"), EXIT_USAGE);
    assert_non_null(strstr(said(d), "no help on “nonsense”. There is help on: search, hold, "));
    assert_true(verb_takes_name(verb_find("movement plan"), "--places"));
    assert_false(verb_takes_name(verb_find("exit"), "--places"));
}

static void words_and_options_in_any_order(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "--json", "declare", "Groupe", "--free=2", "des", "petits", "--open",
                           "12", "--free", "3"),
                     0);
    assert_string_equal(d->c.verb->name, "declare");
    assert_string_equal(d->c.operand, "Groupe des petits");
    assert_string_equal(command_value(&d->c, OPTION_FREE), "3");
    assert_string_equal(command_value(&d->c, OPTION_OPEN), "12");
    assert_true(command_has(&d->c, OPTION_JSON));
    assert_false(command_has(&d->c, OPTION_OCCUPIED));
}

/* Every verb takes it: watch too, beside its own --since. */
static void a_position_to_be_at_least_at(void **state)
{
    struct desk *d = *state;
    for (size_t i = 0; i < n_verbs; i++) {
        assert_int_equal(parse(d, verbs[i].name, "--after", "9b1e.7", "u-1"),
                         verbs[i].operand == MSG_NONE ? EXIT_USAGE : 0);
        assert_string_equal(command_value(&d->c, OPTION_AFTER), "9b1e.7");
    }
    assert_int_equal(parse(d, "watch", "--since", "9b1e.f1.6", "--after=9b1e.7"), 0);
    assert_string_equal(command_value(&d->c, OPTION_SINCE), "9b1e.f1.6");
    assert_string_equal(command_value(&d->c, OPTION_AFTER), "9b1e.7");
    assert_int_equal(parse(d, "watch", "--after"), EXIT_USAGE);
    d->s.width = 2000; /* nothing is wrapped */
    assert_int_equal(help_show(&d->s, "watch"), 0);
    assert_non_null(strstr(said(d), "--after: all, from a server that is there at least"));
}

static void after_two_dashes_only_words(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "unit", "--", "--free"), 0);
    assert_string_equal(d->c.operand, "--free");
}

static void wrong_lines_say_what_is_wrong(void **state)
{
    static const struct {
        const char *words[6], *said;
    } cases[] = {
        {{"serch"}, "Did you mean: search?"},
        {{"xyzzy"}, "unknown command: xyzzy"},
        {{"declare", "u-1", "--fre", "2"}, "Did you mean: --free?"},
        {{"me", "--free", "2"}, "--free does not go with “me”"},
        {{"declare", "u-1", "--free"}, "--free needs a value"},
        {{"me", "--json=yes"}, "--json takes no value"},
        {{"declare", "--free", "2"}, "UNIT is missing"},
        {{"me", "too"}, "“me” does not take “too”"},
        {{"request", "opne"}, "Did you mean: request open?"},
        {{"hold"}, "UNIT… is missing: ugo hold UNIT… (see: ugo units)"},
        {{"hold", "extend"}, "H is missing: ugo hold extend H (see: ugo hold list)"},
        {{"request", "show"}, "(see: ugo request list)"},
        {{"hold", "list", "too"}, "“hold list” does not take “too”"},
        {{NULL}, "say what to do"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *own;
        begin(&own);
        struct desk *d = own;
        assert_int_equal(parsed(d, cases[i].words), EXIT_USAGE);
        if (strstr(said(d), cases[i].said) == NULL)
            fail_msg("expected “%s” in: %s", cases[i].said, said(d));
        end(&own);
    }
    (void)state;
}

/* ── Verbs of two words, and options of one name ── */

static void verbs_of_two_words(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "hold", "--json", "list"), 0);
    assert_string_equal(d->c.verb->name, "hold list");
    assert_null(d->c.operand);
    assert_int_equal(parse(d, "hold", "release", "h-1-2"), 0);
    assert_string_equal(d->c.verb->name, "hold release");
    assert_string_equal(d->c.operand, "h-1-2");
    /* Only the first word after it, and not after "--". */
    assert_int_equal(parse(d, "hold", "u-1", "list"), 0);
    assert_string_equal(d->c.verb->name, "hold");
    assert_int_equal(d->c.n_operands, 2);
    assert_string_equal(d->c.operands[1], "list");
    assert_string_equal(d->c.operand, "u-1 list");
    assert_int_equal(parse(d, "hold", "--", "list"), 0);
    assert_string_equal(d->c.verb->name, "hold");
    assert_int_equal(parse(d, "request"), 0);
    assert_string_equal(d->c.verb->name, "request");
    assert_true(verb_is_below(verb_find("hold list"), "hold"));
    assert_false(verb_is_below(verb_find("hold"), "hold"));
    assert_false(verb_is_below(verb_find("hold list"), "hol"));
}

static void verbs_of_two_words_have_help(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "help", "hold", "extend"), 0);
    assert_string_equal(d->c.topic, "hold extend");
    assert_int_equal(help_show(&d->s, "hold extend"), 0);
    assert_non_null(strstr(said(d), "ugo hold extend H [options]"));
    assert_null(strstr(said(d), "hold withdraw"));
    assert_int_equal(help_show(&d->s, "hold"), 0);
    assert_non_null(strstr(said(d), "hold withdraw"));
    assert_null(strstr(said(d), "request close"));
}

static void an_option_is_the_verbs_own(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "history", "--from", "14:05"), 0);
    assert_string_equal(command_value(&d->c, OPTION_FROM), "14:05");
    assert_false(command_has(&d->c, OPTION_ORIGIN));
    /* Said before the verb, too. */
    assert_int_equal(parse(d, "--from", "Muret", "request", "open"), 0);
    assert_string_equal(command_value(&d->c, OPTION_ORIGIN), "Muret");
    assert_false(command_has(&d->c, OPTION_FROM));
    assert_int_equal(parse(d, "me", "--from", "Muret"), EXIT_USAGE);
}

static void codes_in_their_order(void **state)
{
    (void)state;
    assert_string_equal(label_code("refusal", 0), "full");
    assert_string_equal(label_code("refusal", 10), "other");
    assert_null(label_code("refusal", 11));
    assert_null(label_code("refus", 0));
}

static void help_wherever_it_is_asked(void **state)
{
    struct desk *d = *state;
    assert_int_equal(parse(d, "help", "declare"), 0);
    assert_true(d->c.help);
    assert_string_equal(d->c.topic, "declare");
    assert_int_equal(parse(d, "declare", "--help"), 0);
    assert_true(d->c.help);
    assert_string_equal(d->c.verb->name, "declare");
    assert_int_equal(parse(d, "-h"), 0);
    assert_true(d->c.help);
}

static void counts_and_lists(void **state)
{
    struct desk *d = *state;
    int64_t n;
    assert_int_equal(
        parse(d, "search", "--limit", "12", "--need", "mna,medical", "--need", ",complex"), 0);
    assert_int_equal(command_count(&d->s, &d->c, OPTION_LIMIT, 5, &n), 0);
    assert_int_equal(n, 12);
    json_t *list = command_list(&d->c, OPTION_NEED);
    assert_int_equal(json_array_size(list), 3);
    assert_string_equal(json_string_value(json_array_get(list, 2)), "complex");
    json_decref(list);
    assert_null(command_list(&d->c, OPTION_KIND));
    assert_int_equal(command_count(&d->s, &d->c, OPTION_OPEN, -1, &n), 0);
    assert_int_equal(n, -1);

    static const char *const bad[] = {"", "x", "-1", "10000", "2x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(parse(d, "search", "--limit", bad[i]), 0);
        assert_int_equal(command_count(&d->s, &d->c, OPTION_LIMIT, 5, &n), EXIT_USAGE);
    }
}

static void too_many_options_are_refused(void **state)
{
    struct desk *d = *state;
    char *argv[2 * GIVEN_MAX + 8] = {"ugo", "search"};
    int argc = 2;
    for (int i = 0; i <= GIVEN_MAX; i++) {
        argv[argc++] = "--age";
        argv[argc++] = "7y";
    }
    assert_int_equal(command_parse(&d->s, argc, argv, &d->c), EXIT_USAGE);
}

int main(void)
{
#define at_desk(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        at_desk(every_sentence_is_in_both_languages),
        at_desk(every_code_has_a_label),
        at_desk(an_unknown_code_stays_as_it_is),
        at_desk(counting_in_two_languages),
        at_desk(the_language_is_the_locales),
        at_desk(every_verb_can_explain_itself),
        at_desk(words_and_options_in_any_order),
        at_desk(a_position_to_be_at_least_at),
        at_desk(after_two_dashes_only_words),
        at_desk(wrong_lines_say_what_is_wrong),
        at_desk(verbs_of_two_words),
        at_desk(verbs_of_two_words_have_help),
        at_desk(an_option_is_the_verbs_own),
        at_desk(codes_in_their_order),
        at_desk(help_wherever_it_is_asked),
        at_desk(counts_and_lists),
        at_desk(too_many_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
