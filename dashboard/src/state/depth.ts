// What a few sizes would get at each venue. A handful of questions, one after the other: they are asked when the pair
// changes or the size by a power of ten, and then once in a while, never with a key press.
import { computed, effect, signal } from "@preact/signals";
import { NoAnswer, Problem, getQuote } from "../api.ts";
import { magnitudeOf } from "../decimal.ts";
import { meantBy } from "../typed-number.ts";
import type { Offer } from "../types.ts";
import { draft } from "./draft.ts";
import { keepAsking } from "./polling.ts";
import { type Ladder, ladderFor } from "./ladder.ts";

export interface Rung {
  readonly amount: string;
  readonly offers: readonly Offer[];
}

export interface Depth {
  readonly tokenIn: string;
  readonly tokenOut: string;
  /** The smallest size first. */
  readonly rungs: readonly Rung[];
}

const AFTER_CHANGE_MS = 700;
const REFRESH_MS = 60_000;

/** Null until the first answer. */
export const depth = signal<Depth | null>(null);
export const depthFailure = signal<Problem | NoAnswer | null>(null);

const question = computed(() => {
  const { tokenIn, tokenOut, amount } = draft.value;
  return JSON.stringify([tokenIn, tokenOut, ladderFor(magnitudeOf(meantBy(amount)))]);
});

/** What the depth on screen is the answer to, and since when. */
let answered = { question: "", at: 0 };

/** Keeps the depth of the draft's pair fresh until the returned function is called. */
export function startDepth(): () => void {
  return effect(() => {
    const asked = question.value;
    const [tokenIn, tokenOut, sizes] = JSON.parse(asked) as [string, string, Ladder];
    const shown = depth.peek();
    if (shown?.tokenIn !== tokenIn || shown.tokenOut !== tokenOut) depth.value = null;
    depthFailure.value = null;
    let stop = () => {};
    const ask = async (signal: AbortSignal) => {
      const isWhole = await askEach(tokenIn, tokenOut, sizes, signal);
      if (isWhole) answered = { question: asked, at: Date.now() };
    };
    const isKnown = depth.peek() !== null && answered.question === asked;
    const freshFor = isKnown ? answered.at + REFRESH_MS - Date.now() : 0;
    const timer = setTimeout(() => (stop = keepAsking(REFRESH_MS, ask)), Math.max(AFTER_CHANGE_MS, freshFor));
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

/** Whether all were answered. */
async function askEach(tokenIn: string, tokenOut: string, sizes: Ladder, stop: AbortSignal): Promise<boolean> {
  const rungs: Rung[] = [];
  try {
    for (const amount of sizes) {
      const { quotes } = await getQuote({ tokenIn, tokenOut, amount, slippageBps: "50" }, stop);
      if (stop.aborted) return false;
      rungs.push({ amount, offers: quotes });
    }
    depth.value = { tokenIn, tokenOut, rungs };
    depthFailure.value = null;
    return true;
  } catch (failure) {
    if (!(failure instanceof Problem) && !(failure instanceof NoAnswer)) throw failure;
    if (!stop.aborted) depthFailure.value = failure;
    return false;
  }
}
