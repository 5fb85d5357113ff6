// What confirmed orders brought and cost, by token and by pair. Sums are exact; the averages alone are rounded.
import { add, divide, multiply, subtract } from "../decimal.ts";
import type { Order } from "../types.ts";
import { isMint } from "./mint.ts";

export interface Flow {
  readonly token: string;
  /** Received by swaps that bought it. */
  readonly in: string;
  /** Paid into swaps that sold it. */
  readonly out: string;
  readonly net: string;
}

/** One direction of a pair: how much of the base, for how much of the quote token. */
export interface Side {
  readonly orders: number;
  readonly base: string;
  readonly quote: string;
  /** Quote token per base, 18 digits of it. */
  readonly average: string;
}

/** As a trader names it: SOL/USDC is bought with USDC, and sold for it. */
export interface Pair {
  readonly base: string;
  readonly quote: string;
  readonly bought: Side | null;
  readonly sold: Side | null;
}

export interface Profit {
  /** How many orders were added up. */
  readonly orders: number;
  readonly flows: readonly Flow[];
  readonly pairs: readonly Pair[];
}

type Swap = Pick<Order, "status" | "tokenIn" | "tokenOut" | "amount" | "amountOut">;

/** Adds up those that are confirmed; the others swapped nothing. `listed` are the engine's pairs, base first. */
export function profitOf(orders: readonly Swap[], listed: readonly (readonly string[])[]): Profit {
  const flows = new Map<string, { in: string; out: string }>();
  const sides = new Map<string, { orders: number; sold: string; received: string; swap: Swap }>();
  let count = 0;
  for (const swap of orders) {
    const { status, tokenIn, tokenOut, amount, amountOut } = swap;
    if (status !== "confirmed" || amountOut === null) continue;
    count += 1;
    const [paid, received] = [flows.get(tokenIn) ?? NOTHING, flows.get(tokenOut) ?? NOTHING];
    flows.set(tokenIn, { ...paid, out: sum(paid.out, amount) });
    flows.set(tokenOut, { ...received, in: sum(received.in, amountOut) });
    const name = JSON.stringify([tokenIn, tokenOut]);
    const side = sides.get(name) ?? { orders: 0, sold: "0", received: "0", swap };
    sides.set(name, {
      ...side,
      orders: side.orders + 1,
      sold: sum(side.sold, amount),
      received: sum(side.received, amountOut),
    });
  }
  const pairs = new Map<string, Pair>();
  for (const { orders, sold, received, swap } of sides.values()) {
    const [base, quote] = baseFirst(swap.tokenIn, swap.tokenOut, listed);
    const name = JSON.stringify([base, quote]);
    const isSale = swap.tokenIn === base;
    const [ofBase, ofQuote] = isSale ? [sold, received] : [received, sold];
    const side = { orders, base: ofBase, quote: ofQuote, average: divide(ofQuote, ofBase) ?? "0" };
    const pair = pairs.get(name) ?? { base, quote, bought: null, sold: null };
    pairs.set(name, { ...pair, ...(isSale ? { sold: side } : { bought: side }) });
  }
  return {
    orders: count,
    flows: [...flows]
      .map(([token, flow]) => ({ token, ...flow, net: subtract(flow.in, flow.out) ?? "0" }))
      .sort((a, b) => a.token.localeCompare(b.token, "en")),
    pairs: [...pairs.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en")),
  };
}

const NOTHING = { in: "0", out: "0" };

function sum(a: string, b: string): string {
  return add(a, b) ?? a;
}

function nameOf({ base, quote }: Pair): string {
  return `${base}/${quote}`;
}

/** As the engine lists them. A mint is priced in what bought it. */
function baseFirst(a: string, b: string, listed: readonly (readonly string[])[]): [base: string, quote: string] {
  if (isMint(a) !== isMint(b)) return isMint(a) ? [a, b] : [b, a];
  if (listed.some(([base, quote]) => base === a && quote === b)) return [a, b];
  if (listed.some(([base, quote]) => base === b && quote === a)) return [b, a];
  return a < b ? [a, b] : [b, a];
}

export interface Worth {
  /** Of each token that has a price, what its net is worth, exactly. */
  readonly byToken: ReadonlyMap<string, string>;
  /** All of them together; null if none has a price. */
  readonly total: string | null;
  /** Tokens that moved and have no price, so that the total is without them. */
  readonly unpriced: readonly string[];
}

/** What the flows are worth at these prices. */
export function worthOf(flows: readonly Flow[], prices: ReadonlyMap<string, string>): Worth {
  const byToken = new Map<string, string>();
  for (const { token, net } of flows) {
    const price = prices.get(token);
    const worth = price === undefined ? null : multiply(net, price);
    if (worth !== null) byToken.set(token, worth);
  }
  return {
    byToken,
    total: byToken.size === 0 ? null : [...byToken.values()].reduce(sum),
    unpriced: flows.map(({ token }) => token).filter((token) => !byToken.has(token)),
  };
}
