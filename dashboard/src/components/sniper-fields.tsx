import { change, chooseMint, draft, maxAgeSlots } from "../state/draft.ts";
import { problemAt } from "../state/form-problems.ts";
import { market } from "../state/market.ts";
import { launchOf } from "../state/launches.ts";
import { REQUIREMENTS } from "../state/sniper.ts";
import type { Requirement } from "../types.ts";
import { Choice } from "./choice.tsx";
import { DecimalField, hintId } from "./decimal-field.tsx";
import { ExpiryField } from "./expiry-field.tsx";
import { FieldProblem, problemId } from "./field-problem.tsx";
import { LaunchPicker } from "./launch-picker.tsx";
import { PayField } from "./pay-field.tsx";

/** What a sniper order asks for: a token, what may be spent on it, and what its pool has to be. */
export function SniperFields() {
  const { mint, sniperAmount, sniperTokenIn, minLiquidity, maxLiquidity, leastPrice } = draft.value;
  const symbol = launchOf(mint.trim())?.symbol ?? "tokens";
  return (
    <>
      <p class="form-hint">
        Buys once, at the first pool that passes the checks. If none does before it expires, nothing is bought.
      </p>
      <LaunchPicker />
      <MintField />
      <PayField
        amount={sniperAmount}
        token={sniperTokenIn}
        onAmount={(amount) => change({ sniperAmount: amount })}
        onToken={(token) => change({ sniperTokenIn: token, leastPrice: "", minLiquidity: "", maxLiquidity: "" })}
      />
      <Requirements />
      <VenueChoice />
      <div class="field-pair">
        <DecimalField
          label="Least liquidity"
          field="minLiquidity"
          value={minLiquidity}
          unit={sniperTokenIn}
          placeholder="any"
          onInput={(text) => change({ minLiquidity: text })}
        />
        <DecimalField
          label="Most liquidity"
          field="maxLiquidity"
          value={maxLiquidity}
          unit={sniperTokenIn}
          placeholder="any"
          onInput={(text) => change({ maxLiquidity: text })}
        />
      </div>
      <AgeField />
      <DecimalField
        label="Least price (optional)"
        field="limitPrice"
        value={leastPrice}
        unit={`${symbol} per ${sniperTokenIn}`}
        placeholder="any"
        onInput={(text) => change({ leastPrice: text })}
      />
      <ExpiryField />
    </>
  );
}

function MintField() {
  const { mint } = draft.value;
  const problem = problemAt("tokenOut");
  const launch = launchOf(mint.trim());
  return (
    <div>
      <label class="field-label" for="mint">
        Mint of the token to buy
      </label>
      <div class="field-box">
        <input
          id="mint"
          class="field-code"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={64}
          placeholder="Choose above, or paste"
          value={mint}
          onInput={(event) => chooseMint(event.currentTarget.value)}
          aria-invalid={problem !== null}
          aria-describedby={`mint-hint${problem ? ` ${problemId("tokenOut")}` : ""}`}
        />
        {launch && <span>{launch.symbol}</span>}
      </div>
      <p id="mint-hint" class="field-hint">
        Anybody may call a token anything: the mint tells which one it is.
      </p>
      <FieldProblem field="tokenOut" />
    </div>
  );
}

function Requirements() {
  const { require } = draft.value;
  const toggle = (requirement: Requirement, on: boolean) =>
    change({ require: [...require.filter((other) => other !== requirement), ...(on ? [requirement] : [])] });
  return (
    <fieldset class="choice" aria-describedby={problemAt("require") ? problemId("require") : undefined}>
      <legend>Bought only with</legend>
      {(Object.keys(REQUIREMENTS) as Requirement[]).map((requirement) => (
        <label key={requirement} class="check">
          <input
            type="checkbox"
            checked={require.includes(requirement)}
            onChange={(event) => toggle(requirement, event.currentTarget.checked)}
          />
          {REQUIREMENTS[requirement]}
        </label>
      ))}
      <FieldProblem field="require" />
    </fieldset>
  );
}

/** One venue or any; what an order that is placed again was bound to beside that. */
function VenueChoice() {
  const chosen = draft.value.venues.join();
  const single = (market.value?.venues ?? []).map(({ id, name }) => [id, name]);
  const options: Readonly<Record<string, string>> = {
    "": "Any",
    ...Object.fromEntries(single),
    ...(chosen === "" || single.some(([id]) => id === chosen) ? {} : { [chosen]: draft.value.venues.join(", ") }),
  };
  return (
    <div>
      <Choice
        legend="Bought at"
        name="venues"
        options={options}
        value={chosen}
        onChange={(venues) => change({ venues: venues.split(",").filter(Boolean) })}
      />
      <FieldProblem field="venues" />
    </div>
  );
}

/** Asked for in seconds, as nobody counts slots; the engine does. */
function AgeField() {
  const slots = maxAgeSlots.value;
  return (
    <DecimalField
      label="Oldest pool"
      field="maxAgeSlots"
      value={draft.value.maxAge}
      unit="seconds open"
      onInput={(maxAge) => change({ maxAge })}
      hint={
        <p id={hintId("maxAgeSlots")} class="field-hint field-hint-live">
          {slots === undefined ? "The engine's 300 slots" : slots !== null && `${slots} slots of 0.4 s`}
        </p>
      }
    />
  );
}
