// The tokens that can be traded. Asked for until the engine answers once; they do not change while it runs.
import { computed, signal } from "@preact/signals";
import { getTokens } from "../api.ts";
import type { Token } from "../types.ts";

const RETRY_MS = 2_000;

export const tokens = signal<readonly Token[]>([]);
export const tokensFailure = signal<Error | null>(null);

const decimalsBySymbol = computed(() => new Map(tokens.value.map((token) => [token.symbol, token.decimals])));

/** How many decimals of the token's amounts are worth showing in a line of text. */
export function placesOf(symbol: string): number {
  return Math.min(decimalsOf(symbol), 6);
}

/** How many decimals its amounts have. */
export function decimalsOf(symbol: string): number {
  return decimalsBySymbol.value.get(symbol) ?? 6;
}

export async function startTokens(): Promise<void> {
  while (tokens.value.length === 0) {
    try {
      tokens.value = await getTokens();
      tokensFailure.value = null;
      if (tokens.value.length > 0) return;
    } catch (failure) {
      tokensFailure.value = failure instanceof Error ? failure : new Error(String(failure));
    }
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
}
