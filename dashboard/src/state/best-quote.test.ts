import assert from "node:assert/strict";
import { test } from "node:test";
import type { Offer } from "../types.ts";
import { bestOf, differenceOf, runnerUp } from "./best-quote.ts";

function offer(dex: string, netAmountOut: string, part: Partial<Offer> = {}): Offer {
  const figures = {
    amountIn: "1",
    amountOut: netAmountOut,
    price: "1",
    fee: "0",
    priceImpactBps: 0,
    networkFee: "0",
    minimumReceived: "0",
  };
  return { dex, pool: "pool", netAmountOut, chosen: false, rejected: null, ...figures, ...part };
}

const droppedOut: Offer = {
  dex: "Raydium",
  pool: null,
  amountIn: null,
  amountOut: null,
  netAmountOut: null,
  price: null,
  fee: null,
  priceImpactBps: null,
  networkFee: null,
  minimumReceived: null,
  chosen: false,
  rejected: "answered too late",
};

test("the engine's choice is the best quote, whatever the figures say", () => {
  assert.equal(bestOf([offer("Raydium", "9"), offer("Meteora", "8", { chosen: true })])?.dex, "Meteora");
});

test("without a choice the highest net output is the best, by all its digits", () => {
  const offers = [offer("Raydium", "9007199254740992.000001"), offer("Meteora", "9007199254740992.000002")];
  assert.equal(bestOf(offers)?.dex, "Meteora");
});

test("a venue that dropped out is neither best nor runner-up", () => {
  const meteora = offer("Meteora", "1");
  const best = bestOf([droppedOut, meteora]);
  assert.equal(best, meteora);
  assert.equal(best && runnerUp(best, [droppedOut, meteora]), null);
  assert.equal(bestOf([droppedOut]), null);
});

test("a difference is told in the token and in basis points", () => {
  const [high, low] = [bestOf([offer("Meteora", "101")]), bestOf([offer("Raydium", "100")])];
  assert.ok(high && low);
  assert.deepEqual(differenceOf(high, low), { amount: "1", bps: "100" });
  assert.equal(differenceOf(low, high).amount, "-1");
});
