// SPDX-License-Identifier: EUPL-1.2
// A table as rows of values: put in order, and as a file that a spreadsheet opens. Pure.

export type Value = string | number | null;

/** In order; what is unknown comes last either way, equals stay as they were. */
export function ordered<T>(rows: T[], of: (row: T) => Value, down: boolean, locale: string): T[] {
    const by = new Intl.Collator(locale, { numeric: true });
    const compare = (a: Value, b: Value): number => typeof a === "number" && typeof b === "number"
        ? a - b : by.compare(String(a), String(b));
    return rows.map((row) => ({ row, value: of(row) })).sort((a, b) => {
        if (a.value === null || b.value === null)
            return Number(a.value === null) - Number(b.value === null);
        return down ? compare(b.value, a.value) : compare(a.value, b.value);
    }).map(({ row }) => row);
}

/** A text that a spreadsheet takes for a text: one that it would compute is quoted with '. */
function cell(value: Value, comma: string): string {
    if (value === null) return "";
    if (typeof value === "number") return String(value).replace(".", comma);
    const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(value) ? `'${value}`
        : value;
    return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with the semicolons and the mark of UTF-8 that spreadsheets here expect. */
export function csv(rows: Value[][], comma: string): string {
    return "\ufeff" + rows.map((row) =>
        row.map((value) => cell(value, comma)).join(";") + "\r\n").join("");
}
