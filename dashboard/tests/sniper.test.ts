import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import type { Launch } from "../src/types.ts";
import { clean, fits } from "./clean.ts";
import { until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const SMALL_PHONE = { viewport: { width: 320, height: 700 }, colorScheme: "dark", hasTouch: true } as const;
/** An address that has no pool, and never will. */
const NOBODYS_MINT = "9n4nbM75f5Ui33ZbPYXn59EwSgE8CGsHtAeTH5YFeJ9E";

openEngine({ SIM_LAUNCH_EVERY_S: "1" });

async function openForm(options = {}): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/", options);
  await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
  await reader.page.getByRole("heading", { name: "Sniper order" }).waitFor();
  return reader;
}

function pools(reader: Reader): Locator {
  return reader.page.getByRole("group", { name: "New and announced pools" });
}

function field(reader: Reader, label: string): Locator {
  return reader.page.getByLabel(label, { exact: true });
}

/** What the page asks the engine to execute, once the page knows that it was accepted. */
async function placed(reader: Reader): Promise<Record<string, unknown>> {
  const [answer] = await Promise.all([reader.page.waitForResponse("**/api/orders/execute"), reader.place()]);
  const { orderId } = (await answer.json()) as { orderId: string };
  await reader.page.locator(`a.card-link[href="/orders/${orderId}"]`).waitFor();
  return JSON.parse(answer.request().postData() ?? "") as Record<string, unknown>;
}

const isSafe = (launch: Launch) => launch.mintAuthorityRevoked && launch.lpBurned;

/** Whether it opens so many milliseconds from now; before now, if they are negative. */
function opensWithin({ opensAt }: Launch, least: number, most: number): boolean {
  const inMs = Date.parse(opensAt) - Date.now();
  return inMs >= least && inMs <= most;
}

test("the pools are listed with what they are, in words and not by colour alone", async () => {
  const reader = await openForm();
  await pools(reader).getByRole("radio").first().waitFor();
  const launches = (await (await fetch(`${engine.url}/api/launches`)).json()) as Launch[];
  for (const launch of [...launches.slice(3, 20)]) {
    const row = pools(reader).locator(`[data-mint="${launch.mint}"]`);
    await row.waitFor();
    const name = await row.innerText();
    assert.ok(name.startsWith(`${launch.symbol} ${launch.mint.slice(0, 4)}\u2026${launch.mint.slice(-4)}`), name);
    assert.match(name, /opens in \d+ s|open for \d+ s/);
    assert.match(name, new RegExp(launch.venue));
    assert.match(name, /[\d.,]+ SOL/);
    assert.match(name, launch.mintAuthorityRevoked ? /, mint authority revoked/ : /, mint authority not revoked/);
    assert.match(name, launch.freezeAuthorityRevoked ? /, freeze authority revoked/ : /, freeze authority not revoked/);
    assert.match(name, launch.lpBurned ? /, LP burned/ : /, LP not burned/);
    assert.equal(/Not bought: .*LP not burned/.test(name), !launch.lpBurned, name);
  }
  await reader.sees(pools(reader).locator(".launch"), /announced, opens in \d+ s/);
  await clean(reader, "the sniper form");
  await reader.leave();
});

test("a pool that is chosen by keyboard is bought from once it opens, with the form's own terms", async () => {
  const reader = await openForm();
  const launch = await engine.launch((found) => isSafe(found) && !found.announced && opensWithin(found, 4_000, 16_000));
  const radio = pools(reader).locator(`[data-mint="${launch.mint}"] input`);
  await radio.focus();
  await reader.page.keyboard.press("Space");
  assert.equal(await field(reader, "Mint of the token to buy").inputValue(), launch.mint);
  await reader.write("0.25");
  const before = Date.now();
  const order = await placed(reader);
  const { expiresAt, ...terms } = order;
  assert.deepEqual(terms, {
    type: "sniper",
    tokenIn: "SOL",
    tokenOut: launch.mint,
    amount: "0.25",
    slippageBps: 1000,
    maxAgeSlots: 300,
    require: ["mint_authority_revoked", "lp_burned"],
  });
  const days = (Date.parse(String(expiresAt)) - before) / 86_400_000;
  assert.ok(Math.abs(days - 7) < 0.01, String(days));
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/, 60_000);
  assert.equal((await engine.order(await reader.activeOrder())).trigger?.pool, launch.pool);
  await reader.leave();
});

