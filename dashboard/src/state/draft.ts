// The order being written. It outlives a reload of the page.
import { computed, effect, signal } from "@preact/signals";
import { percentToBasisPoints } from "../decimal.ts";
import type { NewOrder } from "../types.ts";

const KEY = "draft";

interface Draft {
  readonly tokenIn: string;
  readonly tokenOut: string;
  /** As typed. The engine decides whether it is an amount. */
  readonly amount: string;
  /** As typed, in percent. */
  readonly slippage: string;
}

const FIRST_DRAFT: Draft = { tokenIn: "SOL", tokenOut: "USDC", amount: "10", slippage: "0.5" };

export const draft = signal<Draft>({ ...FIRST_DRAFT, ...remembered() });

function remembered(): Partial<Draft> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return typeof stored === "object" && stored !== null ? stored : {};
  } catch {
    return {};
  }
}

export function startDraft(): void {
  effect(() => sessionStorage.setItem(KEY, JSON.stringify(draft.value)));
}

export function change(part: Partial<Draft>): void {
  draft.value = { ...draft.value, ...part };
}

/** Choosing the token of the other side trades the two places, as no order has one token on both. */
export function chooseToken(side: "tokenIn" | "tokenOut", symbol: string): void {
  const other = side === "tokenIn" ? "tokenOut" : "tokenIn";
  if (draft.value[other] === symbol) flip();
  else change({ [side]: symbol });
}

export function flip(): void {
  change({ tokenIn: draft.value.tokenOut, tokenOut: draft.value.tokenIn });
}

/** Percent in basis points; null for text that the engine's whole basis points cannot express. */
export const slippageBps = computed(() => percentToBasisPoints(draft.value.slippage));

export function newOrder(): NewOrder {
  const { tokenIn, tokenOut, amount } = draft.value;
  const slippage = slippageBps.value;
  return {
    type: "market",
    tokenIn,
    tokenOut,
    amount: amount.trim(),
    ...(slippage === null ? {} : { slippageBps: slippage }),
  };
}
