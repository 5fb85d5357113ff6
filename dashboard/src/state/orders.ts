// All orders that the page has met, by id: a list row, a live panel and a detail page show one and the same signal.
import { type Signal, batch, signal } from "@preact/signals";
import { type ListedOrder, type OrderDetail, type OrderEvent, isFinal } from "../types.ts";
import { type OrderView, arrival, emptyView, lastSeq, withDetail, withEvent, withListed } from "./order-view.ts";

/** A page that is open for days forgets what it saw first. */
const REMEMBERED = 3_000;

const views = new Map<string, Signal<OrderView>>();

export function orderView(id: string): Signal<OrderView> {
  let view = views.get(id);
  if (!view) {
    view = signal(emptyView(id));
    views.set(id, view);
  }
  return view;
}

export function seqKnown(id: string): number {
  const view = views.get(id);
  return view ? lastSeq(view.peek()) : 0;
}

/** Whether the whole log is here: nothing more can follow a final event. */
export function isComplete(id: string): boolean {
  const newest = views.get(id)?.peek().events.at(-1);
  return newest !== undefined && isFinal(newest.status);
}

export function learnOrders(orders: readonly ListedOrder[]): void {
  batch(() => {
    for (const order of orders) {
      const view = orderView(order.id);
      view.value = withListed(view.peek(), order);
    }
  });
  forgetOldest();
}

export function learnDetail(detail: OrderDetail): void {
  const view = orderView(detail.id);
  view.value = withDetail(view.peek(), detail);
}

/** Applies events in one go and returns the orders whose log has a hole before one of them. */
export function learnEvents(events: readonly OrderEvent[]): ReadonlySet<string> {
  const holes = new Set<string>();
  batch(() => {
    for (const event of events) {
      const view = orderView(event.orderId);
      if (arrival(view.peek(), event) === "early") holes.add(event.orderId);
      else view.value = withEvent(view.peek(), event);
    }
  });
  return holes;
}

function forgetOldest(): void {
  for (const [id, view] of views) {
    if (views.size <= REMEMBERED) return;
    const order = view.peek().order;
    if (!order || isFinal(order.status)) views.delete(id);
  }
}
