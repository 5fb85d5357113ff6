import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true } as const;

openEngine();

/** Writes a limit order into the form: SOL for USDC. */
async function writeLimit(reader: Reader, amount: string, price: string): Promise<void> {
  await reader.page.getByRole("radio", { name: "Limit", exact: true }).check();
  await reader.page.getByRole("heading", { name: "Limit order" }).waitFor();
  await reader.write(amount);
  await reader.page.getByLabel("Limit price", { exact: true }).fill(price);
}

function cancelButton(reader: Reader) {
  return reader.page.getByRole("button", { name: "Cancel order" });
}

test("an order far above the market waits, says why, and is cancelled with the button", async () => {
  const reader = await Reader.open(browser, engine.url);
  await writeLimit(reader, "1.5", "10000");
  await reader.sees(
    reader.page.locator("#limitPrice-hint:not(.is-stale)"),
    /^Best now: [\d.]+ at \w+\. [\d,.]+% to go\.$/,
  );
  await reader.page.getByRole("radio", { name: "1 hour" }).check();
  await reader.place();
  await reader.sees(reader.page.locator(".headline .badge"), "waiting");
  const id = await reader.activeOrder();
  await reader.sees(reader.row(id), /Limit price not met, [\d,.]+% to go/);

  await reader.page.goto(`${engine.url}/orders/${id}`);
  await reader.sees(reader.step("waiting").and(reader.page.locator(".step-current")), "Limit price not met");
  const limit = await reader.page.getByRole("region", { name: "Limit" }).innerText();
  assert.match(limit, /Limit price\s+10,000 USDC per SOL/);
  assert.match(limit, /Time in force\s+until it expires/);
  assert.match(limit, /Expires\s+\S/);
  assert.match(limit, /Waiting because\s+Limit price not met/);
  assert.match(limit, /Best price\s+[\d.]+ at (Raydium|Meteora)/);
  assert.match(limit, /Distance\s+[\d,.]+% to go/);
  assert.match(limit, /Last check\s+\d\d:\d\d:\d\d/);

  await cancelButton(reader).click();
  await reader.sees(reader.page.locator(".cancel-outcome"), "Cancelled. Nothing was swapped.");
  await reader.sees(reader.page.locator(".headline-state"), /^Cancelled after/);
  await reader.sees(reader.step("cancelled").and(reader.page.locator(".step-ended")), "Cancelled");
  assert.equal(await cancelButton(reader).count(), 0);
  assert.equal(await engine.untilFinal(id), "cancelled");
  await reader.leave();
});

test("a marketable one fills at once and is confirmed", async () => {
  const reader = await Reader.open(browser, engine.url);
  await writeLimit(reader, "1.25", "1");
  await reader.sees(reader.page.locator("#limitPrice-hint"), "Fills at once.");
  await reader.page.getByRole("radio", { name: "Once, now" }).check();
  assert.equal(await reader.page.getByRole("radio", { name: "1 hour" }).count(), 0, "there is nothing to expire");
  await reader.place();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.equal(await engine.untilFinal(await reader.activeOrder()), "confirmed");
  assert.equal(await cancelButton(reader).count(), 0);
  await reader.leave();
});

