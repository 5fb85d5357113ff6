// Which of an order's attempts swapped. A transaction that was given up may land after the next attempt has begun: then
// the order was executed by the attempt that had signed it, and not by the newest one.
import type { Offer, OrderEvent } from "../types.ts";

/** The attempt whose transaction was confirmed; of an order that is not confirmed, the newest one. */
export function executedAttempt(events: readonly OrderEvent[]): number {
  const newest = events.at(-1);
  if (!newest) return 1;
  const landed = newest.status === "confirmed" ? newest.payload.txHash : null;
  const signed = events.filter(({ status, payload }) => status === "submitted" && landed && payload.txHash === landed);
  return signed.at(-1)?.attempt ?? newest.attempt;
}

export interface Decision {
  readonly chosenDex: string | null;
  readonly offers: readonly Offer[];
  readonly reason: string | null;
}

/** What an attempt decided, as far as its event is here and can be read. */
export function decisionOf(events: readonly OrderEvent[], attempt: number): Decision | null {
  const choice = events.find((event) => event.status === "building" && event.attempt === attempt);
  if (!choice?.payload.quotes) return null;
  const { chosenDex, quotes, reason } = choice.payload;
  return { chosenDex: chosenDex ?? null, offers: quotes, reason: reason ?? null };
}
