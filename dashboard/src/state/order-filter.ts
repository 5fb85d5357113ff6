// Which orders the history shows: what its address says, in the words of the engine.
import type { OrderFilter } from "../api.ts";
import { ALL_STATUSES, ORDER_TYPES, type OrderType } from "../types.ts";

/** `open` is each status that is not final. */
export const STATUS_FILTERS = ["open", ...ALL_STATUSES] as const;
export const TYPE_FILTERS = Object.keys(ORDER_TYPES) as OrderType[];

export interface Shown {
  readonly status: (typeof STATUS_FILTERS)[number] | null;
  readonly type: OrderType | null;
  readonly tokenIn: string | null;
  readonly tokenOut: string | null;
  readonly clientOrderId: string | null;
  /** Accepted then or later, RFC 3339. */
  readonly since: string | null;
  /** Accepted before, RFC 3339. */
  readonly until: string | null;
}

export const ALL_ORDERS: Shown = {
  status: null,
  type: null,
  tokenIn: null,
  tokenOut: null,
  clientOrderId: null,
  since: null,
  until: null,
};

/** What the page knows of the address; the rest of it is as if it were not there. */
export function shownOf(search: URLSearchParams): Shown {
  const text = (name: string) => search.get(name)?.trim() || null;
  const status = search.get("open") === "true" ? "open" : search.get("status");
  return {
    status: STATUS_FILTERS.find((known) => known === status) ?? null,
    type: TYPE_FILTERS.find((known) => known === search.get("type")) ?? null,
    tokenIn: text("tokenIn"),
    tokenOut: text("tokenOut"),
    clientOrderId: text("clientOrderId"),
    since: momentOf(search.get("since")),
    until: momentOf(search.get("until")),
  };
}

export function queryOf({ status, ...rest }: Shown): OrderFilter {
  return { ...rest, ...(status === "open" ? { open: true } : { status }) };
}

/** The address of these orders, with whatever else it is to say. */
export function addressOf(shown: Shown, more: Readonly<Record<string, string | null>> = {}): string {
  const { status, ...rest } = shown;
  const fields = { ...(status === "open" ? { open: "true" } : { status }), ...rest, ...more };
  const search = new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => !!field[1]));
  return search.size > 0 ? `/orders?${search}` : "/orders";
}

/** Whether anything is left out beside what status and type say. */
export function isNarrowed({ status: _, type: __, ...rest }: Shown): boolean {
  return Object.values(rest).some((value) => value !== null);
}

/** "Open limit orders that sell SOL, since 1 Nov 2026, 00:00:00". */
export function wordsOf(shown: Shown, when: (at: string) => string): string {
  const { status, type, tokenIn, tokenOut, clientOrderId, since, until } = shown;
  const orders = [status === "open" ? "open" : null, type, "orders"].filter((word) => word !== null).join(" ");
  const narrower = [
    status && status !== "open" ? `with status ${status}` : null,
    tokenIn ? `that sell ${tokenIn}` : null,
    tokenOut ? `that buy ${tokenOut}` : null,
    clientOrderId ? `called ${clientOrderId}` : null,
    since ? `since ${when(since)}` : null,
    until ? `before ${when(until)}` : null,
  ].filter((part) => part !== null);
  const sentence = [orders, narrower.join(", ")].filter(Boolean).join(" ");
  return sentence === "orders" ? "All orders" : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function momentOf(text: string | null): string | null {
  return text !== null && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

/** The reader's own day as a date field has it ("2026-11-27"). */
export function dayOf(moment: Date): string {
  const [month, day] = [moment.getMonth() + 1, moment.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${String(moment.getFullYear()).padStart(4, "0")}-${month}-${day}`;
}

/** When the reader's day begins, or one so many days later; null for what is no day. */
export function startOfDay(day: string, daysLater = 0): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  // A day has 23, 24 or 25 hours: the calendar counts it, not the clock.
  const start = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(start.getTime()) || year < 1970 || year > 9999 ? null : start.toISOString();
}

const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a whole order id was typed. A client may call its order so, too. */
export function isOrderId(text: string): boolean {
  return ORDER_ID.test(text);
}
