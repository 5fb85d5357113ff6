// How fast the page is. Run alone: whoever else works on this machine would be measured as well.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../engine.ts";
import { browser, engine, openEngine } from "../fixture.ts";
import { Reader } from "../reader.ts";

const LIVE_ORDERS = 1_000;
const AT_ONCE = 20;

openEngine();

test("the first paint comes within a second", async () => {
  const reader = await Reader.open(browser, engine.url);
  await reader.page.getByRole("heading", { name: "Market order" }).waitFor();
  const paint = await reader.page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
  );
  assert.ok(paint < 1_000, `${paint} ms`);
  await reader.leave();
});

test("the page stays smooth while 1,000 orders are live", async () => {
  const reader = await Reader.open(browser, engine.url, "/orders");
  await reader.sees(reader.light("Engine"), "Healthy");
  await reader.page.evaluate(recordFrames);
  const work = Array.from({ length: LIVE_ORDERS }, (_, index) => `1.${String(index).padStart(4, "0")}`);
  const placeNext = async (): Promise<void> => {
    for (let amount = work.pop(); amount; amount = work.pop()) await engine.place({ amount });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, placeNext));
  // The newest of them are on screen, and move there.
  await until(
    async () =>
      (await reader.page.locator("tr[data-order] .badge", { hasText: "confirmed" }).count()) >= 10 ? true : null,
    120_000,
  );

  const gaps = await reader.page.evaluate(() => (window as unknown as { gaps: number[] }).gaps.sort((a, b) => a - b));
  const median = gaps[Math.floor(gaps.length / 2)] ?? Infinity;
  const p95 = gaps[Math.floor(gaps.length * 0.95)] ?? Infinity;
  assert.ok(median < 25, `median gap between frames: ${median} ms`);
  assert.ok(p95 < 100, `95th percentile of the gaps: ${p95} ms`);
  assert.ok((await reader.page.locator("tr[data-order]").count()) <= 50);
  await reader.leave();
});

/** Runs in the page: the time between each two frames. */
function recordFrames(): void {
  const gaps: number[] = [];
  Object.assign(window, { gaps });
  let last = performance.now();
  const frame = (now: number) => {
    gaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
