// SPDX-License-Identifier: EUPL-1.2
// A form out of a small table: each field with its label, what is missing said beside it, what the
// server refuses beside the field that it means. And a question that is only yes or no.
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { say } from "../language";
import { zoneOf } from "../registry";
import { label } from "../words/words";
import type { Act } from "./act";
import { Check, NumberField, SelectField, Several, TextField } from "./fields";
import { Panel, ProblemBox } from "./panel";
import { shownFields, taken, type Field, type Values } from "../form";

function Input(props: {
    field: Field; values: Values; fault: string | undefined; zone: string | null;
    set: (value: unknown) => void;
}): JSX.Element {
    const { field, fault, set, zone } = props;
    const value = props.values[field.name];
    const common = { label: field.label, fault, optional: !field.need };
    switch (field.kind) {
        case "check": return <Check label={field.label} help={field.help ?? ""}
            checked={value === true} onChange={set} />;
        case "count": return <NumberField {...common} min={field.least ?? 1} max={field.most ?? 999}
            value={Number(value ?? field.least ?? 1)} onChange={set} />;
        case "code": return <SelectField {...common} value={String(value ?? "")} onInput={set}
            options={field.options ?? []}
            {...(field.need && value ? {} : { empty: say().app.choose })} />;
        case "codes": return <Several legend={field.label} options={field.options ?? []}
            values={(value ?? []) as string[]} onChange={set} />;
        default: return <TextField {...common} onInput={set}
            value={Array.isArray(value) ? value.join(" ") : String(value ?? "")}
            lines={field.kind === "lines"} help={field.help
                ?? (field.kind === "instant" && zone ? say().time.zone(zone) : undefined)}
            min={field.from} maxlength={field.most}
            type={field.kind === "date" ? "date"
                : field.kind === "instant" ? "datetime-local" : "text"}
            inputmode={field.kind === "number" ? "numeric" : "text"} />;
    }
}

export function Form(props: {
    title: string; opener: string; fields: (values: Values) => Field[]; start: Values;
    submit: string; act: Act; onClose: () => void; onSubmit: (values: Values) => void;
    children?: ComponentChildren;
}): JSX.Element {
    const { act } = props;
    const [values, setValues] = useState(props.start);
    const [tried, setTried] = useState(false);
    const form = useRef<HTMLFormElement>(null);
    const fields = shownFields(props.fields(values));
    const zone = zoneOf(values["territory"]);
    const { missing, body } = taken(fields, values, zone);
    function fault(field: Field): string | undefined {
        if (tried && missing.includes(field.name))
            return values[field.name] ? say().detail.bad_format : say().login.required;
        const refused = act.problem?.errors.find((each) =>
            `${each.pointer}/`.startsWith(`/${field.name}/`));
        return refused && label(say().detail, refused.detail);
    }
    function submit(event: Event): void {
        event.preventDefault();
        setTried(true);
        if (missing.length === 0) return props.onSubmit(body);
        setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), 60);
    }
    return (
        <Panel title={props.title} opener={props.opener} onClose={props.onClose}>
            <form noValidate ref={form} onSubmit={submit}>
                {fields.map((field) => <Input key={field.name} field={field} values={values}
                    zone={zone} fault={fault(field)} set={(value) =>
                        setValues((before) => ({ ...before, [field.name]: value }))} />)}
                {props.children}
                <Done act={act} submit={props.submit} onClose={props.onClose} />
            </form>
        </Panel>
    );
}

/** What went wrong, and the two buttons at the end. */
function Done(props: {
    act: Act; submit: string; onClose: () => void; onYes?: () => void;
}): JSX.Element {
    return <>
        <ProblemBox problem={props.act.problem} />
        <div class="actions">
            <button type={props.onYes ? "button" : "submit"} class="strong large"
                disabled={props.act.busy} onClick={props.onYes}>
                {props.act.busy ? say().app.sending : props.submit}</button>
            <button type="button" onClick={props.onClose}>{say().app.cancel}</button>
        </div>
    </>;
}

/** Asks once more, and says what will come of it. */
export function Confirm(props: {
    title: string; opener: string; submit: string; act: Act; onClose: () => void;
    onYes: () => void; children?: ComponentChildren;
}): JSX.Element {
    return (
        <Panel title={props.title} opener={props.opener} onClose={props.onClose}>
            {props.children}
            <Done {...props} />
        </Panel>
    );
}
