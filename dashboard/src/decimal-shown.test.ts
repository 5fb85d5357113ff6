import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAmount, formatExact, invert, magnitudeOf } from "./decimal.ts";

test("twelve digits before the point and nine behind it are shown as they are", () => {
  assert.equal(formatExact("999999999999.123456789"), "999,999,999,999.123456789");
  assert.equal(formatAmount("999999999999.123456789", 9), "999,999,999,999.123456789");
  assert.equal(formatAmount("999999999999.9999995", 6), "1,000,000,000,000");
  assert.equal(formatExact("0.000000001"), "0.000000001");
  assert.equal(formatExact("18446744073709551615"), "18,446,744,073,709,551,615");
});

test("an amount too small for its decimals is not called nothing", () => {
  assert.equal(formatAmount("0.000000001"), "<0.000001");
  assert.equal(formatAmount("0.0000004"), "<0.000001");
  assert.equal(formatAmount("0.0000005"), "0.000001");
  assert.equal(formatAmount("0.4", 0), "<1");
  assert.equal(formatAmount("0"), "0");
  assert.equal(formatAmount("0.000000000"), "0");
  assert.equal(formatAmount("what"), "what");
});

test("a price is turned round without a float", () => {
  assert.equal(invert("80"), "0.0125");
  assert.equal(invert("0.012697654393"), "78.754702959255");
  assert.equal(invert("3"), "0.333333333333");
  assert.equal(invert("0.000000000001"), "1000000000000");
  for (const text of ["0", "0.000", "", "1e3"]) assert.equal(invert(text), null, text);
});

test("a magnitude is where the first digit stands", () => {
  for (const [text, magnitude] of [
    ["1", 0],
    ["9.9", 0],
    ["10", 1],
    ["500.5", 2],
    ["0.5", -1],
    ["0.000000001", -9],
    ["007", 0],
    ["999999999999.123456789", 11],
  ] as const)
    assert.equal(magnitudeOf(text), magnitude, text);
  for (const text of ["0", "0.0", "-3", "", "ten"]) assert.equal(magnitudeOf(text), null, text);
});
