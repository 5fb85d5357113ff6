// No number on the list and on an order's page that the engine did not say, at the edges of what it may say.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrderDetail } from "../src/types.ts";
import { fits } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";
import { basisPoints, difference, isTrue, numbersIn } from "./truth.ts";
import { UGLY, huge, landedLate, many, serve } from "./ugly.ts";

const SMALL = { viewport: { width: 320, height: 700 } };

openEngine({ SIM_QUOTE_DELAY_MS: "5", SIM_EXECUTION_DELAY_MS: "50", SIM_FAILURE_RATE: "0.3" });

/** A page to which the engine has these orders, whatever it has. */
async function openWith(orders: readonly OrderDetail[], path: string, options = {}): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/charts", options);
  await serve(reader.page, orders);
  await reader.page.goto(engine.url + path);
  return reader;
}

/** What the page may say of an order: what the engine says, and what follows from that. */
function factsOf(order: OrderDetail): string[] {
  const routes = order.events.map((event) => event.payload.quotes ?? []).concat([order.quotes]);
  const compared = routes.flatMap((offers) =>
    offers.flatMap((one) => {
      const others = offers.filter((other) => other !== one).map((other) => [one.netAmountOut, other.netAmountOut]);
      const received = [
        [order.amountOut, one.amountOut],
        [order.amountOut, one.minimumReceived],
        [order.executedPrice, one.price],
      ];
      return [...others, ...received];
    }),
  );
  const gaps = compared.flatMap(([a, b]) => (a && b ? [difference(a, b), basisPoints(a, b)] : []));
  const slots = order.sniper ? [difference(String((order.sniper.maxAgeSlots * 4) / 10), "0")] : [];
  const impacts = routes.flat().map((one) => one.priceImpactBps ?? 0);
  const percent = [order.slippageBps, order.waiting?.distanceBps ?? 0, ...impacts].map((bps) => (bps / 100).toFixed(2));
  const tries = order.events.map((event) => String(event.attempt));
  return [...numbersIn(order), ...gaps, ...slots, ...percent, ...tries];
}

async function holds(reader: Reader, orders: readonly OrderDetail[]): Promise<void> {
  for (const order of orders) {
    await reader.row(order.id).waitFor();
    const shown = await isTrue(reader.row(order.id), factsOf(order), `the row of ${order.id}`);
    assert.ok(shown.length > 0);
    await reader.row(order.id).getByTitle(`${order.amount} ${order.tokenIn}`, { exact: true }).waitFor();
    // A narrow row has it in another place than a wide one.
    if (order.amountOut)
      await reader
        .row(order.id)
        .getByTitle(`${order.amountOut} ${order.tokenOut}`, { exact: true })
        .filter({ visible: true })
        .waitFor();
  }
}

async function holdsOnItsPage(reader: Reader, order: OrderDetail): Promise<void> {
  await reader.page
    .locator(".log-entry")
    .nth(order.events.length - 1)
    .waitFor();
  const shown = await isTrue(reader.page.locator("main > .columns"), factsOf(order), `the page of ${order.id}`);
  for (const said of [order.amount, order.amountOut, order.limitPrice, order.executedPrice, order.minAmountOut])
    if (said) assert.ok(shown.includes(said), `${said} is not on the page of ${order.id}`);
}

test("each number of ugly orders is the engine's, in the list and on their own pages", async () => {
  for (const look of [{}, SMALL]) {
    const reader = await openWith(UGLY, "/orders", look);
    await holds(reader, UGLY);
    for (const order of UGLY) {
      await reader.page.goto(`${engine.url}/orders/${order.id}`);
      await holdsOnItsPage(reader, order);
    }
    await reader.leave();
  }
});

test("each number of real orders is the engine's", async () => {
  const ids: string[] = [];
  for (const amount of ["0.000123", "1", "1234.56789", "98765.4321"]) {
    ids.push(await engine.place({ amount, clientOrderId: `sells-${amount}` }));
    ids.push(await engine.place({ amount, tokenIn: "USDC", tokenOut: "SOL", slippageBps: 7 }));
  }
  ids.push(await engine.place({ type: "limit", limitPrice: "10000", timeInForce: "IOC" }));
  for (const id of ids) await engine.untilFinal(id);
  ids.push(await engine.place({ type: "limit", limitPrice: "9999.123456", amount: "2.000000001" }));
  const orders = await Promise.all(ids.map((id) => engine.order(id)));
  const reader = await Reader.open(browser, engine.url, "/orders");
  // What waits is looked at again and again: the list may be newer than the answer.
  const settled = orders.filter(({ status }) => status === "confirmed" || status === "failed");
  assert.ok(settled.length >= 8);
  await holds(reader, settled);
  for (const order of settled) {
    await reader.page.goto(`${engine.url}/orders/${order.id}`);
    await holdsOnItsPage(reader, order);
  }
  await reader.leave();
});

test("expected against executed is told exactly, in tokens and in basis points", async () => {
  const reader = await openWith(UGLY, `/orders/${huge.id}`);
  const facts = reader.page.getByLabel("Execution", { exact: true });
  await reader.sees(facts, /Quoted amount\s*9,876,543,210,987\.654321 USDC/);
  await reader.sees(facts, /Received\s*9,876,543,200,001\.000009 USDC/);
  await reader.sees(facts, /Received against quoted\s*\u221210,986\.654312 USDC\s*0\.00 bps/);
  await reader.sees(facts, /Received against minimum\s*\+49,382,705,068\.28396 USDC\s*\+50\.25 bps/);
  await reader.leave();
});

test("an order that an older attempt executed shows that attempt's route", async () => {
  const reader = await openWith(UGLY, `/orders/${landedLate.id}`, SMALL);
  const facts = reader.page.getByLabel("Execution", { exact: true });
  await reader.sees(facts, /Venue\s*Meteora/);
  await reader.sees(facts, /Quoted amount\s*160\.000001 USDC/);
  await reader.sees(facts, /Minimum received\s*159\.200001 USDC/);
  await reader.sees(reader.page.locator(".venue-best"), "Meteora");
  await reader.sees(reader.step("submitted"), "Transaction first");
  await reader.page.getByText("Try 2 overtaken").waitFor();
  assert.equal(await reader.page.locator(".headline .badge").innerText(), "confirmed");
  await reader.leave();
});

test("thousands of orders are added up to the bound, which is said; none at all says what to do", async () => {
  const reader = await openWith(many(2_345), "/orders");
  await reader.page.getByText("50 orders shown, more are older").waitFor();
  const profit = reader.page.getByRole("region", { name: "Profit and loss" });
  await reader.sees(profit, "Only the newest 2,000 confirmed orders");
  await reader.sees(profit.locator('[data-token="SOL"]'), /0\s*0\.000002\s*\u22120\.000002/);
  await reader.sees(profit.locator('[data-token="USDC"]'), /0\.0002\s*0\s*\+0\.0002/);
  await reader.sees(profit.locator('[data-pair="SOL/USDC"]'), /0\.000002 in 2,000 orders\s*100$/);
  await fits(reader, "thousands of orders");
  await reader.leave();

  const none = await openWith([], "/orders", SMALL);
  await none.page.getByText("No order yet").waitFor();
  await none.page.getByRole("link", { name: "Place an order" }).waitFor();
  await none.page.getByText("Nothing was swapped").waitFor();
  await none.leave();
});
