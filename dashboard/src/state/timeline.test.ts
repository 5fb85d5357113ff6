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
  assert.deepEqual(earlier, [
    { attempt: 1, tryNumber: 1, lastStatus: "submitted", tookMs: 1990, reason: "transaction expired" },
  ]);
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

test("an order that waits shows its wait before what is ahead, and its look as a look", () => {
  const waits = [
    ["pending", 0],
    ["routing", 10],
    ["waiting", 300, 2, "limit_not_met"],
  ] satisfies Parameters<typeof log>;
  const { steps, earlier } = timelineOf(log(...waits));
  assert.deepEqual(
    steps.map((step) => [step.status, step.state]),
    [
      ["pending", "done"],
      ["waiting", "current"],
      ["routing", "ahead"],
      ["building", "ahead"],
      ["submitted", "ahead"],
      ["confirmed", "ahead"],
    ],
  );
  assert.deepEqual(earlier, [
    { attempt: 1, tryNumber: null, lastStatus: "routing", tookMs: 290, reason: "limit_not_met" },
  ]);
  const moves = timelineOf(log(...waits, ["routing", 5000, 2]));
  assert.deepEqual(
    moves.steps.map((step) => step.state),
    ["done", "done", "current", "ahead", "ahead", "ahead"],
  );
  assert.equal(moves.steps[1]?.tookMs, 4700);
  const failedOnce = timelineOf(
    log(...waits, ["routing", 5000, 2], ["building", 5300, 2], ["routing", 6000, 3, "slippage"]),
  );
  assert.deepEqual(
    failedOnce.earlier.map(({ tryNumber, tookMs }) => [tryNumber, tookMs]),
    [
      [null, 290],
      [1, 1000],
    ],
  );
});

test("a cancelled or expired order ends there, which is no failure", () => {
  for (const status of ["cancelled", "expired"] as const) {
    const { steps, totalMs } = timelineOf(log(["pending", 0], ["routing", 10], ["waiting", 300, 2], [status, 900, 2]));
    assert.deepEqual(
      steps.map((step) => [step.status, step.state]),
      [
        ["pending", "done"],
        ["waiting", "done"],
        [status, "ended"],
      ],
    );
    assert.equal(totalMs, 900);
  }
});

test("the wish to cancel does not end the step that it comes in", () => {
  const asked = timelineOf(log(["pending", 0], ["routing", 10], ["submitted", 300], ["submitted", 900]));
  assert.equal(asked.steps.find((step) => step.status === "submitted")?.state, "current");
});

test("an unknown log has all its steps ahead", () => {
  assert.ok(timelineOf([]).steps.every((step) => step.state === "ahead"));
});

test("when a transaction lands that was given up, the steps are those of its attempt", () => {
  const events = log(
    ["pending", 0],
    ["routing", 10],
    ["building", 300],
    ["submitted", 310],
    ["routing", 2000, 2, "transaction expired"],
    ["building", 2300, 2],
    ["submitted", 2310, 2],
    ["confirmed", 9000, 2],
  );
  const withHash = (seq: number, txHash: string) => {
    const event = events[seq - 1]!;
    events[seq - 1] = { ...event, payload: { ...event.payload, txHash } };
  };
  withHash(4, "first");
  withHash(7, "second");
  withHash(8, "first");
  const late = timelineOf(events);
  assert.equal(late.attempt, 1);
  assert.deepEqual(
    late.steps.map(({ status, state, event, tookMs }) => [status, state, event?.seq, tookMs]),
    [
      ["pending", "done", 1, 10],
      ["routing", "done", 2, 290],
      ["building", "done", 3, 10],
      ["submitted", "done", 4, 8690],
      ["confirmed", "done", 8, null],
    ],
  );
  assert.deepEqual([late.earlier, late.overtaken], [[], [2]]);
  withHash(8, "second");
  const usual = timelineOf(events);
  assert.equal(usual.steps[3]?.event?.seq, 7);
  assert.deepEqual([usual.earlier.map(({ attempt }) => attempt), usual.overtaken], [[1], []]);
});
