// A ticking "now" for what changes while one looks at it. It runs only while something on screen needs it.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { engineNow } from "./time.ts";

const TICK_MS = 100;
const now = signal(0);
const second = computed(() => Math.floor(now.value / 1000) * 1000);
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The engine's time, ten times a second while `active`. */
export function useNow(active: boolean): number {
  useTicks(active);
  return active ? now.value : 0;
}

/** The same once a second, for what is told in seconds. */
export function useSecond(active: boolean): number {
  useTicks(active);
  return active ? second.value : 0;
}

function useTicks(active: boolean): void {
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
}

function tick(): void {
  now.value = engineNow();
}
