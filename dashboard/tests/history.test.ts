import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { clean } from "./clean.ts";
import { Engine, until } from "./engine.ts";
import { Reader, openBrowser } from "./reader.ts";

const PAGE = 50;
const ORDERS = 120;

let engine: Engine;
let browser: Browser;
let placed: string[];

before(async () => {
  engine = await Engine.start({ SIM_QUOTE_DELAY_MS: "5", SIM_EXECUTION_DELAY_MS: "50" });
  browser = await openBrowser();
  placed = [];
  for (let index = 0; index < ORDERS; index += 1)
    placed.push(await engine.place({ amount: `1.${String(index).padStart(3, "0")}` }));
  await until(
    async () => ((await engine.orders()).every((order) => order.status === "confirmed") ? true : null),
    60_000,
  );
});

after(async () => {
  await browser?.close();
  await engine?.stop();
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
