// SPDX-License-Identifier: EUPL-1.2
// Fields: each with a visible label, large enough for a thumb.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icons";
import { say } from "../language";

interface TextProps {
    label: string;
    value: string;
    onInput: (text: string) => void;
    help?: string | undefined;
    fault?: string | undefined;
    type?: "text" | "password" | "date" | "datetime-local";
    name?: string;
    autocomplete?: string;
    inputmode?: "numeric" | "text" | "search";
    required?: boolean;
    optional?: boolean;
    maxlength?: number | undefined;
    lines?: boolean;
    min?: string | undefined;
    autofocus?: boolean;
}

export function TextField(props: TextProps): JSX.Element {
    const id = useId();
    const described = [props.help ? `${id}-help` : "", props.fault ? `${id}-fault` : ""]
        .filter(Boolean).join(" ");
    const Box = (props.lines ? "textarea" : "input") as "input";
    return (
        <div class="field">
            <label for={id}>
                {props.label}
                {props.optional && <span class="quiet"> ({say().app.optional})</span>}
            </label>
            {props.help && <p class="help" id={`${id}-help`}>{props.help}</p>}
            <Box id={id} name={props.name} value={props.value}
                type={(props.type ?? "text") as "text"}
                autocomplete={(props.autocomplete ?? "off") as "off"} inputMode={props.inputmode}
                required={props.required} maxLength={props.maxlength} min={props.min}
                autocapitalize="none" spellcheck={false}
                aria-invalid={props.fault ? "true" : undefined}
                aria-describedby={described || undefined}
                onInput={(event) => props.onInput(event.currentTarget.value)} />
            {props.fault && <p class="fault" id={`${id}-fault`}>
                <Icon name="warn" /> {props.fault}
            </p>}
        </div>
    );
}

interface SelectProps {
    label: string;
    value: string;
    onInput: (value: string) => void;
    options: [string, string][];
    empty?: string;
    fault?: string | undefined;
    optional?: boolean;
}

export function SelectField(props: SelectProps): JSX.Element {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>
                {props.label}
                {props.optional && <span class="quiet"> ({say().app.optional})</span>}
            </label>
            <select id={id} value={props.value} aria-invalid={props.fault ? "true" : undefined}
                aria-describedby={props.fault ? `${id}-fault` : undefined}
                onInput={(event) => props.onInput(event.currentTarget.value)}>
                {props.empty !== undefined && <option value="">{props.empty}</option>}
                {props.options.map(([value, text]) =>
                    <option key={value} value={value}>{text}</option>)}
            </select>
            {props.fault && <p class="fault" id={`${id}-fault`}>
                <Icon name="warn" /> {props.fault}
            </p>}
        </div>
    );
}

interface ChoiceProps<T extends string> {
    legend: string;
    hideLegend?: boolean;
    value: T | null;
    options: { value: T; text: string; spoken?: string }[];
    onChoose: (value: T) => void;
    compact?: boolean;
    fault?: string | undefined;
}

/** One of a few, all in sight: radio buttons that look like what they are. */
export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
    const name = useId();
    return (
        <fieldset class={props.compact ? "choice compact" : "choice"}
            aria-describedby={props.fault ? `${name}-fault` : undefined}>
            <legend class={props.hideLegend ? "hidden" : ""}>{props.legend}</legend>
            <div class="chips">
                {props.options.map((option) => (
                    <label key={option.value} class="chip">
                        <input type="radio" name={name} value={option.value}
                            checked={props.value === option.value}
                            onChange={() => props.onChoose(option.value)} />
                        <span class="chip-text" aria-hidden={option.spoken ? "true" : undefined}>
                            {option.text}
                        </span>
                        {option.spoken && <span class="hidden">{option.spoken}</span>}
                    </label>
                ))}
            </div>
            {props.fault && <p class="fault" id={`${name}-fault`}>
                <Icon name="warn" /> {props.fault}
            </p>}
        </fieldset>
    );
}

interface SeveralProps<T extends string> {
    legend: string;
    values: T[];
    options: [T, string][];
    onChange: (values: T[]) => void;
}

export function Several<T extends string>(props: SeveralProps<T>): JSX.Element {
    const toggle = (value: T): void => props.onChange(props.values.includes(value)
        ? props.values.filter((each) => each !== value) : [...props.values, value]);
    return (
        <fieldset class="choice">
            <legend>{props.legend}</legend>
            <div class="chips">
                {props.options.map(([value, text]) => (
                    <label key={value} class="chip">
                        <input type="checkbox" checked={props.values.includes(value)}
                            onChange={() => toggle(value)} />
                        <span class="chip-text">{text}</span>
                    </label>
                ))}
            </div>
        </fieldset>
    );
}

export function Check(props: {
    label: string; help?: string; checked: boolean; onChange: (on: boolean) => void;
}): JSX.Element {
    return (
        <label class="check">
            <input type="checkbox" checked={props.checked}
                onChange={(event) => props.onChange(event.currentTarget.checked)} />
            <span>{props.label}{props.help && <span class="quiet">{props.help}</span>}</span>
        </label>
    );
}

/** A number with − and + around it; also typed. */
export function NumberField(props: {
    label: string; value: number; min?: number; max: number; onChange: (value: number) => void;
    fault?: string | undefined;
}): JSX.Element {
    const id = useId();
    const least = props.min ?? 0;
    const set = (value: number): void =>
        props.onChange(Math.max(least, Math.min(props.max, Math.round(value))));
    return (
        <div class="field">
            <label for={id}>{props.label}</label>
            <div class="number">
                <button type="button" class="step" disabled={props.value <= least}
                    aria-label={`${say().app.fewer}, ${props.label}`}
                    onClick={() => set(props.value - 1)}><Icon name="minus" /></button>
                <input id={id} type="number" inputMode="numeric" min={least} max={props.max}
                    value={props.value} aria-invalid={props.fault ? "true" : undefined}
                    onChange={(event) => set(Number(event.currentTarget.value) || least)} />
                <button type="button" class="step" disabled={props.value >= props.max}
                    aria-label={`${say().app.more}, ${props.label}`}
                    onClick={() => set(props.value + 1)}><Icon name="plus" /></button>
            </div>
            {props.fault && <p class="fault"><Icon name="warn" /> {props.fault}</p>}
        </div>
    );
}

export function Box(props: {
    tone: "warn" | "bad" | "good" | "plain"; children: ComponentChildren;
}): JSX.Element {
    const icon = props.tone === "good" ? "check" : props.tone === "plain" ? "clock" : "warn";
    return <div class={`box ${props.tone}`}><Icon name={icon} /><div>{props.children}</div></div>;
}
