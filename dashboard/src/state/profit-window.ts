// The confirmed orders of a time, page by page up to a bound, and the prices of what they swapped.
import { signal } from "@preact/signals";
import { type OrderFilter, Problem, countConfirmed, getReferencePrice } from "../api.ts";
import { engineNow } from "../time.ts";
import { learnMarket, market } from "./market.ts";
import { PAGE, readPages } from "./order-pages.ts";
import { type Profit, type Worth, profitOf, worthOf } from "./profit.ts";

const HOUR_MS = 3_600_000;

/** How far back it goes; null for all that there is. */
export const WINDOWS = {
  "1h": { name: "1 hour", of: "the last hour", ms: HOUR_MS },
  "24h": { name: "24 hours", of: "the last 24 hours", ms: 24 * HOUR_MS },
  "7d": { name: "7 days", of: "the last 7 days", ms: 7 * 24 * HOUR_MS },
  all: { name: "all", of: "all time", ms: null },
} as const;

export type WindowName = keyof typeof WINDOWS;

export const USUAL_WINDOW: WindowName = "24h";

export function windowNamed(text: string | null): WindowName {
  return (Object.keys(WINDOWS) as WindowName[]).find((name) => name === text) ?? USUAL_WINDOW;
}

const MOST_PAGES = 10;
/** The most orders that are added up. */
export const MOST_ORDERS = PAGE * MOST_PAGES;
/** What everything is told in. */
export const MONEY = "USDC";

export interface Result {
  readonly profit: Profit;
  readonly prices: ReadonlyMap<string, string>;
  readonly worth: Worth;
  /** Confirmed orders that the engine cannot read; the sums are without them. */
  readonly unreadable: number;
  /** Whether there are older ones, which the bound left out; and how many there are in all, where the engine says. */
  readonly isCut: boolean;
  readonly confirmed: number | null;
  /** By the engine's clock. */
  readonly at: number;
}

/** One adding up, for one choice of orders. */
export class ProfitOf {
  readonly result = signal<Result | null>(null);
  readonly failure = signal<Error | null>(null);
  readonly isAdding = signal(false);
  private request = new AbortController();

  /** `window` bounds what the filter leaves unbounded. */
  constructor(
    private readonly filter: OrderFilter,
    private readonly window: WindowName,
  ) {}

  /** Adds up, and answers how to stop that. */
  start(): () => void {
    void this.addUp();
    return () => this.request.abort();
  }

  async addUp(): Promise<void> {
    this.request.abort();
    const request = new AbortController();
    this.request = request;
    this.isAdding.value = true;
    try {
      const result = await this.read(request.signal);
      if (request.signal.aborted) return;
      this.result.value = result;
      this.failure.value = null;
    } catch (failure) {
      if (request.signal.aborted) return;
      this.failure.value = failure instanceof Error ? failure : new Error(String(failure));
    }
    this.isAdding.value = false;
  }

  private async read(stop: AbortSignal): Promise<Result> {
    const at = engineNow();
    const { ms } = WINDOWS[this.window];
    const isOfWindow = !this.filter.since && !this.filter.until && ms !== null;
    const since = isOfWindow ? new Date(at - ms).toISOString() : this.filter.since;
    const confirmedOnes: OrderFilter = {
      ...this.filter,
      ...(since ? { since } : {}),
      open: false,
      status: "confirmed",
    };
    const { orders, unreadable, isCut } = await readPages(confirmedOnes, MOST_PAGES, stop);
    const pairs = (market.value ?? (await learnMarket()))?.pairs ?? [];
    const profit = profitOf(orders, pairs);
    const prices = await pricesOf(
      profit.flows.map(({ token }) => token),
      pairs,
      stop,
    );
    const isAll = Object.entries(this.filter).every(([name, value]) => name === "open" || name === "status" || !value);
    // The engine counts all orders of a window, and only them.
    const confirmed = isCut && isOfWindow && isAll ? await countConfirmed(this.window, stop) : null;
    return { profit, prices, worth: worthOf(profit.flows, prices), unreadable, isCut, confirmed, at };
  }
}

/** The reference price of each token that is listed against the money. */
async function pricesOf(
  tokens: readonly string[],
  pairs: readonly (readonly string[])[],
  stop: AbortSignal,
): Promise<Map<string, string>> {
  const prices = new Map<string, string>();
  for (const token of tokens) {
    if (token === MONEY) prices.set(token, "1");
    else if (pairs.some((pair) => pair.includes(token) && pair.includes(MONEY))) {
      const price = await priceOf(token, stop);
      if (price !== null) prices.set(token, price);
    }
  }
  return prices;
}

/** An engine that knows no price leaves a gap, not a failure. */
async function priceOf(token: string, stop: AbortSignal): Promise<string | null> {
  try {
    return await getReferencePrice(token, MONEY, stop);
  } catch (failure) {
    if (failure instanceof Problem) return null;
    throw failure;
  }
}
