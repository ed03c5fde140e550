/* SPDX-License-Identifier: EUPL-1.2 */
/* Holds the shapes of the operations to the protocol's vectors: what proto/vectors/params/ says of
 * each object of parameters is what the table says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/operation.h"

static bool among(const json_t *list, const char *pointer, const char *detail)
{
    size_t i;
    json_t *error;
    json_array_foreach (list, i, error) {
        if (strcmp(json_string_value(json_object_get(error, "pointer")), pointer) == 0 &&
            strcmp(json_string_value(json_object_get(error, "detail")), detail) == 0)
            return true;
    }
    return false;
}

static bool found(const struct shape_errors *errors, const json_t *wanted)
{
    for (int i = 0; i < shape_errors_listed(errors); i++)
        if (strcmp(errors->list[i].pointer,
                   json_string_value(json_object_get(wanted, "pointer"))) == 0 &&
            strcmp(errors->list[i].detail, json_string_value(json_object_get(wanted, "detail"))) ==
                0)
            return true;
    return false;
}

static void check_vector(const struct operation *op, const json_t *vector)
{
    struct shape_errors errors = {0};
    const char *name = json_string_value(json_object_get(vector, "name"));
    const json_t *wanted = json_object_get(vector, "errors");
    int r = shape_check(op->params, json_object_get(vector, "params"), &errors);
    assert_int_equal(r != 0, errors.n > 0);
    size_t i;
    json_t *error;
    json_array_foreach (wanted, i, error) {
        if (!found(&errors, error))
            fail_msg("%s, %s: %s %s is not refused", op->name, name,
                     json_string_value(json_object_get(error, "pointer")),
                     json_string_value(json_object_get(error, "detail")));
    }
    for (int e = 0; e < shape_errors_listed(&errors); e++)
        if (!among(wanted, errors.list[e].pointer, errors.list[e].detail))
            fail_msg("%s, %s: refuses %s %s", op->name, name, errors.list[e].pointer,
                     errors.list[e].detail);
}

static void every_operation_takes_what_the_vectors_say(void **state)
{
    (void)state;
    int checked = 0;
    const struct operation *op;
    for (size_t i = 0; (op = operation_at(i)) != NULL; i++) {
        if (strcmp(op->name, "echo") == 0)
            continue; /* takes anything */
        char path[512];
        snprintf(path, sizeof path, "%s/params/%s.json", UGO_VECTORS, op->name);
        json_t *vectors = json_load_file(path, 0, NULL);
        if (vectors == NULL)
            fail_msg("%s cannot be read", path);
        size_t k;
        json_t *vector;
        json_array_foreach (vectors, k, vector) {
            /* A rule across members is the operation's own, after its shape. */
            if (json_is_true(json_object_get(vector, "rule")))
                continue;
            check_vector(op, vector);
            checked++;
        }
        json_decref(vectors);
    }
    assert_true(checked > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_takes_what_the_vectors_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
