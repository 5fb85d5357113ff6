// The order being written. It outlives a reload of the page.
import { computed, effect, signal } from "@preact/signals";
import { percentToBasisPoints } from "../decimal.ts";
import { engineNow } from "../time.ts";
import type { NewOrder } from "../types.ts";

const KEY = "draft";

const HOUR_MS = 3_600_000;
export const EXPIRIES = { "1 hour": HOUR_MS, "1 day": 24 * HOUR_MS, "7 days": 7 * 24 * HOUR_MS } as const;

interface Draft {
  readonly type: "market" | "limit";
  readonly tokenIn: string;
  readonly tokenOut: string;
  /** As typed. The engine decides whether it is an amount. */
  readonly amount: string;
  /** As typed, in percent. */
  readonly slippage: string;
  /** As typed. This and what follows is asked for by a limit order alone. */
  readonly limitPrice: string;
  readonly timeInForce: "GTD" | "IOC";
  readonly expiry: keyof typeof EXPIRIES;
}

const FIRST_DRAFT: Draft = {
  type: "market",
  tokenIn: "SOL",
  tokenOut: "USDC",
  amount: "10",
  slippage: "0.5",
  limitPrice: "",
  timeInForce: "GTD",
  expiry: "7 days",
};

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
  else change({ [side]: symbol, limitPrice: "" });
}

/** A limit price goes with the pair: of another one it could be so low that the order fills far below the market. */
export function flip(): void {
  change({ tokenIn: draft.value.tokenOut, tokenOut: draft.value.tokenIn, limitPrice: "" });
}

/** Percent in basis points; null for text that the engine's whole basis points cannot express. */
export const slippageBps = computed(() => percentToBasisPoints(draft.value.slippage));

export function newOrder(): NewOrder {
  const { type, tokenIn, tokenOut, amount } = draft.value;
  const slippage = slippageBps.value;
  return {
    type,
    tokenIn,
    tokenOut,
    amount: amount.trim(),
    ...(slippage === null ? {} : { slippageBps: slippage }),
    ...(type === "limit" ? limitFields() : {}),
  };
}

/** The expiry becomes a time here, once: whoever repeats the order repeats that time, too. */
function limitFields(): Partial<NewOrder> {
  const { limitPrice, timeInForce, expiry } = draft.value;
  const price = limitPrice.trim();
  return {
    ...(price === "" ? {} : { limitPrice: price }),
    timeInForce,
    ...(timeInForce === "GTD" ? { expiresAt: new Date(engineNow() + EXPIRIES[expiry]).toISOString() } : {}),
  };
}
