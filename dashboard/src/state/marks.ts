// An account's own orders as they stand in a chart of a pair: where they were executed, and at which price they wait.
import { invert } from "../decimal.ts";
import type { Order } from "../types.ts";

/** A price is what one `base` costs in `quote`. */
export interface Pair {
  readonly base: string;
  readonly quote: string;
}

export interface Mark {
  readonly orderId: string;
  /** Whether the order buys the base, or sells it. */
  readonly side: "buy" | "sell";
  /** In the chart's direction, whichever the order's is. */
  readonly price: string;
  /** When it was executed, or placed. */
  readonly at: string;
}

/** The executed orders of the pair, oldest first. */
export function fillsOf(orders: readonly Order[], pair: Pair): Mark[] {
  return orders
    .filter((order) => order.status === "confirmed")
    .map((order) => markOf(order, pair, order.executedPrice, order.updatedAt))
    .filter((mark) => mark !== null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The limit orders of the pair that wait for their price, oldest first. */
export function limitsOf(orders: readonly Order[], pair: Pair): Mark[] {
  return orders
    .filter((order) => order.type === "limit" && order.status === "waiting")
    .map((order) => markOf(order, pair, order.limitPrice, order.createdAt))
    .filter((mark) => mark !== null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Null for an order of another pair, and where there is no price. */
function markOf({ id, tokenIn, tokenOut }: Order, pair: Pair, price: string | null, at: string): Mark | null {
  const sells = tokenIn === pair.base && tokenOut === pair.quote;
  const buys = tokenIn === pair.quote && tokenOut === pair.base;
  const shown = price === null ? null : sells ? price : buys ? invert(price) : null;
  return shown === null ? null : { orderId: id, side: sells ? "sell" : "buy", price: shown, at };
}
