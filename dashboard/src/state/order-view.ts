// What the page knows of one order, and how news changes it. Pure: the same news in any order gives the same view.
import {
  type ListedOrder,
  type Offer,
  type Order,
  type OrderDetail,
  type OrderEvent,
  type Status,
  type Payload,
  type UnreadableOrder,
  type Waiting,
  ALL_STATUSES,
  isFinal,
  isReadable,
} from "../types.ts";
import { decisionOf, executedAttempt } from "./executed.ts";
import { distanceTo } from "./limit.ts";

export interface OrderView {
  readonly id: string;
  /** The order's row; null until a list or a detail answer brought it. */
  readonly order: Order | null;
  /** Set while the engine's newest answer is that it cannot read the order. */
  readonly unreadable: UnreadableOrder | null;
  /** The event log from seq 1 without a gap, as far as it is known. */
  readonly events: readonly OrderEvent[];
  /** What each venue offered: to the attempt that swapped, or else when the order was last routed. */
  readonly offers: readonly Offer[];
  /** Why the chosen venue was chosen, in the engine's words. */
  readonly reason: string | null;
}

export function emptyView(id: string): OrderView {
  return { id, order: null, unreadable: null, events: [], offers: [], reason: null };
}

export function lastSeq(view: OrderView): number {
  return view.events.at(-1)?.seq ?? 0;
}

/** Since when it waits without a break; null while its log is not here. */
export function waitingSince({ order, events }: OrderView): string | null {
  return order?.status === "waiting" ? (events.filter(({ status }) => status === "waiting").at(-1)?.at ?? null) : null;
}

/** When the pool that it waits for opens, if that was told. */
export function opensAtOf({ order, events }: OrderView): string | null {
  if (order?.waiting?.reason !== "pool_opens_later") return null;
  return events.filter(({ payload }) => payload.opensAt).at(-1)?.payload.opensAt ?? null;
}

/** Whether the next event in the log is this one. An older one was seen before; a later one means that some are missing. */
export function arrival(view: OrderView, event: OrderEvent): "next" | "seen" | "early" {
  const expected = lastSeq(view) + 1;
  return event.seq === expected ? "next" : event.seq < expected ? "seen" : "early";
}

export function withEvent(view: OrderView, event: OrderEvent): OrderView {
  if (arrival(view, event) !== "next") return view;
  const order = view.order && !isAhead(view.order, event) ? orderAfter(view.order, event) : view.order;
  return asExecuted({ ...view, order, events: [...view.events, event], ...newDecision(event) });
}

/** A confirmed order shows the venue and the quotes of the attempt whose transaction landed. */
function asExecuted(view: OrderView): OrderView {
  if (view.order?.status !== "confirmed") return view;
  const attempt = executedAttempt(view.events);
  const decision = attempt === view.events.at(-1)?.attempt ? null : decisionOf(view.events, attempt);
  if (!decision) return view;
  const { chosenDex, offers, reason } = decision;
  return { ...view, order: { ...view.order, chosenDex }, offers, reason };
}

/** What a newer attempt decided replaces what an older one did, even where it cannot be read. */
function newDecision({ status, payload }: OrderEvent): Partial<OrderView> {
  if (status !== "building" || !(payload.quotes || payload.unreadable)) return {};
  return { offers: payload.quotes ?? [], reason: payload.reason ?? null };
}

export function withListed(view: OrderView, entry: ListedOrder): OrderView {
  return isReadable(entry) ? withOrder(view, entry) : { ...view, unreadable: entry };
}

export function withOrder(view: OrderView, order: Order): OrderView {
  const newest = view.events.at(-1);
  // A row that is as far as the log is whole by itself, even where an event of the log cannot be read.
  const replayed = newest && isAhead(newest, order) ? view.events.reduce(orderAfter, order) : order;
  // The wish to cancel is never taken back: an answer without it was on its way before.
  const merged = view.order?.cancelRequested ? { ...replayed, cancelRequested: true } : replayed;
  const known = view.order && !view.unreadable && sameRow(view.order, merged);
  return known ? view : asExecuted({ ...view, order: merged, unreadable: null });
}

export function withDetail(view: OrderView, detail: OrderDetail): OrderView {
  const { events, quotes, reason, ...order } = detail;
  const withLog = [...events].sort((a, b) => a.seq - b.seq).reduce(withEvent, view);
  return withOrder(withLog.offers.length > 0 ? withLog : { ...withLog, offers: quotes, reason: reason ?? null }, order);
}

/** A retry and a look at a waiting order start over with a higher attempt, so the attempt weighs more than the step; a final status outweighs all. */
function progress(status: Status, attempt: number): number {
  return isFinal(status) ? Number.MAX_SAFE_INTEGER : attempt * ALL_STATUSES.length + ALL_STATUSES.indexOf(status);
}

type Standing = Pick<Order, "status" | "attempt">;

function isAhead(one: Standing, other: Standing): boolean {
  return progress(one.status, one.attempt) > progress(other.status, other.attempt);
}

function orderAfter(order: Order, { status, attempt, at, payload }: OrderEvent): Order {
  const startsOver = status === "routing";
  return {
    ...order,
    status,
    attempt,
    updatedAt: at,
    chosenDex: payload.chosenDex ?? (startsOver ? null : order.chosenDex),
    txHash: payload.txHash ?? (startsOver ? null : order.txHash),
    executedPrice: payload.executedPrice ?? order.executedPrice,
    amountOut: payload.amountOut ?? order.amountOut,
    failureReason: payload.failureReason ?? (status === "expired" ? payload.reason : null) ?? order.failureReason,
    failureCode: (isFinal(status) ? payload.code : null) ?? order.failureCode,
    cancelRequested: order.cancelRequested || status === "cancelled" || payload.cancelRequested === true,
    waiting: status === "waiting" ? waitingAfter(order, at, payload) : null,
    trigger: payload.trigger ?? order.trigger,
  };
}

/** The event tells of the first look; a row that was read later knows of the newest one. */
function waitingAfter({ waiting, limitPrice }: Order, at: string, payload: Payload): Waiting | null {
  if (waiting && waiting.checkedAt >= at) return waiting;
  if (typeof payload.reason !== "string") return null;
  const bestPrice = payload.bestPrice ?? null;
  const distanceBps = bestPrice && limitPrice ? distanceTo(limitPrice, bestPrice) : null;
  const bestDex = payload.bestDex ?? null;
  const reason = payload.reason as Waiting["reason"]; // what a waiting order's event tells as its reason
  return { reason, bestPrice, bestDex, distanceBps, checkedAt: at, checks: 1 };
}

function sameRow(a: Order, b: Order): boolean {
  return (
    a.status === b.status &&
    a.attempt === b.attempt &&
    a.updatedAt === b.updatedAt &&
    a.txHash === b.txHash &&
    a.cancelRequested === b.cancelRequested &&
    a.waiting?.checkedAt === b.waiting?.checkedAt
  );
}
