// Placing the order: sent once per intent, and sent again with the same key until it is known what became of it.
import { computed, signal } from "@preact/signals";
import { NoAnswer, Problem, asSentence, getOrder, getQuote, placeOrder } from "../api.ts";
import { engineNow } from "../time.ts";
import { objectionTo } from "../typed-number.ts";
import type { NewOrder, Order, Quote, QuoteAnswer } from "../types.ts";
import { access, keyId } from "./access.ts";
import { bestOf } from "./best-quote.ts";
import { depth } from "./depth.ts";
import { draft, maxAgeSlots, newOrder, slippageBps, typedNumbers } from "./draft.ts";
import { type Intent, isRepeatable, keep, settled, unsettled } from "./intent.ts";
import { noRoute } from "./no-route.ts";
import { tellOtherTabs } from "./order-list.ts";
import { learnOrders } from "./orders.ts";
import { shownNoRoute, shownQuote } from "./preview.ts";
import { verdictOn } from "./verdict.ts";

export type Placing =
  | { readonly kind: "ready" }
  | { readonly kind: "sending" }
  /** Not sent yet: the order is so large for its pool that its reader has to say so again. */
  | { readonly kind: "confirming"; readonly order: NewOrder; readonly quote: Quote }
  /** Certainly not placed yet; asked again by itself. */
  | { readonly kind: "waiting"; readonly reason: string }
  /** Not known; asked again by itself. */
  | { readonly kind: "checking"; readonly reason: string; readonly intent: Intent }
  /** Just accepted. A moment long, so that the second click of a double click is not another order. */
  | { readonly kind: "placed" }
  | { readonly kind: "refused"; readonly problem: Problem }
  /** Certainly not placed, after several tries. */
  | { readonly kind: "unplaced"; readonly reason: string }
  /** Not known, after several tries. Only this very intent can be asked for again: another could be a second order. */
  | { readonly kind: "unknown"; readonly reason: string; readonly intent: Intent };

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
/** No pause ends later than this after the first try. */
const PATIENCE_MS = 30_000;
const PLACED_FOR_MS = 1_200;
/** A price impact above this is confirmed before it is paid for. */
const HARMLESS_IMPACT_BPS = 300;
/** How long placing waits for the quote of an order that is placed before its quote is on screen. */
const QUOTE_PATIENCE_MS = 2_500;
/** What the engine takes when it is not told. */
const USUAL_AGE_SLOTS = 300;
const ACTIVE_KEY = "activeOrder";

const left = unsettled(sessionStorage, Date.now());

export const placing = signal<Placing>(
  left ? { kind: "unknown", reason: "The page was left before an answer came.", intent: left } : { kind: "ready" },
);

/** While it lasts, placing again does nothing. */
export const isBusy = computed(() =>
  ["sending", "confirming", "waiting", "checking", "placed"].includes(placing.value.kind),
);

/** The order that this tab placed last; the live panel shows it. */
export const activeOrder = signal<string | null>(sessionStorage.getItem(ACTIVE_KEY));

/** Places the draft; or, while it is not known whether the order before was placed, asks for that one again. */
export async function place(): Promise<void> {
  if (isBusy.value) return;
  const before = placing.value;
  if (before.kind === "unknown") {
    const isMine = before.intent.by === keyId();
    if (isMine && isRepeatable(before.intent, Date.now())) return await settle(before.intent, true);
    settled(sessionStorage);
    const why = isMine ? "It is too late to ask again" : "It was sent with another key";
    const detail = `${why}: the history tells whether that order is there.`;
    placing.value = { kind: "refused", problem: new Problem(0, "too_late", detail, null, null) };
    return;
  }
  const problem = unsayable();
  if (problem) {
    placing.value = { kind: "refused", problem };
    return;
  }
  const order = newOrder();
  if (order.type !== "market") return await send(order);
  if (shownNoRoute.value) return;
  const onScreen = shownQuote.value;
  placing.value = { kind: "sending" };
  const by = keyId();
  const answer = onScreen ?? (await quoteFor(order));
  if (by !== keyId()) {
    placing.value = { kind: "ready" };
    return;
  }
  const none = answer && noRoute(answer, depth.value);
  if (none) {
    placing.value = {
      kind: "refused",
      problem: new Problem(0, "no_route", `${none.title}. ${none.detail}`, null, null),
    };
    return;
  }
  const quote = answer && bestOf(answer.quotes);
  if (quote && quote.priceImpactBps > HARMLESS_IMPACT_BPS)
    placing.value = { kind: "confirming", order: { ...order, minAmountOut: quote.minimumReceived }, quote };
  else await send(onScreen?.minimumReceived ? { ...order, minAmountOut: onScreen.minimumReceived } : order);
}

/** Places the order that was asked about, which moves its price against itself. */
export async function confirm(): Promise<void> {
  if (placing.value.kind === "confirming") await send(placing.value.order);
}

/** Places nothing. */
export function withdraw(): void {
  if (placing.value.kind === "confirming") placing.value = { kind: "ready" };
}

async function send(order: NewOrder): Promise<void> {
  await settle({ order, key: newKey(), at: Date.now(), orderId: null, by: keyId() }, false);
}

/** Null when there is none in time: then the engine judges, which routes each order by quotes of its own. */
async function quoteFor({ tokenIn, tokenOut, amount, slippageBps: bps }: NewOrder): Promise<QuoteAnswer | null> {
  const query = { tokenIn, tokenOut, amount: String(amount), slippageBps: String(bps) };
  return await getQuote(query, AbortSignal.timeout(QUOTE_PATIENCE_MS)).catch(() => null);
}

