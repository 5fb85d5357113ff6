import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, keyFor } from "./intent.ts";

function browserStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
  };
}

function keys() {
  let count = 0;
  return () => `key-${(count += 1)}`;
}

test("an unanswered intent keeps its key, also after a reload", () => {
  const [storage, newKey] = [browserStorage(), keys()];
  assert.equal(keyFor("10 SOL", storage, newKey), "key-1");
  assert.equal(keyFor("10 SOL", storage, newKey), "key-1");
});

test("another body is another intent", () => {
  const [storage, newKey] = [browserStorage(), keys()];
  assert.equal(keyFor("10 SOL", storage, newKey), "key-1");
  assert.equal(keyFor("11 SOL", storage, newKey), "key-2");
});

test("coming back to an unanswered body repeats its intent", () => {
  const [storage, newKey] = [browserStorage(), keys()];
  keyFor("10 SOL", storage, newKey);
  keyFor("11 SOL", storage, newKey);
  answered("11 SOL", storage);
  assert.equal(keyFor("10 SOL", storage, newKey), "key-1");
});

test("after an answer the same body is a new intent", () => {
  const [storage, newKey] = [browserStorage(), keys()];
  keyFor("10 SOL", storage, newKey);
  answered("10 SOL", storage);
  assert.equal(keyFor("10 SOL", storage, newKey), "key-2");
});

test("a broken entry counts as none", () => {
  const [storage, newKey] = [browserStorage(), keys()];
  storage.setItem("intents", "{");
  assert.equal(keyFor("10 SOL", storage, newKey), "key-1");
});
