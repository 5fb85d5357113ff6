import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { clean } from "./clean.ts";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const PAGE = 50;
const ORDERS = 120;

let placed: string[];

openEngine({ SIM_QUOTE_DELAY_MS: "5", SIM_EXECUTION_DELAY_MS: "50" }, async () => {
  placed = [];
  for (let index = 0; index < ORDERS; index += 1)
    placed.push(await engine.place({ amount: `1.${String(index).padStart(3, "0")}` }));
  await until(
    async () => ((await engine.orders()).every((order) => order.status === "confirmed") ? true : null),
    60_000,
  );
});

test("paging shows every order once, newest first", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  const seen: string[] = [];
  for (const rows of [PAGE, PAGE, ORDERS - 2 * PAGE]) {
    await reader.row(placed.at(-1 - seen.length) ?? "").waitFor();
    const page = await reader.page
      .locator("tr[data-order]")
      .evaluateAll((found) => found.map((row) => row.getAttribute("data-order") ?? ""));
    assert.equal(page.length, rows);
    seen.push(...page);
    if (seen.length < ORDERS) await reader.page.getByRole("link", { name: "Older" }).click();
  }
  assert.deepEqual(seen, [...placed].reverse());
  await reader.page.getByText("This is the oldest order").waitFor();
  await reader.page.goBack();
  await reader.row(placed.at(-1 - PAGE) ?? "").waitFor();
  await reader.page.getByRole("link", { name: "Newest" }).click();
  await reader.row(placed.at(-1) ?? "").waitFor();
  await reader.leave();
});

test("a status filter shows that status alone, and its address can be shared", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  const filter = reader.page.getByRole("navigation", { name: "Filter by status" });
  await filter.getByRole("link", { name: "failed" }).click();
  await reader.page.getByText("No order is failed").waitFor();
  await filter.getByRole("link", { name: "confirmed" }).click();
  await reader.row(placed.at(-1) ?? "").waitFor();
  const shared = await Reader.open(browser, engine.url, reader.page.url().slice(engine.url.length));
  await shared.row(placed.at(-1) ?? "").waitFor();
  assert.deepEqual([...new Set(await shared.page.locator("tr[data-order] .badge").allInnerTexts())], ["confirmed"]);
  await shared.leave();
  await reader.leave();
});

test("a type filter goes with the status, and the exported file is of both", async () => {
  const limit = await engine.place({ type: "limit", limitPrice: "10000", amount: "7" });
  const over = await engine.place({ type: "limit", limitPrice: "10000", amount: "8", timeInForce: "IOC" });
  await engine.untilFinal(over);
  const reader = await Reader.open(browser, engine.url, "/orders", { viewport: { width: 320, height: 700 } });
  const byType = reader.page.getByRole("navigation", { name: "Filter by type" });
  await byType.getByRole("link", { name: "limit" }).click();
  await reader.row(over).waitFor();
  await reader.row(limit).waitFor();
  assert.equal(await reader.page.locator("tr[data-order]").count(), 2);
  const byStatus = reader.page.getByRole("navigation", { name: "Filter by status" });
  await byStatus.getByRole("link", { name: "open", exact: true }).click();
  await reader.row(over).waitFor({ state: "detached" });
  assert.match(reader.page.url(), /\/orders\?open=true&type=limit$/);
  assert.equal(await byType.locator("[aria-current]").innerText(), "limit");
  await clean(reader, "the history, filtered");

  const rows = await exported(reader);
  assert.deepEqual(
    rows.map((row) => row[0]),
    ["id", limit],
  );
  await byStatus.getByRole("link", { name: "all" }).click();
  await reader.row(over).waitFor();
  assert.deepEqual(
    (await exported(reader)).map((row) => row[0]),
    ["id", over, limit],
  );
  await byType.getByRole("link", { name: "sniper" }).click();
  await reader.page.getByText("No sniper order yet").waitFor();
  assert.equal((await exported(reader)).length, 1);
  await byType.getByRole("link", { name: "all" }).click();
  await reader.row(placed.at(-1) ?? "").waitFor();
  assert.ok((await exported(reader)).length > PAGE, "every order, not a page");
  await reader.leave();
});

/** The lines of the file that the link downloads. */
async function exported(reader: Reader): Promise<string[][]> {
  const download = reader.page.waitForEvent("download");
  await reader.page.getByRole("link", { name: "Export CSV" }).click();
  assert.equal((await download).suggestedFilename(), "orders.csv");
  const text = await readFile(await (await download).path(), "utf8");
  return text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
}

test("a row opens its order", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  const id = placed.at(-3) ?? "";
  await reader.row(id).click();
  await reader.page.waitForURL(`**/orders/${id}`);
  await reader.sees(reader.step("confirmed"), "Landed at");
  await reader.leave();
});

test("an order placed elsewhere appears on the newest page and moves there", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  await reader.row(placed.at(-1) ?? "").waitFor();
  const id = await engine.place({ amount: "9" });
  await reader.sees(reader.row(id), "confirmed");
  await reader.leave();
});

