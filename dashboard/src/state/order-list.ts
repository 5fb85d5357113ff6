// One page of the history. The newest page keeps itself up to date; an older one never gains a row, and what moves
// in it comes over the socket.
import { signal } from "@preact/signals";
import { type OrderQuery, listOrders } from "../api.ts";
import { learnOrders } from "./orders.ts";

const REFRESH_MS = 2_000;

/** Another tab of this browser placed an order. */
const otherTabs = new BroadcastChannel("orders");

export function tellOtherTabs(): void {
  otherTabs.postMessage("placed");
}

export class OrderList {
  /** Newest first; null until the first answer. */
  readonly ids = signal<readonly string[] | null>(null);
  readonly next = signal<string | null>(null);
  readonly failure = signal<Error | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request = new AbortController();

  constructor(private readonly query: OrderQuery) {}

  /** Loads and keeps loading until the returned function is called. */
  start(): () => void {
    const refresh = () => void this.load();
    otherTabs.addEventListener("message", refresh);
    document.addEventListener("visibilitychange", refresh);
    refresh();
    return () => {
      otherTabs.removeEventListener("message", refresh);
      document.removeEventListener("visibilitychange", refresh);
      clearTimeout(this.timer);
      this.request.abort();
    };
  }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    this.request.abort();
    const request = new AbortController();
    this.request = request;
    try {
      const page = await listOrders(this.query, request.signal);
      if (request.signal.aborted) return;
      learnOrders(page.orders);
      this.show(
        page.orders.map((order) => order.id),
        page.next,
      );
    } catch (failure) {
      if (request.signal.aborted) return;
      this.failure.value = failure instanceof Error ? failure : new Error(String(failure));
    }
    const keepsMoving = !this.query.cursor || this.failure.value !== null;
    if (keepsMoving && !document.hidden) this.timer = setTimeout(() => void this.load(), REFRESH_MS);
  }

  private show(ids: readonly string[], next: string | null): void {
    this.failure.value = null;
    this.next.value = next;
    if (ids.join() !== this.ids.value?.join()) this.ids.value = ids;
  }
}
