// The last hour's orders for the charts, and the quotes of the latest fills.
import { computed, signal } from "@preact/signals";
import { getOrder, listOrders } from "../api.ts";
import { engineNow } from "../time.ts";
import { type ListedOrder, type Order, isReadable } from "../types.ts";
import { learnDetail, learnOrders, orderView } from "./orders.ts";
import { type Fill, fillOf } from "./statistics.ts";

export const WINDOW_MINUTES = 60;
const PAGE = 200;
const MOST_PAGES = 5;
/** The most orders that the charts read. */
export const MOST_ORDERS = PAGE * MOST_PAGES;
const MOST_FILLS = 100;
const DETAILS_AT_ONCE = 4;
const REFRESH_MS = 5_000;

export const recentOrders = signal<readonly Order[] | null>(null);
/** How many orders of the hour the engine cannot read; the charts are without them. */
export const recentUnreadable = signal(0);
export const recentFailure = signal<Error | null>(null);

/** The latest fills, oldest first. */
export const fills = computed<readonly Fill[]>(() =>
  latestConfirmed(recentOrders.value ?? [])
    .map((order) => fillOf(order, orderView(order.id).value.offers))
    .filter((fill) => fill !== null)
    .sort((a, b) => a.at - b.at),
);

/** Keeps both fresh until the returned function is called. */
export function startRecent(): () => void {
  const stop = new AbortController();
  void refreshUntil(stop.signal);
  return () => stop.abort();
}

async function refreshUntil(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (!document.hidden) await refresh(stop);
    await new Promise((next) => setTimeout(next, REFRESH_MS));
  }
}

async function refresh(stop: AbortSignal): Promise<void> {
  try {
    const entries = await ordersOfWindow(stop);
    learnOrders(entries);
    const orders = entries.filter(isReadable);
    recentOrders.value = orders;
    recentUnreadable.value = entries.length - orders.length;
    recentFailure.value = null;
    await learnQuotes(latestConfirmed(orders), stop);
  } catch (failure) {
    if (!stop.aborted) recentFailure.value = failure instanceof Error ? failure : new Error(String(failure));
  }
}

async function ordersOfWindow(stop: AbortSignal): Promise<ListedOrder[]> {
  const since = engineNow() - WINDOW_MINUTES * 60_000;
  const orders: ListedOrder[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await listOrders({ limit: PAGE, cursor }, stop);
    orders.push(...answer.orders.filter((order) => Date.parse(order.createdAt) >= since));
    const oldest = answer.orders.at(-1);
    cursor = answer.next;
    if (!cursor || !oldest || Date.parse(oldest.createdAt) < since) break;
  }
  return orders;
}

function latestConfirmed(orders: readonly Order[]): Order[] {
  return orders.filter((order) => order.status === "confirmed").slice(0, MOST_FILLS);
}

/** Quotes of a confirmed order never change: each is asked for once. */
async function learnQuotes(orders: readonly Order[], stop: AbortSignal): Promise<void> {
  const unknown = orders.filter((order) => orderView(order.id).peek().offers.length === 0);
  const next = async (): Promise<void> => {
    for (let order = unknown.shift(); order && !stop.aborted; order = unknown.shift())
      learnDetail(await getOrder(order.id, stop));
  };
  await Promise.all(Array.from({ length: DETAILS_AT_ONCE }, next));
}
