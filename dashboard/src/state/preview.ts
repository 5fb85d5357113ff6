// What each venue would pay for the draft: asked a moment after the last change and again every few seconds.
import { computed, effect, signal } from "@preact/signals";
import { compare } from "../decimal.ts";
import { NoAnswer, Problem, getQuote } from "../api.ts";
import type { QuoteAnswer } from "../types.ts";
import { draft, slippageBps } from "./draft.ts";

export type Preview =
  | { readonly kind: "empty" }
  /** `current` is false while the answer is for the amount or slippage before the last change. */
  | { readonly kind: "ready"; readonly answer: QuoteAnswer; readonly current: boolean }
  | { readonly kind: "loading" }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "unanswered"; readonly reason: string };

/**
 * What the quote on screen allows an order to receive at the least, while it is the draft's own: of its pair, amount and
 * slippage. A market order is bound to it, so that nobody gets less than he was shown.
 */
export const shownMinimum = computed<string | null>(() => {
  const [shown, { type, tokenIn, tokenOut, amount }] = [preview.value, draft.value];
  if (type !== "market" || shown.kind !== "ready" || !shown.current) return null;
  const { answer } = shown;
  const isOfDraft =
    answer.tokenIn === tokenIn &&
    answer.tokenOut === tokenOut &&
    answer.slippageBps === slippageBps.value &&
    compare(answer.amount, amount.trim()) === 0;
  return isOfDraft ? answer.minimumReceived : null;
});

const AFTER_TYPING_MS = 250;
const REFRESH_MS = 4_000;

export const preview = signal<Preview>({ kind: "empty" });

/** Changes exactly when the question to the venues does. */
const question = computed(() => {
  const { type, tokenIn, tokenOut, amount } = draft.value;
  // No venue has a price for a token that is yet to be launched.
  return type === "sniper" ? null : JSON.stringify([tokenIn, tokenOut, amount.trim(), slippageBps.value]);
});

/** Keeps the preview fresh until the returned function is called. */
export function startPreview(): () => void {
  return effect(() => {
    const asked = question.value;
    const stop = new AbortController();
    const { tokenIn, tokenOut, amount } = draft.peek();
    if (asked === null || amount.trim() === "" || tokenIn === "" || tokenOut === "") {
      preview.value = { kind: "empty" };
      return;
    }
    const shown = preview.peek();
    const samePair = shown.kind === "ready" && shown.answer.tokenIn === tokenIn && shown.answer.tokenOut === tokenOut;
    preview.value = samePair ? { ...shown, current: false } : { kind: "loading" };
    void askAgainAndAgain(stop.signal);
    return () => stop.abort();
  });
}

async function askAgainAndAgain(stop: AbortSignal): Promise<void> {
  await pause(AFTER_TYPING_MS);
  while (!stop.aborted) {
    if (!document.hidden) {
      const next = await ask(stop);
      if (stop.aborted) return;
      preview.value = next;
      if (next.kind === "refused" && !next.problem.passing) return;
    }
    await pause(REFRESH_MS);
  }
}

async function ask(stop: AbortSignal): Promise<Preview> {
  const { tokenIn, tokenOut, amount } = draft.peek();
  try {
    const bps = String(slippageBps.peek() ?? 50);
    const answer = await getQuote({ tokenIn, tokenOut, amount: amount.trim(), slippageBps: bps }, stop);
    return { kind: "ready", answer, current: true };
  } catch (failure) {
    if (failure instanceof Problem) return { kind: "refused", problem: failure };
    if (failure instanceof NoAnswer) return { kind: "unanswered", reason: failure.message };
    throw failure;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, milliseconds));
}
