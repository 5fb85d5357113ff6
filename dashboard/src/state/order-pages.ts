// Orders page by page, the newest first, up to a bound.
import { type OrderFilter, listOrders } from "../api.ts";
import { type Order, isReadable } from "../types.ts";

/** The most orders that the engine tells at once. */
export const PAGE = 200;

export interface Read {
  readonly orders: readonly Order[];
  /** How many more there are that the engine cannot read. */
  readonly unreadable: number;
  /** Whether there are older ones, which the bound left out. */
  readonly isCut: boolean;
}

export async function readPages(filter: OrderFilter, mostPages: number, stop: AbortSignal): Promise<Read> {
  const orders: Order[] = [];
  let unreadable = 0;
  let cursor: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await listOrders({ ...filter, limit: PAGE, cursor }, stop);
    const readable = answer.orders.filter(isReadable);
    orders.push(...readable);
    unreadable += answer.orders.length - readable.length;
    cursor = answer.next;
    if (!cursor) break;
  }
  return { orders, unreadable, isCut: cursor !== null };
}
