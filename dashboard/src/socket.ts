// One socket for all orders on screen. It survives its loss: it comes back with growing pauses and asks for
// whatever each order's log has since gained.
import { signal } from "@preact/signals";
import { Problem } from "./api.ts";
import { type OrderEvent, isFinal } from "./types.ts";

export type SocketState =
  | { readonly kind: "idle" } // nothing on screen is still moving
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "waiting"; readonly retryAt: number }
  | { readonly kind: "refused" }; // the reader's key opens none

export interface SocketDuties {
  /** What opens a socket now; it is soon worth nothing. Null where nothing is needed. */
  ticket(): Promise<string | null>;
  /** The address to open for a first order; the socket replays its events after `after`. */
  address(orderId: string, after: number, ticket: string | null): string;
  /** The newest event of the order that is already known. */
  lastSeq(orderId: string): number;
  deliver(event: OrderEvent): void;
}

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8_000;
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 8_000;
const CLOSE_WHEN_IDLE_MS = 20_000;
const NORMAL_CLOSURE = 1000;

export class OrderSocket {
  readonly state = signal<SocketState>({ kind: "idle" });
  private readonly followed = new Set<string>();
  private socket: WebSocket | null = null;
  private attempt = 0;
  private failures = 0;
  private heardAnything = false;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly duties: SocketDuties) {
    addEventListener("online", () => this.retryNow());
  }

  follow(orderId: string): void {
    clearTimeout(this.idle);
    this.followed.add(orderId);
    if (this.socket?.readyState === WebSocket.OPEN) this.subscribe(orderId);
    else if (!this.socket && this.state.value.kind === "idle") void this.open();
  }

  unfollow(orderId: string): void {
    if (!this.followed.has(orderId)) return;
    this.send({ action: "unsubscribe", orderId });
    this.forget(orderId);
  }

  /** Asks again for what the order's log holds beyond the last known event: a push may be lost, the log is complete. */
  catchUp(orderId: string): void {
    if (this.followed.has(orderId)) this.subscribe(orderId);
  }

  /** Ends a pause before its time: the engine is known to be back. */
  retryNow(): void {
    if (this.state.value.kind !== "waiting") return;
    clearTimeout(this.retry);
    void this.open();
  }

  private async open(): Promise<void> {
    if (this.followed.size === 0) return this.close();
    this.state.value = { kind: "connecting" };
    const attempt = ++this.attempt;
    try {
      const ticket = await this.duties.ticket();
      if (attempt === this.attempt) this.openWith(ticket);
    } catch (failure) {
      if (attempt === this.attempt) this.unopened(failure);
    }
  }

  private unopened(failure: unknown): void {
    if (failure instanceof Problem && failure.status === 403) this.state.value = { kind: "refused" };
    else this.lost(0);
  }

  private openWith(ticket: string | null): void {
    const first = this.followed.values().next().value;
    if (first === undefined) return this.close();
    this.heardAnything = false;
    const socket = new WebSocket(this.duties.address(first, this.duties.lastSeq(first), ticket));
    this.socket = socket;
    socket.onopen = () => this.opened(first);
    socket.onmessage = (message) => this.heard(message.data);
    socket.onclose = (close) => {
      if (this.socket === socket) this.lost(close.code);
    };
  }

  private opened(first: string): void {
    this.state.value = { kind: "open" };
    this.heardAt = Date.now();
    for (const orderId of this.followed) if (orderId !== first) this.subscribe(orderId);
    // The order of the address may have left the screen while the socket was opening.
    if (!this.followed.has(first)) this.send({ action: "unsubscribe", orderId: first });
    this.heartbeat = setInterval(() => this.beat(), PING_EVERY_MS);
  }

  private heard(data: unknown): void {
    this.heardAt = Date.now();
    this.heardAnything = true;
    this.failures = 0;
    const event = parseMessage(data);
    if (!event) return;
    // The engine has nothing more to say about this order. Whoever misses an earlier event follows it again.
    if (isFinal(event.status)) this.forget(event.orderId);
    this.duties.deliver(event);
  }

  private forget(orderId: string): void {
    if (this.followed.delete(orderId) && this.followed.size === 0)
      this.idle = setTimeout(() => this.close(), CLOSE_WHEN_IDLE_MS);
  }

  /** A connection can die without a word; an unanswered ping is how that is noticed. */
  private beat(): void {
    const asked = Date.now();
    this.send({ action: "ping" });
    const socket = this.socket;
    setTimeout(() => {
      if (socket && socket === this.socket && this.heardAt < asked) this.abandon(socket);
    }, PONG_WITHIN_MS);
  }

  private abandon(socket: WebSocket): void {
    this.socket = null;
    socket.close();
    this.lost(0);
  }

  private lost(code: number): void {
    clearInterval(this.heartbeat);
    this.socket = null;
    if (this.followed.size === 0) {
      this.state.value = { kind: "idle" };
      return;
    }
    // The engine closes a socket after its last order's last event. Orders followed since then need a new one at once.
    if (code === NORMAL_CLOSURE && this.heardAnything) return void this.open();
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures += 1;
    // Spread by half: a restarted engine is not met by all pages in the same instant.
    const pause = longest * (0.5 + Math.random() / 2);
    this.state.value = { kind: "waiting", retryAt: Date.now() + pause };
    this.retry = setTimeout(() => void this.open(), pause);
  }

  private close(): void {
    this.attempt += 1;
    clearTimeout(this.retry);
    clearInterval(this.heartbeat);
    const socket = this.socket;
    this.socket = null;
    socket?.close(NORMAL_CLOSURE);
    this.state.value = { kind: "idle" };
  }

  private subscribe(orderId: string): void {
    this.send({ action: "subscribe", orderId, after: this.duties.lastSeq(orderId) });
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

/** An order's event; null for a pong, an error, or anything that is not one of the contract's messages. */
function parseMessage(data: unknown): OrderEvent | null {
  if (typeof data !== "string") return null;
  try {
    const message: Partial<OrderEvent> | null = JSON.parse(data);
    const isEvent = typeof message?.orderId === "string" && typeof message.seq === "number";
    return isEvent ? ({ payload: {}, ...message } as OrderEvent) : null;
  } catch {
    return null;
  }
}
