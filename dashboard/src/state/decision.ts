// What was decided in an attempt.
import type { OrderEvent } from "../types.ts";

/** The last decision; the venues are asked again in the same attempt when the one before has become old. */
export function decisionOf(events: readonly OrderEvent[], attempt: number): OrderEvent | null {
  return events.filter((event) => event.status === "building" && event.attempt === attempt).at(-1) ?? null;
}