test("one that looks once and finds no such price expires and says what there was", async () => {
  const id = await engine.place({ type: "limit", limitPrice: "10000", timeInForce: "IOC" });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`, PHONE);
  await reader.sees(reader.page.locator(".headline-state"), /^Expired after/);
  await reader.sees(reader.step("expired"), "accepts no less than 10000 USDC");
  await reader.leave();
});

test("the engine's objections to a price stand at the price, and the price is of its pair alone", async () => {
  const reader = await Reader.open(browser, engine.url);
  for (const price of ["", "0", "much"]) {
    await writeLimit(reader, "1", price);
    await reader.place();
    await reader.sees(reader.problemAt("limitPrice"), /\S/);
    const described = await reader.page.getByLabel("Limit price", { exact: true }).getAttribute("aria-describedby");
    assert.match(described ?? "", /limitPrice-problem/);
  }
  await reader.page.getByRole("button", { name: "Trade the two tokens' places" }).click();
  assert.equal(await reader.page.getByLabel("Limit price", { exact: true }).inputValue(), "");
  await reader.leave();
});

test("after a lost answer the same price and expiry are asked for again under the same key", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked: { key: string | undefined; body: string | null }[] = [];
  await reader.page.route("**/api/orders/execute", async (route) => {
    asked.push({ key: route.request().headers()["idempotency-key"], body: route.request().postData() });
    if (asked.length > 1) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await writeLimit(reader, "1.000000066", "9000");
  await reader.place();
  await reader.sees(reader.page.locator(".form-problem"), "at 9000 or better");
  await reader.sees(reader.page.locator(".headline .badge"), "waiting");
  await reader.page.getByRole("button", { name: "Place order" }).waitFor();
  assert.deepEqual(asked[1], asked[0]);
  assert.match(asked[0]?.body ?? "", /"limitPrice":"9000","timeInForce":"GTD","expiresAt":"20/);
  assert.equal((await engine.orders()).filter((order) => order.amount === "1.000000066").length, 1);

  await reader.page.getByLabel("Limit price", { exact: true }).fill("9001");
  await reader.place();
  await until(async () =>
    (await engine.orders()).filter((order) => order.amount === "1.000000066").length === 2 ? true : null,
  );
  assert.notEqual(asked[2]?.key, asked[0]?.key);
  await reader.leave();
});

test("an order whose transaction is on its way is asked to be cancelled, and says what came of that", async () => {
  const id = await engine.place({ amount: "1.75" });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`);
  await reader.step("submitted").and(reader.page.locator(".step-current")).waitFor();
  await cancelButton(reader).focus();
  await reader.page.keyboard.press("Enter");
  await reader.sees(reader.page.locator(".cancel-outcome"), "Cancel requested: its transaction may still land.");
  assert.equal(await cancelButton(reader).count(), 0);
  const final = await engine.untilFinal(id);
  const end = final === "confirmed" ? "The cancel came too late" : "Nothing was swapped";
  await reader.sees(reader.page.locator(".cancel-outcome"), end);
  await reader.leave();
});

test("a cancel that is refused or lost says so, and can be asked for again", async () => {
  const id = await engine.place({ type: "limit", limitPrice: "10000" });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`);
  const refusal = { code: "not_cancellable", status: 409, detail: "the order is confirmed, which is final" };
  let tries = 0;
  await reader.page.route(`**/api/orders/${id}`, async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    tries += 1;
    if (tries === 1) return route.fulfill({ status: 409, json: refusal });
    if (tries === 2) return route.abort("connectionreset");
    return route.continue();
  });
  const problem = reader.page.locator(".cancel [role=alert]");
  await cancelButton(reader).click();
  await reader.sees(problem, "The order is confirmed, which is final.");
  await cancelButton(reader).click();
  await reader.sees(problem, "cancelling again is safe");
  await cancelButton(reader).click();
  await reader.sees(reader.page.locator(".cancel-outcome"), "Cancelled");
  assert.equal(await problem.innerText(), "");
  await reader.leave();
});

test("the filter 'open' shows what is open alone, and an order leaves it with its end", async () => {
  const open = await engine.place({ type: "limit", limitPrice: "10000", amount: "3" });
  const done = await engine.place({ type: "limit", limitPrice: "10000", amount: "3", timeInForce: "IOC" });
  await engine.untilFinal(done);
  const reader = await Reader.open(browser, engine.url, "/orders", PHONE);
  await reader.sees(reader.row(done), "expired");
  await reader.page.getByRole("link", { name: "open", exact: true }).click();
  await reader.page.waitForURL("**/orders?open=true");
  await reader.sees(reader.row(open), /waiting\s*Limit price not met, [\d,.]+% to go/);
  assert.equal(await reader.row(done).count(), 0);
  await fetch(`${engine.url}/api/orders/${open}`, { method: "DELETE" });
  await reader.row(open).waitFor({ state: "detached" });
  await reader.leave();
});
