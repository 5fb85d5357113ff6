// What each venue would pay for the draft: asked a moment after the last change and again every few seconds.
import { computed, effect, signal } from "@preact/signals";
import { compare } from "../decimal.ts";
import { NoAnswer, Problem, getQuote } from "../api.ts";
import { meantBy } from "../typed-number.ts";
import type { QuoteAnswer } from "../types.ts";
import { depth } from "./depth.ts";
import { draft, slippageBps } from "./draft.ts";
import { type NoRoute, noRoute } from "./no-route.ts";
import { keepAsking } from "./polling.ts";

export type Preview =
  | { readonly kind: "empty" }
  /** `current` is false while the answer is for the amount or slippage before the last change. */
  | { readonly kind: "ready"; readonly answer: QuoteAnswer; readonly current: boolean }
  | { readonly kind: "loading" }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "unanswered"; readonly reason: string };

/** The quote on screen, while it is the draft's own: of its pair, amount and slippage. */
export const shownQuote = computed<QuoteAnswer | null>(() => {
  const [shown, { tokenIn, tokenOut, amount }] = [preview.value, draft.value];
  if (shown.kind !== "ready" || !shown.current) return null;
  const { answer } = shown;
  const isOfDraft =
    answer.tokenIn === tokenIn &&
    answer.tokenOut === tokenOut &&
    answer.slippageBps === slippageBps.value &&
    compare(answer.amount, meantBy(amount)) === 0;
  return isOfDraft ? answer : null;
});

/**
 * What the quote on screen allows an order to receive at the least. A market order is bound to it, so that nobody gets
 * less than he was shown.
 */
export const shownMinimum = computed<string | null>(() =>
  draft.value.type === "market" ? (shownQuote.value?.minimumReceived ?? null) : null,
);

/** Why a market order of the draft cannot be executed now; null while it can, and while it is not known. */
export const shownNoRoute = computed<NoRoute | null>(() => {
  const answer = shownQuote.value;
  return answer && draft.value.type === "market" ? noRoute(answer, depth.value) : null;
});

const AFTER_TYPING_MS = 250;
const REFRESH_MS = 4_000;

export const preview = signal<Preview>({ kind: "empty" });
/** Counts how often the reader has asked for a fresh quote. */
const asksAnew = signal(0);

/** Changes exactly when the question to the venues does. */
const question = computed(() => {
  const { type, tokenIn, tokenOut, amount } = draft.value;
  // No venue has a price for a token that is yet to be launched.
  return type === "sniper" ? null : JSON.stringify([tokenIn, tokenOut, meantBy(amount), slippageBps.value]);
});

/** Keeps the preview fresh until the returned function is called. */
export function startPreview(): () => void {
  let askedBefore: string | null = null;
  return effect(() => {
    void asksAnew.value;
    const asked = question.value;
    const isAnew = asked === askedBefore;
    askedBefore = asked;
    const { tokenIn, tokenOut, amount } = draft.peek();
    if (asked === null || meantBy(amount) === "" || tokenIn === "" || tokenOut === "") {
      preview.value = { kind: "empty" };
      return;
    }
    const shown = preview.peek();
    const samePair = shown.kind === "ready" && shown.answer.tokenIn === tokenIn && shown.answer.tokenOut === tokenOut;
    if (!isAnew) preview.value = samePair ? { ...shown, current: false } : { kind: "loading" };
    let stop = () => {};
    const show = async (signal: AbortSignal) => {
      const next = await ask(signal);
      if (signal.aborted) return;
      preview.value = next;
      if (next.kind === "refused" && !next.problem.passing) stop();
    };
    const timer = setTimeout(() => (stop = keepAsking(REFRESH_MS, show)), isAnew ? 0 : AFTER_TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

/** Asks now, not in a few seconds. */
export function refreshPreview(): void {
  asksAnew.value += 1;
}

async function ask(stop: AbortSignal): Promise<Preview> {
  const { tokenIn, tokenOut, amount } = draft.peek();
  try {
    const bps = String(slippageBps.peek() ?? 50);
    const answer = await getQuote({ tokenIn, tokenOut, amount: meantBy(amount), slippageBps: bps }, stop);
    return { kind: "ready", answer, current: true };
  } catch (failure) {
    if (failure instanceof Problem) return { kind: "refused", problem: failure };
    if (failure instanceof NoAnswer) return { kind: "unanswered", reason: failure.message };
    throw failure;
  }
}
