/* SPDX-License-Identifier: EUPL-1.2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"

static void basics(void **unused)
{
    (void)unused;
    struct map m = {0};
    int a = 1, b = 2;
    size_t cursor = 0;
    assert_null(map_get(&m, span_of("x")));
    assert_null(map_remove(&m, span_of("x")));
    assert_null(map_next(&m, &cursor));
    assert_int_equal(map_put(&m, span_of("x"), &a), 0);
    assert_ptr_equal(map_get(&m, span_of("x")), &a);
    assert_null(map_get(&m, span_of("xy")));
    assert_null(map_get(&m, span_of("")));
    assert_int_equal(map_put(&m, span_of("x"), &b), 0);
    assert_int_equal(m.count, 1);
    assert_ptr_equal(map_remove(&m, span_of("x")), &b);
    assert_int_equal(m.count, 0);
    map_free(&m);
    map_free(NULL);
}

/* A replaced entry borrows the new key: the old value, and its key with it, may be freed. */
static void replaced_key(void **unused)
{
    (void)unused;
    struct map m = {0};
    char old[] = "key", new[] = "key";
    int value;
    assert_int_equal(map_put(&m, (span){old, 3}, &value), 0);
    assert_int_equal(map_put(&m, (span){new, 3}, &value), 0);
    memset(old, 'x', 3);
    assert_ptr_equal(map_get(&m, span_of("key")), &value);
    map_free(&m);
}

#define KEYS 700

struct model {
    char key[KEYS][16];
    bool in[KEYS];
    size_t count;
};

static void same(const struct map *m, struct model *model)
{
    bool seen[KEYS] = {false};
    size_t cursor = 0, walked = 0;
    struct map_slot *slot;
    assert_int_equal(m->count, model->count);
    for (size_t i = 0; i < KEYS; i++)
        assert_ptr_equal(map_get(m, span_of(model->key[i])), model->in[i] ? model->key[i] : NULL);
    while ((slot = map_next(m, &cursor)) != NULL) {
        size_t i = (size_t)((char(*)[16])slot->value - model->key);
        assert_true(model->in[i] && !seen[i]);
        seen[i] = true;
        walked++;
    }
    assert_int_equal(walked, model->count);
}

/* Random puts and removals against a plain array: removal has to close the probe runs behind it. */
static void random_steps(void **unused)
{
    (void)unused;
    static struct model model;
    struct map m = {0};
    uint64_t state = 88172645463325252ULL;
    for (int i = 0; i < KEYS; i++)
        snprintf(model.key[i], sizeof model.key[i], "u-%d", i);
    for (int step = 0; step < 60000; step++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        /* The share of puts swings, so that the map fills and empties several times. */
        bool put = state / KEYS % 100 < (step / 6000 % 2 ? 35 : 65);
        size_t i = state % KEYS;
        if (put) {
            assert_int_equal(map_put(&m, span_of(model.key[i]), model.key[i]), 0);
            model.count += !model.in[i];
        } else {
            assert_ptr_equal(map_remove(&m, span_of(model.key[i])),
                             model.in[i] ? model.key[i] : NULL);
            model.count -= model.in[i];
        }
        model.in[i] = put;
        if (step % 500 == 0)
            same(&m, &model);
    }
    same(&m, &model);
    map_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(basics),
        cmocka_unit_test(replaced_key),
        cmocka_unit_test(random_steps),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
