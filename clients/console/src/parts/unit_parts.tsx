// SPDX-License-Identifier: EUPL-1.2
// Pieces about a unit or a hold that several screens show.
import type { JSX } from "preact";
import type { Contact, Hold, Place, Unit } from "../protocol";
import { trust, over } from "../figures";
import { ago, clock, countdown, date } from "../moment";
import { minute, second } from "../now";
import { communeName, open } from "../registry";
import { dialled, numberNow } from "../office";
import { say } from "../language";
import { label, listed } from "../words/words";
import { people } from "../need";
import { saying } from "./live_bar";
import { Icon } from "./icons";

export function TrustLine({ unit }: { unit: Unit }): JSX.Element {
    const t = say().unit;
    const now = minute.value;
    const kind = trust(unit, now);
    if (kind === "never")
        return <p class="trust never"><Icon name="ask" /> {t.never}</p>;
    const said = ago(Date.parse(unit.observed_at ?? ""), now, say());
    if (kind === "contested") {
        const since = ago(Date.parse(unit.contested_at ?? ""), now, say());
        return <p class="trust old"><Icon name="warn" /> {t.contested(since)}</p>;
    }
    if (kind === "stale") return <p class="trust old"><Icon name="warn" /> {t.stale(said)}</p>;
    return <p class="trust fresh"><Icon name="check" /> {t.fresh(said)}</p>;
}

/** What else there is to know of its places: held, closed, over. `within`: the number beside it
 *  counts those that are held. */
export function CountsLine({ unit, within = false }: { unit: Unit; within?: boolean }):
    JSX.Element | null {
    const t = say().unit;
    const c = unit.capacity;
    const said: string[] = [];
    if (c.open !== null) said.push(t.ofOpen(c.open));
    if (c.held > 0) said.push(within ? t.heldWithin(c.held) : t.held(c.held));
    const reserved = c.emergency_reserved - c.emergency_used;
    if (reserved > 0 && c.free !== null && c.free > 0)
        said.push(t.reserved(Math.min(reserved, c.free)));
    if (over(unit) > 0) said.push(t.over(over(unit)));
    if (c.closed > 0) {
        said.push(t.closed(c.closed)
            + (unit.closed_reason ? ` (${label(say().closedReason, unit.closed_reason)})` : ""));
        if (unit.reopens_on)
            said.push(t.reopens(date(unit.reopens_on, minute.value, saying())));
    }
    return said.length ? <p class="quiet">{listed(said)}</p> : null;
}

export function CallButton({ contact, name }: {
    contact: Contact | null | undefined; name: string;
}): JSX.Element {
    const t = say().unit;
    const found = numberNow(contact, open.value);
    if (found === null) return <p class="quiet">{t.noNumber}</p>;
    const text = found.otherHours ? (found.night ? t.callOtherNight : t.callOtherDay)
        : found.night ? t.callNight : t.callDay;
    return (
        <a class="button call" href={dialled(found.number)}>
            <Icon name="phone" />
            <span>{text} <span class="hidden">{name}</span>
                <span class="number-text">{found.number}</span></span>
        </a>
    );
}

export function Countdown({ until }: { until: string }): JSX.Element {
    const left = Date.parse(until) - second.value;
    const tone = left <= 0 ? "over" : left < 10 * 60_000 ? "short" : "";
    return (
        <span class={`countdown ${tone}`} role="timer" aria-live="off">
            <Icon name={tone === "" ? "clock" : "alarm"} />
            {left <= 0 ? say().time.over : say().hold.left(countdown(left, say()))}
        </span>
    );
}

export function holdPeople(hold: Pick<Hold, "profile" | "parent" | "places">): string {
    const said = people(hold.profile, hold.parent, say());
    return said === "" ? say().places(hold.places) : said;
}

/** The exact place, its commune said once. */
export function placeText(place: Place): string {
    const commune = place.commune ? communeName(place.commune) : "";
    const address = place.address ?? "";
    return [address, address.toLowerCase().endsWith(commune.toLowerCase()) ? "" : commune]
        .filter(Boolean).join(", ");
}

export function timeOf(text: string | null, zone = saying().zone): string {
    return text === null ? "" : clock(Date.parse(text), minute.value, { words: say(), zone });
}
