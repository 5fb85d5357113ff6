import assert from "node:assert/strict";
import { test } from "node:test";
import { clean } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

let finished: string;

openEngine({}, async () => {
  finished = await engine.place({ amount: "2" });
  await engine.untilFinal(finished);
});

test("axe finds nothing on any page, in the light of day", async () => {
  const reader = await Reader.open(browser, engine.url, "/", { colorScheme: "light" });
  await reader.page.locator("[data-venue]").first().waitFor();
  await clean(reader, "trade, before an order");
  await reader.place();
  await reader.step("submitted").and(reader.page.locator(".step-current")).waitFor();
  await clean(reader, "trade, with a live order");
  await reader.write("0");
  await reader.sees(reader.problemAt("amount"), /\S/);
  await clean(reader, "trade, with an objection");
  for (const [path, sign] of [
    ["/orders", "tr[data-order]"],
    [`/orders/${finished}`, ".log-entry"],
    ["/charts", ".chart canvas"],
  ] as const) {
    await reader.page.goto(engine.url + path);
    await reader.page.locator(sign).first().waitFor();
    await clean(reader, path);
  }
  await reader.leave();
});

test("where colours are forced, what is chosen is still told from what is not", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders?status=confirmed", { forcedColors: "active" });
  const ground = (name: string) =>
    reader.page
      .getByRole("link", { name, exact: true })
      .first()
      .evaluate((link) => getComputedStyle(link).backgroundColor);
  await reader.row(finished).waitFor();
  assert.notEqual(await ground("confirmed"), await ground("failed"));
  assert.notEqual(await ground("Orders"), await ground("Trade"));
  await reader.page.goto(engine.url);
  const chip = (name: string) =>
    reader.page
      .locator(".chip", { hasText: name })
      .locator("span")
      .first()
      .evaluate((span) => getComputedStyle(span).backgroundColor);
  await reader.page.locator("[data-venue]").first().waitFor();
  assert.notEqual(await chip("Market"), await chip("Limit"));
  await reader.leave();
});

for (const [width, height] of [
  [640, 450],
  [3840, 2160],
] as const)
  test(`the history and an order fit into ${width} by ${height}`, async () => {
    const reader = await Reader.open(browser, engine.url, "/orders", {
      viewport: { width, height },
      reducedMotion: "reduce",
    });
    await reader.row(finished).waitFor();
    await reader.page.locator("[data-token]").first().waitFor();
    await clean(reader, "/orders");
    await reader.page.goto(`${engine.url}/orders/${finished}`);
    await reader.page.locator(".log-entry").first().waitFor();
    await clean(reader, "an order");
    const moving = await reader.page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
    await reader.leave();
  });
