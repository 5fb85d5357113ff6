import { format } from "../decimal.ts";
import { EXPIRIES, change, draft } from "../state/draft.ts";
import { problemAt } from "../state/form-problems.ts";
import { bestPriced, distanceTo, isMet, toGo } from "../state/limit.ts";
import { preview } from "../state/preview.ts";
import { Choice } from "./choice.tsx";
import { FieldProblem, problemId } from "./field-problem.tsx";

const EXPIRY_NAMES = Object.fromEntries(Object.keys(EXPIRIES).map((name) => [name, name])) as {
  readonly [Name in keyof typeof EXPIRIES]: Name;
};

/** What a limit order asks for beside a market order: its price, and for how long. */
export function LimitFields() {
  const { timeInForce, expiry } = draft.value;
  return (
    <>
      <PriceField />
      <Choice
        legend="Time in force"
        name="timeInForce"
        options={{ GTD: "Wait until it expires", IOC: "Once, now" }}
        value={timeInForce}
        onChange={(chosen) => change({ timeInForce: chosen })}
      />
      {timeInForce === "GTD" && (
        <div>
          <Choice
            legend="Expires after"
            name="expiry"
            options={EXPIRY_NAMES}
            value={expiry}
            onChange={(chosen) => change({ expiry: chosen })}
          />
          <FieldProblem field="expiresAt" />
        </div>
      )}
    </>
  );
}

function PriceField() {
  const { limitPrice, tokenIn, tokenOut } = draft.value;
  const problem = problemAt("limitPrice");
  return (
    <div>
      <label class="limit-label" for="limitPrice">
        Limit price
      </label>
      <div class="limit-price">
        <input
          id="limitPrice"
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          maxLength={60}
          value={limitPrice}
          onInput={(event) => change({ limitPrice: event.currentTarget.value })}
          aria-invalid={problem !== null}
          aria-describedby={`limit-hint${problem ? ` ${problemId("limitPrice")}` : ""}`}
        />
        <span>
          {tokenOut} per {tokenIn}
        </span>
      </div>
      <PriceHint limitPrice={limitPrice} />
      <FieldProblem field="limitPrice" />
    </div>
  );
}

/** Where the limit stands against the best quote for this size. */
function PriceHint({ limitPrice }: { limitPrice: string }) {
  const shown = preview.value;
  const best = shown.kind === "ready" ? bestPriced(shown.answer.quotes) : null;
  const isStale = shown.kind === "ready" && !shown.current;
  return (
    <p id="limit-hint" class={`limit-hint ${isStale ? "is-stale" : ""}`}>
      {best && `Best now: ${format(best.price)} at ${best.dex}. ${hintOf(limitPrice.trim(), best.price)}`}
    </p>
  );
}

function hintOf(limit: string, price: string): string {
  const met = isMet(limit, price);
  if (met === null) return "";
  const distance = distanceTo(limit, price);
  return met ? "Fills at once." : distance === null ? "" : `${toGo(distance)}.`;
}
