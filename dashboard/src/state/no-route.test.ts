import assert from "node:assert/strict";
import { test } from "node:test";
import type { Offer, QuoteAnswer } from "../types.ts";
import type { Depth } from "./depth.ts";
import { noRoute, rejectionInWords } from "./no-route.ts";

const LARGE = "no liquidity: the swap would cross more than 200 price bins";
const HALF = "implausible answer: it pays less than half of the market price";

function dropped(rejected: string): Offer {
  return { dex: "Raydium", rejected } as Offer;
}

const QUOTE = {
  dex: "Raydium",
  amountIn: "1",
  amountOut: "78",
  netAmountOut: "78",
  price: "78",
  fee: "0",
  priceImpactBps: 1,
  networkFee: "0",
  minimumReceived: "77",
  rejected: null,
} as unknown as Offer;

function answer(...quotes: Offer[]): QuoteAnswer {
  return { tokenIn: "SOL", tokenOut: "USDC", amount: "100000", quotes } as unknown as QuoteAnswer;
}

const depth: Depth = {
  tokenIn: "SOL",
  tokenOut: "USDC",
  rungs: [
    { amount: "1000", offers: [QUOTE] },
    { amount: "30000", offers: [dropped(LARGE), QUOTE] },
    { amount: "100000", offers: [dropped(LARGE)] },
  ],
};

test("while a venue takes the trade there is no reason not to place it", () => {
  assert.equal(noRoute(answer(dropped(LARGE), QUOTE), depth), null);
});

test("a size beyond the pools is the size's matter, and says what they take", () => {
  const none = noRoute(answer(dropped(HALF), dropped(LARGE)), depth);
  assert.deepEqual(none, { title: "Too large for the pools", detail: "They take 30,000 SOL, but not this much." });
  assert.match(rejectionInWords(HALF), /^this size would get less than half/);
});

test("without a smaller size that is taken, nothing is claimed of the size", () => {
  const usual = "No venue takes this trade";
  assert.equal(noRoute(answer(dropped(HALF)), null)?.title, usual);
  assert.equal(noRoute(answer(dropped(HALF)), { ...depth, tokenOut: "USDT" })?.title, usual);
  assert.equal(noRoute({ ...answer(dropped(HALF)), amount: "1000" }, depth)?.title, usual);
  assert.equal(noRoute(answer(dropped(HALF), dropped("unavailable: it is down")), depth)?.title, usual);
});

test("an amount of which nothing would come out is too small, and silent venues are silent", () => {
  const small = dropped("no liquidity: the amount is too small: nothing would come out");
  assert.equal(noRoute(answer(small, small), null)?.title, "Too small to trade");
  const silent = [dropped("no answer within 2000 ms"), dropped("unavailable: it is down")];
  assert.equal(noRoute(answer(...silent), depth)?.title, "No venue answers");
  assert.equal(rejectionInWords("answered in verse"), "answered in verse");
});
