// A ticking "now" for what changes while one looks at it. It runs only while something on screen needs it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { engineNow } from "./time.ts";

const TICK_MS = 100;
const now = signal(0);
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The engine's time, ten times a second while `active`. */
export function useNow(active: boolean): number {
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
  return active ? now.value : 0;
}

function tick(): void {
  now.value = engineNow();
}
