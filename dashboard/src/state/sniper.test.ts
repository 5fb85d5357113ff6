import assert from "node:assert/strict";
import { test } from "node:test";
import type { Launch } from "../types.ts";
import { type Demands, checksOf, missedBy } from "./sniper.ts";

const NOW = Date.parse("2026-11-26T12:00:00.000Z");

const launch: Launch = {
  mint: "E8kZGftkUPSBfHB5EdZGQQQJeyREamyYY3KXSi8uQPfo",
  symbol: "KAMI",
  decimals: 6,
  against: "SOL",
  venue: "Meteora",
  pool: "9Tm51VrDbU3A12i6cbNePxustveynqLToTEaTyxDBWPd",
  slot: 1,
  opensAt: "2026-11-26T11:59:00.000Z",
  liquidity: "181.43",
  mintAuthorityRevoked: false,
  freezeAuthorityRevoked: true,
  lpBurned: true,
  announced: false,
};

const demands: Demands = {
  tokenIn: "SOL",
  require: [],
  venues: [],
  minLiquidity: "",
  maxLiquidity: "",
  maxAgeSlots: 300,
};

test("a pool misses what is demanded and not given, and nothing else", () => {
  assert.deepEqual(missedBy(launch, demands, NOW), []);
  const safe: Demands = { ...demands, require: ["lp_burned", "mint_authority_revoked"] };
  assert.deepEqual(missedBy(launch, safe, NOW), ["mint authority not revoked"]);
  assert.deepEqual(missedBy(launch, { ...demands, tokenIn: "USDC" }, NOW), ["traded against SOL"]);
  assert.deepEqual(missedBy(launch, { ...demands, venues: ["Raydium"] }, NOW), ["traded at Meteora"]);
  assert.deepEqual(missedBy(launch, { ...demands, venues: ["Raydium", "Meteora"] }, NOW), []);
});

test("the bounds of liquidity are themselves allowed, and what is no number bounds nothing", () => {
  assert.deepEqual(missedBy(launch, { ...demands, minLiquidity: "181.43", maxLiquidity: "181.430" }, NOW), []);
  assert.deepEqual(missedBy(launch, { ...demands, minLiquidity: "181.430000001" }, NOW), ["too little in the pool"]);
  assert.deepEqual(missedBy(launch, { ...demands, maxLiquidity: " 181 " }, NOW), ["too much in the pool"]);
  assert.deepEqual(missedBy(launch, { ...demands, minLiquidity: "much" }, NOW), []);
});

test("a pool is too old after its slots, and one that opens later never is", () => {
  assert.deepEqual(missedBy(launch, { ...demands, maxAgeSlots: 150 }, NOW), []);
  assert.deepEqual(missedBy(launch, { ...demands, maxAgeSlots: 149 }, NOW), ["open for too long"]);
  assert.deepEqual(missedBy({ ...launch, opensAt: "2026-11-27T00:00:00Z" }, { ...demands, maxAgeSlots: 1 }, NOW), []);
});

test("each mark says in words what it means", () => {
  const words = checksOf(launch).map((check) => check.words);
  assert.deepEqual(words, ["mint authority not revoked", "freeze authority revoked", "LP burned"]);
});
