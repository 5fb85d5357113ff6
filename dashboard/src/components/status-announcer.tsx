import { reasonInWords } from "../state/limit.ts";
import type { Order } from "../types.ts";

/** Tells a screen reader of each new status, and of nothing in between. */
export function StatusAnnouncer({ order }: { order: Order | null }) {
  return (
    <p class="visually-hidden" role="status">
      {order && [`Order of ${order.amount} ${order.tokenIn}: ${order.status}`, ...whyOf(order)].join(", ")}
    </p>
  );
}

/** Without the prices: they change while it waits. */
function whyOf({ waiting, failureReason }: Order): string[] {
  return [waiting && reasonInWords(waiting.reason), failureReason].filter((part) => part !== null);
}
