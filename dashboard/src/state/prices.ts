// How the price of the draft's pair went, and the account's own orders in it. Asked for while somebody looks.
import { computed, effect, signal } from "@preact/signals";
import { NoAnswer, Problem, getCandles, getOrdersOfPair } from "../api.ts";
import { type Candle, isReadable } from "../types.ts";
import { draft } from "./draft.ts";
import { market } from "./market.ts";
import { type Mark, type Pair, fillsOf, limitsOf } from "./marks.ts";
import { orderView } from "./orders.ts";
import { activeOrder } from "./placing.ts";
import { keepAsking } from "./polling.ts";

export const INTERVALS = { "1m": "1m", "5m": "5m", "1h": "1h" } as const;
export type Interval = keyof typeof INTERVALS;
export const SECONDS: Readonly<Record<Interval, number>> = { "1m": 60, "5m": 300, "1h": 3_600 };

const CANDLES = 90;
/** The most orders of each direction that are marked. */
const MOST_MARKS = 100;
const CANDLES_EVERY_MS = 3_000;
const ORDERS_EVERY_MS = 6_000;

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
export const ownFills = signal<readonly Mark[]>([]);
export const ownLimits = signal<readonly Mark[]>([]);

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

/** How far the order is that was placed last: its end is shown at once. */
const followed = computed(() => {
  const id = activeOrder.value;
  return id === null ? null : `${id} ${orderView(id).value.order?.status}`;
});

/** Keeps prices and orders fresh until the returned function is called. */
export function startPrices(): () => void {
  const stopCandles = effect(() => {
    const chosen = { pair: pair.value, interval: interval.value };
    prices.value = null;
    pricesFailure.value = null;
    return keepAsking(CANDLES_EVERY_MS, (stop) => askCandles(chosen, stop));
  });
  const stopOrders = effect(() => {
    const [shown, length] = [pair.value, SECONDS[interval.value]];
    void followed.value;
    return keepAsking(ORDERS_EVERY_MS, (stop) => askOrders(shown, length, stop));
  });
  const stopForgetting = pair.subscribe(() => {
    ownFills.value = [];
    ownLimits.value = [];
  });
  return () => {
    stopCandles();
    stopOrders();
    stopForgetting();
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

/** Both directions of the pair: whoever sells dollars for SOL buys SOL. */
async function askOrders({ base, quote }: Pair, seconds: number, stop: AbortSignal): Promise<void> {
  const since = new Date(Date.now() - CANDLES * seconds * 1_000).toISOString();
  const limit = String(MOST_MARKS);
  const ask = async (filter: Readonly<Record<string, string>>) => {
    const [sold, bought] = await Promise.all([
      getOrdersOfPair(base, quote, { ...filter, limit }, stop),
      getOrdersOfPair(quote, base, { ...filter, limit }, stop),
    ]);
    return [...sold, ...bought].filter(isReadable);
  };
  try {
    const [done, waiting] = await Promise.all([
      ask({ status: "confirmed", since }),
      ask({ status: "waiting", type: "limit" }),
    ]);
    if (stop.aborted) return;
    ownFills.value = fillsOf(done, { base, quote });
    ownLimits.value = limitsOf(waiting, { base, quote });
  } catch {
    // The chart is whole without its reader's own orders; they are asked for again.
  }
}
