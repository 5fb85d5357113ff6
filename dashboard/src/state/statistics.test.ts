import assert from "node:assert/strict";
import { test } from "node:test";
import type { Offer, Order, Status } from "../types.ts";
import { byMinute, fillOf, quantile } from "./statistics.ts";

function order(createdMs: number, status: Status, tookMs = 0): Order {
  return {
    id: "a",
    type: "market",
    tokenIn: "SOL",
    tokenOut: "USDC",
    amount: "10",
    slippageBps: 50,
    status,
    attempt: 1,
    chosenDex: null,
    txHash: null,
    executedPrice: status === "confirmed" ? "99.5" : null,
    amountOut: null,
    failureReason: null,
    failureCode: null,
    minAmountOut: null,
    limitPrice: null,
    timeInForce: null,
    expiresAt: null,
    sniper: null,
    clientOrderId: null,
    cancelRequested: false,
    waiting: null,
    trigger: null,
    createdAt: new Date(createdMs).toISOString(),
    updatedAt: new Date(createdMs + tookMs).toISOString(),
  };
}

test("orders fall into the minute in which they were placed", () => {
  const now = 10 * 60_000 + 30_000;
  const minutes = byMinute(
    [
      order(now, "routing"),
      order(now - 60_000, "confirmed", 3000),
      order(now - 60_000, "failed"),
      order(0, "confirmed", 1),
    ],
    now,
    3,
  );
  assert.deepEqual(
    minutes.map((minute) => [minute.confirmed, minute.failed, minute.moving]),
    [
      [0, 0, 0],
      [1, 1, 0],
      [0, 0, 1],
    ],
  );
  assert.equal(minutes[1]?.medianMs, 3000);
  assert.equal(minutes[2]?.medianMs, null);
  assert.equal(minutes[2]?.start, 600_000);
});

test("an order that ended without a swap is neither failed nor under way, and a wait for a price is no delay", () => {
  const [now, waited] = [60_000, order(0, "confirmed", 50_000)];
  const trigger = { at: new Date(47_000).toISOString(), price: "80", venue: "Meteora" };
  const orders = [order(0, "cancelled"), order(0, "expired"), order(0, "waiting"), { ...waited, trigger }];
  const minute = byMinute(orders, now, 2)[0];
  assert.deepEqual([minute?.failed, minute?.ended, minute?.moving], [0, 2, 1]);
  assert.equal(minute?.medianMs, 3_000);
});

test("quantiles are values that occurred", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(quantile(hundred, 0.5), 50);
  assert.equal(quantile(hundred, 0.95), 95);
  assert.equal(quantile([7], 0.95), 7);
  assert.equal(quantile([], 0.5), null);
});

test("a fill is measured against the chosen venue's quote", () => {
  const offers = [offer("Raydium", "200", false), offer("Meteora", "100", true)];
  const fill = fillOf(order(0, "confirmed", 1), offers);
  assert.equal(fill?.venue, "Meteora");
  assert.equal(fill?.gapBps, -50);
  assert.equal(fillOf(order(0, "submitted"), offers), null);
  assert.equal(fillOf(order(0, "confirmed"), []), null);
});

function offer(dex: string, price: string, chosen: boolean): Offer {
  return {
    dex,
    pool: "pool",
    price,
    chosen,
    rejected: null,
    amountIn: "1",
    amountOut: price,
    netAmountOut: price,
    fee: "0",
    priceImpactBps: 0,
    networkFee: "0",
    minimumReceived: "0",
  };
}
