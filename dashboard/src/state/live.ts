// Which orders are on screen, and the stream of their events.
import { type ReadonlySignal, effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getOrder, makeTicket } from "../api.ts";
import { type Config, socketAddress } from "../config.ts";
import { OrderSocket, type SocketState } from "../socket.ts";
import type { OrderEvent } from "../types.ts";
import { isFinal } from "../types.ts";
import { keyId } from "./access.ts";
import { isComplete, learnDetail, learnEvents, seqKnown } from "./orders.ts";

/** A push can be lost without a trace, so an order that is silent for this long is asked about again. */
const SILENCE_MS = 12_000;
const LOOK_FOR_SILENCE_EVERY_MS = 4_000;
/** A hidden page draws no frames, yet must not let events pile up. */
const HIDDEN_FLUSH_MS = 500;

const watchers = new Map<string, number>();
const lastNews = new Map<string, number>();
let waiting: OrderEvent[] = [];
let socket: OrderSocket | null = null;

const idle: SocketState = { kind: "idle" };
const socketState = signal<SocketState>(idle);
export const streamState: ReadonlySignal<SocketState> = socketState;

export function startLive(config: Config): void {
  const opened = new OrderSocket({
    ticket: async () => (keyId() === null ? null : await makeTicket()),
    address: (id, after, ticket) => socketAddress(config, location.origin, id, after, ticket),
    lastSeq: seqKnown,
    deliver: enqueue,
  });
  socket = opened;
  effect(() => {
    socketState.value = opened.state.value;
    if (opened.state.value.kind === "refused") void askAboutAll();
  });
  setInterval(askAboutSilentOrders, LOOK_FOR_SILENCE_EVERY_MS);
  // A frame that was asked for just before the page was hidden does not come.
  document.addEventListener("visibilitychange", flush);
}

export function reconnectNow(): void {
  socket?.retryNow();
}

/** Follows an order until the returned function is called, or until its log is complete. */
function watch(id: string): () => void {
  const count = watchers.get(id) ?? 0;
  watchers.set(id, count + 1);
  if (count === 0 && !isComplete(id)) {
    lastNews.set(id, Date.now());
    socket?.follow(id);
  }
  return () => release(id);
}

/** Follows the orders for as long as the component shows them. One that stays on screen is not let go in between. */
export function useWatch(ids: readonly string[]): void {
  const held = useRef(new Map<string, () => void>());
  useEffect(() => {
    for (const id of ids) if (!held.current.has(id)) held.current.set(id, watch(id));
    for (const [id, letGo] of held.current) {
      if (ids.includes(id)) continue;
      letGo();
      held.current.delete(id);
    }
  }, [ids.join()]);
  useEffect(
    () => () => {
      for (const letGo of held.current.values()) letGo();
      held.current.clear();
    },
    [],
  );
}

function release(id: string): void {
  const count = (watchers.get(id) ?? 1) - 1;
  if (count > 0) {
    watchers.set(id, count);
    return;
  }
  watchers.delete(id);
  lastNews.delete(id);
  socket?.unfollow(id);
}

/** Events of one frame are applied together: 1,000 live orders cost one rendering per frame, not thousands. */
function enqueue(event: OrderEvent): void {
  waiting.push(event);
  if (waiting.length > 1) return;
  if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS);
  else requestAnimationFrame(flush);
}

function flush(): void {
  const events = waiting;
  waiting = [];
  const holes = learnEvents(events);
  for (const { orderId, status } of events) {
    if (isFinal(status) && isComplete(orderId)) lastNews.delete(orderId);
    else if (lastNews.has(orderId)) lastNews.set(orderId, Date.now());
  }
  for (const id of holes) socket?.follow(id);
}

function askAboutSilentOrders(): void {
  if (socketState.value.kind === "refused") return void askAboutAll();
  const before = Date.now() - SILENCE_MS;
  for (const [id, at] of lastNews) {
    if (at > before) continue;
    lastNews.set(id, Date.now());
    socket?.catchUp(id);
  }
}

let isAsking = false;

/** Where no socket may be opened, the log is read instead: one order after the other, and never twice at once. */
async function askAboutAll(): Promise<void> {
  if (isAsking || document.hidden) return;
  isAsking = true;
  for (const id of [...watchers.keys()].filter((watched) => !isComplete(watched)))
    if (watchers.has(id)) await getOrder(id).then(learnDetail, () => undefined);
  isAsking = false;
}
