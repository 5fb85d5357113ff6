import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Engine } from "./engine.ts";
import { Reader, openBrowser } from "./reader.ts";

const MARKUP = `<img src=x onerror="window.ran=true"><b>bold</b>`;

let engine: Engine;
let browser: Browser;

before(async () => {
  engine = await Engine.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await engine?.stop();
});

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
