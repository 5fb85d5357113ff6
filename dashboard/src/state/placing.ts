// Placing the order: sent once per intent, and sent again with the same key while no answer comes.
import { computed, signal } from "@preact/signals";
import { NoAnswer, Problem, placeOrder } from "../api.ts";
import { engineNow } from "../time.ts";
import type { NewOrder } from "../types.ts";
import { draft, newOrder, slippageBps } from "./draft.ts";
import { answered, keyFor } from "./intent.ts";
import { tellOtherTabs } from "./order-list.ts";
import { learnOrders } from "./orders.ts";

export type Placing =
  | { readonly kind: "ready" }
  | { readonly kind: "sending" }
  | { readonly kind: "retrying"; readonly reason: string }
  /** Just accepted. A moment long, so that the second click of a double click is not another order. */
  | { readonly kind: "placed" }
  | { readonly kind: "refused"; readonly problem: Problem }
  /** Several tries brought no answer; placing again repeats the same intent. */
  | { readonly kind: "unanswered"; readonly reason: string };

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
const PLACED_FOR_MS = 1_200;
const ACTIVE_KEY = "activeOrder";

export const placing = signal<Placing>({ kind: "ready" });

/** While it lasts, placing again does nothing. */
export const isBusy = computed(() => ["sending", "retrying", "placed"].includes(placing.value.kind));

/** The order that this tab placed last; the live panel shows it. */
export const activeOrder = signal<string | null>(sessionStorage.getItem(ACTIVE_KEY));

export async function place(): Promise<void> {
  if (isBusy.value) return;
  if (slippageBps.value === null) {
    const detail = "Slippage is a percentage in steps of 0.01.";
    placing.value = { kind: "refused", problem: new Problem(400, "invalid_slippage", detail, "slippageBps", null) };
    return;
  }
  placing.value = { kind: "sending" };
  const order = newOrder();
  const body = JSON.stringify(order);
  const key = keyFor(body, sessionStorage, newKey);
  const outcome = await sendUntilAnswered(order, key);
  if (outcome.kind !== "unanswered") answered(body, sessionStorage);
  placing.value = outcome;
  if (outcome.kind === "placed") setTimeout(() => (placing.value = { kind: "ready" }), PLACED_FOR_MS);
}

async function sendUntilAnswered(order: NewOrder, key: string): Promise<Placing> {
  for (let tries = 0; ; tries += 1) {
    try {
      accepted(order, (await placeOrder(order, key)).orderId);
      return { kind: "placed" };
    } catch (failure) {
      if (failure instanceof Problem && !failure.passing) return { kind: "refused", problem: failure };
      if (!(failure instanceof Problem) && !(failure instanceof NoAnswer)) throw failure;
      const pause = PAUSES_MS[tries];
      if (pause === undefined) return { kind: "unanswered", reason: failure.message };
      placing.value = { kind: "retrying", reason: failure.message };
      const asked = failure instanceof Problem ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
      await new Promise((next) => setTimeout(next, Math.max(pause, asked)));
    }
  }
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
      createdAt: now,
      updatedAt: now,
    },
  ]);
  activeOrder.value = orderId;
  tellOtherTabs();
}

/** A refusal or a lost answer belongs to what was sent: the next change of the draft clears it. */
draft.subscribe(() => {
  const { kind } = placing.peek();
  if (kind === "refused" || kind === "unanswered") placing.value = { kind: "ready" };
});

/** `crypto.randomUUID` exists on secure pages only, and an engine in the next room is reached by plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
