// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { SIZE, qr, qrPath } from "./qr";

const ADDRESS = "otpauth://totp/ugo:astreinte-31?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    + "&issuer=ugo&digits=6&period=30";

/** Rows as numbers, folded into one. */
function folded(grid: boolean[][]): string {
    let sum = 7n;
    for (const row of grid) for (const dark of row)
        sum = (sum * 31n + (dark ? 1n : 2n)) % 1_000_000_007n;
    return sum.toString();
}

test("an address as a code that a decoder (jsQR) has read", () => {
    const grid = qr(ADDRESS);
    assert.ok(grid);
    assert.equal(grid.length, SIZE);
    assert.ok(grid.every((row) => row.length === SIZE));
    assert.equal(folded(grid), "979161992");
    assert.equal(folded(qr("x".repeat(134)) ?? []), "829690409");
});

test("each corner but one has its mark", () => {
    const grid = qr("a") ?? [];
    const mark = (y: number, x: number): string => [0, 1, 2, 3, 4, 5, 6].map((i) =>
        grid[y + i]?.slice(x, x + 7).map((dark) => dark ? "#" : ".").join("")).join("/");
    const eye = "#######/#.....#/#.###.#/#.###.#/#.###.#/#.....#/#######";
    for (const [y, x] of [[0, 0], [0, SIZE - 7], [SIZE - 7, 0]] as const)
        assert.equal(mark(y, x), eye);
    assert.notEqual(mark(SIZE - 7, SIZE - 7), eye);
});

test("what is too long has no code", () => {
    assert.equal(qr("x".repeat(135)), null);
    assert.equal(qr("é".repeat(68)), null);
});

test("a path has each dark module once", () => {
    assert.equal(qrPath([[true, false], [false, true]]), "M0 0h1v1h-1zM1 1h1v1h-1z");
});
