import { change, draft, slippageBps } from "../state/draft.ts";
import { problemAt } from "../state/form-problems.ts";
import { FieldProblem, problemId } from "./field-problem.tsx";

const CHOICES = ["0.1", "0.5", "1"];

export function SlippageField() {
  const { slippage } = draft.value;
  const problem = problemAt("slippageBps");
  const bad = problem !== null || slippageBps.value === null;
  return (
    <fieldset class="choice">
      <legend>Slippage limit</legend>
      <div class="choice-row">
        {CHOICES.map((percent) => (
          <label key={percent} class="chip">
            <input
              type="radio"
              name="slippage"
              value={percent}
              checked={slippage === percent}
              onChange={() => change({ slippage: percent })}
            />
            <span>{percent}%</span>
          </label>
        ))}
        <label class="slippage-own">
          <span class="visually-hidden">Slippage in percent</span>
          <input
            inputMode="decimal"
            autocomplete="off"
            maxLength={8}
            value={slippage}
            onInput={(event) => change({ slippage: event.currentTarget.value })}
            aria-invalid={bad}
            aria-describedby={problem ? problemId("slippageBps") : undefined}
          />
          <span aria-hidden="true">%</span>
        </label>
      </div>
      <FieldProblem field="slippageBps" />
    </fieldset>
  );
}
