// SPDX-License-Identifier: EUPL-1.2
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, ordered } from "./sheet";

test("in order: numbers as numbers, words by the language, unknown last either way", () => {
    const list = [10, null, 9, 100];
    const own = (each: number | null): number | null => each;
    assert.deepEqual(ordered(list, own, false, "fr"), [9, 10, 100, null]);
    assert.deepEqual(ordered(list, own, true, "fr"), [100, 10, 9, null]);
    const words = ["zoo", "été", "Eau", "unité 10", "unité 9"];
    assert.deepEqual(ordered(words, (each) => each, false, "fr"),
        ["Eau", "été", "unité 9", "unité 10", "zoo"]);
    const equal = [{ n: 1, id: "a" }, { n: 1, id: "b" }];
    assert.deepEqual(ordered(equal, (each) => each.n, true, "fr").map((each) => each.id),
        ["a", "b"]);
});

test("a file for a spreadsheet: its mark, semicolons, quotes where they are needed", () => {
    assert.equal(csv([["Unité", "Libres"], ["Les \"Cèdres\"; nord", 2.5], ["a\nb", null]], ","),
        "\ufeffUnité;Libres\r\n\"Les \"\"Cèdres\"\"; nord\";2,5\r\n\"a\nb\";\r\n");
    assert.equal(csv([[0.95, -3]], "."), "\ufeff0.95;-3\r\n");
});

test("nothing is computed by the spreadsheet", () => {
    for (const bad of ["=1+1", "+33 5", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "＠x"])
        assert.match(csv([[bad]], ","), /^\ufeff"?'/, JSON.stringify(bad));
    for (const good of ["6-10 ans", "a=b", "Foyer d'accueil"])
        assert.equal(csv([[good]], ","), `\ufeff${good}\r\n`);
});
