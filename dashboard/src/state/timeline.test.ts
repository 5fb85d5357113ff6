import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderEvent, Status } from "../types.ts";
import { timelineOf } from "./timeline.ts";

function log(...entries: [status: Status, atMs: number, attempt?: number, reason?: string][]): OrderEvent[] {
  return entries.map(([status, atMs, attempt = 1, reason], index) => ({
    orderId: "a",
    seq: index + 1,
    status,
    attempt,
    at: new Date(atMs).toISOString(),
    payload: reason ? { reason } : {},
  }));
}

test("each step lasts until the next one begins", () => {
  const { steps, totalMs } = timelineOf(
    log(["pending", 0], ["routing", 12], ["building", 330], ["submitted", 340], ["confirmed", 3000]),
  );
  assert.deepEqual(
    steps.map((step) => step.tookMs),
    [12, 318, 10, 2660, null],
  );
  assert.ok(steps.every((step) => step.state === "done"));
  assert.equal(totalMs, 3000);
});

test("the newest step of a moving order is the current one", () => {
  const { steps, totalMs } = timelineOf(log(["pending", 0], ["routing", 12]));
  assert.deepEqual(
    steps.map((step) => step.state),
    ["done", "current", "ahead", "ahead", "ahead"],
  );
  assert.equal(totalMs, null);
});

test("a retry starts the steps over and keeps the earlier attempt with its reason", () => {
  const { attempt, steps, earlier } = timelineOf(
    log(
      ["pending", 0],
      ["routing", 10],
      ["building", 300],
      ["submitted", 310],
      ["routing", 2000, 2, "transaction expired"],
    ),
  );
  assert.equal(attempt, 2);
  assert.deepEqual(
    steps.map((step) => step.state),
    ["done", "current", "ahead", "ahead", "ahead"],
  );
  assert.deepEqual(earlier, [{ attempt: 1, lastStatus: "submitted", tookMs: 1990, reason: "transaction expired" }]);
});

test("a failed order shows what it reached and nothing more", () => {
  const { steps } = timelineOf(log(["pending", 0], ["routing", 10], ["failed", 400]));
  assert.deepEqual(
    steps.map((step) => [step.status, step.state]),
    [
      ["pending", "done"],
      ["routing", "done"],
      ["failed", "failed"],
    ],
  );
});

test("an unknown log has all its steps ahead", () => {
  assert.ok(timelineOf([]).steps.every((step) => step.state === "ahead"));
});
