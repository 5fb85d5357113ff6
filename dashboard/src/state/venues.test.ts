import assert from "node:assert/strict";
import { test } from "node:test";
import { lookOf } from "./venues.ts";

test("a venue keeps its look, whoever else appears", () => {
  const orca = lookOf("Orca");
  lookOf("Phoenix");
  assert.deepEqual(lookOf("Orca"), orca);
  assert.equal(lookOf("Raydium").colour, 1);
  assert.equal(lookOf("Meteora").colour, 2);
});

test("where colours run out, the shape still tells two venues apart", () => {
  const looks = Array.from({ length: 40 }, (_, index) => lookOf(`Venue ${index}`));
  assert.equal(new Set(looks.map(({ colour, shape }) => `${colour} ${shape}`)).size, looks.length);
});
