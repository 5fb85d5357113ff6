import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOf } from "./market-kind.ts";

test("each kind has a name and a meaning of its own, and only mainnet is live", () => {
  const kinds = ["simulated", "local", "devnet", "mainnet"].map(wordsOf);
  assert.deepEqual(
    kinds.map(({ label }) => label),
    ["Simulated", "Local chain", "Devnet", "LIVE"],
  );
  assert.equal(new Set(kinds.map(({ meaning }) => meaning)).size, kinds.length);
  assert.deepEqual(
    kinds.map(({ tone }) => tone),
    ["quiet", "quiet", "quiet", "live"],
  );
});

test("a kind that the page does not know is shown as its text, and is called neither harmless nor live", () => {
  for (const kind of ["testnet", "LIVE", "constructor", "Simulated"]) {
    const { label, meaning, tone } = wordsOf(kind);
    assert.equal(label, kind);
    assert.equal(tone, "unknown");
    assert.match(meaning, /does not know/);
  }
});
