import type { Field } from "../state/form-problems.ts";
import { readNumber } from "../typed-number.ts";

interface Props {
  field: Field;
  /** As typed. */
  text: string;
  /** Writes the meaning that the reader chose. */
  onChoose: (meaning: string) => void;
}

/** What a number was understood as that is not written as the engine does; where it has two meanings, a choice. */
export function ReadAs({ field, text, onChoose }: Props) {
  const reading = readNumber(text);
  const choose = (meaning: string) => {
    onChoose(meaning);
    // The button goes, and with it the keyboard's focus.
    document.getElementById(field)?.focus();
  };
  return (
    <>
      <p id={readingId(field)} class="read-as" role="status">
        {reading.kind === "read" && `Read as ${reading.value}${reading.not ? `, not ${reading.not}` : ""}.`}
      </p>
      {reading.kind === "ambiguous" && (
        <div class="read-choice">
          {reading.meanings.map((meaning) => (
            <button key={meaning} type="button" class="button button-small" onClick={() => choose(meaning)}>
              Use {meaning}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

export function readingId(field: Field): string {
  return `${field}-reading`;
}
