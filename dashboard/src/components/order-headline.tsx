import { useNow } from "../clock.ts";
import { executedAttempt } from "../state/executed.ts";
import type { OrderView } from "../state/order-view.ts";
import { timelineOf } from "../state/timeline.ts";
import { formatDuration } from "../time.ts";
import { type Order, STEPS, type Status, isFinal } from "../types.ts";
import { Amount } from "./amount.tsx";
import { Arrow } from "./icons.tsx";
import { StatusBadge, triesOf } from "./status-badge.tsx";
import { TokenName } from "./token-name.tsx";

/** What goes in, what comes out, how far it is. */
export function OrderHeadline({ view, order }: { view: OrderView; order: Order }) {
  return (
    <div class="headline">
      <div class="headline-row">
        <p class="headline-swap">
          <Amount value={order.amount} token={order.tokenIn} exact />
          <span class="headline-arrow">
            <Arrow />
            <span class="visually-hidden">to</span>
          </span>
          {order.amountOut ? (
            <Amount value={order.amountOut} token={order.tokenOut} exact />
          ) : (
            <span class="amount-token">
              <TokenName token={order.tokenOut} />
            </span>
          )}
        </p>
        <StatusBadge
          status={order.status}
          attempt={triesOf({ type: order.type, attempt: shownAttempt(view, order) })}
        />
      </div>
      <ProgressBar view={view} order={order} />
      <p class="headline-state">
        <StateSentence view={view} order={order} />
      </p>
    </div>
  );
}

/** The one that swapped; of an order whose log is not here, the newest one. */
function shownAttempt({ events }: OrderView, { attempt }: Order): number {
  return events.length > 0 ? Math.min(attempt, executedAttempt(events)) : attempt;
}

/** The five steps as a bar: done, current, ahead; that of an order which did not make it ends where the order did. */
function ProgressBar({ view, order }: { view: OrderView; order: Order }) {
  const fell = isFinal(order.status) && order.status !== "confirmed";
  const waits = order.status === "waiting";
  const reached = fell ? lastReached(view) : STEPS.indexOf(waits ? "routing" : order.status);
  const stateOf = (step: number) => {
    if (fell) return step > reached ? "ahead" : order.status === "failed" ? "failed" : "ended";
    if (step < reached || order.status === "confirmed") return "done";
    return step > reached ? "ahead" : waits ? "waiting" : "current";
  };
  return (
    <div class="bar" aria-hidden="true">
      {STEPS.map((step, index) => (
        <span key={step} class={`bar-part bar-${stateOf(index)}`} />
      ))}
    </div>
  );
}

/** The last of the five steps that the newest attempt began. */
function lastReached({ events }: OrderView): number {
  const begun = timelineOf(events).steps.filter((step) => step.event !== null);
  return Math.max(0, ...begun.map((step) => STEPS.indexOf(step.status)));
}

const SENTENCES: Record<Status, string> = {
  pending: "Waiting for a worker",
  waiting: "Waiting for its price",
  routing: "Asking each venue",
  building: "Building the transaction",
  submitted: "Waiting for the transaction to land",
  confirmed: "Confirmed",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "Expired",
};

function StateSentence({ view, order }: { view: OrderView; order: Order }) {
  const { totalMs } = timelineOf(view.events);
  const moving = !isFinal(order.status);
  const now = useNow(moving);
  const sinceMs = moving
    ? now - Date.parse(order.createdAt)
    : (totalMs ?? Date.parse(order.updatedAt) - Date.parse(order.createdAt));
  if (moving)
    return (
      <>
        {order.status === "waiting" && order.type === "sniper" ? "Waiting for its pool" : SENTENCES[order.status]}{" "}
        <span class="headline-clock">{formatDuration(sinceMs)}</span>
      </>
    );
  return (
    <>
      {SENTENCES[order.status]} after {formatDuration(sinceMs)}
    </>
  );
}
