// SPDX-License-Identifier: EUPL-1.2
// What this device keeps: never anything about a child. A browser may refuse to keep anything.
const PREFIX = "ugo.";

export function recall(name: string): string | null {
    try {
        return localStorage.getItem(PREFIX + name);
    } catch {
        return null;
    }
}

/** False: it could not be kept. */
export function remember(name: string, text: string | null): boolean {
    try {
        if (text === null) localStorage.removeItem(PREFIX + name);
        else localStorage.setItem(PREFIX + name, text);
        return true;
    } catch {
        return false;
    }
}

export function recallJson<T>(name: string): T | null {
    try {
        return JSON.parse(recall(name) ?? "null") as T | null;
    } catch {
        return null;
    }
}