test("the charts count these orders and offer their numbers as tables", async () => {
  const reader = await Reader.open(browser, engine.url, "/charts");
  await reader.page.locator(".chart canvas").nth(2).waitFor();
  const confirmed = await reader.page
    .locator(".figure", { hasText: /^Confirmed/ })
    .locator("dd")
    .innerText();
  assert.ok(Number(confirmed) >= ORDERS, confirmed);
  const fills = reader.page.getByRole("region", { name: "Executed against quoted price" });
  await fills.getByText("Show the numbers").click();
  await reader.sees(fills.locator("tbody tr"), /SOL\/USDC(Raydium|Meteora)/);
  await reader.leave();
});

function search(reader: Reader) {
  return reader.page.getByRole("search", { name: "Orders" });
}

/** The ids of the rows, newest first. */
function shown(reader: Reader): Promise<(string | null)[]> {
  return reader.page.locator("tr[data-order]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-order")));
}

test("an order is found by its id, by its client's name, by its tokens and by its day", async () => {
  const named = await engine.place({ amount: "4.4", tokenIn: "USDC", tokenOut: "SOL", clientOrderId: "grid:17" });
  const likeAnId = "0198d2c5-7d2a-7c8e-9d0a-3f4a5b6c7d8e";
  const odd = await engine.place({ amount: "4.5", clientOrderId: likeAnId });
  await engine.untilFinal(odd);
  const reader = await Reader.open(browser, engine.url, "/orders", { timezoneId: "Asia/Kathmandu" });
  const name = search(reader).getByLabel("Order id, or client's name");
  await reader.page.getByText(/^Days and times are those of Asia\/Kath?mandu\.$/).waitFor();

  await name.fill("grid:17");
  await name.press("Enter");
  await reader.page.getByText("1 order shown, no more").waitFor();
  assert.deepEqual(await shown(reader), [named]);
  assert.match(reader.page.url(), /\/orders\?clientOrderId=grid%3A17$/);
  assert.deepEqual((await exported(reader)).map((row) => row[0]).slice(1), [named]);

  // No order has this id; one has it for its name.
  await name.fill(likeAnId);
  await name.press("Enter");
  await reader.row(odd).waitFor();
  assert.deepEqual(await shown(reader), [odd]);

  await name.fill(`  ${named.toUpperCase()} `);
  await name.press("Enter");
  await reader.page.waitForURL(`**/orders/${named}`);
  await reader.page.goBack();
  await reader.row(odd).waitFor();
  assert.equal(await name.inputValue(), likeAnId);

  await search(reader).getByRole("link", { name: "Clear" }).click();
  await search(reader).getByLabel("Sells").fill("usdc");
  await search(reader).getByRole("button", { name: "Search" }).click();
  await reader.page.waitForURL("**/orders?tokenIn=USDC");
  await reader.page.getByText("1 order shown, no more").waitFor();
  assert.deepEqual(await shown(reader), [named]);
  await search(reader).getByLabel("Buys").fill("JUP");
  await search(reader).getByLabel("Buys").press("Enter");
  await reader.page.getByText("Orders that sell USDC, that buy JUP: none").waitFor();
  await reader.page.getByRole("link", { name: "All orders" }).click();
  await reader.row(odd).waitFor();

  await search(reader).getByLabel("To").fill("2026-01-31");
  await search(reader).getByLabel("To").press("Enter");
  await reader.page.waitForURL("**/orders?until=2026-01-31T18%3A15%3A00.000Z");
  await reader.page.getByText("Orders before 1 Feb 2026, 00:00:00: none").waitFor();
  await search(reader).getByLabel("From").fill("2026-02-01");
  await search(reader).getByLabel("From").press("Enter");
  await reader.sees(search(reader).getByRole("alert"), "The days end before they begin.");
  await search(reader).getByLabel("To").fill("");
  await search(reader).getByLabel("To").press("Enter");
  await reader.page.waitForURL("**/orders?since=2026-01-31T18%3A15%3A00.000Z");
  await reader.row(odd).waitFor();
  assert.equal(await search(reader).getByLabel("From").inputValue(), "2026-02-01");
  await reader.leave();
});

test("a name that no order can have is refused where it was looked for, once", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  let asked = 0;
  reader.page.on("request", (request) => (asked += Number(/orders\?.*clientOrderId=no\+name&?/.test(request.url()))));
  await search(reader).getByLabel("Order id, or client's name").fill("no name");
  await search(reader).getByRole("button", { name: "Search" }).click();
  await reader.sees(reader.page.getByRole("alert"), "The orders could not be loaded");
  await search(reader).getByRole("link", { name: "Clear" }).click();
  await reader
    .row(placed.at(-1) ?? "")
    .or(reader.page.locator("tr[data-order]").first())
    .first()
    .waitFor();
  assert.ok(asked <= 2, `${asked}: once for the list and once for the sums`);
  await reader.leave();
});

