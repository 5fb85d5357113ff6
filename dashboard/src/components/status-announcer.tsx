import type { Order } from "../types.ts";

/** Tells a screen reader of each new status, and of nothing in between. */
export function StatusAnnouncer({ order }: { order: Order | null }) {
  return (
    <p class="visually-hidden" role="status">
      {order &&
        `Order of ${order.amount} ${order.tokenIn}: ${order.status}${order.failureReason ? `, ${order.failureReason}` : ""}`}
    </p>
  );
}
