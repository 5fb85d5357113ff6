import { problemAt, unplacedProblem } from "../state/form-problems.ts";
import { change, chooseToken, draft, flip } from "../state/draft.ts";
import type { Intent } from "../state/intent.ts";
import { type Placing, isBusy, place, placing } from "../state/placing.ts";
import { bestOf } from "../state/best-quote.ts";
import { preview } from "../state/preview.ts";
import { placesOf } from "../state/tokens.ts";
import { format, formatBasisPoints } from "../decimal.ts";
import { Choice } from "./choice.tsx";
import { FieldProblem, problemId } from "./field-problem.tsx";
import { Flip } from "./icons.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { SlippageField } from "./slippage-field.tsx";
import { TokenSelect } from "./token-select.tsx";

/** Characters of an amount in the large type. */
const FITS = 12;
const WORTH_A_WARNING_BPS = 100;

export function OrderForm() {
  const submit = (event: Event) => {
    event.preventDefault();
    void place();
  };
  const isLimit = draft.value.type === "limit";
  return (
    <form class="card form" onSubmit={submit} noValidate aria-labelledby="form-title">
      <h1 id="form-title" class="card-title" tabIndex={-1}>
        {isLimit ? "Limit order" : "Market order"}
      </h1>
      <Choice
        legend="Order type"
        hidden
        name="type"
        options={{ market: "Market", limit: "Limit" }}
        value={draft.value.type}
        onChange={(type) => change({ type })}
      />
      <div class="swap">
        <PayField />
        <button type="button" class="flip" onClick={flip} aria-label="Trade the two tokens' places">
          <Flip />
        </button>
        <ReceiveField />
      </div>
      {isLimit && <LimitFields />}
      <SlippageField />
      <SubmitButton />
      <FormProblem />
    </form>
  );
}

function PayField() {
  const { amount, tokenIn } = draft.value;
  const amountProblem = problemAt("amount");
  return (
    <div class={`side ${amountProblem || problemAt("tokenIn") ? "side-bad" : ""}`}>
      <label class="side-label" for="amount">
        You pay
      </label>
      <div class="side-row">
        <input
          id="amount"
          class="side-amount"
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          placeholder="0"
          maxLength={60}
          value={amount}
          onInput={(event) => change({ amount: event.currentTarget.value })}
          aria-invalid={amountProblem !== null}
          aria-describedby={amountProblem ? problemId("amount") : undefined}
        />
        <TokenSelect
          label="Token to pay"
          field="tokenIn"
          value={tokenIn}
          onChange={(symbol) => chooseToken("tokenIn", symbol)}
        />
      </div>
      <FieldProblem field="amount" />
      <FieldProblem field="tokenIn" />
    </div>
  );
}

function ReceiveField() {
  const { tokenOut } = draft.value;
  const shown = preview.value;
  const best = shown.kind === "ready" ? bestOf(shown.answer.quotes) : null;
  const text = best ? format(best.netAmountOut, placesOf(tokenOut)) : "0";
  const look = [best ? "" : "side-amount-empty", text.length > FITS ? "side-amount-long" : ""].join(" ");
  return (
    <div class={`side side-receive ${problemAt("tokenOut") ? "side-bad" : ""}`}>
      <span class="side-label" id="receive-label">
        You receive, at the best quote
      </span>
      <div class="side-row">
        <output
          class={`side-amount ${look} ${shown.kind === "ready" && !shown.current ? "is-stale" : ""}`}
          aria-labelledby="receive-label"
          title={best?.netAmountOut}
        >
          {text}
        </output>
        <TokenSelect
          label="Token to receive"
          field="tokenOut"
          value={tokenOut}
          onChange={(symbol) => chooseToken("tokenOut", symbol)}
        />
      </div>
      <FieldProblem field="tokenOut" />
      {best && <ImpactWarning bps={best.priceImpactBps} />}
    </div>
  );
}

/** A trade that is large for its pool pays for it; that should not be found out afterwards. */
function ImpactWarning({ bps }: { bps: number }) {
  if (bps < WORTH_A_WARNING_BPS) return null;
  return <p class="side-warning">This trade moves the price against itself by {formatBasisPoints(bps)}.</p>;
}

function SubmitButton() {
  const { kind } = placing.value;
  const text = {
    ready: "Place order",
    refused: "Place order",
    unplaced: "Place order",
    sending: "Placing order",
    waiting: "Waiting",
    checking: "Checking",
    placed: "Order placed",
    unknown: "Check again",
  }[kind];
  // Not `disabled`: that would take the keyboard's focus away in the middle of a wait.
  return (
    <button type="submit" class="submit" aria-disabled={isBusy.value}>
      {text}
    </button>
  );
}

/** What went wrong with the whole order, and what is known of it. */
function FormProblem() {
  const state = placing.value;
  const problem = unplacedProblem.value;
  return (
    <div class="form-problem" role="alert">
      {problem && <p>{problem}</p>}
      {state.kind === "waiting" && <p>{state.reason} Nothing is placed yet; asking again by itself.</p>}
      {state.kind === "unplaced" && <p>{state.reason} Nothing was placed.</p>}
      {(state.kind === "checking" || state.kind === "unknown") && <Unknown state={state} />}
    </div>
  );
}

function Unknown({ state }: { state: Extract<Placing, { intent: Intent }> }) {
  const { order, orderId } = state.intent;
  return (
    <p>
      {state.reason} We do not know yet whether this order was placed: {order.amount} {order.tokenIn} to{" "}
      {order.tokenOut}
      {order.limitPrice !== undefined && ` at ${order.limitPrice} or better`}.{" "}
      {state.kind === "checking" ? "Asking again; " : "Checking again is safe: "}
      the same order is never placed twice.
      {orderId && (
        <>
          {" "}
          <a href={`/orders/${orderId}`}>See whether it is there</a>
        </>
      )}
    </p>
  );
}
