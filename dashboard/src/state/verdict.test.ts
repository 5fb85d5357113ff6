import assert from "node:assert/strict";
import { test } from "node:test";
import { NoAnswer, Problem } from "../api.ts";
import { verdictOn } from "./verdict.ts";

const problem = (status: number, code: string) => new Problem(status, code, "", null, null);
/** A load balancer's page has no code. */
const foreign = (status: number) => problem(status, "unknown");

test("an order that the engine judged is refused, whatever was lost before", () => {
  for (const lost of [false, true]) {
    assert.equal(verdictOn(problem(400, "unknown_token"), lost), "refused");
    assert.equal(verdictOn(problem(409, "idempotency_conflict"), lost), "refused");
  }
});

test("busy and unavailable mean that nothing is stored, unless an earlier answer was lost", () => {
  for (const failure of [problem(429, "busy"), problem(429, "too_many_requests"), problem(503, "unavailable")]) {
    assert.equal(verdictOn(failure, false), "unplaced");
    assert.equal(verdictOn(failure, true), "unknown");
  }
});

test("who was not let in placed nothing, but learns nothing of an earlier request", () => {
  for (const failure of [foreign(404), problem(403, "forbidden")]) {
    assert.equal(verdictOn(failure, false), "refused");
    assert.equal(verdictOn(failure, true), "unknown");
  }
});

test("everything else is not known", () => {
  const failures = [problem(503, "outcome_unknown"), problem(500, "internal_error"), foreign(503), foreign(502)];
  for (const failure of [...failures, foreign(504), foreign(408), new NoAnswer()])
    assert.equal(verdictOn(failure, false), "unknown");
});
