/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/demo.h"
#include "admin/import_fixture.h"
#include "core/codes.h"

#define NOW ((usec_t)1790000000 * USEC_S)

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));

    return value != NULL ? value : "";
}

static int number(const json_t *object, const char *member)
{
    return (int)json_integer_value(json_object_get(object, member));
}

static void the_same_seed_gives_the_same(void **state)
{
    struct demo a, b, c;

    (void)state;
    assert_int_equal(demo_make(31, NOW, &a), 0);
    assert_int_equal(demo_make(31, NOW, &b), 0);
    assert_int_equal(demo_make(32, NOW, &c), 0);
    assert_true(json_equal(a.reference, b.reference));
    assert_true(json_equal(a.accounts, b.accounts));
    assert_true(json_equal(a.declarations, b.declarations));
    assert_false(json_equal(a.reference, c.reference));
    demo_free(&a);
    demo_free(&b);
    demo_free(&c);
}

/* Counts the commands of an operation whose member has this text ("" any). */
static int count(const json_t *commands, const char *op, const char *member, const char *value)
{
    int n = 0;
    size_t i;
    json_t *command;

    json_array_foreach (commands, i, command)
        n += strcmp(text(command, "op"), op) == 0 &&
             (*value == '\0' ||
              strcmp(text(json_object_get(command, "params"), member), value) == 0);
    return n;
}

static void proportions(void **state)
{
    static const char *const kinds[] = {
        "mecs",
        "cdef",
        "pouponniere",
        "village_enfants",
        "lieu_de_vie",
        "placement_familial",
        "assistant_familial",
        "accueil_mere_enfant",
        "centre_parental",
        "mna",
        "urgence",
        "autonomie",
        "accueil_jour",
        "pad",
        "experimental",
        "autre",
    };
    struct demo d;
    int places = 0;
    size_t i;
    json_t *command;

    (void)state;
    assert_int_equal(demo_make(31, NOW, &d), 0);
    assert_int_equal(count(d.reference, "territory.put", "level", "dts"), 5);
    assert_int_equal(count(d.reference, "territory.put", "level", "mds"), 30);
    assert_in_range(count(d.reference, "commune.put", "", ""), 55, 70);
    assert_int_equal(count(d.reference, "establishment.put", "establishment_kind", "mecs"), 17);
    assert_int_equal(
        count(d.reference, "establishment.put", "establishment_kind", "assistant_familial"), 416);
    assert_int_equal(count(d.reference, "establishment.put", "", ""), 62 + 416);
    for (i = 0; i < ARRAY_LENGTH(kinds); i++)
        assert_true(count(d.reference, "establishment.put", "establishment_kind", kinds[i]) > 0);
    for (int m = 0; m < MODALITY_COUNT; m++)
        assert_true(count(d.reference, "unit.put", "modality", modality_codes[m]) > 0);
    for (int r = 0; r < ROLE_COUNT; r++)
        assert_true(count(d.accounts, "account.put", "role", role_codes[r]) > 0);
    json_array_foreach (d.reference, i, command)
        if (strncmp(text(json_object_get(command, "params"), "establishment"), "e-demo-af-", 10) ==
            0)
            places += number(json_object_get(command, "params"), "authorised");
    assert_int_equal(places, 799);
    demo_free(&d);
}

/* Each unit of placements at home has a bed in reserve, in a unit put before it. */
static void who_is_at_home_has_a_bed(void **state)
{
    struct demo d;
    json_t *command, *put = json_object();
    int homes = 0;
    size_t i;

    (void)state;
    assert_int_equal(demo_make(31, NOW, &d), 0);
    json_array_foreach (d.reference, i, command) {
        const json_t *params = json_object_get(command, "params");

        if (strcmp(text(command, "op"), "unit.put") != 0)
            continue;
        if (strcmp(text(params, "modality"), "pad") == 0) {
            assert_non_null(json_object_get(put, text(params, "fallback")));
            homes++;
        }
        json_object_set_new(put, text(params, "id"), json_true());
    }
    assert_int_equal(homes, 12);
    json_decref(put);
    demo_free(&d);
}

