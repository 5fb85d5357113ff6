// What stands between a reader and an order that he would regret.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

openEngine();

async function count(amount: string): Promise<number> {
  return (await engine.orders()).filter((order) => order.amount === amount).length;
}

/** Everything that the page asked the engine to place. */
function watchPlacing(reader: Reader): Record<string, unknown>[] {
  const asked: Record<string, unknown>[] = [];
  reader.page.on("request", (request) => {
    if (request.method() === "POST") asked.push(request.postDataJSON() as Record<string, unknown>);
  });
  return asked;
}

test("an order that moves its price by more than 3 % is placed after a second yes, with the minimum that was shown", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked = watchPlacing(reader);
  await reader.write("4000.000000077");
  await reader.sees(reader.page.locator(".side-warning"), /moves the price against itself by [\d.]+%/);
  const button = await reader.page.getByRole("button", { name: "Place order" }).boundingBox();
  assert.ok(button);
  await reader.page.mouse.dblclick(button.x + button.width / 2, button.y + button.height / 2);
  const question = reader.page.getByRole("group", { name: /^Your size moves the price by [\d.]+%$/ });
  await question.waitFor();
  assert.ok(await question.evaluate((box) => box === document.activeElement), "it has the focus");
  await reader.page.keyboard.press("Enter");
  assert.deepEqual(asked, []);

  await question.getByRole("button", { name: "Do not place it" }).click();
  await reader.page.getByRole("button", { name: "Place order" }).waitFor();
  assert.deepEqual(asked, []);

  await reader.place();
  const shown = /at least ([\d,.]+) USDC/.exec(await question.innerText())?.[1]?.replaceAll(",", "");
  await question.getByRole("button", { name: "Place it all the same" }).dblclick();
  await until(async () => ((await count("4000.000000077")) === 1 ? true : null));
  assert.deepEqual([asked.length, asked[0]?.["minAmountOut"]], [1, shown]);
  await reader.sees(reader.page.locator(".headline-state"), /after|failed/i);
  assert.equal(await count("4000.000000077"), 1);
  await reader.leave();
});

test("whoever is faster than the quote is asked all the same", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked = watchPlacing(reader);
  await reader.write("4000.000000088");
  await reader.page.keyboard.press("Enter");
  await reader.page.getByRole("group", { name: /^Your size moves the price by/ }).waitFor();
  // Another amount is another order.
  await reader.write("2");
  await reader.page.getByRole("button", { name: "Place order" }).waitFor();
  assert.deepEqual(asked, []);
  await reader.leave();
});

test("an order below 3 % is not asked about", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.write("1000.000000099");
  await reader.sees(reader.page.locator(".side-warning"), /moves the price/);
  await reader.place();
  await until(async () => ((await count("1000.000000099")) === 1 ? true : null));
  await reader.leave();
});

test("what no venue takes is not placed, and the page says why", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked = watchPlacing(reader);
  const button = reader.page.getByRole("button", { name: "Place order" });
  const problem = reader.page.locator(".form-problem");
  await reader.write("200000");
  await reader.sees(problem, "Too large for the pools. They take ");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  assert.equal(await button.getAttribute("aria-describedby"), "form-problem");
  await reader.sees(reader.venue("Raydium"), "this size would get less than half of the market price");
  assert.equal(await reader.page.locator("output.side-amount").innerText(), "\u2014");
  await button.click({ force: true });

  await reader.write("0.000000001");
  await reader.sees(problem, "Too small to trade.");
  await reader.page.keyboard.press("Enter");

  // Faster than the quote.
  await reader.write("300000");
  await reader.page.keyboard.press("Enter");
  await reader.sees(problem, /Too large for the pools|No venue takes this trade/);
  assert.deepEqual(asked, []);

  // A limit order can wait for a pool that takes it.
  await reader.page.getByRole("radio", { name: "Limit", exact: true }).check();
  await until(async () => ((await button.getAttribute("aria-disabled")) === "false" ? true : null));
  await reader.page.getByRole("radio", { name: "Market", exact: true }).check();
  await reader.write("2");
  await until(async () => ((await button.getAttribute("aria-disabled")) === "false" ? true : null));
  await reader.leave();
});

test("the quote says how old it is, and a fresh one can be asked for", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.sees(reader.page.locator(".quote-age"), /^Quoted \d+ s ago/);
  let isHeld = true;
  let asked = 0;
  await reader.page.route("**/api/quote?**amount=7.5&**", async (route) => {
    asked += 1;
    if (isHeld && asked > 1) return;
    await route.continue();
  });
  await reader.write("7.5");
  await reader.sees(reader.page.locator(".quote-age"), /^Quoted [6-9] s ago/);
  const before = asked;
  isHeld = false;
  await reader.page.getByRole("button", { name: "Ask the venues again" }).click();
  await reader.sees(reader.page.locator(".quote-age"), /^Quoted [01] s ago/);
  assert.ok(asked > before);
  await reader.leave();
});

test("something is seen before the script has come, and does not jump when it does", async () => {
  for (const width of [320, 1280]) {
    const reader = await Reader.open(browser, engine.url, "/", { viewport: { width, height: 800 } });
    const height = () =>
      reader.page.locator("header.header").evaluate((header) => header.getBoundingClientRect().height);
    let letThrough = () => {};
    const held = new Promise<void>((go) => (letThrough = go));
    await reader.page.route("**/*.js", async (route) => {
      await held;
      await route.continue();
    });
    await reader.page.reload({ waitUntil: "commit" });
    await reader.sees(reader.page.locator(".shell-brand"), "Order engine");
    await reader.page.locator(".shell-card .skeleton-line").first().waitFor();
    const before = await height();
    letThrough();
    await reader.page.locator("[data-venue]").first().waitFor();
    assert.equal(await reader.page.locator(".shell-card").count(), 0);
    assert.equal(await height(), before, `at ${width}`);
    await reader.leave();
  }
});
