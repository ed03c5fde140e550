// SPDX-License-Identifier: EUPL-1.2
// Dictionaries are data: each leaf is a string. One with {0}, {1}… is a template; one with a bar is
// a plural, chosen by what is put in place of {0}. The types here come from the strings themselves.

type Given = string | number;

type Holes<T extends string> =
    T extends `${string}{3}${string}` ? [Given, Given, Given, Given]
    : T extends `${string}{2}${string}` ? [Given, Given, Given]
    : T extends `${string}{1}${string}` ? [Given, Given]
    : [Given];

type IsTemplate<T extends string> =
    T extends `${string}{0}${string}` | `${string}|${string}` ? true : false;

/** A dictionary as it is used: templates are functions of as many arguments as they have holes. */
export type Said<T> = T extends string
    ? IsTemplate<T> extends true ? (...given: Holes<T>) => string : string
    : { readonly [K in keyof T]: Said<T[K]> };

type Keeps<T extends string, Mark extends string> =
    T extends `${string}${Mark}${string}` ? `${string}${Mark}${string}` : string;

/** The same dictionary in another language: the same names, and in each template the same holes. */
export type Like<T> = T extends string
    ? T extends `${string}{0}${string}`
        ? Keeps<T, "{0}"> & Keeps<T, "{1}"> & Keeps<T, "{2}"> & Keeps<T, "{3}">
        : Keeps<T, "|">
    : { readonly [K in keyof T]: Like<T[K]> };

type Joined<T extends readonly string[]> =
    T extends readonly [infer First extends string, ...infer Rest extends string[]]
        ? `${First}${Joined<Rest>}` : "";

/** A template too long for a line; unlike with "+", its type remains the text itself. */
export function long<const T extends readonly string[]>(...parts: T): Joined<T> {
    return parts.join("") as Joined<T>;
}
