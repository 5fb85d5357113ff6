import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceTo, isMet, reasonInWords, toGo } from "./limit.ts";

test("the distance is what the price has to rise, rounded up as the engine rounds it", () => {
  assert.equal(distanceTo("79.7449", "79.585684"), 21);
  assert.equal(distanceTo("10000", "79.800833"), 1243120);
  assert.equal(distanceTo("1", "79.8"), 0);
  assert.equal(distanceTo("ten", "79.8"), null);
  assert.equal(toGo(42), "0.42% to go");
  assert.equal(toGo(1243120), "12,431.20% to go");
});

test("a price that equals the limit meets it", () => {
  assert.equal(isMet("79.80", "79.8"), true);
  assert.equal(isMet("79.81", "79.8"), false);
  for (const none of ["", "ten", "0", "-1"]) assert.equal(isMet(none, "79.8"), null, none);
});

test("an unknown reason is shown as the engine names it", () => {
  assert.equal(reasonInWords("limit_not_met"), "Limit price not met");
  assert.equal(reasonInWords("moon_too_low"), "moon too low");
});
