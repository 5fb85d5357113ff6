// Numbers behind the charts. Prices stay exact until the last step; what a canvas draws may be a float.
import { basisPoints, toPlot } from "../decimal.ts";
import { type Offer, type Order, isFinal, isQuote } from "../types.ts";
import { isMint, shortMint } from "./mint.ts";

const MINUTE_MS = 60_000;

export interface Minute {
  /** The minute's beginning, in milliseconds since 1970. */
  readonly start: number;
  readonly confirmed: number;
  readonly failed: number;
  /** Cancelled or expired: nothing was swapped, as was wished. */
  readonly ended: number;
  readonly moving: number;
  /** Milliseconds from acceptance to confirmation; null when no order of this minute is confirmed. */
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/** The last `minutes` minutes, oldest first, each with the orders placed in it. */
export function byMinute(orders: readonly Order[], now: number, minutes: number): Minute[] {
  const newest = Math.floor(now / MINUTE_MS);
  const groups = Array.from({ length: minutes }, (): Order[] => []);
  for (const order of orders) {
    const age = newest - Math.floor(Date.parse(order.createdAt) / MINUTE_MS);
    groups[minutes - 1 - age]?.push(order);
  }
  return groups.map((group, index) => {
    const times = confirmationTimes(group);
    return {
      start: (newest - (minutes - 1 - index)) * MINUTE_MS,
      confirmed: group.filter((order) => order.status === "confirmed").length,
      failed: group.filter((order) => order.status === "failed").length,
      ended: group.filter(({ status }) => status === "cancelled" || status === "expired").length,
      moving: group.filter((order) => !isFinal(order.status)).length,
      medianMs: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    };
  });
}

/** Milliseconds from acceptance to confirmation, ascending. How long an order waited for its price is not counted. */
export function confirmationTimes(orders: readonly Order[]): number[] {
  return orders
    .filter((order) => order.status === "confirmed")
    .map((order) => Date.parse(order.updatedAt) - Date.parse(order.trigger?.at ?? order.createdAt))
    .sort((a, b) => a - b);
}

/** Nearest-rank quantile of ascending values. */
export function quantile(ascending: readonly number[], q: number): number | null {
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null;
}

export interface Fill {
  readonly orderId: string;
  readonly pair: string;
  readonly at: number;
  readonly venue: string;
  readonly quoted: string;
  readonly executed: string;
  /** Executed against quoted price; above zero the order received more than it was quoted. */
  readonly gapBps: number;
}

/** The order's fill beside its quote; null until both are known. */
export function fillOf(order: Order, offers: readonly Offer[]): Fill | null {
  const quote = offers.filter(isQuote).find((offer) => offer.chosen);
  if (!quote || order.executedPrice === null) return null;
  const gapBps = toPlot(basisPoints(order.executedPrice, quote.price));
  if (gapBps === null) return null;
  return {
    orderId: order.id,
    pair: `${order.tokenIn}/${isMint(order.tokenOut) ? shortMint(order.tokenOut) : order.tokenOut}`,
    at: Date.parse(order.updatedAt),
    venue: quote.dex,
    quoted: quote.price,
    executed: order.executedPrice,
    gapBps,
  };
}
