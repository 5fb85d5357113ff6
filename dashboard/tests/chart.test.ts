// The market on the trade page: how the price went, the reader's own orders in it, and what a size would get.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Candle, QuoteAnswer } from "../src/types.ts";
import { clean } from "./clean.ts";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

openEngine();

async function candles(query: string): Promise<Candle[]> {
  return (await (await fetch(`${engine.url}/api/candles?${query}`)).json()) as Candle[];
}

function market(reader: Reader) {
  return reader.page.locator(".market-card");
}

/** How many pixels of the market's canvas have exactly this colour of the style sheet. */
async function pixels(page: Page, name: string): Promise<number> {
  return await page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".market-card canvas");
    const ink = document.createElement("canvas").getContext("2d");
    const image = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    if (!ink || !image) return 0;
    ink.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    ink.fillRect(0, 0, 1, 1);
    const [red, green, blue] = ink.getImageData(0, 0, 1, 1).data;
    let count = 0;
    for (let at = 0; at < image.length; at += 4)
      if (image[at] === red && image[at + 1] === green && image[at + 2] === blue && image[at + 3] === 255) count += 1;
    return count;
  }, name);
}

test("candles are drawn, told in numbers to the last digit, and go on by themselves", async () => {
  const reader = await Reader.open(browser, engine.url);
  await market(reader)
    .getByRole("img", { name: /^Price of SOL in USDC: now [\d.]+, lowest [\d.]+, highest/ })
    .waitFor();
  await until(async () => ((await pixels(reader.page, "--bad")) > 50 ? true : null));
  const now = market(reader).getByLabel("Price now");
  const first = await now.innerText();
  await until(async () => ((await now.innerText()) !== first ? true : null));

  await market(reader).getByText("Show the numbers").click();
  const [past] = await candles("tokenIn=SOL&tokenOut=USDC&limit=30");
  assert.ok(past);
  const row = await market(reader).locator(`[data-candle="${past.at}"] .number`).allInnerTexts();
  assert.deepEqual(row, [past.open, past.high, past.low, past.close]);
  await clean(reader, "the market");
  await reader.leave();
});

test("the length of a candle and the direction of the price are the reader's choice", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked: URL[] = [];
  reader.page.on("request", (request) => {
    if (request.url().includes("/api/candles")) asked.push(new URL(request.url()));
  });
  await market(reader).getByRole("radio", { name: "1h" }).check();
  await until(async () => (asked.some((url) => url.searchParams.get("interval") === "1h") ? true : null));
  await market(reader).getByRole("button", { name: "Show USDC in SOL" }).click();
  await market(reader)
    .getByRole("img", { name: /^Price of USDC in SOL: now 0\.0\d+/ })
    .waitFor();
  await market(reader).getByText("Show the numbers").click();
  const [past] = await candles("tokenIn=USDC&tokenOut=SOL&interval=1h&limit=5");
  assert.ok(past);
  const row = await market(reader).locator(`[data-candle="${past.at}"] .number`).allInnerTexts();
  assert.deepEqual(row, [past.open, past.high, past.low, past.close]);
  // Selling dollars for SOL is no reason to turn the picture.
  await market(reader).getByRole("button", { name: "Show SOL in USDC" }).click();
  await reader.page.getByRole("button", { name: "Trade the two tokens' places" }).click();
  await market(reader).getByRole("heading", { name: "SOL in USDC" }).waitFor();
  await reader.leave();
});

test("the reader's own fill and the price that a limit order waits for are in the picture", async () => {
  const reader = await Reader.open(browser, engine.url);
  await market(reader)
    .getByRole("img", { name: /0 fills of yours/ })
    .waitFor();
  await market(reader).locator("canvas").waitFor();
  assert.deepEqual([await pixels(reader.page, "--accent"), await pixels(reader.page, "--second")], [0, 0]);

  await reader.write("1.5");
  await reader.place();
  await market(reader)
    .getByRole("img", { name: /1 fill of yours/ })
    .waitFor();
  await until(async () => ((await pixels(reader.page, "--accent")) > 10 ? true : null));
  await reader.sees(market(reader).locator(".market-legend"), "You sold SOL");

  const [last] = (await candles("tokenIn=SOL&tokenOut=USDC&limit=1")).slice(-1);
  assert.ok(last);
  const limitPrice = (Number(last.close) * 1.004).toFixed(6);
  const waiting = await engine.place({ type: "limit", amount: "1", limitPrice });
  const entry = market(reader).locator(`[data-limit="${waiting}"]`);
  await reader.sees(entry, `Limit to sell at ${String(Number(limitPrice))}`);
  await until(async () => ((await pixels(reader.page, "--second")) > 100 ? true : null));
  const far = await engine.place({
    type: "limit",
    tokenIn: "USDC",
    tokenOut: "SOL",
    amount: "100",
    limitPrice: "0.02",
  });
  await reader.sees(market(reader).locator(`[data-limit="${far}"]`), /Limit to buy at 50\s*beyond the picture/);

  await market(reader).getByText("Show the numbers").click();
  const fill = await engine.order(await reader.activeOrder());
  await reader.sees(market(reader).locator(`[data-mark="${fill.id}"]`), fill.executedPrice ?? "none");
  await clean(reader, "the market with own orders");

  for (const id of [waiting, far]) await fetch(`${engine.url}/api/orders/${id}`, { method: "DELETE" });
  await entry.waitFor({ state: "detached" });
  await reader.leave();
});

