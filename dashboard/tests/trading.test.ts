import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

openEngine();

test("an order is previewed at each venue, placed, and followed to its confirmation", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.write("2.5");
  await reader.page.locator("[data-venue=Raydium]").waitFor();
  await reader.page.locator("[data-venue=Meteora]").waitFor();
  assert.equal(await reader.page.locator(".venue-best").count(), 1, "one venue is marked as the best one");
  await reader.place();
  for (const status of ["routing", "building", "submitted", "confirmed"])
    await reader.step(status).and(reader.page.locator(".step-done, .step-current")).waitFor();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);

  const shown = await reader.page.getByLabel("Execution").innerText();
  assert.match(shown, /Executed price\s+[\d,.]+\s*[+\u2212]?[\d.]+ bps/);
  assert.match(shown, /Venue\s+(Raydium|Meteora)/);
  const id = await reader.activeOrder();
  await reader.sees(reader.row(id), "confirmed");
  await reader.leave();
});

test("a market order is bound to the quote on screen, and to none that is of another order", async () => {
  const reader = await Reader.open(browser, engine.url);
  const answers: { amount: string; slippageBps: number; minimumReceived: string }[] = [];
  let isHeld = false;
  await reader.page.route("**/api/quote?**", async (route) => {
    if (isHeld) return;
    const answer = await route.fetch();
    answers.push((await answer.json()) as (typeof answers)[number]);
    await route.fulfill({ response: answer });
  });
  const asked: Record<string, unknown>[] = [];
  await reader.page.route("**/api/orders/execute", async (route) => {
    asked.push(JSON.parse(route.request().postData() ?? "") as Record<string, unknown>);
    await route.continue();
  });
  const promise = reader.page.getByText("You receive at least");
  const placeOne = async (count: number) => {
    await reader.place();
    await until(async () => (asked.length === count ? true : null));
    await reader.page.getByRole("button", { name: "Place order" }).waitFor();
  };

  await reader.write("2.0");
  await reader.sees(promise, /^You receive at least [\d.]+ USDC\.$/);
  isHeld = true; // the quote on screen stays
  const shown = /at least ([\d.]+) USDC/.exec(await promise.innerText())?.[1];
  await placeOne(1);
  assert.equal(asked[0]?.["minAmountOut"], shown);
  assert.ok(answers.some((answer) => answer.amount === "2" && answer.minimumReceived === shown));
  const id = await reader.activeOrder();
  assert.equal((await engine.order(id)).minAmountOut, shown);

  for (const [index, change] of [
    () => reader.write("3"),
    () => reader.page.getByLabel("Slippage in percent").fill("0.9"),
    () => reader.page.getByLabel("Token to receive").selectOption("USDT"),
  ].entries()) {
    await change();
    await promise.waitFor({ state: "detached" });
    await placeOne(index + 2);
    assert.ok(!("minAmountOut" in (asked.at(-1) ?? {})), "no quote of this order is on screen");
  }
  isHeld = false;
  await reader.write("4");
  await promise.waitFor();
  await reader.page.getByRole("radio", { name: "Limit", exact: true }).check();
  await promise.waitFor({ state: "detached" });
  await reader.page.getByLabel("Limit price", { exact: true }).fill("10000");
  await placeOne(5);
  assert.ok(!("minAmountOut" in (asked.at(-1) ?? {})), "a limit order has a price for that");
  await reader.leave();
});

test("a double click places one order", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.write("1.000000077");
  const button = await reader.page.getByRole("button", { name: "Place order" }).boundingBox();
  assert.ok(button);
  const [x, y] = [button.x + button.width / 2, button.y + button.height / 2];
  const accepted = reader.page.waitForResponse("**/api/orders/execute");
  await reader.page.mouse.dblclick(x, y);
  await accepted;
  await reader.page.mouse.click(x, y);
  await until(async () => ((await sameAmount("1.000000077")).length > 0 ? true : null));
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.equal((await sameAmount("1.000000077")).length, 1);
  await reader.leave();
});

test("when the answer is lost on its way, the same intent is repeated and one order exists", async () => {
  const reader = await Reader.open(browser, engine.url);
  const keys: (string | undefined)[] = [];
  await reader.page.route("**/api/orders/execute", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await reader.write("1.000000088");
  await reader.place();
  await reader.sees(reader.page.locator(".form-problem"), "the same order is never placed twice");
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal((await sameAmount("1.000000088")).length, 1);
  await reader.leave();
});

test("each objection of the engine stands at the field that it names", async () => {
  const reader = await Reader.open(browser, engine.url);
  const amount = reader.page.getByLabel("You pay", { exact: true });
  for (const text of ["0", "-1", "ten", "1.0000000001", "99999999999999999999"]) {
    await reader.write(text);
    await reader.place();
    await reader.sees(reader.problemAt("amount"), /\S/);
    assert.equal(await amount.getAttribute("aria-invalid"), "true", text);
    assert.match((await amount.getAttribute("aria-describedby")) ?? "", /amount-problem/);
    await reader.write("1");
    await until(async () => ((await reader.problemAt("amount").innerText()) === "" ? true : null));
  }
  await reader.page.getByLabel("Slippage in percent").fill("10.01");
  await reader.place();
  await reader.sees(reader.problemAt("slippageBps"), /\S/);
  assert.equal(await reader.problemAt("amount").innerText(), "");
  await reader.leave();
});

test("all digits of an amount reach the engine", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.write("0.123456789");
  await reader.place();
  await until(async () => ((await sameAmount("0.123456789")).length === 1 ? true : null));
  await reader.leave();
});

test("an order can be placed with the keyboard alone", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.getByLabel("You pay", { exact: true }).focus();
  await reader.page.keyboard.press("Control+a");
  await reader.page.keyboard.type("1.000000099");
  await reader.page.keyboard.press("Enter");
  await until(async () => ((await sameAmount("1.000000099")).length === 1 ? true : null));
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await reader.leave();
});

async function sameAmount(amount: string): Promise<unknown[]> {
  return (await engine.orders()).filter((order) => order.amount === amount);
}
