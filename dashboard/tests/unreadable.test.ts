// What is stored may be damaged, or written by a newer engine: the page shows the gap and everything around it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clean } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const LOST = {
  id: "01980000-0000-7000-8000-00000000dead",
  status: "unreadable",
  createdAt: new Date(Date.now() - 60_000).toISOString(),
  detail: "Its stored amount is no number.",
};

let finished: string;

openEngine({}, async () => {
  finished = await engine.place({ amount: "2" });
  assert.equal(await engine.untilFinal(finished), "confirmed");
});

/** A reader on a phone whose list of orders has the lost one in it. */
async function openWithLost(path: string): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, `/orders/${finished}`, PHONE);
  await reader.page.route(/\/api\/orders\?/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: [LOST, ...((await answer.json()) as unknown[])] });
  });
  await reader.page.goto(engine.url + path);
  return reader;
}

test("an order that cannot be read is a row that says so and leads nowhere", async () => {
  for (const path of ["/orders", "/"]) {
    const reader = await openWithLost(path);
    await reader.sees(reader.row(finished), "confirmed");
    const row = reader.row(LOST.id);
    await reader.sees(row, /cannot be read/i);
    await row.getByTitle(LOST.id).waitFor();
    await reader.sees(row, LOST.detail);
    assert.ok(await row.locator(`time[datetime="${LOST.createdAt}"]`).filter({ visible: true }).count());
    assert.equal(await row.locator("a").count(), 0);
    assert.doesNotMatch(await row.innerText(), /undefined|NaN|null/);
    await clean(reader, path);
    await reader.leave();
  }
});

test("the charts count the orders that can be read, and say how many cannot", async () => {
  const reader = await openWithLost("/charts");
  await reader.page.locator(".chart canvas").nth(2).waitFor();
  await reader.sees(reader.page.locator(".figure", { hasText: /^Orders/ }), /^Orders\s*1$/);
  await reader.page.getByText("1 order cannot be read and is not counted.").waitFor();
  await reader.leave();
});

test("an event that cannot be read keeps its place in the timeline and in the log", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders", PHONE);
  await reader.page.route(`**/api/orders/${finished}`, async (route) => {
    const answer = await route.fetch();
    const order = (await answer.json()) as { events: { status: string; payload: unknown }[] };
    for (const event of order.events)
      if (event.status !== "pending" && event.status !== "routing") event.payload = { unreadable: true };
    await route.fulfill({ response: answer, json: order });
  });
  await reader.page.goto(`${engine.url}/orders/${finished}`);
  for (const status of ["building", "submitted", "confirmed"])
    await reader.sees(reader.step(status).and(reader.page.locator(".step-done")), "cannot be read");
  assert.equal(await reader.page.locator(".log-entry").count(), 5);
  // The order's own row is whole: what it was paid and quoted comes from there.
  await reader.page.locator(".venue-best").first().waitFor();
  const facts = reader.page.getByLabel("Execution", { exact: true });
  await reader.sees(facts, /Venue\s*(Raydium|Meteora)/);
  await reader.sees(facts, /Received\s*[\d.]+ USDC/);
  await clean(reader, "the order");
  await reader.leave();
});
