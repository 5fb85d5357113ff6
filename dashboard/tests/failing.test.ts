import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const FOUR_TRIES_MS = 90_000; // with pauses of about 1, 4 and 16 s between them

openEngine({ SIM_FAILURE_RATE: "1" });

test("an order that fails shows its tries and the reason in words", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.write("2");
  await reader.place();
  await reader.sees(reader.page.locator(".headline"), "try 2");
  await reader.sees(reader.page.locator(".step-earlier"), "Try 1 given up");
  await reader.sees(reader.step("failed"), "Failed", FOUR_TRIES_MS);
  assert.equal(await reader.page.locator(".step-earlier").count(), 3);
  assert.match(await reader.page.locator(".headline-state").innerText(), /^Failed after \d/);
  assert.match(await reader.step("failed").locator(".step-note").innerText(), /\S/);
  await reader.sees(reader.row(await reader.activeOrder()), "failed");
  await reader.leave();
});