/** What was typed and has no place in a request, so that the engine cannot object to it. */
function unsayable(): Problem | null {
  for (const [field, text] of Object.entries(typedNumbers.value)) {
    const objection = objectionTo(text);
    if (objection) return new Problem(400, "unclear_number", objection, field, null);
  }
  if (slippageBps.value === null)
    return new Problem(400, "invalid_slippage", "Slippage is a percentage in steps of 0.01.", "slippageBps", null);
  if (draft.value.type === "sniper" && maxAgeSlots.value === null)
    return new Problem(400, "invalid_requirement", "The age is a number of seconds.", "maxAgeSlots", null);
  return null;
}

async function settle(intent: Intent, wasLost: boolean): Promise<void> {
  keep(intent, sessionStorage);
  placing.value = { kind: "sending" };
  const outcome = await sendUntilKnown(intent, wasLost);
  if (outcome.kind !== "unknown") settled(sessionStorage);
  placing.value = outcome;
  if (outcome.kind === "placed") setTimeout(() => (placing.value = { kind: "ready" }), PLACED_FOR_MS);
}

async function sendUntilKnown(first: Intent, lostBefore: boolean): Promise<Placing> {
  const end = Date.now() + PATIENCE_MS;
  let [intent, wasLost] = [first, lostBefore];
  for (let tries = 0; ; tries += 1) {
    try {
      accepted(intent.order, (await found(intent)) ?? (await placeOrder(intent.order, intent.key)));
      return { kind: "placed" };
    } catch (failure) {
      if (!(failure instanceof Problem) && !(failure instanceof NoAnswer)) throw failure;
      const verdict = verdictOn(failure, wasLost);
      if (verdict === "refused" && failure instanceof Problem) return { kind: "refused", problem: ofKey(failure) };
      wasLost = verdict === "unknown";
      intent = named(intent, failure);
      const reason = asSentence(failure.message);
      const asked = failure instanceof Problem ? (failure.retryAfterSeconds ?? 0) * 1_000 : 0;
      const pause = Math.max(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0, asked);
      const isLast = Date.now() + pause > end || intent.by !== keyId();
      if (wasLost) placing.value = { kind: "checking", reason, intent };
      else placing.value = { kind: "waiting", reason };
      if (isLast) return wasLost ? { kind: "unknown", reason, intent } : { kind: "unplaced", reason };
      await new Promise((next) => setTimeout(next, pause));
    }
  }
}

/** What is refused to this key alone says so. */
function ofKey(problem: Problem): Problem {
  if (problem.status !== 403 || keyId() === null) return problem;
  const { status, code, message, field, retryAfterSeconds } = problem;
  return new Problem(status, code, `This key cannot place orders: ${message}.`, field, retryAfterSeconds);
}

/** The id that the engine has told outlives a reload, too. */
function named(intent: Intent, failure: Problem | NoAnswer): Intent {
  if (!(failure instanceof Problem) || failure.orderId === null) return intent;
  const known = { ...intent, orderId: failure.orderId };
  keep(known, sessionStorage);
  return known;
}

/** The order's id, if it is there under the id that the engine has told. */
async function found({ orderId }: Intent): Promise<string | null> {
  if (orderId === null) return null;
  return await getOrder(orderId).then(
    (order) => order.id,
    () => null,
  );
}

/** The order that was followed is none of the reader's. */
export function leaveOrder(): void {
  sessionStorage.removeItem(ACTIVE_KEY);
  activeOrder.value = null;
}

function accepted(order: NewOrder, orderId: string): void {
  sessionStorage.setItem(ACTIVE_KEY, orderId);
  // Shown at once; the socket brings the rest.
  const now = new Date(engineNow()).toISOString();
  learnOrders([
    {
      id: orderId,
      type: order.type,
      tokenIn: order.tokenIn,
      tokenOut: order.tokenOut,
      amount: String(order.amount),
      slippageBps: order.slippageBps ?? 50,
      status: "pending",
      attempt: 1,
      chosenDex: null,
      txHash: null,
      executedPrice: null,
      amountOut: null,
      failureReason: null,
      failureCode: null,
      minAmountOut: order.minAmountOut === undefined ? null : String(order.minAmountOut),
      limitPrice: order.limitPrice === undefined ? null : String(order.limitPrice),
      timeInForce: order.timeInForce ?? null,
      expiresAt: order.expiresAt ?? null,
      sniper: order.type === "sniper" ? termsOf(order) : null,
      clientOrderId: null,
      cancelRequested: false,
      waiting: null,
      trigger: null,
      createdAt: now,
      updatedAt: now,
    },
  ]);
  activeOrder.value = orderId;
  tellOtherTabs();
}

function termsOf({ venues, minLiquidity, maxLiquidity, maxAgeSlots, require }: NewOrder): Order["sniper"] {
  return {
    venues: venues ?? [],
    minLiquidity: minLiquidity === undefined ? null : String(minLiquidity),
    maxLiquidity: maxLiquidity === undefined ? null : String(maxLiquidity),
    maxAgeSlots: maxAgeSlots ?? USUAL_AGE_SLOTS,
    require: require ?? [],
  };
}

/** A refusal belongs to what was sent, and by whom: the next change of the draft, or of the key, clears it. */
function clearRefusal(): void {
  const { kind } = placing.peek();
  if (kind === "refused" || kind === "unplaced" || kind === "confirming") placing.value = { kind: "ready" };
}

draft.subscribe(clearRefusal);
access.subscribe(clearRefusal);

/** `crypto.randomUUID` exists on secure pages only, and an engine in the next room is reached by plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