test("an order's page tells its terms, what it waits for and since when, and the pool that it was", async () => {
  const launch = await engine.launch((found) => isSafe(found) && !found.announced && opensWithin(found, 8_000, 30_000));
  const id = await engine.place({
    type: "sniper",
    tokenOut: launch.mint,
    amount: "0.5",
    minLiquidity: "1",
    limitPrice: "0.000000012345",
    require: ["mint_authority_revoked", "lp_burned"],
    clientOrderId: "first:of.them",
  });
  const short = `${launch.mint.slice(0, 4)}\u2026${launch.mint.slice(-4)}`;
  const reader = await Reader.open(browser, engine.url, "/orders", SMALL_PHONE);
  await reader.sees(reader.row(id), `${launch.symbol} ${short}`);
  await reader.sees(reader.row(id), /waiting\s*Its pool opens later, in \d+ s/);
  await clean(reader, "the orders");
  await reader.page.goto(`${engine.url}/orders/${id}`);
  const sniper = reader.page.getByRole("region", { name: "Sniper" });
  await reader.sees(sniper, /Waiting because\s*Its pool opens later/);
  await reader.sees(sniper, launch.symbol);
  const waits = await sniper.innerText();
  assert.match(waits, new RegExp(`Buys\\s+${launch.symbol}\\s+${launch.mint}`), "the whole mint");
  assert.match(waits, /Only with\s+Mint authority revoked, LP burned/);
  assert.match(waits, /Liquidity\s+at least 1 SOL/);
  assert.match(waits, /Oldest pool\s+120 s \(300 slots\)/);
  assert.match(waits, /Venues\s+any/);
  assert.match(waits, /Least price\s+0\.000000012345 per SOL/);
  assert.match(waits, /Expires\s+\S/);
  assert.match(waits, /Waiting since\s+\d\d:\d\d:\d\d/);
  assert.match(waits, /Pool opens\s+\d\d:\d\d:\d\d, in \d+ s/);
  assert.match(waits, /Last check\s+\d\d:\d\d:\d\d/);
  await reader.page.getByRole("button", { name: "Copy mint" }).waitFor();
  await reader.page.getByRole("button", { name: "Cancel order" }).waitFor();
  await clean(reader, "a sniper order that waits");

  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/, 60_000);
  const order = await engine.order(id);
  const met = await sniper.innerText();
  await sniper.getByTitle(launch.pool).waitFor();
  assert.match(met, new RegExp(`Pool at\\s+${launch.venue}`));
  assert.match(met, new RegExp(`Created in slot\\s+${launch.slot}`));
  assert.match(met, /Pool opened\s+\d\d:\d\d:\d\d/);
  assert.doesNotMatch(met, /Waiting/);
  const facts = await reader.page.getByRole("region", { name: "Execution" }).innerText();
  const digits = (text: string | null) => String(text).replaceAll(".", "\\.");
  const ungrouped = facts.replaceAll(/(?<=\d),(?=\d{3})/g, "");
  assert.match(ungrouped, new RegExp(`Executed price\\s+${digits(order.executedPrice)}\\s`), "every digit");
  assert.match(
    ungrouped,
    new RegExp(`Received\\s+${digits(order.amountOut)} ${launch.symbol} ${short}`),
    "every digit",
  );
  assert.match(facts, /Client's name for it\s+first:of\.them/);
  await reader.sees(reader.step("routing"), `A pool at ${launch.venue} passed the checks`);
  await clean(reader, "a sniper order that bought");
  await reader.page.goto(`${engine.url}/orders`);
  await reader.sees(reader.row(id), /[\d,]+\.\d{2} /);
  await clean(reader, "the orders, with one that bought");
  await reader.leave();
});

