import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  basisPoints,
  basisPointsToPercent,
  compare,
  divide,
  format,
  formatExact,
  formatFigure,
  formatPrice,
  formatSigned,
  formatSignedExact,
  multiply,
  percentToBasisPoints,
  secondsToSlots,
  subtract,
} from "./decimal.ts";

test("digits beyond a float's reach decide a comparison", () => {
  assert.equal(compare("123456789012.12345678", "123456789012.12345679"), -1);
  assert.equal(compare("9007199254740993", "9007199254740992"), 1);
  assert.equal(compare("1.50", "1.5"), 0);
  assert.equal(compare("-2", "-1"), -1);
});

test("what is not a decimal compares with nothing", () => {
  for (const text of ["", "1e3", "1,5", "NaN", "0x10", ".5", "5."]) assert.equal(compare(text, "1"), null, text);
});

test("a difference is exact and drops empty places", () => {
  assert.equal(subtract("789.240000001", "789.12"), "0.120000001");
  assert.equal(subtract("0.3", "0.1"), "0.2");
  assert.equal(subtract("1", "1.000"), "0");
  assert.equal(subtract("1", "2.5"), "-1.5");
});

test("sums and products are exact at any size", () => {
  assert.equal(add("0.1", "0.2"), "0.3");
  assert.equal(add("123456789012.000000001", "0.999999999"), "123456789013");
  assert.equal(add("-1", "1"), "0");
  assert.equal(multiply("123456789012.123456789", "987654321.000000001"), "121932631124609053606.569424281123456789");
  assert.equal(multiply("-0.1", "3"), "-0.3");
  for (const text of ["", "NaN", "1,5"]) assert.deepEqual([add(text, "1"), multiply("1", text)], [null, null], text);
});

test("a quotient keeps the digits that count, of the smallest and of the largest", () => {
  assert.equal(divide("1", "4"), "0.25");
  assert.equal(divide("2", "3", 6), "0.666667");
  assert.equal(divide("0.000000001", "123456789012", 4), "0.0000000000000000000081");
  assert.equal(divide("0.000000001", "123456789012", 8), "0.0000000000000000000081000001");
  assert.equal(divide("999999999999.999999999", "1", 21), "999999999999.999999999");
  assert.equal(divide("-1", "8"), "-0.125");
  assert.equal(divide("1", "0.00"), null);
});

test("basis points are relative to the second value and rounded half away from zero", () => {
  assert.equal(basisPoints("101", "100"), "100");
  assert.equal(basisPoints("99.99", "100"), "-1");
  assert.equal(basisPoints("3", "7"), "-5714.29");
  assert.equal(basisPoints("100.0000005", "100"), "0");
  assert.equal(basisPoints("100.00005", "100"), "0.01");
  assert.equal(basisPoints("99.99995", "100"), "-0.01");
  assert.equal(basisPoints("1", "0"), null);
});

test("a percentage becomes whole basis points or nothing", () => {
  assert.equal(percentToBasisPoints("0.5"), 50);
  assert.equal(percentToBasisPoints("10"), 1000);
  assert.equal(percentToBasisPoints("0.010"), 1);
  assert.equal(percentToBasisPoints("0.005"), null);
  assert.equal(percentToBasisPoints("half"), null);
});

test("basis points become a percentage without a float", () => {
  assert.deepEqual([0, 1, 7, 50, 1000, 5000].map(basisPointsToPercent), ["0", "0.01", "0.07", "0.5", "10", "50"]);
});

test("seconds become whole slots, never more than they hold", () => {
  assert.equal(secondsToSlots("120"), 300);
  assert.equal(secondsToSlots(" 1 "), 2);
  assert.equal(secondsToSlots("0.4"), 1);
  assert.equal(secondsToSlots("0.39"), 0);
  assert.equal(secondsToSlots("-1"), -2);
  for (const text of ["", "soon", "9".repeat(20)]) assert.equal(secondsToSlots(text), null, text);
});

test("formatting groups thousands and rounds half up without losing a digit", () => {
  assert.equal(format("1234567.891"), "1,234,567.891");
  assert.equal(format("123456789012.12345678", 8), "123,456,789,012.12345678");
  assert.equal(format("0.0000005"), "0.000001");
  assert.equal(format("999.9999996"), "1,000");
  assert.equal(format("-1234.5", 0), "\u22121,235");
  assert.equal(format("<b>"), "<b>");
});

test("an exact amount keeps every digit, and a tiny price its first ones", () => {
  assert.equal(formatExact("42947532.350633"), "42,947,532.350633");
  assert.equal(formatExact("18446744073.709551615"), "18,446,744,073.709551615");
  assert.equal(formatPrice("0.0000000234567"), "0.00000002346");
  assert.equal(formatPrice("52601139.104402"), "52,601,139.104402");
  assert.equal(formatFigure("0.0000000234567"), "0.00000002346");
  assert.equal(formatFigure("42947532.350633"), "42,947,532.35");
});

test("a sign is shown for gains only", () => {
  assert.equal(formatSigned("0.1", 2), "+0.10");
  assert.equal(formatSigned("-0.12", 2), "\u22120.12");
  assert.equal(formatSigned("0.0000000001", 2), "0.00");
  assert.deepEqual(["0.0000000001", "0", "-1234.5"].map(formatSignedExact), ["+0.0000000001", "0", "\u22121,234.5"]);
});

test("figures of one magnitude have equally many decimals", () => {
  assert.equal(formatFigure("790.2"), "790.2000");
  assert.equal(formatFigure("12690.59339"), "12,690.59");
  assert.equal(formatFigure("0.0126461"), "0.012646");
  assert.equal(formatFigure("-1"), "\u22121.0000");
  assert.equal(formatFigure("n/a"), "n/a");
});
