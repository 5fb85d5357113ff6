// One page of the history. The newest page keeps itself up to date; an older one never gains a row, and what moves
// in it comes over the socket.
import { signal } from "@preact/signals";
import { type OrderQuery, Problem, listOrders } from "../api.ts";
import { learnOrders } from "./orders.ts";

const REFRESH_MS = 2_000;

/** Another tab of this browser placed an order. */
const otherTabs = new BroadcastChannel("orders");

export function tellOtherTabs(): void {
  otherTabs.postMessage("placed");
}

interface Answer {
  readonly ids: readonly string[];
  readonly next: string | null;
}

/** The pages that were on screen, by what was asked: whoever goes back to one sees it at once, and where he left it. */
const seen = new Map<string, Answer>();
const REMEMBERED = 40;

export class OrderList {
  /** Newest first; null until the first answer. */
  readonly ids = signal<readonly string[] | null>(null);
  readonly next = signal<string | null>(null);
  readonly failure = signal<Error | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request = new AbortController();
  private readonly name: string;

  constructor(private readonly query: OrderQuery) {
    this.name = JSON.stringify(query);
    const before = seen.get(this.name);
    if (before) [this.ids.value, this.next.value] = [before.ids, before.next];
  }

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
    const { value: failure } = this.failure;
    // What the engine objects to, it objects to again.
    const isRefused = failure instanceof Problem && !failure.passing;
    const keepsMoving = (!this.query.cursor || failure !== null) && !isRefused;
    if (keepsMoving && !document.hidden) this.timer = setTimeout(() => void this.load(), REFRESH_MS);
  }

  private show(ids: readonly string[], next: string | null): void {
    this.failure.value = null;
    this.next.value = next;
    if (ids.join() !== this.ids.value?.join()) this.ids.value = ids;
    seen.delete(this.name);
    seen.set(this.name, { ids, next });
    for (const oldest of seen.keys()) if (seen.size > REMEMBERED) seen.delete(oldest);
  }
}
