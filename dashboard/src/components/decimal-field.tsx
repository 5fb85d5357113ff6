import type { ComponentChildren } from "preact";
import { type Field, problemAt } from "../state/form-problems.ts";
import { FieldProblem, problemId } from "./field-problem.tsx";
import { ReadAs, readingId } from "./read-as.tsx";

interface Props {
  label: string;
  /** As the engine calls it. */
  field: Field;
  value: string;
  unit: ComponentChildren;
  onInput: (text: string) => void;
  /** What describes the field; its id is the field's with `-hint` behind it. */
  hint?: ComponentChildren;
  placeholder?: string;
}

/** A number with its unit, and the engine's objection below it. */
export function DecimalField({ label, field, value, unit, onInput, hint, placeholder }: Props) {
  const problem = problemAt(field);
  const describedBy = [hint && hintId(field), readingId(field), problem && problemId(field)].filter(Boolean).join(" ");
  return (
    <div>
      <label class="field-label" for={field}>
        {label}
      </label>
      <div class="field-box">
        <input
          id={field}
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          maxLength={60}
          placeholder={placeholder}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
          aria-invalid={problem !== null}
          aria-describedby={describedBy}
        />
        <span>{unit}</span>
      </div>
      {hint}
      <FieldProblem field={field} />
      <ReadAs field={field} text={value} onChoose={onInput} />
    </div>
  );
}

export function hintId(field: Field): string {
  return `${field}-hint`;
}