static void nearly_everything_is_taken(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct demo d;
        int open = 0, occupied = 0, units = 0, stale = 0, declared;
        size_t i;
        json_t *command;

        assert_int_equal(demo_make(seed, NOW, &d), 0);
        units = count(d.reference, "unit.put", "", "");
        declared = (int)json_array_size(d.declarations);
        json_array_foreach (d.declarations, i, command) {
            const json_t *p = json_object_get(command, "params");

            open += number(p, "open");
            occupied += number(p, "occupied");
            stale += NOW - json_integer_value(json_object_get(p, "observed_at")) > 72 * USEC_HOUR;
            assert_true(json_integer_value(json_object_get(p, "observed_at")) < NOW);
            assert_string_equal(text(command, "channel"), "import");
        }
        assert_true(open > 0);
        assert_in_range(open > 0 ? 1000 * occupied / open : 0, 960, 980);
        assert_in_range(units - declared, units / 50, units / 5); /* some were never declared */
        assert_true(stale > 0);
        demo_free(&d);
    }
}

static void the_first_account_has_room(void **state)
{
    struct demo d;
    const json_t *first = NULL, *declaration, *put = NULL;
    size_t i;
    json_t *command;

    (void)state;
    assert_int_equal(demo_make(31, NOW, &d), 0);
    json_array_foreach (d.accounts, i, command)
        if (first == NULL &&
            strcmp(text(json_object_get(command, "params"), "role"), "establishment") == 0)
            first = json_object_get(command, "params");
    declaration = json_array_get(d.declarations, 0);
    assert_string_equal(text(declaration, "account"), text(first, "id"));
    declaration = json_object_get(declaration, "params");
    assert_true(number(declaration, "open") - number(declaration, "occupied") >= 4);
    json_array_foreach (d.reference, i, command)
        if (strcmp(text(json_object_get(command, "params"), "id"), text(declaration, "unit")) == 0)
            put = json_object_get(command, "params");
    assert_non_null(put);
    assert_int_equal(number(put, "emergency_reserved"), 0);
    assert_int_equal(number(put, "min_months"), 144);
    demo_free(&d);
}

/* Every number one could dial is in a range that is kept for fiction. */
static void nobody_can_be_called(void **state)
{
    struct demo d;
    size_t i;
    json_t *command;

    (void)state;
    assert_int_equal(demo_make(31, NOW, &d), 0);
    json_array_foreach (d.reference, i, command) {
        const json_t *contact = json_object_get(json_object_get(command, "params"), "contact");

        if (contact == NULL)
            continue;
        assert_memory_equal(text(contact, "day"), "05 36 49 ", 9);
        assert_memory_equal(text(contact, "night"), "06 39 98 ", 9);
        assert_int_equal(strlen(text(contact, "day")), 14);
    }
    demo_free(&d);
}

/* Each territory but none besides has an outline and inhabitants; those of the parts are those of
 * the whole, and what is one above the other is drawn in the same plane. */
static void the_map_is_whole(void **state)
{
    json_t *map, *command, *seen = json_object();
    int people = 0, box[4] = {INT32_MAX, INT32_MAX, 0, 0}, whole[4] = {0};
    size_t i;

    (void)state;
    assert_int_equal(demo_make_map(&map), 0);
    assert_int_equal(count(map, "outline.put", "", ""), 36);
    assert_int_equal(count(map, "population.put", "", ""), 30);
    json_array_foreach (map, i, command) {
        const json_t *p = json_object_get(command, "params"), *n;
        size_t k;

        json_array_foreach (json_object_get(p, "numbers"), k, n)
            people += (int)json_integer_value(n);
        if (strcmp(text(command, "op"), "outline.put") != 0)
            continue;
        assert_null(json_object_get(seen, text(p, "territory")));
        json_object_set_new(seen, text(p, "territory"), json_true());
        assert_in_range(strlen(text(p, "path")), 12, 4000);
        for (k = 0; k < 4; k++) {
            int at = (int)json_integer_value(json_array_get(json_object_get(p, "box"), k));
            if (strcmp(text(p, "territory"), DEMO_ROOT) == 0)
                whole[k] = at;
            else if (k < 2 ? at < box[k] : at > box[k])
                box[k] = at;
        }
    }
    assert_memory_equal(box, whole, sizeof box);
    assert_in_range(people, 200000, 400000);
    json_decref(seen);
    json_decref(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same),
        cmocka_unit_test(proportions),
        cmocka_unit_test(who_is_at_home_has_a_bed),
        cmocka_unit_test(nearly_everything_is_taken),
        cmocka_unit_test(the_first_account_has_room),
        cmocka_unit_test(nobody_can_be_called),
        cmocka_unit_test(the_map_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
