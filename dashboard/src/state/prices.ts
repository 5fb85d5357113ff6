// How the price of the draft's pair went. Asked for while somebody looks.
import { computed, effect, signal } from "@preact/signals";
import { NoAnswer, Problem, getCandles } from "../api.ts";
import type { Candle } from "../types.ts";
import { draft } from "./draft.ts";
import { market } from "./market.ts";
import type { Pair } from "./marks.ts";
import { startOwnOrders } from "./own-orders.ts";
import { keepAsking } from "./polling.ts";

export const INTERVALS = { "1m": "1m", "5m": "5m", "1h": "1h" } as const;
export type Interval = keyof typeof INTERVALS;
export const SECONDS: Readonly<Record<Interval, number>> = { "1m": 60, "5m": 300, "1h": 3_600 };

const CANDLES = 90;
const CANDLES_EVERY_MS = 3_000;

export interface Prices {
  readonly pair: Pair;
  readonly interval: Interval;
  /** Oldest first; the last one is not over. */
  readonly candles: readonly Candle[];
}

export const interval = signal<Interval>("1m");
const isTurned = signal(false);

/** Null until the first answer for what is chosen. */
export const prices = signal<Prices | null>(null);
/** Why the newest question has no answer. */
export const pricesFailure = signal<Problem | NoAnswer | null>(null);

/** The price of one token in the other, the way round that the engine lists the pair unless the reader turns it. */
const direction = computed(() => {
  const { tokenIn, tokenOut } = draft.value;
  const isListedTheOtherWay = market.value?.pairs.some(([base, quote]) => base === tokenOut && quote === tokenIn);
  return (isListedTheOtherWay ?? false) !== isTurned.value ? `${tokenOut}/${tokenIn}` : `${tokenIn}/${tokenOut}`;
});

export const pair = computed<Pair>(() => {
  const [base = "", quote = ""] = direction.value.split("/");
  return { base, quote };
});

export function turnPair(): void {
  isTurned.value = !isTurned.value;
}

/** Keeps prices, and the own orders in them, fresh until the returned function is called. */
export function startPrices(): () => void {
  const stopCandles = effect(() => {
    const chosen = { pair: pair.value, interval: interval.value };
    prices.value = null;
    pricesFailure.value = null;
    return keepAsking(CANDLES_EVERY_MS, (stop) => askCandles(chosen, stop));
  });
  const stopOrders = startOwnOrders(() => ({
    pair: pair.value,
    shownMs: CANDLES * SECONDS[interval.value] * 1_000,
  }));
  return () => {
    stopCandles();
    stopOrders();
  };
}

async function askCandles(chosen: { pair: Pair; interval: Interval }, stop: AbortSignal): Promise<void> {
  const { base, quote } = chosen.pair;
  const query = { tokenIn: base, tokenOut: quote, interval: chosen.interval, limit: CANDLES };
  try {
    const candles = await getCandles(query, stop);
    if (stop.aborted) return;
    prices.value = { ...chosen, candles };
    pricesFailure.value = null;
  } catch (failure) {
    if (!(failure instanceof Problem) && !(failure instanceof NoAnswer)) throw failure;
    if (!stop.aborted) pricesFailure.value = failure;
  }
}
