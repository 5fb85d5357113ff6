// A network that loses answers, and an engine that is busy: the page says what is known of the order, and buys once.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "playwright-core";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const UNKNOWN = "We do not know yet whether this order was placed";
/** Longer than the page goes on by itself. */
const LATER = { "retry-after": "120" };

openEngine();

test("what is not known is said, outlives a reload, and is only asked for again", async () => {
  const reader = await Reader.open(browser, engine.url);
  const keys = await spoil(reader, async (route) => {
    await route.fetch();
    await route.fulfill({ status: 502, contentType: "text/html", headers: LATER, body: "<h1>Bad Gateway</h1>" });
  });
  await reader.write("1.0101");
  await reader.place();
  await reader.sees(problem(reader), UNKNOWN);
  await reader.sees(problem(reader), "1.0101 SOL to USDC");

  // Another draft is no way to a second order.
  await reader.write("7");
  await button(reader, "Check again").waitFor();
  assert.equal(await button(reader, "Place order").count(), 0);
  await reader.page.reload();
  await reader.sees(problem(reader), UNKNOWN);

  await reader.page.unroute("**/api/orders/execute");
  const asked = reader.page.waitForRequest("**/api/orders/execute");
  await button(reader, "Check again").click();
  assert.equal((await asked).headers()["idempotency-key"], keys[0]);
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await button(reader, "Place order").waitFor();
  assert.deepEqual(await amounts("1.0101"), 1);
  assert.deepEqual(await amounts("7"), 0);
  await reader.leave();
});

test("what was asked half a day ago is not asked again: the engine may have forgotten its key", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.clock.install();
  const keys = await spoil(reader, (route) => route.abort());
  await reader.write("1.0404");
  await reader.place();
  await reader.page.clock.runFor("01:00");
  await reader.sees(problem(reader), UNKNOWN);
  await button(reader, "Check again").waitFor();
  const sent = keys.length;
  await reader.page.clock.fastForward("13:00:00");
  await button(reader, "Check again").click();
  await reader.sees(problem(reader), "It is too late to ask again");
  assert.equal(keys.length, sent);
  await button(reader, "Place order").waitFor();
  await reader.leave();
});

test("an order whose id the engine has told is looked for, and linked", async () => {
  const reader = await Reader.open(browser, engine.url);
  const keys = await spoil(reader, async (route) => {
    const { orderId } = (await (await route.fetch()).json()) as { orderId: string };
    await refuse(route, 503, "outcome_unknown", LATER, { orderId });
  });
  await reader.write("1.0202");
  await reader.place();
  await reader.sees(problem(reader), UNKNOWN);
  const link = await problem(reader).getByRole("link").getAttribute("href");
  await button(reader, "Check again").click();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.equal(link, `/orders/${await reader.activeOrder()}`);
  assert.equal(keys.length, 1, "it was found, not placed again");
  assert.deepEqual(await amounts("1.0202"), 1);
  await reader.leave();
});

test("a busy engine is waited for", async () => {
  const reader = await Reader.open(browser, engine.url);
  const keys = await spoil(reader, (route) =>
    keys.length > 1 ? route.continue() : refuse(route, 429, "busy", { "retry-after": "2" }),
  );
  await reader.write("1.0303");
  await reader.place();
  await reader.sees(problem(reader), "Nothing is placed yet");
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.deepEqual(await amounts("1.0303"), 1);
  await reader.leave();
});

test("what was certainly not placed is said so, and can be placed anew", async () => {
  const reader = await Reader.open(browser, engine.url);
  await spoil(reader, (route) => refuse(route, 503, "unavailable", LATER));
  await reader.write("1.0404");
  await reader.place();
  await reader.sees(problem(reader), "Nothing was placed.");
  await reader.page.reload();
  assert.equal(await problem(reader).innerText(), "");
  await reader.page.unroute("**/api/orders/execute");
  await reader.place();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.deepEqual(await amounts("1.0404"), 1);
  await reader.leave();
});

/** Stands between the page and the engine wherever an order is placed; answers the keys that came by. */
async function spoil(reader: Reader, fault: (route: Route) => Promise<void>): Promise<string[]> {
  const keys: string[] = [];
  await reader.page.route("**/api/orders/execute", async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    await fault(route);
  });
  return keys;
}

function refuse(route: Route, status: number, code: string, headers: Record<string, string>, more: object = {}) {
  const body = JSON.stringify({ type: "about:blank", title: "-", status, detail: "Not now.", code, ...more });
  return route.fulfill({ status, contentType: "application/problem+json", headers, body });
}

function problem(reader: Reader) {
  return reader.page.locator(".form-problem");
}

function button(reader: Reader, name: string) {
  return reader.page.getByRole("button", { name });
}

async function amounts(amount: string): Promise<number> {
  return (await engine.orders()).filter((order) => order.amount === amount).length;
}
