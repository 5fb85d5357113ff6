// What orders spend is said on every page; an engine of another kind is one whose answer says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Market } from "../src/types.ts";
import { clean, fits } from "./clean.ts";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const KINDS = {
  simulated: ["Simulated", "Nothing is bought or sold"],
  local: ["Local chain", "Solana on this machine; its tokens are worth nothing"],
  devnet: ["Devnet", "Solana's devnet; its tokens are worth nothing"],
  mainnet: ["LIVE", "Every order spends real money"],
  "a-kind-of-2030 <b>": ["a-kind-of-2030 <b>", "This page does not know what orders spend there"],
} as const;
const LOOKS = [
  { colorScheme: "light" },
  { colorScheme: "dark" },
  { colorScheme: "light", forcedColors: "active" },
  { colorScheme: "dark", viewport: { width: 320, height: 700 }, hasTouch: true },
] as const;

openEngine();

/** What the engine calls its market from now on, and whether it takes sniper orders there. */
async function call(page: Page, kind: string, takesSnipers = true): Promise<void> {
  const orderTypes = takesSnipers ? ["market", "limit", "sniper"] : ["market", "limit"];
  await page.route("**/api/market", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as Market), kind, orderTypes } });
  });
}

function types(reader: Reader): Promise<string[]> {
  return reader.page.getByRole("group", { name: "Order type" }).locator("label").allInnerTexts();
}

/** A page whose engine is of this kind from the beginning. */
async function openAt(kind: string, options = {}): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/", options);
  await call(reader.page, kind);
  await reader.page.reload();
  await reader.page.locator(".market").waitFor();
  return reader;
}

for (const look of LOOKS)
  test(`every page says what orders spend, in words (${JSON.stringify(look)})`, async () => {
    for (const [kind, [label, meaning]] of Object.entries(KINDS)) {
      const reader = await openAt(kind, look);
      const badge = reader.page.getByRole("banner").locator(".market");
      for (const path of ["/", "/orders", "/charts"]) {
        if (path !== "/") await reader.page.goto(engine.url + path);
        await reader.sees(badge.locator(".market-label"), label);
        assert.equal(await badge.getAttribute("title"), meaning);
        assert.equal(await badge.textContent(), `Market: ${label}. ${meaning}.`);
        if (path === "/") await clean(reader, `trade of ${kind}`);
        else await fits(reader, `${path} of ${kind}`);
      }
      await reader.leave();
    }
  });

test("the button says that an order is live where it is, and sniper orders are offered where they are taken", async () => {
  for (const kind of Object.keys(KINDS)) {
    const reader = await openAt(kind);
    const button = kind === "mainnet" ? "Place live order" : "Place order";
    await reader.page.getByRole("button", { name: button, exact: true }).waitFor();
    assert.deepEqual(await types(reader), ["Market", "Limit", "Sniper"]);
    await call(reader.page, kind, false);
    await reader.page.reload();
    await reader.page.getByRole("button", { name: button, exact: true }).waitFor();
    await until(async () => ((await types(reader)).length === 2 ? true : null));
    await reader.leave();
  }
});

test("a sniper order that was being written gives way to a market order where none is taken", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
  await call(reader.page, "devnet", false);
  await reader.page.reload();
  await reader.page.getByRole("heading", { name: "Market order" }).waitFor();
  assert.deepEqual(await types(reader), ["Market", "Limit"]);
  await reader.leave();
});

test("it is asked for once, until there is an answer, and again after the engine was away", async () => {
  const reader = await Reader.open(browser, engine.url);
  let asked = 0;
  await reader.page.route("**/api/market", (route) => {
    asked += 1;
    return asked === 1 ? route.abort() : route.fallback();
  });
  await reader.page.reload();
  await reader.sees(reader.page.locator(".market-label"), "Simulated");
  await reader.page.getByRole("link", { name: "Orders", exact: true }).click();
  await reader.page.getByRole("link", { name: "Trade", exact: true }).click();
  await reader.page.locator("[data-venue]").first().waitFor();
  assert.equal(asked, 2);

  await engine.kill();
  await reader.sees(reader.light("Engine"), "Unreachable");
  await call(reader.page, "mainnet");
  await engine.restart();
  await reader.sees(reader.page.locator(".market-label"), "LIVE");
  await reader.page.getByRole("button", { name: "Place live order" }).waitFor();
  await reader.leave();
});

test("somebody who comes back to the page sees what the engine is by now", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.sees(reader.page.locator(".market-label"), "Simulated");
  await call(reader.page, "mainnet");
  await reader.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await reader.sees(reader.page.locator(".market-label"), "LIVE");
  await reader.leave();
});

test("an engine that does not say what it is gets no badge, and is used as before", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.route("**/api/market", (route) => route.fulfill({ status: 404, json: { code: "not_found" } }));
  await reader.page.reload();
  await reader.page.locator("[data-venue]").first().waitFor();
  assert.equal(await reader.page.locator(".market").count(), 0);
  await until(async () => ((await types(reader)).length === 3 ? true : null));
  await reader.leave();
});
