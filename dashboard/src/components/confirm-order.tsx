import { useEffect, useRef } from "preact/hooks";
import { formatBasisPoints } from "../decimal.ts";
import { confirm, withdraw } from "../state/placing.ts";
import type { NewOrder, Quote } from "../types.ts";
import { Amount } from "./amount.tsx";

/** Asks again before an order that is large for its pool is placed. It takes the focus, and no key that is still held. */
export function ConfirmOrder({ order, quote }: { order: NewOrder; quote: Quote }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const choose = (choice: () => unknown) => {
    const form = box.current?.closest("form");
    void choice();
    // The buttons go; whoever uses the keyboard goes on where he was.
    requestAnimationFrame(() => form?.querySelector<HTMLElement>(".submit")?.focus());
  };
  return (
    <div
      class="confirm"
      ref={box}
      role="group"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-terms"
      tabIndex={-1}
    >
      <p id="confirm-title" class="confirm-title">
        Your size moves the price by {formatBasisPoints(quote.priceImpactBps)}
      </p>
      <p id="confirm-terms">
        For <Amount value={String(order.amount)} token={order.tokenIn} exact /> you receive at least{" "}
        <Amount value={quote.minimumReceived} token={order.tokenOut} exact />, at {quote.dex}. Several smaller orders
        over time may get more.
      </p>
      <div class="confirm-choice">
        <button type="button" class="button" onClick={() => choose(withdraw)}>
          Do not place it
        </button>
        <button type="button" class="button button-warn" onClick={() => choose(confirm)}>
          Place it all the same
        </button>
      </div>
    </div>
  );
}
