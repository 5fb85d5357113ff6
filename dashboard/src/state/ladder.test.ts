import assert from "node:assert/strict";
import { test } from "node:test";
import { ladderFor } from "./ladder.ts";

test("the sizes go from one to a thousand, and higher with what is traded", () => {
  const usual = ["1", "3", "10", "30", "100", "300", "1000"];
  for (const magnitude of [null, -9, 0, 1]) assert.deepEqual(ladderFor(magnitude), usual);
  assert.deepEqual(ladderFor(2), ["10", "30", "100", "300", "1000", "3000", "10000"]);
});

test("of an absurd amount they tell how much is not", () => {
  for (const magnitude of [4, 12, 40]) assert.equal(ladderFor(magnitude)[0], "1000");
});
