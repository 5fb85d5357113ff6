import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "../types.ts";
import { fillsOf, limitsOf } from "./marks.ts";

const PAIR = { base: "SOL", quote: "USDC" };

function order(fields: Partial<Order>): Order {
  const [createdAt, updatedAt] = ["2026-11-27T10:00:00.000Z", "2026-11-27T10:00:03.000Z"];
  return { id: "a", type: "market", tokenIn: "SOL", tokenOut: "USDC", createdAt, updatedAt, ...fields } as Order;
}

test("a fill stands where and when it was executed, in the chart's direction", () => {
  const sold = order({ id: "sold", status: "confirmed", executedPrice: "78.5" });
  const bought = order({
    id: "bought",
    tokenIn: "USDC",
    tokenOut: "SOL",
    status: "confirmed",
    executedPrice: "0.0125",
    updatedAt: "2026-11-27T10:00:01.000Z",
  });
  assert.deepEqual(fillsOf([sold, bought], PAIR), [
    { orderId: "bought", side: "buy", price: "80", at: bought.updatedAt },
    { orderId: "sold", side: "sell", price: "78.5", at: sold.updatedAt },
  ]);
  const [turned] = fillsOf([bought], { base: "USDC", quote: "SOL" });
  assert.deepEqual([turned?.side, turned?.price], ["sell", "0.0125"]);
});

test("a limit order stands at its price while it waits", () => {
  const fields = { type: "limit", limitPrice: "90" } as const;
  const waiting = order({ ...fields, status: "waiting" });
  assert.deepEqual(limitsOf([waiting], PAIR), [{ orderId: "a", side: "sell", price: "90", at: waiting.createdAt }]);
  for (const status of ["confirmed", "cancelled", "expired", "routing"] as const)
    assert.deepEqual(limitsOf([order({ ...fields, status })], PAIR), [], status);
});

test("what is of another pair, or has no price, has no mark", () => {
  assert.deepEqual(fillsOf([order({ status: "confirmed", executedPrice: "2", tokenOut: "JUP" })], PAIR), []);
  assert.deepEqual(fillsOf([order({ status: "confirmed", executedPrice: null })], PAIR), []);
  assert.deepEqual(fillsOf([order({ status: "failed", executedPrice: null })], PAIR), []);
  const zero = order({ tokenIn: "USDC", tokenOut: "SOL", status: "confirmed", executedPrice: "0" });
  assert.deepEqual(fillsOf([zero], PAIR), []);
});
