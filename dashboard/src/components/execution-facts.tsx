import { basisPoints, format, formatExact, formatSigned } from "../decimal.ts";
import { bestOf } from "../state/best-quote.ts";
import type { OrderView } from "../state/order-view.ts";
import { type Order, isFinal } from "../types.ts";
import { Amount } from "./amount.tsx";
import { CopyText } from "./copy-text.tsx";

/** Expected against executed, and where. */
export function ExecutionFacts({ view, order }: { view: OrderView; order: Order }) {
  const quote = order.chosenDex ? bestOf(view.offers) : null;
  const gap = quote && order.executedPrice ? basisPoints(order.executedPrice, quote.price) : null;
  const missing = <span class="missing">{isFinal(order.status) ? "none" : "not yet"}</span>;
  return (
    <dl class="facts execution" aria-label="Execution">
      <div>
        <dt>Venue</dt>
        <dd>{order.chosenDex ?? missing}</dd>
      </div>
      <div>
        <dt>Expected price</dt>
        <dd title={quote?.price}>{quote ? formatExact(quote.price) : missing}</dd>
      </div>
      <div>
        <dt>Executed price</dt>
        <dd title={order.executedPrice ?? undefined}>
          {order.executedPrice ? formatExact(order.executedPrice) : missing}{" "}
          {gap !== null && (
            <span class={`gap ${gap.startsWith("-") ? "gap-worse" : ""}`}>{formatSigned(gap, 2)} bps</span>
          )}
        </dd>
      </div>
      <div>
        <dt>Minimum received</dt>
        <dd>{quote ? <Amount value={quote.minimumReceived} token={order.tokenOut} exact /> : missing}</dd>
      </div>
      {order.minAmountOut && (
        <div>
          <dt>At least, whatever is quoted</dt>
          <dd>
            <Amount value={order.minAmountOut} token={order.tokenOut} exact />
          </dd>
        </div>
      )}
      <div>
        <dt>Received</dt>
        <dd>{order.amountOut ? <Amount value={order.amountOut} token={order.tokenOut} exact /> : missing}</dd>
      </div>
      <div>
        <dt>Slippage limit</dt>
        <dd>{format(String(order.slippageBps / 100), 2)}%</dd>
      </div>
      <div>
        <dt>Transaction</dt>
        <dd>{order.txHash ? <CopyText text={order.txHash} label="transaction" /> : missing}</dd>
      </div>
      <div>
        <dt>Order</dt>
        <dd>
          <CopyText text={order.id} label="order id" />
        </dd>
      </div>
      {order.clientOrderId && (
        <div>
          <dt>Client's name for it</dt>
          <dd>
            <CopyText text={order.clientOrderId} label="client's name" whole />
          </dd>
        </div>
      )}
    </dl>
  );
}
