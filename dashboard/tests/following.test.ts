import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

openEngine();

test("an order opened after its end is shown whole", async () => {
  const id = await engine.place({ amount: "3" });
  assert.equal(await engine.untilFinal(id), "confirmed");
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`);
  for (const status of ["pending", "routing", "building", "submitted", "confirmed"]) {
    await reader.step(status).and(reader.page.locator(".step-done")).waitFor();
  }
  await reader.page.locator(".log-entry").nth(4).waitFor();
  assert.deepEqual(await reader.page.locator(".log-seq").allTextContents(), [
    "Event 1",
    "Event 2",
    "Event 3",
    "Event 4",
    "Event 5",
  ]);
  await reader.page.locator("[data-venue=Raydium]").waitFor();
  await reader.page.locator("[data-venue=Meteora]").waitFor();
  await reader.leave();
});

test("an order opened while it moves goes on by itself", async () => {
  const id = await engine.place({ amount: "4" });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`);
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  assert.equal(await reader.page.locator(".log-entry").count(), 5);
  await reader.leave();
});

test("the page survives an engine that is killed and started again, and the order is confirmed", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.sees(reader.light("Engine"), "Healthy");
  await reader.write("5");
  await reader.place();
  await reader.step("submitted").and(reader.page.locator(".step-current")).waitFor();
  await engine.kill();
  await reader.sees(reader.light("Engine"), "Unreachable");
  await reader.sees(reader.light("Stream"), "Lost");
  await reader.sees(reader.page.locator(".banner"), "does not answer");
  await engine.restart();
  await reader.sees(reader.light("Engine"), "Healthy");
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/, 60_000);
  assert.equal(await reader.page.locator(".banner").count(), 0);
  await reader.leave();
});

test("a push that never comes is noticed and taken from the log", async () => {
  for (const lost of [3, 5]) {
    const reader = await Reader.open(browser, engine.url);
    const opened = Date.now();
    let dropped = 0;
    await reader.page.routeWebSocket(/\/api\/orders\/ws/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => server.send(message));
      server.onMessage((message) => {
        const { seq, at = "" } = JSON.parse(String(message)) as { seq?: number; at?: string };
        // Of the order that is about to be placed, not of the older ones in the list.
        if (seq === lost && dropped === 0 && Date.parse(at) > opened) dropped += 1;
        else socket.send(message);
      });
    });
    await reader.page.reload();
    await reader.write(`7.${lost}`);
    await reader.place();
    await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/, 40_000);
    await reader.step("building").and(reader.page.locator(".step-done")).waitFor({ timeout: 40_000 });
    await reader.step("confirmed").and(reader.page.locator(".step-done")).waitFor({ timeout: 40_000 });
    assert.equal(dropped, 1, `event ${lost} was dropped`);
    await reader.leave();
  }
});

test("two tabs show the same order, each as it happens", async () => {
  const first = await Reader.open(browser, engine.url);
  const second = await first.openTab("/orders");
  await first.write("6");
  await first.place();
  await first.page.getByRole("link", { name: "Details" }).waitFor();
  const id = await until(async () => (await engine.orders()).find((order) => order.amount === "6")?.id ?? null);
  await second.row(id).waitFor();
  await second.sees(second.row(id), "submitted");
  await second.sees(second.row(id), "confirmed");
  await first.sees(first.page.locator(".headline-state"), /^Confirmed after/);
  assert.deepEqual(second.complaints, []);
  await first.leave();
});

test("an unknown order and an unknown page say so", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders/01980000-0000-7000-8000-000000000000");
  await reader.page.getByText("There is no such order").waitFor();
  await reader.page.goto(`${engine.url}/orders/not-an-id`);
  await reader.page.getByText("There is no such order").waitFor();
  await reader.leave();
});

test("an address where nothing is shows the page, which says so", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders/a/b");
  await reader.page.getByText("There is no such page").waitFor();
  await reader.page.getByRole("main").getByRole("link", { name: "Orders" }).click();
  await reader.page.waitForURL("**/orders");
  await reader.leave();
});

test("an order is placed again with what it asked for, once read and changed", async () => {
  const id = await engine.place({
    type: "limit",
    tokenIn: "USDC",
    tokenOut: "SOL",
    amount: "7.000001",
    slippageBps: 7,
    limitPrice: "0.0000123",
  });
  await engine.untilFinal(id);
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`);
  await reader.page.getByRole("link", { name: "Place again" }).click();
  await reader.page.getByRole("heading", { name: "Limit order" }).waitFor();
  assert.equal(reader.page.url(), `${engine.url}/`, "a reload would undo what is changed in the form");
  assert.equal(await reader.page.getByLabel("You pay", { exact: true }).inputValue(), "7.000001");
  assert.equal(await reader.page.getByLabel("Limit price", { exact: true }).inputValue(), "0.0000123");
  assert.equal(
    (await engine.orders()).length,
    (await engine.orders()).filter((order) => order.id <= id).length,
    "nothing is placed",
  );
  await reader.place();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  const { tokenIn, tokenOut, amount, slippageBps, limitPrice } = await engine.order(await reader.activeOrder());
  assert.deepEqual([tokenIn, tokenOut, amount, slippageBps, limitPrice], ["USDC", "SOL", "7.000001", 7, "0.0000123"]);
  await reader.leave();
});

test("an order's link is copied", async () => {
  const id = await engine.place({ amount: "3" });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await reader.page.getByRole("button", { name: "Copy link" }).click();
  await reader.page.getByRole("button", { name: "Link copied" }).waitFor();
  assert.equal(await reader.page.evaluate(() => navigator.clipboard.readText()), `${engine.url}/orders/${id}`);
  await reader.leave();
});
