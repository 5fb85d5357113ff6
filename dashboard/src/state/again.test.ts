import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "../types.ts";
import { againAddress, draftOf } from "./again.ts";

const MINT = "E8kZbHqTzDMkpXLJqTQPYWvd8HeHDQ7Rq1mTk8eBQPfo";

const market = {
  type: "market",
  tokenIn: "SOL",
  tokenOut: "USDC",
  amount: "123456789012.000000001",
  slippageBps: 7,
  minAmountOut: "1",
  limitPrice: null,
  timeInForce: null,
  expiresAt: null,
  sniper: null,
  createdAt: "2026-11-27T10:00:00.000Z",
} as Order;

function again(order: Order) {
  return draftOf(new URL(againAddress(order), "http://page").searchParams);
}

test("a market order comes back with every digit, and without the minimum of a quote of then", () => {
  const address = againAddress(market);
  assert.equal(address, "/?type=market&tokenIn=SOL&tokenOut=USDC&amount=123456789012.000000001&slippageBps=7");
  assert.deepEqual(again(market), {
    type: "market",
    tokenIn: "SOL",
    tokenOut: "USDC",
    amount: "123456789012.000000001",
    slippage: "0.07",
    limitPrice: "",
    timeInForce: "GTD",
  });
});

test("a limit order comes back with its price and the closest of the form's expiries", () => {
  const limit: Order = { ...market, type: "limit", limitPrice: "0.0000000234567", timeInForce: "GTD" };
  const expiring = (expiresAt: string) => again({ ...limit, expiresAt })?.expiry;
  assert.equal(again({ ...limit, expiresAt: "2026-11-28T09:59:58.900Z" })?.limitPrice, "0.0000000234567");
  assert.equal(expiring("2026-11-28T09:59:58.900Z"), "1 day");
  assert.equal(expiring("2026-11-27T10:00:10.000Z"), "1 hour");
  assert.equal(expiring("2026-12-27T10:00:00.000Z"), "7 days");
  const once = again({ ...limit, timeInForce: "IOC", expiresAt: "2026-12-04T10:00:00.000Z" });
  assert.deepEqual([once?.timeInForce, once?.expiry], ["IOC", undefined]);
});

test("a sniper order comes back with its demands, apart from what the form's other orders hold", () => {
  const sniper = {
    venues: ["Raydium", "Meteora"],
    minLiquidity: "50.000000001",
    maxLiquidity: null,
    maxAgeSlots: 333,
    require: ["lp_burned"],
  };
  const order = { ...market, type: "sniper", tokenOut: MINT, slippageBps: 1000, sniper } as Order;
  assert.deepEqual(again({ ...order, expiresAt: "2026-11-27T11:00:00.000Z" }), {
    type: "sniper",
    mint: MINT,
    sniperTokenIn: "SOL",
    sniperAmount: "123456789012.000000001",
    leastPrice: "",
    minLiquidity: "50.000000001",
    maxLiquidity: "",
    sniperSlippage: "10",
    maxAge: "133.2",
    require: ["lp_burned"],
    venues: ["Raydium", "Meteora"],
    expiry: "1 hour",
  });
  assert.deepEqual(again({ ...order, sniper: { ...sniper, require: [] } } as Order)?.require, []);
  assert.deepEqual(again({ ...order, sniper: { ...sniper, venues: [] } } as Order)?.venues, []);
});

test("an address that asks for nothing, or for nonsense, fills in nothing", () => {
  const asked = (query: string) => draftOf(new URLSearchParams(query));
  for (const query of ["", "type=", "type=toString", "amount=5", "type=Market"])
    assert.equal(asked(query), null, query);
  const odd = asked(`type=sniper&slippageBps=1e3&maxAgeSlots=-1&require=anything,lp_burned&amount=${"9".repeat(500)}`);
  assert.deepEqual(odd?.require, ["lp_burned"]);
  assert.equal(odd?.sniperAmount?.length, 60);
  assert.deepEqual([odd?.sniperSlippage, odd?.maxAge, odd?.expiry], [undefined, undefined, undefined]);
});