test("back and forward find the place, the page and the filters that were left", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders?status=confirmed");
  await reader.page.getByRole("link", { name: "Older" }).click();
  await reader.row(placed.at(-1 - PAGE - 20) ?? "").waitFor();
  const older = reader.page.url();
  const row = reader.row(placed.at(-1 - PAGE - 20) ?? "");
  await row.scrollIntoViewIfNeeded();
  await row.getByRole("link").focus();
  const top = await reader.page.evaluate(() => scrollY);
  assert.ok(top > 300, `${top}`);
  await reader.page.keyboard.press("Enter");
  await reader.sees(reader.step("confirmed"), "Landed at");
  assert.equal(await reader.page.evaluate(() => scrollY), 0);

  await reader.page.goBack();
  await row.waitFor();
  await reader.page.waitForFunction((before) => scrollY === before, top);
  assert.equal(reader.page.url(), older);
  assert.equal(await row.getByRole("link").evaluate((link) => link === document.activeElement), true);
  await reader.page.reload();
  await reader.page.waitForFunction((before) => scrollY === before, top);
  await reader.page.goForward();
  await reader.sees(reader.step("confirmed"), "Landed at");
  await reader.leave();
});

test("an open order is cancelled in its row, with the keyboard alone", async () => {
  const id = await engine.place({ type: "limit", limitPrice: "10000", amount: "2.5" });
  const reader = await Reader.open(browser, engine.url, "/orders", { viewport: { width: 320, height: 700 } });
  await reader.sees(reader.row(id), /Limit price not met, [\d,.]+% to go/);
  const cancel = reader.row(id).getByRole("button", { name: "Cancel the order of 2.5 SOL to USDC" });
  await cancel.focus();
  await reader.page.keyboard.press("Enter");
  await reader.sees(reader.row(id), "cancelled");
  await cancel.waitFor({ state: "detached" });
  assert.equal(await engine.untilFinal(id), "cancelled");
  assert.match(reader.page.url(), /\/orders$/, "the row was not opened");
  await reader.leave();
});

test("profit and loss are the exact sums of the confirmed orders, at the price of now", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders?tokenIn=USDC");
  const profit = reader.page.getByRole("region", { name: "Profit and loss" });
  const [bought] = (await engine.orders()).filter((order) => order.amount === "4.4");
  const { amountOut } = await engine.order(bought?.id ?? "");
  await reader.sees(profit, "The one confirmed order of the last 24 hours");
  await reader.sees(profit.locator('[data-token="SOL"]'), `${amountOut}0+${amountOut}`);
  await reader.sees(profit.locator('[data-token="USDC"]'), /04\.4\u22124\.41\u22124\.40$/);
  await reader.sees(
    profit.locator('[data-pair="SOL/USDC"]'),
    new RegExp(`${amountOut} in 1 order\\d+\\.\\d+nonenone$`),
  );
  const worth = await profit.locator('[data-token="SOL"] td').last().getAttribute("title");
  const price = await profit.locator('[data-token="SOL"] td').nth(3).innerText();
  const [units, scale] = [BigInt((amountOut ?? "").replace(".", "")), (amountOut ?? "").split(".")[1]?.length ?? 0];
  const [priceUnits, priceScale] = [BigInt(price.replace(".", "")), price.split(".")[1]?.length ?? 0];
  const near = Number(units * priceUnits) / 10 ** (scale + priceScale);
  assert.ok(Math.abs(Number(worth) - near) < 0.00001, `${worth} is not ${near}`);

  await profit.getByRole("link", { name: "1 hour" }).click();
  await reader.page.waitForURL("**/orders?tokenIn=USDC&window=1h");
  await reader.sees(profit, "The one confirmed order of the last hour");
  await engine.untilFinal(await engine.place({ amount: "1.6", tokenIn: "USDC", tokenOut: "SOL" }));
  await profit.getByRole("button", { name: "Add up again" }).click();
  await reader.sees(profit, "All 2 confirmed orders of the last hour");
  await reader.sees(profit.locator('[data-token="USDC"]'), /06\u22126/);
  await clean(reader, "profit and loss");
  await reader.leave();
});

test("on the smallest phone each sum stands below the other, and nothing is out of sight", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders?window=all", {
    viewport: { width: 320, height: 700 },
  });
  const profit = reader.page.getByRole("region", { name: "Profit and loss" });
  for (const token of ["SOL", "USDC"]) {
    const net = profit.locator(`[data-token="${token}"] [data-name="Net"]`);
    await net.waitFor();
    const box = await net.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
    const named = await net.evaluate((cell) => getComputedStyle(cell, "::before").content);
    assert.equal(named, '"Net"', "the column's name goes with it");
  }
  for (const name of ["By token", "By pair"])
    assert.equal(
      await profit.getByRole("region", { name }).evaluate((found) => found.scrollWidth - found.clientWidth),
      0,
      name,
    );
  assert.ok((await profit.getByRole("columnheader").count()) >= 9, "it is a table still");
  await clean(reader, "profit and loss at 320");
  await reader.leave();
});