test("fills are marked page by page, and a bound that was reached is said", async () => {
  const reader = await Reader.open(browser, engine.url);
  const id = await engine.place();
  await engine.untilFinal(id);
  const order = await engine.order(id);
  let pages = 3;
  const cursors: (string | null)[] = [];
  await reader.page.route("**/api/orders?**", async (route) => {
    const search = new URL(route.request().url()).searchParams;
    if (search.get("status") !== "confirmed" || search.get("tokenIn") !== "SOL") return route.continue();
    const page = Number(search.get("cursor") ?? "0");
    cursors.push(search.get("cursor"));
    const entry = (index: number) => ({
      ...order,
      id: `${order.id.slice(0, -6)}${String(page * 200 + index).padStart(6, "0")}`,
    });
    const next = page + 1 < pages ? { link: `</api/orders?cursor=${page + 1}>; rel="next"` } : {};
    await route.fulfill({ headers: next, json: Array.from({ length: 200 }, (_, index) => entry(index)) });
  });
  const image = (name: RegExp) => market(reader).getByRole("img", { name });
  await image(/; 600 fills of yours/).waitFor();
  assert.deepEqual(cursors.slice(0, 3), [null, "1", "2"]);
  assert.equal(await market(reader).locator("[data-cut]").count(), 0, "there are no more");
  await market(reader).getByText("Show the numbers").click();
  assert.equal(await market(reader).locator("[data-mark]").count(), 600);

  pages = 4;
  await reader.sees(market(reader).locator("[data-cut]"), "the newest 600 of each direction are marked");
  assert.ok(!cursors.includes("3"));
  await image(/; 600 fills of yours/).waitFor();
  await clean(reader, "a bound that was reached");
  await reader.leave();
});

test("when there is no price yet, or no such pair, the page says so", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.route("**/api/candles?**", (route) => route.fulfill({ json: [] }));
  await reader.page.reload();
  await reader.sees(market(reader), "No prices yet");
  await clean(reader, "no prices");
  await reader.page.unroute("**/api/candles?**");
  await reader.page.getByLabel("Token to receive").selectOption("JUP");
  await market(reader)
    .getByRole("img", { name: /^Price of SOL in JUP/ })
    .waitFor();
  await reader.page.getByLabel("Token to pay").selectOption("USDT");
  await reader.sees(market(reader), "no pair that is traded here");
  await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
  await market(reader).waitFor({ state: "detached" });
  await reader.leave();
});

test("nothing is asked for while nobody looks", async () => {
  const reader = await Reader.open(browser, engine.url);
  await market(reader).getByRole("img").waitFor();
  const asked: string[] = [];
  reader.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const hide = (isHidden: boolean) =>
    reader.page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await hide(true);
  await reader.page.waitForLoadState("networkidle");
  asked.length = 0;
  // The engine's health goes on being asked for: three rounds of it are longer than any round of the market's.
  await until(async () => (asked.filter((path) => path === "/health").length >= 3 ? true : null));
  assert.deepEqual(
    asked.filter((path) => /candles|quote/.test(path)),
    [],
  );
  await hide(false);
  await until(async () => (asked.includes("/api/candles") && asked.includes("/api/quote") ? true : null));
  await reader.leave();
});

test("what some sizes would get at each venue is asked for once, and not with each key", async () => {
  const reader = await Reader.open(browser, engine.url);
  const asked: string[] = [];
  const answers = new Map<string, QuoteAnswer>();
  await reader.page.route("**/api/quote?**", async (route) => {
    const amount = new URL(route.request().url()).searchParams.get("amount") ?? "";
    asked.push(amount);
    const answer = await route.fetch();
    answers.set(amount, (await answer.json()) as QuoteAnswer);
    await route.fulfill({ response: answer });
  });
  await reader.page.reload();
  const depth = reader.page.getByRole("region", { name: "What a size would get" });
  await depth
    .getByRole("img", { name: /Raydium takes up to 1,000 SOL of these sizes, with a price impact of/ })
    .waitFor();
  await depth.getByText("Show the numbers").click();
  for (const size of ["1", "100", "1000"]) {
    const cells = (await depth.locator(`[data-size="${size}"] td`).allInnerTexts()).map((text) => text.trim());
    const offers = [...(answers.get(size)?.quotes ?? [])].sort((a, b) => a.dex.localeCompare(b.dex));
    const grouped = (amount: string) => amount.replace(/\B(?=(\d{3})+(?=\.|$))(?<!\.\d*)/g, ",");
    const expected = offers.map(({ dex, amountOut }) => [dex, amountOut ? grouped(amountOut) : "\u2014"]);
    assert.deepEqual(
      expected.flat(),
      cells.filter((_, index) => index % 3 < 2),
      size,
    );
  }
  await clean(reader, "the depth");
  const ladder = ["1", "3", "10", "30", "100", "300", "1000"];
  for (const size of ladder) assert.ok(asked.includes(size), size);
  asked.length = 0;
  const field = reader.page.getByLabel("You pay", { exact: true });
  await field.pressSequentially("5.25");
  const typed = await field.inputValue();
  // A second quote of what was typed comes long after the depth would have been asked for.
  await until(async () => (asked.filter((amount) => amount === typed).length >= 2 ? true : null));
  assert.deepEqual(
    asked.filter((amount) => amount !== "10" && ladder.includes(amount)),
    [],
  );
  await reader.page.unrouteAll({ behavior: "ignoreErrors" });
  await reader.leave();
});
