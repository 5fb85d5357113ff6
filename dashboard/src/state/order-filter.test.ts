import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALL_ORDERS,
  addressOf,
  dayOf,
  isNarrowed,
  isOrderId,
  queryOf,
  shownOf,
  startOfDay,
  wordsOf,
} from "./order-filter.ts";

const parse = (address: string) => shownOf(new URL(address, "http://page").searchParams);

test("what is shown and its address are one and the same", () => {
  for (const address of [
    "/orders",
    "/orders?open=true&type=limit",
    "/orders?status=failed",
    "/orders?status=confirmed&type=sniper&tokenIn=SOL&tokenOut=E8kZbHqTzDMkpXLJqTQPYWvd8HeHDQ7Rq1mTk8eBQPfo",
    "/orders?clientOrderId=grid%3A17&since=2026-11-01T00%3A00%3A00.000Z&until=2026-11-27T23%3A00%3A00.000Z",
  ])
    assert.equal(addressOf(parse(address)), address);
  assert.deepEqual(parse("/orders"), ALL_ORDERS);
  assert.equal(
    addressOf(parse("/orders?type=limit"), { cursor: "a+b", window: null }),
    "/orders?type=limit&cursor=a%2Bb",
  );
});

test("what the page does not know in an address leaves nothing out", () => {
  const odd = "/orders?status=lost&type=toString&open=maybe&since=yesterday&until=2026&clientOrderId=+&tokenIn=";
  assert.deepEqual(parse(odd), ALL_ORDERS);
});

test("the engine is asked for open orders by its own word, and for the rest as the address has it", () => {
  const asked = queryOf(parse("/orders?open=true&tokenOut=USDC&since=2026-11-01T00:00:00Z"));
  assert.deepEqual(
    [asked.open, asked.status, asked.tokenOut, asked.since],
    [true, undefined, "USDC", "2026-11-01T00:00:00Z"],
  );
  assert.deepEqual(queryOf(parse("/orders?status=failed")).status, "failed");
});

test("the orders are named in words", () => {
  const words = (address: string) => wordsOf(parse(address), (at) => `<${at}>`);
  assert.equal(words("/orders"), "All orders");
  assert.equal(words("/orders?open=true&type=limit"), "Open limit orders");
  assert.equal(words("/orders?status=failed&tokenIn=SOL"), "Orders with status failed, that sell SOL");
  assert.equal(
    words("/orders?clientOrderId=a&until=2026-11-27T00:00:00Z"),
    "Orders called a, before <2026-11-27T00:00:00Z>",
  );
  assert.deepEqual(
    ["/orders?type=limit", "/orders?tokenIn=SOL"].map((one) => isNarrowed(parse(one))),
    [false, true],
  );
});

test("a day is the reader's own, from its first moment to the next one's, also where the clock is changed", () => {
  const zone = process.env["TZ"];
  process.env["TZ"] = "Europe/Berlin";
  assert.equal(startOfDay("2026-10-25"), "2026-10-24T22:00:00.000Z");
  assert.equal(startOfDay("2026-10-25", 1), "2026-10-25T23:00:00.000Z");
  assert.equal(startOfDay("2026-12-31", 1), "2026-12-31T23:00:00.000Z");
  assert.equal(dayOf(new Date("2026-10-24T22:00:00.000Z")), "2026-10-25");
  assert.equal(dayOf(new Date("2026-10-24T21:59:59.999Z")), "2026-10-24");
  process.env["TZ"] = zone ?? "";
  for (const day of ["", "2026", "2026-00-01", "0001-01-01", "soon"]) assert.equal(startOfDay(day), null, day);
});

test("a whole order id is told from what else may be looked for", () => {
  assert.ok(isOrderId("0198D2C5-7d2a-7c8e-9d0a-3f4a5b6c7d8e"));
  for (const text of ["", "0198d2c5", "grid-17", "0198d2c57d2a7c8e9d0a3f4a5b6c7d8e"]) assert.ok(!isOrderId(text), text);
});
