// The account's own orders of the pair whose price is shown: where they were executed, and where they wait.
import { effect, signal } from "@preact/signals";
import type { OrderFilter } from "../api.ts";
import { type Mark, type Pair, fillsOf, limitsOf } from "./marks.ts";
import { PAGE, readPages } from "./order-pages.ts";
import { orderView } from "./orders.ts";
import { activeOrder } from "./placing.ts";
import { keepAsking } from "./polling.ts";

const EVERY_MS = 6_000;
const MOST_PAGES = 3;
/** The most orders of each direction that are marked. */
export const MOST_MARKS = PAGE * MOST_PAGES;

export interface OwnOrders {
  /** Oldest first. */
  readonly fills: readonly Mark[];
  readonly limits: readonly Mark[];
  /** Whether there are older ones in the time that is shown, which the bound left out. */
  readonly isCut: boolean;
}

const NONE: OwnOrders = { fills: [], limits: [], isCut: false };

export const ownOrders = signal<OwnOrders>(NONE);

/** How far the order is that was placed last: its end is shown at once. */
function followed(): string | null {
  const id = activeOrder.value;
  return id === null ? null : `${id} ${orderView(id).value.order?.status}`;
}

/** Keeps them fresh, those executed in the last `shownMs` milliseconds, until the returned function is called. */
export function startOwnOrders(chosen: () => { pair: Pair; shownMs: number }): () => void {
  let before: Pair | null = null;
  return effect(() => {
    const { pair, shownMs } = chosen();
    void followed();
    if (before !== pair) ownOrders.value = NONE;
    before = pair;
    return keepAsking(EVERY_MS, (stop) => ask(pair, shownMs, stop));
  });
}

async function ask(pair: Pair, shownMs: number, stop: AbortSignal): Promise<void> {
  const since = new Date(Date.now() - shownMs).toISOString();
  try {
    const [done, waiting] = await Promise.all([
      readBoth(pair, { status: "confirmed", since }, stop),
      readBoth(pair, { status: "waiting", type: "limit" }, stop),
    ]);
    if (stop.aborted) return;
    ownOrders.value = {
      fills: fillsOf(done.orders, pair),
      limits: limitsOf(waiting.orders, pair),
      isCut: done.isCut || waiting.isCut,
    };
  } catch {
    // The chart is whole without its reader's own orders; they are asked for again.
  }
}

/** Both directions of the pair: whoever sells dollars for SOL buys SOL. */
async function readBoth({ base, quote }: Pair, filter: OrderFilter, stop: AbortSignal) {
  const [sold, bought] = await Promise.all([
    readPages({ ...filter, tokenIn: base, tokenOut: quote }, MOST_PAGES, stop),
    readPages({ ...filter, tokenIn: quote, tokenOut: base }, MOST_PAGES, stop),
  ]);
  return { orders: [...sold.orders, ...bought.orders], isCut: sold.isCut || bought.isCut };
}
