// A ticking "now" for what changes while one looks at it. It runs only while something on screen needs it.
import { type ReadonlySignal, computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { engineNow } from "./time.ts";

const TICK_MS = 100;
const now = signal(0);
const second = computed(() => Math.floor(now.value / 1000) * 1000);
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The engine's time, anew ten times a second while `active`. */
export function useNow(active: boolean): number {
  return useTicks(active, now);
}

/** The same once a second, for what is told in seconds. */
export function useSecond(active: boolean): number {
  return useTicks(active, second);
}

function useTicks(active: boolean, ticks: ReadonlySignal<number>): number {
  useEffect(() => {
    if (!active) return;
    users += 1;
    if (users === 1) timer = setInterval(tick, TICK_MS);
    tick();
    return () => {
      users -= 1;
      if (users === 0) clearInterval(timer);
    };
  }, [active]);
  if (!active) return 0;
  // The last tick may be long ago when this is the first to ask: it tells when to look, not what time it is.
  void ticks.value;
  return engineNow();
}

function tick(): void {
  now.value = engineNow();
}
