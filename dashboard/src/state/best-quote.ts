import { basisPoints, compare, subtract } from "../decimal.ts";
import type { Quote } from "../types.ts";

/** The quote that the engine chose; before it has chosen, the usable one with the highest net output. */
export function bestOf(quotes: readonly Quote[]): Quote | null {
  const usable = quotes.filter((quote) => !quote.rejected);
  const chosen = usable.find((quote) => quote.chosen);
  return chosen ?? usable.reduce<Quote | null>((best, quote) => (best && compare(quote.netAmountOut, best.netAmountOut) !== 1 ? best : quote), null);
}

export interface Advantage {
  readonly over: string;
  /** In the token received, net of all costs. */
  readonly amount: string;
  readonly bps: string;
}

/** By how much the best quote beats the next usable one; null when there is no other. */
export function advantageOf(best: Quote, quotes: readonly Quote[]): Advantage | null {
  const other = bestOf(quotes.filter((quote) => quote !== best).map((quote) => ({ ...quote, chosen: false })));
  if (!other) return null;
  const amount = subtract(best.netAmountOut, other.netAmountOut);
  const bps = basisPoints(best.netAmountOut, other.netAmountOut);
  return amount !== null && bps !== null ? { over: other.dex, amount, bps } : null;
}
