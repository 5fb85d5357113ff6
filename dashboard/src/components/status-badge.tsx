import type { Order, Status } from "../types.ts";

/** The number of the try. The attempts of an order that waits are looks at the market as well, so theirs is not shown. */
export function triesOf({ type, attempt }: Pick<Order, "type" | "attempt">): number {
  return type === "market" ? attempt : 1;
}

/** Colour and word: the word alone says it all. */
export function StatusBadge({ status, attempt = 1 }: { status: Status | "unreadable"; attempt?: number }) {
  return (
    <span class={`badge badge-${status}`}>
      <span class="badge-dot" aria-hidden="true" />
      {status}
      {attempt > 1 && <span class="badge-attempt"> · try {attempt}</span>}
    </span>
  );
}
