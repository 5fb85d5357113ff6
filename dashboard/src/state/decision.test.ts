import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderEvent, Status } from "../types.ts";
import { decisionOf } from "./decision.ts";

function log(...entries: [status: Status, attempt: number][]): OrderEvent[] {
  const at = "2026-11-27T10:00:00.000Z";
  return entries.map(([status, attempt], index) => ({
    orderId: "a",
    seq: index + 1,
    status,
    attempt,
    at,
    payload: {},
  }));
}

test("of several decisions in an attempt the last one counts", () => {
  const events = log(["routing", 1], ["building", 1], ["building", 1], ["routing", 2], ["building", 2]);
  assert.equal(decisionOf(events, 1)?.seq, 3);
  assert.equal(decisionOf(events, 2)?.seq, 5);
  assert.equal(decisionOf(events, 3), null);
});
