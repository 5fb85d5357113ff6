// The chain's record of a transaction: linked where the engine says where it is, copied where it does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Market } from "../src/types.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

let orderId: string;

openEngine({}, async () => {
  orderId = await engine.place();
  assert.equal(await engine.untilFinal(orderId), "confirmed");
});

/** The order's page of an engine that says so of its market. */
async function openAt(part: Partial<Market>, width = 1280): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/", { viewport: { width, height: 800 } });
  await reader.page.route("**/api/market", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as Market), ...part } });
  });
  await reader.page.goto(`${engine.url}/orders/${orderId}`);
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await reader.page.locator(".market").waitFor();
  return reader;
}

test("the transaction links to the explorer, in a tab that does not know this one", async () => {
  const { txHash } = await engine.order(orderId);
  for (const width of [320, 1280]) {
    const reader = await openAt(
      { kind: "devnet", explorer: "https://explorer.example/tx/{signature}?cluster=devnet" },
      width,
    );
    const link = reader.page.getByLabel("Execution").getByRole("link");
    await link.waitFor();
    assert.equal(await link.getAttribute("href"), `https://explorer.example/tx/${txHash}?cluster=devnet`);
    assert.equal(await link.getAttribute("target"), "_blank");
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    assert.match((await link.textContent()) ?? "", /, opens explorer\.example in a new tab$/);
    await reader.page.getByRole("button", { name: "Copy transaction" }).waitFor();
    await reader.page
      .context()
      .route("https://explorer.example/**", (route) =>
        route.fulfill({ body: "<h1>A transaction</h1>", contentType: "text/html" }),
      );
    const [tab] = await Promise.all([reader.page.waitForEvent("popup"), link.click()]);
    await tab.getByText("A transaction").waitFor();
    assert.deepEqual(await tab.evaluate(() => [window.opener, document.referrer]), [null, ""]);
    await reader.leave();
  }
});

test("without an address of the web there is no link, and the signature can be copied", async () => {
  for (const explorer of [undefined, null, "javascript:alert(1)//{signature}", "https://explorer.example/"]) {
    const reader = await openAt({ kind: "local", ...(explorer === undefined ? {} : { explorer }) });
    await reader.page.getByRole("button", { name: "Copy transaction" }).waitFor();
    assert.equal(await reader.page.getByLabel("Execution").getByRole("link").count(), 0, String(explorer));
    await reader.leave();
  }
});
