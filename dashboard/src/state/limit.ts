// A limit order's price against the market's, and why an order waits, in words.
import { basisPoints, compare, formatFixed, toPlot } from "../decimal.ts";
import { type Offer, type Quote, isQuote } from "../types.ts";

/** By how many basis points `price` has to rise to meet the limit, rounded up as the engine does; zero once it does. */
export function distanceTo(limit: string, price: string): number | null {
  const bps = toPlot(basisPoints(limit, price));
  return bps === null ? null : Math.max(0, Math.ceil(bps));
}

/** "0.42% to go". */
export function toGo(distanceBps: number): string {
  return `${formatFixed(String(distanceBps / 100), 2)}% to go`;
}

/** The offer with the highest price. A limit is met by that alone; the chain's fee is not in it. */
export function bestPriced(offers: readonly Offer[]): Quote | null {
  return offers
    .filter(isQuote)
    .reduce<Quote | null>((best, quote) => (best && compare(quote.price, best.price) !== 1 ? best : quote), null);
}

/** Null while either is no price. */
export function isMet(limit: string, price: string): boolean | null {
  const order = compare(price, limit);
  return order === null || compare(limit, "0") !== 1 ? null : order !== -1;
}

const REASONS: Readonly<Record<string, string>> = {
  limit_not_met: "Limit price not met",
  no_pool_yet: "No pool yet",
  pool_opens_later: "Its pool opens later",
  liquidity_too_low: "Too little in the pool",
  liquidity_too_high: "Too much in the pool",
  mint_authority: "Mint authority not revoked",
  freeze_authority: "Freeze authority not revoked",
  lp_not_burned: "LP not burned",
  too_late: "Its pool has been open for too long",
  venues_unavailable: "No venue answers",
  no_liquidity: "No venue can fill this size",
  insufficient_funds: "Not enough funds",
  paused_after_failure: "Paused after a failed try",
};

/** A reason that this page does not know is shown as the engine names it. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll("_", " ");
}
