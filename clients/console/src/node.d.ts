// SPDX-License-Identifier: EUPL-1.2
// As much of node's own test modules as the tests use; the console itself runs in browsers only.
declare module "node:test" {
    export function test(name: string, run: () => void | Promise<void>): void;
    export function beforeEach(run: () => void): void;
}
declare module "node:assert/strict" {
    const assert: {
        (value: unknown, message?: string): asserts value;
        ok(value: unknown, message?: string): asserts value;
        equal(actual: unknown, expected: unknown, message?: string): void;
        notEqual(actual: unknown, expected: unknown, message?: string): void;
        deepEqual(actual: unknown, expected: unknown, message?: string): void;
        match(text: string, pattern: RegExp, message?: string): void;
        doesNotMatch(text: string, pattern: RegExp, message?: string): void;
    };
    export default assert;
}
