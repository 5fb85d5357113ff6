import { problemAt, unplacedProblem } from "../state/form-problems.ts";
import { change, chooseToken, draft, flip } from "../state/draft.ts";
import type { Intent } from "../state/intent.ts";
import { type Placing, isBusy, place, placing } from "../state/placing.ts";
import { bestOf } from "../state/best-quote.ts";
import { isLive, takesSnipers } from "../state/market.ts";
import { preview, shownMinimum, shownNoRoute } from "../state/preview.ts";
import { formatBasisPoints, formatExact } from "../decimal.ts";
import { ORDER_TYPES } from "../types.ts";
import { Amount } from "./amount.tsx";
import { Choice } from "./choice.tsx";
import { ConfirmOrder } from "./confirm-order.tsx";
import { Digits } from "./digits.tsx";
import { FieldProblem } from "./field-problem.tsx";
import { Flip } from "./icons.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { FITS_LARGE, PayField } from "./pay-field.tsx";
import { SlippageField } from "./slippage-field.tsx";
import { SniperFields } from "./sniper-fields.tsx";
import { TokenName } from "./token-name.tsx";
import { TokenSelect } from "./token-select.tsx";

const WORTH_A_WARNING_BPS = 100;
/** What trades tokens that are listed. */
const LISTED_TYPES = { market: ORDER_TYPES.market, limit: ORDER_TYPES.limit };

export function OrderForm() {
  const submit = (event: Event) => {
    event.preventDefault();
    void place();
  };
  const { type } = draft.value;
  return (
    <form class="card form" onSubmit={submit} noValidate aria-labelledby="form-title">
      <h1 id="form-title" class="card-title" tabIndex={-1}>
        {ORDER_TYPES[type]} order
      </h1>
      <Choice
        legend="Order type"
        hidden
        name="type"
        options={takesSnipers.value ? ORDER_TYPES : LISTED_TYPES}
        value={type}
        onChange={(chosen) => change({ type: chosen })}
      />
      {type === "sniper" ? <SniperFields /> : <Swap />}
      {type === "limit" && <LimitFields />}
      <Slippage />
      {placing.value.kind === "confirming" ? <ConfirmOrder {...placing.value} /> : <SubmitButton />}
      <FormProblem />
    </form>
  );
}

function Swap() {
  const { amount, tokenIn } = draft.value;
  return (
    <div class="swap">
      <PayField
        amount={amount}
        token={tokenIn}
        onAmount={(text) => change({ amount: text })}
        onToken={(symbol) => chooseToken("tokenIn", symbol)}
      />
      <button type="button" class="flip" onClick={flip} aria-label="Trade the two tokens' places">
        <Flip />
      </button>
      <ReceiveField />
    </div>
  );
}

/** A new token's price moves further in a moment than a listed one's in a day. */
function Slippage() {
  const { type, slippage, sniperSlippage } = draft.value;
  return type === "sniper" ? (
    <SlippageField
      value={sniperSlippage}
      choices={["5", "10", "25"]}
      onChange={(percent) => change({ sniperSlippage: percent })}
    />
  ) : (
    <SlippageField
      value={slippage}
      choices={["0.1", "0.5", "1"]}
      onChange={(percent) => change({ slippage: percent })}
    />
  );
}

function ReceiveField() {
  const { tokenOut } = draft.value;
  const shown = preview.value;
  const minimum = shownMinimum.value;
  const best = shown.kind === "ready" ? bestOf(shown.answer.quotes) : null;
  const text = best ? formatExact(best.netAmountOut) : "\u2014";
  const look = [best ? "" : "side-amount-empty", text.length > FITS_LARGE ? "side-amount-long" : ""].join(" ");
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
          <Digits text={text} />
        </output>
        <TokenSelect
          label="Token to receive"
          field="tokenOut"
          value={tokenOut}
          onChange={(symbol) => chooseToken("tokenOut", symbol)}
        />
      </div>
      <FieldProblem field="tokenOut" />
      <p class="field-hint field-hint-live">
        {minimum !== null && (
          <>
            You receive at least <Amount value={minimum} token={tokenOut} exact />.
          </>
        )}
      </p>
      {best && <ImpactWarning bps={best.priceImpactBps} />}
    </div>
  );
}

/** A trade that is large for its pool pays for it; that should not be found out afterwards. */
function ImpactWarning({ bps }: { bps: number }) {
  if (bps < WORTH_A_WARNING_BPS) return null;
  return <p class="side-warning">This trade moves the price against itself by {formatBasisPoints(bps)}.</p>;
}

/** No order is sent into a certain failure; one of which it is not known whether it was placed can be asked for. */
function reasonNotToPlace(): string | null {
  const none = shownNoRoute.value;
  return none && placing.value.kind === "ready" ? `${none.title}. ${none.detail}` : null;
}

function SubmitButton() {
  const { kind } = placing.value;
  const invitation = isLive.value ? "Place live order" : "Place order";
  const text = {
    ready: invitation,
    confirming: invitation,
    refused: invitation,
    unplaced: invitation,
    sending: "Placing order",
    waiting: "Waiting",
    checking: "Checking",
    placed: "Order placed",
    unknown: "Check again",
  }[kind];
  const isOff = reasonNotToPlace() !== null;
  // Not `disabled`: that would take the keyboard's focus away in the middle of a wait.
  return (
    <button
      type="submit"
      class={`submit ${isOff ? "submit-off" : ""}`}
      aria-disabled={isBusy.value || isOff}
      aria-describedby={isOff ? "form-problem" : undefined}
    >
      {text}
    </button>
  );
}

/** What went wrong with the whole order, and what is known of it. */
function FormProblem() {
  const state = placing.value;
  const problem = unplacedProblem.value ?? reasonNotToPlace();
  return (
    <div class="form-problem" id="form-problem" role="alert">
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
      <TokenName token={order.tokenOut} />
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
