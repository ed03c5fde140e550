// SPDX-License-Identifier: EUPL-1.2
// A QR code of one kind: version 6 (41 × 41), level L, mask 0, bytes; ISO/IEC 18004. Enough for the
// address of a second factor. Pure.

export const SIZE = 41;
const DATA = 68; // codewords of each of the two blocks
const CHECK = 18; // and of the correction of each
const MOST = 2 * DATA - 2; // bytes, after 4 bits of mode and 8 of length
const FORMAT = 0x77c4; // level L, mask 0, with its own correction

/** In the field of 256 elements, by x⁸ + x⁴ + x³ + x² + 1. */
function times(a: number, b: number): number {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--)
        product = product << 1 ^ (product >> 7) * 0x11d ^ (b >> bit & 1) * a;
    return product;
}

/** Reed–Solomon: what is left after division by (x − 1)(x − 2)(x − 4)… */
function checkOf(data: number[]): number[] {
    let divisor = [1];
    for (let i = 0, root = 1; i < CHECK; i++, root = times(root, 2))
        divisor = [...divisor, 0].map((each, at) => each ^ times(divisor[at - 1] ?? 0, root));
    const rest = [...data, ...new Array<number>(CHECK).fill(0)];
    for (let i = 0; i < data.length; i++) {
        const factor = rest[i] ?? 0;
        divisor.forEach((each, at) => {
            rest[i + at] = (rest[i + at] ?? 0) ^ times(each, factor);
        });
    }
    return rest.slice(data.length);
}

/** The codewords in the order in which they are drawn. */
function codewords(bytes: Uint8Array): number[] {
    const nibbles = [4, bytes.length >> 4, bytes.length & 15,
        ...[...bytes].flatMap((each) => [each >> 4, each & 15]), 0];
    const data = Array.from({ length: 2 * DATA }, (_, i) => 2 * i < nibbles.length
        ? (nibbles[2 * i] ?? 0) << 4 | (nibbles[2 * i + 1] ?? 0) : 0);
    for (let i = nibbles.length / 2, pad = 0xec; i < data.length; i++, pad ^= 0xec ^ 0x11)
        data[i] = pad;
    const blocks = [data.slice(0, DATA), data.slice(DATA)];
    const woven = (parts: number[][]): number[] => (parts[0] ?? []).flatMap((_, i) =>
        parts.map((part) => part[i] ?? 0));
    return [...woven(blocks), ...woven(blocks.map(checkOf))];
}

const far = (y: number, x: number, cy: number, cx: number): number =>
    Math.max(Math.abs(y - cy), Math.abs(x - cx));

/** What every code has there: dark or light; null: data goes there. */
function fixed(y: number, x: number): boolean | null {
    for (const [cy, cx] of [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]] as const) {
        const d = far(y, x, cy, cx);
        if (d < 5) return d !== 2 && d !== 4;
    }
    const d = far(y, x, SIZE - 7, SIZE - 7);
    if (d < 3) return d !== 1;
    if (y === 6 || x === 6) return (x + y) % 2 === 0;
    const bit = (i: number): boolean => (FORMAT >> i & 1) === 1;
    if (x === 8 && y < 9) return bit(y < 6 ? y : y - 1);
    if (y === 8 && x < 8) return bit(x === 7 ? 8 : 14 - x);
    if (y === 8 && x > SIZE - 9) return bit(SIZE - 1 - x);
    if (x === 8 && y > SIZE - 9) return y === SIZE - 8 || bit(y - SIZE + 15);
    return null;
}

/** Rows of modules, true is dark; null: too long for such a code. */
export function qr(text: string): boolean[][] | null {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > MOST) return null;
    const words = codewords(bytes);
    const grid = Array.from({ length: SIZE }, (_, y) =>
        Array.from({ length: SIZE }, (__, x) => fixed(y, x)));
    let at = 0;
    for (let right = SIZE - 1; right > 0; right -= right === 8 ? 3 : 2)
        for (let i = 0; i < 2 * SIZE; i++) {
            const x = right - i % 2;
            const up = (right + (right < 6 ? 1 : 0)) % 4 === 0;
            const y = up ? SIZE - 1 - (i >> 1) : i >> 1;
            const row = grid[y];
            if (!row || row[x] !== null) continue;
            row[x] = (words[at >> 3] ?? 0) >> (7 - at % 8) & 1 ? (x + y) % 2 !== 0
                : (x + y) % 2 === 0;
            at += 1;
        }
    return grid as boolean[][];
}

/** The dark modules as an SVG path, one unit a module. */
export function qrPath(grid: boolean[][]): string {
    return grid.map((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : "").join(""))
        .join("");
}
