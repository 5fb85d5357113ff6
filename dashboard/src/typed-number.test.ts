import assert from "node:assert/strict";
import { test } from "node:test";
import { meantBy, objectionTo, readNumber } from "./typed-number.ts";

test("numbers in the engine's notation stay as they were typed, and so does what is none", () => {
  for (const text of ["", "10", "0.5", "0.500", "12.3456", "1234.567", ".5", "5.", "-1", "ten", "1e3", "1.2.3", "0x10"])
    assert.deepEqual(readNumber(` ${text} `), { kind: "plain", value: text }, text);
});

test("a comma that cannot be one of thousands stands before the decimals", () => {
  for (const [text, value] of [
    ["0,5", "0.5"],
    ["1,25", "1.25"],
    ["12,3456", "12.3456"],
    ["0,500", "0.5"],
    ["0,125", "0.125"],
    ["1234,567", "1234.567"],
    [",5", "0.5"],
    ["5,", "5"],
    ["-1,5", "-1.5"],
    ["123456789012,123456789", "123456789012.123456789"],
  ] as const)
    assert.deepEqual(readNumber(text), { kind: "read", value }, text);
});

test("marks between thousands are left out where there is one way to read them", () => {
  for (const [text, value] of [
    ["1.234,56", "1234.56"],
    ["1,234.56", "1234.56"],
    ["1.234,567", "1234.567"],
    ["1,234.567", "1234.567"],
    ["1.234.567", "1234567"],
    ["1,234,567", "1234567"],
    ["1 234,56", "1234.56"],
    ["1\u202f234\u00a0567,5", "1234567.5"],
    ["1 500", "1500"],
    ["1'234.56", "1234.56"],
    ["1\u2019234\u2019567.500", "1234567.5"],
  ] as const)
    assert.deepEqual(readNumber(text), { kind: "read", value }, text);
});

test("three digits behind the only comma are not guessed", () => {
  for (const [text, thousands, decimals] of [
    ["1,500", "1500", "1.5"],
    ["12,345", "12345", "12.345"],
    ["999,000", "999000", "999"],
    ["-1,500", "-1500", "-1.5"],
  ] as const) {
    assert.deepEqual(readNumber(text), { kind: "ambiguous", meanings: [thousands, decimals] }, text);
    assert.equal(meantBy(text), "", text);
    assert.equal(objectionTo(text), `Can mean ${thousands} or ${decimals}. Choose one of them, or write it so.`);
  }
});

test("behind a point they are decimals, which is said", () => {
  assert.deepEqual(readNumber("1.500"), { kind: "read", value: "1.5", not: "1500" });
  assert.deepEqual(readNumber("152.345"), { kind: "read", value: "152.345", not: "152345" });
});

test("what has marks where no number has them is refused", () => {
  for (const text of ["1,2,3", "1,23,456", "1.234,567,8", "0,123,456", "1 5", "1,5 SOL", ",", "1,5e3", "1'2"]) {
    assert.deepEqual(readNumber(text), { kind: "unreadable" }, text);
    assert.equal(meantBy(text), "", text);
    assert.match(objectionTo(text) ?? "", /Write it like 1234\.56/);
  }
});
