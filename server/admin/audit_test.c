/* SPDX-License-Identifier: EUPL-1.2 */
#include "admin/audit.h"
#include "admin/import_fixture.h"

#include <openssl/sha.h>

#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

/* Three revisions, the second in two parts, whose heads were computed with sha256sum. */
#define HEAD_1 "24959bbdeef60005e349c8ccf372307822da6f575f291704aaf82e0953e869d4"
#define HEAD_2 "b785b0cbde5b095e53e58de75dceb68c7ede3d9c88abd6b200483021b49fe5de"
#define HEAD_3 "d1288a0eab2c952885ef715feae05bac7bd8b63926349e1b085f7bf9e9a5294e"

static const struct audit_row genuine[] = {
    {1, 1, 1, "1700000000000001", "system", "territory.put", "territory", "d31", NULL, NULL,
     "{\"name\": \"Haute-Garonne\"}", HEAD_1},
    {2, 1, 2, "1700000000000002", "system", "establishment.put", "establishment", "e-1", "e-1",
     "d31", "{\"name\": \"Été\"}", HEAD_2},
    {2, 2, 2, "1700000000000002", "system", "establishment.put", "unit", "u-1", "e-1", "d31", "{}",
     NULL},
    {3, 1, 1, "1700000000000003", "mecs-1", "unit.close", "unit", "u-1", "e-1", "d31", NULL,
     HEAD_3},
};

/* Runs rows through the audit; *ret_revision is the one it stopped at. */
static int verify(const struct audit_row *rows, size_t n, long long revision, const char *head,
                  long long *ret_revision)
{
    struct audit a;
    int r = audit_begin(&a, 0, ZERO);

    for (size_t i = 0; i < n && r == 0; i++)
        r = audit_feed(&a, &rows[i], ret_revision);
    if (r == 0)
        r = audit_end(&a, revision, head, ret_revision);
    audit_free(&a);
    return r;
}

static void a_whole_history(void **state)
{
    long long revision = 0;

    (void)state;
    assert_int_equal(verify(genuine, 4, 3, HEAD_3, &revision), 0);
    assert_int_equal(verify(genuine, 0, 0, ZERO, &revision), 0);
}

static void every_alteration_is_found(void **state)
{
    static const char *const other = "x";
    long long revision = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int field = 0; field < 9; field++) {
            struct audit_row rows[4];
            const char **texts[] = {
                &rows[i].at,        &rows[i].actor, &rows[i].operation,
                &rows[i].kind,      &rows[i].id,    &rows[i].establishment,
                &rows[i].territory, &rows[i].state, &rows[i].head,
            };

            memcpy(rows, genuine, sizeof rows);
            if (field == 8 && rows[i].head == NULL)
                continue; /* a head is on the first part only */
            *texts[field] = other;
            assert_int_equal(verify(rows, 4, 3, HEAD_3, &revision), AUDIT_HASH);
            assert_int_equal(revision, rows[i].revision);
        }
}

static void missing_and_added_rows(void **state)
{
    struct audit_row rows[5] = {{0}};
    long long revision = 0;

    (void)state;
    memcpy(rows, genuine, sizeof genuine);
    assert_int_equal(verify(genuine + 1, 3, 3, HEAD_3, &revision), AUDIT_GAP);
    assert_int_equal(revision, 1);
    rows[2] = genuine[3]; /* the second part of revision 2 is gone */
    assert_int_equal(verify(rows, 3, 3, HEAD_3, &revision), AUDIT_PARTS);
    assert_int_equal(revision, 2);
    memcpy(rows, genuine, sizeof genuine);
    rows[4] = rows[3];
    rows[4].part = 2;
    assert_int_equal(verify(rows, 5, 3, HEAD_3, &revision), AUDIT_PARTS);
    assert_int_equal(revision, 3);
    assert_int_equal(verify(genuine, 3, 3, HEAD_3, &revision), AUDIT_GAP); /* cut off */
    assert_int_equal(revision, 3);
    assert_int_equal(verify(genuine, 4, 2, HEAD_2, &revision), AUDIT_LEDGER);
    assert_int_equal(verify(genuine, 4, 3, HEAD_2, &revision), AUDIT_LEDGER);
}

static void a_floor_begins_the_chain(void **state)
{
    struct audit a;
    long long revision;

    (void)state;
    assert_int_equal(audit_begin(&a, 2, HEAD_2), 0);
    assert_int_equal(audit_feed(&a, &genuine[3], &revision), 0);
    assert_int_equal(audit_end(&a, 3, HEAD_3, &revision), 0);
    audit_free(&a);
    assert_int_equal(audit_begin(&a, 2, "no hash"), AUDIT_HASH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_history),
        cmocka_unit_test(every_alteration_is_found),
        cmocka_unit_test(missing_and_added_rows),
        cmocka_unit_test(a_floor_begins_the_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
