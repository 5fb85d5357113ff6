import assert from "node:assert/strict";
import { test } from "node:test";
import { transactionAddress } from "./explorer.ts";

const SIGNATURE = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW";

test("the signature stands in its place of the address", () => {
  assert.equal(
    transactionAddress("https://explorer.example/tx/{signature}?cluster=devnet", SIGNATURE),
    `https://explorer.example/tx/${SIGNATURE}?cluster=devnet`,
  );
  assert.equal(
    transactionAddress("http://127.0.0.1:8080/{signature}", "a/b?c#d$&"),
    "http://127.0.0.1:8080/a%2Fb%3Fc%23d%24%26",
  );
});

test("there is no address without a template, and none that is not of the web", () => {
  for (const template of [
    undefined,
    null,
    "",
    "https://explorer.example/",
    "javascript:alert(1)//{signature}",
    "data:text/html,{signature}",
    "//explorer.example/{signature}",
    "explorer.example/{signature}",
    "https://{signature}:x",
  ])
    assert.equal(transactionAddress(template, SIGNATURE), null, String(template));
});
