// Why no venue takes a trade, in words. What a venue says of itself is one thing; what it means for the reader another:
// a size that a pool cannot fill is the size's matter, and no venue's fault.
import { compare, formatExact } from "../decimal.ts";
import { type QuoteAnswer, isQuote } from "../types.ts";
import type { Depth } from "./depth.ts";

const TOO_SMALL = "nothing would come out";
const SILENT = /^(unavailable|no answer)/;

export interface NoRoute {
  readonly title: string;
  readonly detail: string;
}

export const UNEXPLAINED: NoRoute = {
  title: "No venue takes this trade",
  detail: "At this amount none has a price for it.",
};

/** Null while a venue takes the trade. `depth` tells whether a smaller one would be taken. */
export function noRoute(answer: QuoteAnswer, depth: Depth | null): NoRoute | null {
  const { quotes: offers, tokenIn } = answer;
  if (offers.some(isQuote)) return null;
  const reasons = offers.map(({ rejected }) => rejected ?? "");
  if (reasons.length === 0) return UNEXPLAINED;
  if (reasons.every((reason) => reason.includes(TOO_SMALL)))
    return { title: "Too small to trade", detail: "Nothing would come out of this amount." };
  if (reasons.every((reason) => SILENT.test(reason)))
    return { title: "No venue answers", detail: "Nothing is wrong with the order; they are asked again." };
  const most = largestTaken(answer, depth);
  if (most !== null && !reasons.some((reason) => SILENT.test(reason)))
    return {
      title: "Too large for the pools",
      detail: `They take ${formatExact(most)} ${tokenIn}, but not this much.`,
    };
  return UNEXPLAINED;
}

/** The largest of the sizes below the amount for which a venue has a price. */
function largestTaken({ tokenIn, tokenOut, amount }: QuoteAnswer, depth: Depth | null): string | null {
  if (depth?.tokenIn !== tokenIn || depth.tokenOut !== tokenOut) return null;
  const taken = depth.rungs.filter((rung) => rung.offers.some(isQuote) && compare(rung.amount, amount) === -1);
  return taken.at(-1)?.amount ?? null;
}

const WORDS: ReadonlyMap<string, string> = new Map([
  [
    "implausible answer: it pays less than half of the market price",
    "this size would get less than half of the market price",
  ],
]);

/** Why a venue has no quote, as a reader takes it; what this page does not know, as the engine says it. */
export function rejectionInWords(rejected: string): string {
  return WORDS.get(rejected) ?? rejected;
}
