import assert from "node:assert/strict";
import { test } from "node:test";
import { profitOf, worthOf } from "./profit.ts";

const MINT = "E8kZbHqTzDMkpXLJqTQPYWvd8HeHDQ7Rq1mTk8eBQPfo";
const LISTED = [
  ["SOL", "USDC"],
  ["USDT", "USDC"],
];

function swap(amount: string, tokenIn: string, amountOut: string | null, tokenOut: string, status = "confirmed") {
  return { status, tokenIn, tokenOut, amount, amountOut } as Parameters<typeof profitOf>[0][number];
}

test("sums keep every digit that a float would lose", () => {
  const swaps = [
    swap("123456789012.000000001", "SOL", "0.1", "USDC"),
    swap("0.000000001", "SOL", "0.2", "USDC"),
    swap("0.7", "USDC", "123456789012.000000003", "SOL"),
  ];
  const { orders, flows } = profitOf(swaps, LISTED);
  assert.equal(orders, 3);
  assert.deepEqual(flows, [
    { token: "SOL", in: "123456789012.000000003", out: "123456789012.000000002", net: "0.000000001" },
    { token: "USDC", in: "0.3", out: "0.7", net: "-0.4" },
  ]);
});

test("ten thousand of the smallest amounts are ten thousand of them", () => {
  const { flows } = profitOf(Array(10_000).fill(swap("0.000000001", "SOL", "0.000001", "USDC")), LISTED);
  assert.deepEqual(
    flows.map(({ net }) => net),
    ["-0.00001", "0.01"],
  );
});

test("a price is quote per base in both directions, weighted by size, however the pair was swapped", () => {
  const { pairs } = profitOf(
    [
      swap("1", "SOL", "80", "USDC"),
      swap("3", "SOL", "236", "USDC"),
      swap("82", "USDC", "1", "SOL"),
      swap("2", "USDC", "1.999", "USDT"),
      swap("0.5", "SOL", "3", MINT),
    ],
    LISTED,
  );
  assert.deepEqual(
    pairs.map(({ base, quote, bought, sold }) => [
      base,
      quote,
      bought?.average,
      bought?.orders,
      sold?.average,
      sold?.orders,
    ]),
    [
      [MINT, "SOL", "0.1666666666666666667", 1, undefined, undefined],
      ["SOL", "USDC", "82", 1, "79", 2],
      ["USDT", "USDC", "1.000500250125062531", 1, undefined, undefined],
    ],
  );
});

test("what was not confirmed swapped nothing", () => {
  const others = ["failed", "cancelled", "expired", "submitted", "waiting"].map((status) =>
    swap("1", "SOL", null, "USDC", status),
  );
  assert.deepEqual(profitOf(others, LISTED), { orders: 0, flows: [], pairs: [] });
  assert.deepEqual(profitOf([], []), { orders: 0, flows: [], pairs: [] });
});

test("worth is exact, and says which tokens have no price", () => {
  const { flows } = profitOf([swap("1.000000001", "SOL", "79.1", "USDC"), swap("1", "USDC", "7", MINT)], LISTED);
  const worth = worthOf(
    flows,
    new Map([
      ["SOL", "79.123456789"],
      ["USDC", "1"],
    ]),
  );
  assert.equal(worth.byToken.get("SOL"), "-79.123456868123456789");
  assert.equal(worth.byToken.get("USDC"), "78.1");
  assert.equal(worth.total, "-1.023456868123456789");
  assert.deepEqual(worth.unpriced, [MINT]);
  assert.deepEqual(worthOf(flows, new Map()).total, null);
});
