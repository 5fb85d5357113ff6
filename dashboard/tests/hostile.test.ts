import assert from "node:assert/strict";
import { test } from "node:test";
import type { Launch } from "../src/types.ts";
import { fits } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const MARKUP = `<img src=x onerror="window.ran=true"><b>bold</b>`;

/** An address that has no pool. */
const MINT = "9n4nbM75f5Ui33ZbPYXn59EwSgE8CGsHtAeTH5YFeJ9E";

openEngine();

test("markup in token names, reasons and venues is text", async () => {
  const id = await engine.place({ amount: "1" });
  await engine.untilFinal(id);
  const reader = await Reader.open(browser, engine.url);
  // The engine's own answers with the markup put in, as if a token were called so.
  await reader.page.route(/\/api\/(tokens|quote|orders)\b(?!\/ws)/, async (route) => {
    const answer = await route.fetch();
    const text = (await answer.text())
      .replaceAll('"USDC"', JSON.stringify(MARKUP))
      .replaceAll('"Raydium"', JSON.stringify(MARKUP));
    await route.fulfill({
      response: answer,
      body: text.replaceAll(/"(failureReason|reason)":(null|"[^"]*")/g, `"$1":${JSON.stringify(MARKUP)}`),
    });
  });
  const places = {
    "/": ".route-reason",
    "/orders": "tr[data-order]",
    [`/orders/${id}`]: ".route-reason",
    "/charts": ".numbers tbody td",
  };
  for (const [path, place] of Object.entries(places)) {
    await reader.page.goto(engine.url + path);
    await reader.page.locator(place).filter({ hasText: "<img src=x" }).first().waitFor({ state: "attached" });
    assert.equal(await reader.page.locator("main img, main b").count(), 0, path);
  }
  assert.equal(await reader.page.evaluate(() => "ran" in window), false);
  await reader.leave();
});

test("what a creator calls his token is text, however long, and never hides which one it is", async () => {
  const id = await engine.place({ type: "sniper", tokenOut: MINT, amount: "0.1" });
  for (const symbol of [MARKUP, "USDC", "W".repeat(300), "\u202EKNOB \u0000\n"]) {
    const reader = await Reader.open(browser, engine.url, "/orders", { viewport: { width: 320, height: 700 } });
    await reader.page.route("**/api/launches?**", async (route) => {
      const answer = await route.fetch();
      const [first, ...others] = (await answer.json()) as Launch[];
      await route.fulfill({ response: answer, json: [{ ...first, mint: MINT, symbol }, ...others] });
    });
    await reader.page.goto(`${engine.url}/orders`);
    await reader.sees(reader.row(id), symbol.slice(-5).trim());
    await reader.sees(reader.row(id), `${MINT.slice(0, 4)}\u2026${MINT.slice(-4)}`);
    await fits(reader, "the orders");
    await reader.page.goto(`${engine.url}/orders/${id}`);
    await reader.sees(reader.page.getByRole("region", { name: "Sniper" }), MINT);
    await fits(reader, "the order");
    await reader.page.goto(engine.url);
    await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
    await reader.page.locator(`[data-mint="${MINT}"] input`).check();
    assert.equal(await reader.page.getByLabel("Mint of the token to buy").inputValue(), MINT);
    await fits(reader, "the form");
    assert.equal(await reader.page.locator("main img, main b").count(), 0);
    assert.equal(await reader.page.evaluate(() => "ran" in window), false);
    await reader.leave();
  }
});

test("the policy forbids inline code, and the page keeps to it", async () => {
  const policy = (await fetch(engine.url)).headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe/);
  const reader = await Reader.open(browser, engine.url);
  await reader.page.locator("[data-venue]").first().waitFor();
  // A violation is logged by the browser as an error, which a reader complains about.
  await reader.leave();
});
