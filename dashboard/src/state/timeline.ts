// An order's log as the steps that a reader expects, with what each took: five, and the wait of one that waits.
import { type OrderEvent, type Status, isFinal } from "../types.ts";
import { executedAttempt } from "./executed.ts";

export interface Step {
  readonly status: Status;
  /** `ended`: cancelled or expired, which is the end and no failure. */
  readonly state: "done" | "current" | "ahead" | "failed" | "ended";
  /** The event that began the step; null when it has not begun. */
  readonly event: OrderEvent | null;
  /** How long the order stayed in it; null while it does and for a final step. */
  readonly tookMs: number | null;
}

export interface EarlierAttempt {
  readonly attempt: number;
  /** Its number among the tries; null if it only looked, found that the order has to wait, and tried nothing. */
  readonly tryNumber: number | null;
  readonly lastStatus: Status;
  readonly tookMs: number;
  /** Why it was given up, from the next attempt's first event. */
  readonly reason: string | null;
}

export interface Timeline {
  /** The attempt that the steps are of: the one that swapped, or else the newest one. */
  readonly attempt: number;
  readonly steps: readonly Step[];
  readonly earlier: readonly EarlierAttempt[];
  /** The tries that had begun when the transaction of this one, given up before, landed after all. */
  readonly overtaken: readonly number[];
  /** From acceptance to the final event; null while the order moves. */
  readonly totalMs: number | null;
}

export function timelineOf(events: readonly OrderEvent[]): Timeline {
  const newest = events.at(-1);
  const attempt = executedAttempt(events);
  const first = events[0];
  const ended = first && newest && isFinal(newest.status);
  const earlier = earlierAttempts(events, attempt);
  const isOvertaken = (event: OrderEvent) => event.attempt > attempt && !isFinal(event.status);
  const triedBefore = earlier.filter(({ tryNumber }) => tryNumber !== null).length;
  const overtaken = new Set(events.filter(isOvertaken).map((event) => event.attempt));
  return {
    attempt,
    steps: stepsOf(
      events.filter((event) => !isOvertaken(event)),
      attempt,
    ),
    earlier,
    overtaken: Array.from(overtaken, (_, index) => triedBefore + 2 + index),
    totalMs: ended ? between(first, newest) : null,
  };
}

function stepsOf(events: readonly OrderEvent[], attempt: number): Step[] {
  const newest = events.at(-1);
  const waits = events.some((event) => event.status === "waiting" && event.attempt === attempt);
  const fell = newest !== undefined && isFinal(newest.status) && newest.status !== "confirmed";
  const moving: Status[] = ["pending", ...(waits ? (["waiting"] as const) : []), "routing", "building", "submitted"];
  const shown: Status[] = [...moving, fell ? newest.status : "confirmed"];
  const steps = shown.map((status) => stepOf(events, status, attempt));
  // What an order never reached before it failed or ended is not part of its story.
  return fell ? steps.filter((step) => step.event !== null) : steps;
}

function stepOf(events: readonly OrderEvent[], status: Status, attempt: number): Step {
  // Acceptance and the end happen once; every other step belongs to the attempt.
  const isOnce = status === "pending" || isFinal(status);
  const index = events.findIndex((event) => event.status === status && (isOnce || event.attempt === attempt));
  const event = events[index] ?? null;
  if (!event) return { status, state: "ahead", event, tookMs: null };
  // An event of the same step, such as the wish to cancel, does not end it.
  const following = events.slice(index + 1).find((later) => later.status !== status || later.attempt !== event.attempt);
  if (following) return { status, state: "done", event, tookMs: between(event, following) };
  return { status, state: isFinal(status) ? endOf(status) : "current", event, tookMs: null };
}

function endOf(status: Status): Step["state"] {
  return status === "confirmed" ? "done" : status === "failed" ? "failed" : "ended";
}

function earlierAttempts(events: readonly OrderEvent[], newest: number): EarlierAttempt[] {
  const attempts: EarlierAttempt[] = [];
  let tries = 0;
  for (let attempt = 1; attempt < newest; attempt += 1) {
    // What it waited before it looked is no part of the attempt.
    const own = events.filter(
      (event) => event.attempt === attempt && event.status !== "pending" && event.status !== "waiting",
    );
    const retry = events.find((event) => event.attempt === attempt + 1);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last || !retry) continue;
    const onlyLooked = retry.status === "waiting" && last.status === "routing";
    if (!onlyLooked) tries += 1;
    attempts.push({
      attempt,
      tryNumber: onlyLooked ? null : tries,
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
