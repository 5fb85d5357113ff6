// An order's log as the five steps that a reader expects, with what each took.
import { type OrderEvent, type Status, STEPS, isFinal } from "../types.ts";

export interface Step {
  readonly status: Status;
  readonly state: "done" | "current" | "ahead" | "failed";
  /** The event that began the step; null when it has not begun. */
  readonly event: OrderEvent | null;
  /** How long the order stayed in it; null while it does and for a final step. */
  readonly tookMs: number | null;
}

export interface EarlierAttempt {
  readonly attempt: number;
  readonly lastStatus: Status;
  readonly tookMs: number;
  /** Why it was given up, from the retry's first event. */
  readonly reason: string | null;
}

export interface Timeline {
  readonly attempt: number;
  readonly steps: readonly Step[];
  readonly earlier: readonly EarlierAttempt[];
  /** From acceptance to the final event; null while the order moves. */
  readonly totalMs: number | null;
}

export function timelineOf(events: readonly OrderEvent[]): Timeline {
  const newest = events.at(-1);
  const attempt = newest?.attempt ?? 1;
  const first = events[0];
  const ended = first && newest && isFinal(newest.status);
  return {
    attempt,
    steps: stepsOf(events, attempt),
    earlier: earlierAttempts(events, attempt),
    totalMs: ended ? between(first, newest) : null,
  };
}

function stepsOf(events: readonly OrderEvent[], attempt: number): Step[] {
  const newest = events.at(-1);
  const failed = newest?.status === "failed";
  const shown: Status[] = failed ? [...STEPS.slice(0, -1), "failed"] : [...STEPS];
  const steps = shown.map((status) => stepOf(events, status, attempt));
  // What a failed order never reached is not part of its story.
  return failed ? steps.filter((step) => step.event !== null) : steps;
}

function stepOf(events: readonly OrderEvent[], status: Status, attempt: number): Step {
  // Acceptance happens once; every other step belongs to the newest attempt.
  const index = events.findIndex(
    (event) => event.status === status && (status === "pending" || event.attempt === attempt),
  );
  const event = events[index] ?? null;
  if (!event) return { status, state: "ahead", event, tookMs: null };
  const following = events[index + 1];
  if (following) return { status, state: "done", event, tookMs: between(event, following) };
  const state = status === "failed" ? "failed" : isFinal(status) ? "done" : "current";
  return { status, state, event, tookMs: null };
}

function earlierAttempts(events: readonly OrderEvent[], newest: number): EarlierAttempt[] {
  const attempts: EarlierAttempt[] = [];
  for (let attempt = 1; attempt < newest; attempt += 1) {
    const own = events.filter((event) => event.attempt === attempt && event.status !== "pending");
    const retry = events.find((event) => event.attempt === attempt + 1);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last || !retry) continue;
    attempts.push({
      attempt,
      lastStatus: last.status,
      tookMs: between(first, retry),
      reason: retry.payload.reason ?? null,
    });
  }
  return attempts;
}

function between(from: OrderEvent, to: OrderEvent): number {
  return Math.max(0, Date.parse(to.at) - Date.parse(from.at));
}