test("each reason to wait is told in words, and a market order tells its own least amount", async () => {
  const kept = await engine.launch((found) => !found.lpBurned && !found.announced && opensWithin(found, -50_000, 0));
  const deep = await engine.launch((found) => isSafe(found) && !found.announced && opensWithin(found, -50_000, 0));
  const sniper = { type: "sniper", amount: "0.1" } as const;
  const orders = {
    "No pool yet": await engine.place({ ...sniper, tokenOut: NOBODYS_MINT }),
    "LP not burned": await engine.place({ ...sniper, tokenOut: kept.mint, require: ["lp_burned"] }),
    "Too little in the pool": await engine.place({ ...sniper, tokenOut: deep.mint, minLiquidity: "100000" }),
    "Its pool has been open for too long": await engine.place({ ...sniper, tokenOut: kept.mint, maxAgeSlots: 1 }),
  };
  const market = await engine.place({ amount: "1", minAmountOut: "10.000001" });
  const reader = await Reader.open(browser, engine.url, "/orders");
  for (const [words, id] of Object.entries(orders)) await reader.sees(reader.row(id), words);
  await reader.sees(reader.row(orders["No pool yet"]), `${NOBODYS_MINT.slice(0, 4)}\u2026`);
  await reader.page.goto(`${engine.url}/orders/${market}`);
  const facts = reader.page.getByLabel("Execution", { exact: true });
  await reader.sees(facts, /At least, whatever is quoted\s*10\.000001 USDC/);
  await reader.leave();
});

test("nothing moves in the list while somebody is in it", async () => {
  const reader = await openForm();
  const mints = () =>
    pools(reader)
      .locator(".launch")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-mint")));
  await pools(reader).locator(".launch input").nth(3).focus();
  const first = await mints();
  await reader.sees(pools(reader), /\d+ newer: shown when you leave the list/);
  assert.deepEqual(await mints(), first);
  await field(reader, "Mint of the token to buy").focus();
  await until(async () => ((await mints())[0] === first[0] ? null : true));
  await reader.leave();
});

test("a pasted mint waits with the terms that were written", async () => {
  const reader = await openForm(SMALL_PHONE);
  await field(reader, "Mint of the token to buy").fill(` ${NOBODYS_MINT} `);
  await reader.write("1.5");
  await reader.page.getByLabel("Mint authority revoked", { exact: true }).uncheck();
  await reader.page.getByLabel("Freeze authority revoked", { exact: true }).check();
  await field(reader, "Least liquidity").fill("50");
  await field(reader, "Most liquidity").fill("500.5");
  await field(reader, "Oldest pool").fill("61");
  await reader.sees(reader.page.locator("#maxAgeSlots-hint"), "152 slots");
  await field(reader, "Least price (optional)").fill("1200");
  await reader.page.getByLabel("Slippage in percent").fill("50");
  await reader.page.getByRole("radio", { name: "1 hour" }).check();
  await clean(reader, "the sniper form, filled in");
  const { expiresAt, ...terms } = await placed(reader);
  assert.deepEqual(terms, {
    type: "sniper",
    tokenIn: "SOL",
    tokenOut: NOBODYS_MINT,
    amount: "1.5",
    slippageBps: 5000,
    limitPrice: "1200",
    minLiquidity: "50",
    maxLiquidity: "500.5",
    maxAgeSlots: 152,
    require: ["lp_burned", "freeze_authority_revoked"],
  });
  const hours = (Date.parse(String(expiresAt)) - Date.now()) / 3_600_000;
  assert.ok(Math.abs(hours - 1) < 0.01, String(hours));
  await reader.sees(reader.page.locator(".headline .badge"), "waiting");
  await reader.leave();
});

