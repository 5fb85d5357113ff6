// Placing the order: sent once per intent, and sent again with the same key while no answer comes.
import { signal } from "@preact/signals";
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
  | { readonly kind: "refused"; readonly problem: Problem }
  /** Several tries brought no answer; placing again repeats the same intent. */
  | { readonly kind: "unanswered"; readonly reason: string };

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
const ACTIVE_KEY = "activeOrder";

export const placing = signal<Placing>({ kind: "ready" });

/** The order that this tab placed last; the live panel shows it. */
export const activeOrder = signal<string | null>(sessionStorage.getItem(ACTIVE_KEY));

export async function place(): Promise<void> {
  if (placing.value.kind === "sending" || placing.value.kind === "retrying") return;
  if (slippageBps.value === null) {
    const detail = "Slippage is a percentage in steps of 0.01.";
    placing.value = { kind: "refused", problem: new Problem(400, "invalid_slippage", detail, "slippageBps", null) };
    return;
  }
  placing.value = { kind: "sending" };
  const order = newOrder();
  const key = keyFor(JSON.stringify(order), sessionStorage, () => crypto.randomUUID());
  placing.value = await sendUntilAnswered(order, key);
}

async function sendUntilAnswered(order: NewOrder, key: string): Promise<Placing> {
  for (let tries = 0; ; tries += 1) {
    try {
      accepted(order, (await placeOrder(order, key)).orderId);
      return { kind: "ready" };
    } catch (failure) {
      if (failure instanceof Problem && !failure.passing) {
        answered(sessionStorage);
        return { kind: "refused", problem: failure };
      }
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
  answered(sessionStorage);
  sessionStorage.setItem(ACTIVE_KEY, orderId);
  // Shown at once; the socket brings the rest.
  const now = new Date(engineNow()).toISOString();
  learnOrders([
    {
      id: orderId, type: order.type, tokenIn: order.tokenIn, tokenOut: order.tokenOut, amount: String(order.amount),
      slippageBps: order.slippageBps ?? 50, status: "pending", attempt: 1, chosenDex: null, txHash: null, executedPrice: null,
      amountOut: null, failureReason: null, createdAt: now, updatedAt: now,
    },
  ]);
  activeOrder.value = orderId;
  tellOtherTabs();
}

/** A refusal belongs to what was sent: the next change of the draft clears it. */
draft.subscribe(() => {
  if (placing.peek().kind === "refused") placing.value = { kind: "ready" };
});
