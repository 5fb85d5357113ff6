// Numbers as the reader's country writes them: what was understood stands at the field, and what is not clear is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { clean } from "./clean.ts";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const PHONE = { viewport: { width: 320, height: 700 }, hasTouch: true, locale: "de-DE" } as const;

openEngine();

/** A page, and what it asks the engine for: the amounts that were quoted, and the orders that were placed. */
async function open(options: BrowserContextOptions = {}) {
  const reader = await Reader.open(browser, engine.url, "/", options);
  const quoted: (string | null)[] = [];
  const placed: Record<string, unknown>[] = [];
  await reader.page.route("**/api/quote?**", async (route) => {
    quoted.push(new URL(route.request().url()).searchParams.get("amount"));
    await route.continue();
  });
  await reader.page.route("**/api/orders/execute", async (route) => {
    placed.push(JSON.parse(route.request().postData() ?? "") as Record<string, unknown>);
    await route.continue();
  });
  const field = (name: string) => reader.page.locator(`input#${name}`);
  const readAs = (name: string) => reader.page.locator(`#${name}-reading`);
  const placedOnce = async (count = 1) => {
    await reader.place();
    return await until(async () => (placed.length === count ? (placed.at(-1) ?? null) : null));
  };
  return { reader, quoted, placed, field, readAs, placedOnce };
}

test("an amount with a comma is quoted and placed as what the field says that it was read as", async () => {
  const { reader, quoted, field, readAs, placedOnce } = await open(PHONE);
  await field("amount").fill("1.234,56");
  await reader.sees(readAs("amount"), "Read as 1234.56.");
  await until(async () => (quoted.includes("1234.56") ? true : null));
  await field("amount").fill("0,5");
  await reader.sees(readAs("amount"), "Read as 0.5.");
  await field("slippageBps").fill("0,1");
  await reader.sees(readAs("slippageBps"), "Read as 0.1.");
  assert.equal(await reader.page.getByRole("radio", { name: "0.1%" }).isChecked(), true);
  await reader.sees(reader.page.getByText("You receive at least"), /\d/);
  await clean(reader, "numbers with commas");
  const order = await placedOnce();
  assert.deepEqual([order["amount"], order["slippageBps"]], ["0.5", 10]);
  assert.equal((await engine.order(await reader.activeOrder())).amount, "0.5");
  assert.match((await field("amount").getAttribute("aria-describedby")) ?? "", /amount-reading/);
  assert.equal(await field("amount").inputValue(), "0,5", "what was typed stays");
  await reader.leave();
});

test("an amount with two meanings is neither quoted nor placed until the reader has chosen one", async () => {
  const { reader, quoted, placed, field, readAs, placedOnce } = await open(PHONE);
  await field("amount").fill("1,500");
  await reader.sees(reader.problemAt("amount"), "Can mean 1500 or 1.5.");
  assert.equal(await field("amount").getAttribute("aria-invalid"), "true");
  await reader.sees(reader.page.getByRole("main"), "No amount yet");
  await reader.place();
  assert.deepEqual(placed, []);
  await reader.page.getByRole("button", { name: "Use 1.5", exact: true }).click();
  assert.equal(await field("amount").inputValue(), "1.5");
  assert.equal(await field("amount").evaluate((input) => input === document.activeElement), true);
  await until(async () => (quoted.includes("1.5") ? true : null));
  assert.equal(await reader.problemAt("amount").innerText(), "");
  assert.equal((await placedOnce())["amount"], "1.5");
  assert.ok(!quoted.includes("1500") && !quoted.includes("1,500"), String(quoted));

  await field("amount").fill("1.500");
  await reader.sees(readAs("amount"), "Read as 1.5, not 1500.");
  await field("amount").fill("1,2,3");
  await reader.sees(reader.problemAt("amount"), "Write it like 1234.56 or 1234,56.");
  await reader.leave();
});

test("a limit price is read alike, and its order waits for it to be clear", async () => {
  const { reader, placed, field, readAs, placedOnce } = await open();
  await reader.page.getByRole("radio", { name: "Limit", exact: true }).check();
  await field("limitPrice").fill("10,000");
  await reader.sees(reader.problemAt("limitPrice"), "Can mean 10000 or 10.");
  await reader.place();
  assert.deepEqual(placed, []);
  await field("limitPrice").fill("10.000,5");
  await reader.sees(readAs("limitPrice"), "Read as 10000.5.");
  await reader.sees(reader.page.locator("#limitPrice-hint"), "to go");
  assert.equal((await placedOnce())["limitPrice"], "10000.5");
  await field("limitPrice").fill("1,500");
  await reader.page.getByRole("radio", { name: "Market", exact: true }).check();
  assert.ok(await placedOnce(2), "a price that is not asked for does not stand in the way");
  await reader.leave();
});

test("every number of a sniper order is read alike", async () => {
  const { reader, placed, field, placedOnce } = await open();
  await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
  await reader.page.locator(".launch input").first().check();
  const fields = [
    ["amount", "0,25", "0.25"],
    ["slippageBps", "7,5", 750],
    ["minLiquidity", "1.000,5", "1000.5"],
    ["maxLiquidity", "1 000 000,5", "1000000.5"],
    ["maxAgeSlots", "90,4", 226],
    ["limitPrice", "0,5", "0.5"],
  ] as const;
  for (const [name] of fields) {
    await field(name).fill("1,500");
    await reader.sees(reader.problemAt(name), "Can mean 1500 or 1.5.");
  }
  await reader.place();
  assert.deepEqual(placed, []);
  for (const [name, text] of fields) await field(name).fill(text);
  const order = await placedOnce();
  for (const [name, , sent] of fields) assert.equal(order[name], sent, name);
  await reader.leave();
});
