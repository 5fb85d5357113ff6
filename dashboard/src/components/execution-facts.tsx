import {
  basisPoints,
  basisPointsToPercent,
  formatExact,
  formatSigned,
  formatSignedExact,
  subtract,
} from "../decimal.ts";
import { bestOf } from "../state/best-quote.ts";
import { transactionAddress } from "../explorer.ts";
import { market } from "../state/market.ts";
import type { OrderView } from "../state/order-view.ts";
import { type Order, isFinal } from "../types.ts";
import { Amount } from "./amount.tsx";
import { CopyText } from "./copy-text.tsx";
import { Digits } from "./digits.tsx";
import { Fact } from "./facts.tsx";
import { TokenName } from "./token-name.tsx";

/** Expected against executed, and where. */
export function ExecutionFacts({ view, order }: { view: OrderView; order: Order }) {
  const { chosenDex, executedPrice, amountOut, minAmountOut, clientOrderId, tokenOut, txHash } = order;
  const quote = chosenDex ? bestOf(view.offers) : null;
  const missing = <span class="missing">{isFinal(order.status) ? "none" : "not yet"}</span>;
  return (
    <dl class="facts execution" aria-label="Execution">
      <Fact name="Venue">{chosenDex ?? missing}</Fact>
      <Fact name="Expected price">{quote ? <Digits text={formatExact(quote.price)} /> : missing}</Fact>
      <Fact name="Executed price">
        {executedPrice ? <Digits text={formatExact(executedPrice)} /> : missing}
        {quote && executedPrice && <BasisPoints amount={executedPrice} expected={quote.price} />}
      </Fact>
      <Fact name="Quoted amount">{quote ? <Amount value={quote.amountOut} token={tokenOut} exact /> : missing}</Fact>
      <Fact name="Received">{amountOut ? <Amount value={amountOut} token={tokenOut} exact /> : missing}</Fact>
      {quote && amountOut && (
        <Fact name="Received against quoted">
          <Gap amount={amountOut} expected={quote.amountOut} token={tokenOut} />
        </Fact>
      )}
      <Fact name="Minimum received">
        {quote ? <Amount value={quote.minimumReceived} token={tokenOut} exact /> : missing}
      </Fact>
      {quote && amountOut && (
        <Fact name="Received against minimum">
          <Gap amount={amountOut} expected={quote.minimumReceived} token={tokenOut} />
        </Fact>
      )}
      {minAmountOut && (
        <Fact name="At least, whatever is quoted">
          <Amount value={minAmountOut} token={tokenOut} exact />
        </Fact>
      )}
      <Fact name="Slippage limit">{basisPointsToPercent(order.slippageBps)}%</Fact>
      <Fact name="Transaction">
        {txHash ? (
          <CopyText text={txHash} label="transaction" href={transactionAddress(market.value?.explorer, txHash)} />
        ) : (
          missing
        )}
      </Fact>
      <Fact name="Order">
        <CopyText text={order.id} label="order id" />
      </Fact>
      {clientOrderId && (
        <Fact name="Client's name for it">
          <CopyText text={clientOrderId} label="client's name" whole />
        </Fact>
      )}
    </dl>
  );
}

/** By how much an amount misses another, in the token and in basis points of the other. */
function Gap({ amount, expected, token }: { amount: string; expected: string; token: string }) {
  const difference = subtract(amount, expected);
  if (difference === null) return null;
  return (
    <>
      <Digits text={formatSignedExact(difference)} />{" "}
      <span class="amount-token">
        <TokenName token={token} />
      </span>
      <BasisPoints amount={amount} expected={expected} />
    </>
  );
}

function BasisPoints({ amount, expected }: { amount: string; expected: string }) {
  const bps = basisPoints(amount, expected);
  if (bps === null) return null;
  return (
    <>
      {" "}
      <span class={`gap ${bps.startsWith("-") ? "gap-worse" : ""}`}>{formatSigned(bps, 2)} bps</span>
    </>
  );
}
