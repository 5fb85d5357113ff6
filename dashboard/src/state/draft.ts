// The order being written. It outlives a reload of the page.
import { computed, effect, signal } from "@preact/signals";
import { percentToBasisPoints, secondsToSlots } from "../decimal.ts";
import { route, settleAddress } from "../router.ts";
import { engineNow } from "../time.ts";
import { meantBy } from "../typed-number.ts";
import type { Launch, NewOrder } from "../types.ts";
import { draftOf } from "./again.ts";
import { type Draft, EXPIRIES, FIRST_DRAFT } from "./draft-fields.ts";
import { takesSnipers } from "./market.ts";

export { EXPIRIES };

const KEY = "draft";

export type NumberField = "amount" | "slippageBps" | "limitPrice" | "minLiquidity" | "maxLiquidity" | "maxAgeSlots";

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
  // An address may ask for an order to be written. It is read once: what is changed afterwards outlives a reload.
  effect(() => {
    const asked = route.value.page === "trade" ? draftOf(route.value.search) : null;
    if (!asked) return;
    draft.value = { ...draft.peek(), ...asked };
    settleAddress("/");
  });
  // One may be left from when the engine took them.
  effect(() => {
    if (!takesSnipers.value && draft.value.type === "sniper") change({ type: "market" });
  });
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

/** A least price goes with the token, as a limit price goes with the pair. */
export function chooseMint(mint: string): void {
  change({ mint, leastPrice: "" });
}

export function chooseLaunch({ mint, against }: Launch): void {
  chooseMint(mint);
  change({ sniperTokenIn: against });
}

/** Percent in basis points; null for text that the engine's whole basis points cannot express. */
export const slippageBps = computed(() => {
  const { type, slippage, sniperSlippage } = draft.value;
  return percentToBasisPoints(meantBy(type === "sniper" ? sniperSlippage : slippage));
});

/** The age in slots; null for what is no number of seconds, undefined for none. */
export const maxAgeSlots = computed(() => {
  const { maxAge } = draft.value;
  return maxAge.trim() === "" ? undefined : secondsToSlots(meantBy(maxAge));
});

/** What is typed into the fields that are on screen for a number, by what the engine calls them. */
export const typedNumbers = computed<Readonly<Partial<Record<NumberField, string>>>>(() => {
  const { type, amount, slippage, limitPrice, ...sniper } = draft.value;
  if (type !== "sniper") return { amount, slippageBps: slippage, ...(type === "limit" ? { limitPrice } : {}) };
  return {
    amount: sniper.sniperAmount,
    slippageBps: sniper.sniperSlippage,
    limitPrice: sniper.leastPrice,
    minLiquidity: sniper.minLiquidity,
    maxLiquidity: sniper.maxLiquidity,
    maxAgeSlots: sniper.maxAge,
  };
});

export function newOrder(): NewOrder {
  const { type, tokenIn, tokenOut, amount, mint, sniperTokenIn, sniperAmount } = draft.value;
  const slippage = slippageBps.value;
  const tolerated = slippage === null ? {} : { slippageBps: slippage };
  if (type === "sniper") {
    const swap = { type, tokenIn: sniperTokenIn, tokenOut: mint.trim(), amount: meantBy(sniperAmount) };
    return { ...swap, ...tolerated, ...sniperFields() };
  }
  const swap = { type, tokenIn, tokenOut, amount: meantBy(amount) };
  return { ...swap, ...tolerated, ...(type === "limit" ? limitFields() : {}) };
}

function limitFields(): Partial<NewOrder> {
  const { limitPrice, timeInForce } = draft.value;
  return { ...typed({ limitPrice }), timeInForce, ...(timeInForce === "GTD" ? expiryField() : {}) };
}

function sniperFields(): Partial<NewOrder> {
  const { leastPrice, require, venues, minLiquidity, maxLiquidity } = draft.value;
  const slots = maxAgeSlots.value;
  return {
    ...typed({ limitPrice: leastPrice, minLiquidity, maxLiquidity }),
    ...(typeof slots === "number" ? { maxAgeSlots: slots } : {}),
    require,
    ...(venues.length > 0 ? { venues } : {}),
    ...expiryField(),
  };
}

/** The expiry becomes a time here, once: whoever repeats the order repeats that time, too. */
function expiryField(): Partial<NewOrder> {
  return { expiresAt: new Date(engineNow() + EXPIRIES[draft.value.expiry]).toISOString() };
}

/** The fields in which something was written. */
function typed<Name extends string>(fields: Readonly<Record<Name, string>>): { readonly [N in Name]?: string } {
  const written = Object.entries<string>(fields).map(([name, text]) => [name, meantBy(text)] as const);
  return Object.fromEntries(written.filter(([, text]) => text !== "")) as { readonly [N in Name]?: string };
}
