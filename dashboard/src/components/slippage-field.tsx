import { slippageBps } from "../state/draft.ts";
import { problemAt } from "../state/form-problems.ts";
import { meantBy } from "../typed-number.ts";
import { FieldProblem, problemId } from "./field-problem.tsx";
import { ReadAs, readingId } from "./read-as.tsx";

interface Props {
  /** In percent, as typed. */
  value: string;
  /** A few to choose from. */
  choices: readonly string[];
  onChange: (percent: string) => void;
}

export function SlippageField({ value, choices, onChange }: Props) {
  const problem = problemAt("slippageBps");
  const bad = problem !== null || slippageBps.value === null;
  return (
    <fieldset class="choice">
      <legend>Slippage limit</legend>
      <div class="choice-row">
        {choices.map((percent) => (
          <label key={percent} class="chip">
            <input
              type="radio"
              name="slippage"
              value={percent}
              checked={meantBy(value) === percent}
              onChange={() => onChange(percent)}
            />
            <span>{percent}%</span>
          </label>
        ))}
        <label class="slippage-own">
          <span class="visually-hidden">Slippage in percent</span>
          <input
            id="slippageBps"
            inputMode="decimal"
            autocomplete="off"
            maxLength={8}
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
            aria-invalid={bad}
            aria-describedby={`${readingId("slippageBps")}${problem ? ` ${problemId("slippageBps")}` : ""}`}
          />
          <span aria-hidden="true">%</span>
        </label>
      </div>
      <FieldProblem field="slippageBps" />
      <ReadAs field="slippageBps" text={value} onChoose={onChange} />
    </fieldset>
  );
}
