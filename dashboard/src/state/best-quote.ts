import { basisPoints, compare, subtract } from "../decimal.ts";
import { type Offer, type Quote, isQuote } from "../types.ts";

/** The quote that the engine chose; where it has chosen none, the one with the highest net output. */
export function bestOf(offers: readonly Offer[]): Quote | null {
  const quotes = offers.filter(isQuote);
  return quotes.find((quote) => quote.chosen) ?? highestOf(quotes);
}

/** What the best quote is compared with: the highest of the others. */
export function runnerUp(best: Quote, offers: readonly Offer[]): Quote | null {
  return highestOf(offers.filter(isQuote).filter((quote) => quote !== best));
}

function highestOf(quotes: readonly Quote[]): Quote | null {
  return quotes.reduce<Quote | null>(
    (best, quote) => (best && compare(quote.netAmountOut, best.netAmountOut) !== 1 ? best : quote),
    null,
  );
}

export interface Difference {
  /** In the token received, net of all costs. */
  readonly amount: string;
  readonly bps: string;
}

/** What one quote pays more, or less if negative, than another. */
export function differenceOf(quote: Quote, other: Quote): Difference {
  return {
    amount: subtract(quote.netAmountOut, other.netAmountOut) ?? "0",
    bps: basisPoints(quote.netAmountOut, other.netAmountOut) ?? "0",
  };
}