test("an order that may buy at one venue alone is placed again so, unless its reader changes that", async () => {
  const id = await engine.place({ type: "sniper", tokenOut: NOBODYS_MINT, venues: ["Raydium"], slippageBps: 1000 });
  const both = await engine.place({ type: "sniper", tokenOut: NOBODYS_MINT, venues: ["Raydium", "Meteora"] });
  const reader = await Reader.open(browser, engine.url, `/orders/${id}`, SMALL_PHONE);
  const venue = (name: string) =>
    reader.page.getByRole("group", { name: "Bought at" }).getByRole("radio", { name, exact: true });
  await reader.page.getByRole("link", { name: "Place again" }).click();
  await venue("Raydium").and(reader.page.locator(":checked")).waitFor();
  const elsewhere = pools(reader).locator(".launch", { hasText: "Meteora" }).first();
  await reader.sees(elsewhere, "traded at Meteora");
  await clean(reader, "a sniper order of one venue");
  assert.deepEqual((await placed(reader))["venues"], ["Raydium"]);
  await venue("Any").check();
  assert.equal((await placed(reader))["venues"], undefined);

  await reader.page.goto(`${engine.url}/orders/${both}`);
  await reader.page.getByRole("link", { name: "Place again" }).click();
  await venue("Meteora, Raydium").and(reader.page.locator(":checked")).waitFor();
  await fits(reader, "a sniper order of two venues");
  assert.deepEqual((await placed(reader))["venues"], ["Meteora", "Raydium"]);
  await reader.leave();
});

test("after a lost answer the same order is asked for again, and buys once", async () => {
  const reader = await openForm();
  const asked: { key: string | undefined; body: string | null }[] = [];
  await reader.page.route("**/api/orders/execute", async (route) => {
    asked.push({ key: route.request().headers()["idempotency-key"], body: route.request().postData() });
    if (asked.length > 1) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await field(reader, "Mint of the token to buy").fill(NOBODYS_MINT);
  await reader.write("0.100000066");
  await reader.place();
  await reader.sees(reader.page.locator(".form-problem"), /0\.100000066 SOL to 9n4n\u2026eJ9E/);
  await reader.sees(reader.page.locator(".headline .badge"), "waiting");
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[1], asked[0]);
  assert.equal((await engine.orders()).filter((order) => order.amount === "0.100000066").length, 1);
  await reader.page.getByRole("button", { name: "Cancel order" }).click();
  await reader.sees(reader.page.locator(".cancel-outcome"), "Cancelled. Nothing was swapped.");
  await reader.leave();
});

test("each objection of the engine stands at its field, and a mint takes its least price with it", async () => {
  const reader = await openForm();
  const mint = field(reader, "Mint of the token to buy");
  for (const text of ["", "USDC", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"]) {
    await mint.fill(text);
    await reader.place();
    await reader.sees(reader.problemAt("tokenOut"), /\S/);
    assert.equal(await mint.getAttribute("aria-invalid"), "true", text);
    assert.match((await mint.getAttribute("aria-describedby")) ?? "", /tokenOut-problem/);
  }
  await mint.fill(NOBODYS_MINT);
  for (const [label, name, bad, good] of [
    ["You pay", "amount", "0", "1"],
    ["Least liquidity", "minLiquidity", "-1", "2"],
    ["Most liquidity", "maxLiquidity", "1", ""],
    ["Oldest pool", "maxAgeSlots", "0", "60"],
    ["Oldest pool", "maxAgeSlots", "soon", "60"],
    ["Least price (optional)", "limitPrice", "0", ""],
    ["Slippage in percent", "slippageBps", "50.01", "10"],
  ] as const) {
    const box = reader.page.getByLabel(label, { exact: label !== "Slippage in percent" });
    await box.fill(bad);
    await reader.place();
    await reader.sees(reader.problemAt(name), /\S/);
    assert.equal(await box.getAttribute("aria-invalid"), "true", label);
    await box.fill(good);
    await until(async () => ((await reader.problemAt(name).innerText()) === "" ? true : null));
  }
  await field(reader, "Least price (optional)").fill("5");
  await mint.fill("");
  assert.equal(await field(reader, "Least price (optional)").inputValue(), "");
  await reader.page.getByRole("radio", { name: "Market", exact: true }).check();
  assert.equal(await field(reader, "You pay").inputValue(), "10", "the market form keeps its own amount");
  await reader.leave();
});
