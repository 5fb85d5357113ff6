// What is traded here, and who may. Asked for until the engine answers, and again when another may have taken its place:
// a page that says "Simulated" must not be left standing before real money.
import { computed, signal } from "@preact/signals";
import { Problem, getMarket } from "../api.ts";
import type { Market } from "../types.ts";

const RETRY_MS = 2_000;

/** Null until the engine has answered, and where it has no such address. */
export const market = signal<Market | null>(null);

export const isLive = computed(() => market.value?.kind === "mainnet");

/** Where the pools that are created are read; an engine that says nothing reads those of the simulated market. */
export const takesSnipers = computed(() => market.value?.orderTypes.includes("sniper") ?? true);

let asking: Promise<Market | null> | null = null;

/** Whoever asks meanwhile gets the same answer. */
export function learnMarket(): Promise<Market | null> {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

async function ask(): Promise<Market | null> {
  for (;;) {
    try {
      return (market.value = await getMarket());
    } catch (failure) {
      // An engine that has no such address is an old one, which knows neither keys nor kinds.
      if (failure instanceof Problem && !failure.passing) return (market.value = null);
    }
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
}

/** Asks again when somebody comes back: the timers that would have noticed another engine may have slept meanwhile. */
export function watchMarket(): void {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void learnMarket();
  });
}
