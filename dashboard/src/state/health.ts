// Whether the engine answers, asked every few seconds; its answer also tells its clock.
import { signal } from "@preact/signals";
import { Problem, getHealth } from "../api.ts";
import { clockOffset } from "../time.ts";
import { reconnectNow, streamState } from "./live.ts";
import { learnMarket } from "./market.ts";

export type EngineHealth = "checking" | "ok" | "degraded" | "unreachable";

const WHEN_WELL_MS = 5_000;
const WHEN_ILL_MS = 1_500;

export const engineHealth = signal<EngineHealth>("checking");

export async function startHealth(): Promise<never> {
  for (;;) {
    const before = engineHealth.value;
    engineHealth.value = await check();
    if (engineHealth.value === "ok" && before === "unreachable") reconnectNow();
    // Another engine may have taken its place.
    if (engineHealth.value !== "unreachable" && before === "unreachable") void learnMarket();
    await pause(engineHealth.value === "ok" ? WHEN_WELL_MS : WHEN_ILL_MS);
  }
}

/** Ends early when the stream is lost: the engine may be gone. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((end) => {
    const stream = streamState.peek();
    const stop = streamState.subscribe((now) => {
      if (now !== stream && now.kind === "waiting") finish();
    });
    const timer = setTimeout(finish, milliseconds);
    function finish(): void {
      clearTimeout(timer);
      stop();
      end();
    }
  });
}

async function check(): Promise<EngineHealth> {
  const asked = Date.now();
  try {
    const { timestamp } = await getHealth();
    // The answer was written about half-way between asking and reading it.
    clockOffset.value = Date.parse(timestamp) - (asked + Date.now()) / 2;
    return "ok";
  } catch (failure) {
    return failure instanceof Problem ? "degraded" : "unreachable";
  }
}
