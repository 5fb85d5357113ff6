import { formatExact } from "../decimal.ts";
import { change, draft } from "../state/draft.ts";
import { bestPriced, distanceTo, isMet, toGo } from "../state/limit.ts";
import { preview } from "../state/preview.ts";
import { meantBy } from "../typed-number.ts";
import { Choice } from "./choice.tsx";
import { DecimalField, hintId } from "./decimal-field.tsx";
import { ExpiryField } from "./expiry-field.tsx";

/** What a limit order asks for beside a market order: its price, and for how long. */
export function LimitFields() {
  const { timeInForce, limitPrice, tokenIn, tokenOut } = draft.value;
  return (
    <>
      <DecimalField
        label="Limit price"
        field="limitPrice"
        value={limitPrice}
        unit={`${tokenOut} per ${tokenIn}`}
        onInput={(text) => change({ limitPrice: text })}
        hint={<PriceHint limitPrice={limitPrice} />}
      />
      <Choice
        legend="Time in force"
        name="timeInForce"
        options={{ GTD: "Wait until it expires", IOC: "Once, now" }}
        value={timeInForce}
        onChange={(chosen) => change({ timeInForce: chosen })}
      />
      {timeInForce === "GTD" && <ExpiryField />}
    </>
  );
}

/** Where the limit stands against the best quote for this size. */
function PriceHint({ limitPrice }: { limitPrice: string }) {
  const shown = preview.value;
  const best = shown.kind === "ready" ? bestPriced(shown.answer.quotes) : null;
  const isStale = shown.kind === "ready" && !shown.current;
  return (
    <p id={hintId("limitPrice")} class={`field-hint field-hint-live ${isStale ? "is-stale" : ""}`}>
      {best && `Best now: ${formatExact(best.price)} at ${best.dex}. ${hintOf(meantBy(limitPrice), best.price)}`}
    </p>
  );
}

function hintOf(limit: string, price: string): string {
  const met = isMet(limit, price);
  if (met === null) return "";
  const distance = distanceTo(limit, price);
  return met ? "Fills at once." : distance === null ? "" : `${toGo(distance)}.`;
}
