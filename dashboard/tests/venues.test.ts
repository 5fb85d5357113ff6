// The page knows no venue beforehand: what the engine's answers name is what it shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clean, fits } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { type Change, changeOffers, chosen, dropped, venues } from "./offers.ts";
import { Reader } from "./reader.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const WIDTHS = [320, 390, 1440];
const MOST_VENUES = 6;

let finished: string;

openEngine({}, async () => {
  finished = await engine.place({ amount: "10" });
  assert.equal(await engine.untilFinal(finished), "confirmed");
});

async function openWith(change: Change, path: string): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/orders", PHONE);
  await changeOffers(reader.page, change);
  await reader.page.goto(engine.url + path);
  return reader;
}

test("a third venue that is chosen leads the preview", async () => {
  const reader = await openWith(chosen("Orca"), "/");
  await reader.sees(reader.venue("Orca"), /Best.*\+1\.000000/s);
  for (const known of ["Raydium", "Meteora"]) await reader.sees(reader.venue(known), "\u2212");
  await clean(reader, "the preview");
  await reader.leave();
});

test("a third venue that is chosen leads the order's comparison and its timeline", async () => {
  const reader = await openWith(chosen("Orca"), `/orders/${finished}`);
  await reader.sees(reader.venue("Orca"), "Best");
  await reader.sees(reader.step("routing"), "Each venue asked");
  await reader.sees(reader.step("building"), /Orca: [\d.]+ bps better than (Raydium|Meteora)/);
  await reader.sees(reader.page.getByLabel("Execution", { exact: true }), /Venue\s*Orca/);
  await clean(reader, "the order");
  await reader.leave();
});

test("a third venue that dropped out says so beside the others, and in the timeline", async () => {
  const reader = await openWith(dropped("Orca"), "/");
  await reader.sees(reader.venue("Orca"), "Orca dropped out: answered too late");
  await clean(reader, "the preview");
  await reader.page.goto(`${engine.url}/orders/${finished}`);
  await reader.sees(reader.venue("Orca"), "Orca dropped out: answered too late");
  await reader.sees(reader.step("routing"), "Each venue asked; Orca dropped out");
  await clean(reader, "the order");
  await reader.leave();
});

test("when each venue drops out, each says why", async () => {
  const reader = await openWith(() => ["Orca", "Raydium", "Meteora"].flatMap((dex) => dropped(dex)([])), "/");
  await reader.page.getByText("No venue takes this trade", { exact: true }).waitFor();
  for (const dex of ["Orca", "Raydium", "Meteora"]) await reader.sees(reader.venue(dex), "answered too late");
  await clean(reader, "the preview");
  await reader.leave();
});

test("a third venue has its own points in the chart", async () => {
  const reader = await openWith(chosen("Orca"), "/charts");
  const fills = reader.page.getByRole("region", { name: "Executed against quoted price" });
  await reader.sees(fills.locator(".legend-entry"), "Orca");
  await fills.getByRole("img", { name: /Orca: 1 order,/ }).waitFor();
  await fills.getByText("Show the numbers").click();
  await reader.sees(fills.locator("tbody tr"), /SOL\/USDC\s*Orca/);
  await clean(reader, "the charts");
  await reader.leave();
});

test("one venue or six: each has its own mark, and all fit on any screen", async () => {
  for (let count = 1; count <= MOST_VENUES; count += 1) {
    const reader = await openWith(venues(count), "/");
    for (const path of ["/", `/orders/${finished}`]) {
      await reader.page.goto(engine.url + path);
      await reader.page
        .locator("[data-venue]")
        .nth(count - 1)
        .waitFor();
      const marks = await reader.page
        .locator("[data-venue] .venue-shape")
        .evaluateAll((found) => found.map((mark) => [mark.getAttribute("class"), mark.innerHTML]));
      const [colours, shapes] = [0, 1].map((part) => new Set(marks.map((mark) => mark[part])).size);
      assert.deepEqual([marks.length, colours, shapes], [count, count, count], `${count} venues on ${path}`);
      for (const width of WIDTHS) {
        await reader.page.setViewportSize({ width, height: 844 });
        await fits(reader, `${count} venues on ${path} at ${width}`);
      }
    }
    await reader.leave();
  }
});
