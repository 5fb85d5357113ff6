import assert from "node:assert/strict";
import { test } from "node:test";
import type { Intent } from "./intent.ts";
import { keep, settled, unsettled } from "./intent.ts";

const INTENT: Intent = {
  order: { type: "market", tokenIn: "SOL", tokenOut: "USDC", amount: "10" },
  key: "key-1",
  at: 1_000,
  orderId: null,
  by: null,
};
const HOUR = 3_600_000;

function browserStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

test("an intent outlives a reload, with its order and its key", () => {
  const storage = browserStorage();
  assert.equal(unsettled(storage, 2_000), null);
  keep(INTENT, storage);
  assert.deepEqual(unsettled(storage, 2_000), INTENT);
  keep({ ...INTENT, orderId: "01a2" }, storage);
  assert.equal(unsettled(storage, 2_000)?.orderId, "01a2");
  const { by, ...older } = INTENT;
  storage.setItem("intent", JSON.stringify(older));
  assert.equal(unsettled(storage, 2_000)?.by, by);
});

test("a limit order's price, time in force and expiry are part of the intent", () => {
  const storage = browserStorage();
  const expiresAt = "2026-12-03T12:00:00.000Z";
  const order = { ...INTENT.order, type: "limit", limitPrice: "82.5", timeInForce: "GTD", expiresAt } as const;
  keep({ ...INTENT, order }, storage);
  assert.deepEqual(unsettled(storage, 2_000)?.order, order);
});

test("once it is known what became of it, it is gone", () => {
  const storage = browserStorage();
  keep(INTENT, storage);
  settled(storage);
  assert.equal(unsettled(storage, 2_000), null);
});

test("it is not repeated when the engine may have forgotten its key", () => {
  const storage = browserStorage();
  keep(INTENT, storage);
  assert.notEqual(unsettled(storage, INTENT.at + 11 * HOUR), null);
  assert.equal(unsettled(storage, INTENT.at + 24 * HOUR), null);
});

test("a broken entry counts as none", () => {
  const storage = browserStorage();
  for (const broken of ["{", "null", "[]", '{"key":"key-1"}', JSON.stringify({ ...INTENT, key: 1 })]) {
    storage.setItem("intent", broken);
    assert.equal(unsettled(storage, 2_000), null, broken);
  }
});
