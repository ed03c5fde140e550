// SPDX-License-Identifier: EUPL-1.2
// Few signs, each with its own shape: none is told by its colour alone. Always beside a text.
import type { JSX } from "preact";

const PATHS = {
    check: "M4 10.5 8 14.5 16 6",
    warn: "M10 3 18 17H2ZM10 8v4M10 14.5v.5",
    ask: "M7.5 7.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1 1-1.1 1.9M10 14.5v.5",
    lost: "M3 3l14 14M4 8a9 9 0 0 1 4-2M16 8a9 9 0 0 0-3-1.7M7 11.5a5 5 0 0 1 2-1M10 15v.5",
    phone: "M5 3h3l1 4-2 1.5a9 9 0 0 0 4.5 4.5L13 11l4 1v3a2 2 0 0 1-2 2A12 12 0 0 1 3 5a2 2 0 0 1"
        + " 2-2Z",
    clock: "M10 3a7 7 0 1 0 .01 0ZM10 6v4l3 2",
    plus: "M10 4v12M4 10h12",
    minus: "M4 10h12",
    close: "M5 5l10 10M15 5 5 15",
    down: "M5 8l5 5 5-5",
    alarm: "M10 3a7 7 0 1 0 .01 0ZM10 6.5v4.5M10 13v.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
    return (
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d={PATHS[name]} />
        </svg>
    );
}
