// An engine that asks for keys: the page asks its reader for one, and does with it what it allows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { BrowserContextOptions } from "playwright-core";
import { clean } from "./clean.ts";
import { Engine, until } from "./engine.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { Reader } from "./reader.ts";

const UNKNOWN = `oek_${"0".repeat(16)}_${"0".repeat(64)}_00000000`;
/** A key that was found is believed for half a minute, and a test is not alone on its machine. */
const REVOKED_WITHIN_MS = 90_000;
const LOOKS: readonly BrowserContextOptions[] = [
  { colorScheme: "light" },
  { colorScheme: "dark", viewport: { width: 320, height: 700 }, hasTouch: true },
];

let whole: string;

openEngine({ AUTH: "keys" }, async () => {
  whole = await engine.makeKey("orders:read,orders:write,stream,keys");
});

for (const look of LOOKS)
  test(`the form for the key says what is wrong, in words (${look.colorScheme})`, async () => {
    const reader = await Reader.open(browser, engine.url, "/", look);
    await reader.page.getByRole("heading", { name: "This engine asks for a key" }).waitFor();
    await clean(reader, "the form for the key");
    const field = reader.page.getByLabel("Key", { exact: true });
    assert.equal(await field.getAttribute("type"), "password");
    for (const [text, problem] of [
      ["", /no key yet/],
      ["oek_half", /no whole key/],
      ["a key of \u20ac", /no whole key/],
      [UNKNOWN, /does not take this key/],
    ] as const) {
      await enter(reader, text);
      await reader.sees(reader.page.locator("#key-problem"), problem);
      assert.equal(await field.getAttribute("aria-invalid"), "true", text);
      assert.match((await field.getAttribute("aria-describedby")) ?? "", /key-problem/);
    }
    await clean(reader, "the form for the key, with a problem");
    await reader.page.getByRole("button", { name: "Show the key" }).click();
    assert.equal(await field.getAttribute("type"), "text");
    assert.equal(await field.inputValue(), UNKNOWN);
    await enter(reader, ` ${whole} `);
    await reader.page.locator("[data-venue]").first().waitFor();
    await clean(reader, "trade, with a key");
    await reader.leave();
  });

test("with a key, orders are placed, followed on a socket and exported, and no address has the key", async () => {
  const reader = await Reader.open(browser, engine.url);
  const addresses: string[] = [];
  const tickets: string[] = [];
  reader.page.on("request", (request) => addresses.push(request.url()));
  reader.page.on("websocket", (socket) => tickets.push(new URL(socket.url()).searchParams.get("ticket") ?? ""));
  await enter(reader, whole);
  await reader.write("2.5");
  await reader.place();
  await reader.sees(reader.light("Stream"), "Open");
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  const id = await reader.activeOrder();

  await reader.page.reload();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await reader.page.getByRole("link", { name: "Orders", exact: true }).click();
  await reader.row(id).waitFor();
  const download = reader.page.waitForEvent("download");
  await reader.page.getByRole("link", { name: "Export CSV" }).click();
  assert.equal((await download).suggestedFilename(), "orders.csv");
  assert.match(await readFile(await (await download).path(), "utf8"), new RegExp(`\n${id},`));

  assert.ok(tickets.length > 0 && tickets.every((ticket) => ticket !== ""));
  const secret = whole.split("_")[2] ?? assert.fail("a key has a secret");
  assert.deepEqual(
    [...addresses, ...tickets].filter((text) => text.includes(secret)),
    [],
  );
  const other = await reader.openTab();
  await other.page.getByRole("heading", { name: "This engine asks for a key" }).waitFor();
  await other.page.close();
  await reader.leave();
});

test("a socket that comes back has a new ticket", async () => {
  const reader = await Reader.open(browser, engine.url);
  const tickets: (string | null)[] = [];
  reader.page.on("websocket", (socket) => tickets.push(new URL(socket.url()).searchParams.get("ticket")));
  await enter(reader, whole);
  await reader.page.getByRole("radio", { name: "Limit", exact: true }).check();
  await reader.page.getByLabel("Limit price", { exact: true }).fill("10000");
  await reader.place();
  await reader.sees(reader.light("Stream"), "Open");
  await reader.page.getByRole("link", { name: "Details" }).waitFor();
  const id = await reader.activeOrder();
  await engine.kill();
  await reader.sees(reader.light("Stream"), "Lost");
  await engine.restart();
  await reader.sees(reader.light("Stream"), "Open", 60_000);
  assert.ok(tickets.length > 1);
  assert.equal(new Set(tickets).size, tickets.length, "no ticket is used twice");
  await tell(`/api/orders/${id}`, "DELETE");
  await reader.sees(reader.page.locator(".headline"), /Cancelled/i);
  await reader.leave();
});

test("a key that is revoked brings the form back, and nothing typed is lost", async () => {
  const key = await engine.makeKey("orders:read,orders:write,stream");
  const reader = await Reader.open(browser, engine.url);
  await enter(reader, key);
  await reader.write("7.25");
  await reader.page.locator("[data-venue]").first().waitFor();
  await tell(`/api/keys/${key.split("_")[1]}`, "DELETE");
  await reader.sees(reader.page.locator(".key-reason"), /takes your key no longer/, REVOKED_WITHIN_MS);
  await clean(reader, "the form for the key, after a revocation");
  await enter(reader, whole);
  await reader.page.locator("[data-venue]").first().waitFor();
  assert.equal(await reader.page.getByLabel("You pay", { exact: true }).inputValue(), "7.25");
  await reader.leave();
});

test("a key that may not place orders shows them, and says why it places none", async () => {
  const reader = await Reader.open(browser, engine.url);
  await enter(reader, await engine.makeKey("orders:read,stream"));
  await reader.page.locator("tr[data-order]").first().waitFor();
  await reader.place();
  await reader.sees(reader.page.locator(".form-problem"), /This key cannot place orders: .* orders:write/);
  await clean(reader, "trade, with a key that may not place orders");
  await reader.leave();
});

test("with a key that opens no socket, an order is followed by asking for it", async () => {
  const reader = await Reader.open(browser, engine.url);
  await enter(reader, await engine.makeKey("orders:read,orders:write"));
  await reader.page.locator("[data-venue]").first().waitFor();
  await reader.place();
  await reader.sees(reader.light("Stream"), "Polling");
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await reader.sees(reader.step("confirmed"), "Landed at");
  await reader.leave();
});

test("a key is forgotten, and with it what it showed; another account's shows its own orders", async () => {
  const reader = await Reader.open(browser, engine.url);
  await enter(reader, whole);
  await reader.write("3.125");
  await reader.place();
  await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
  await reader.page.getByRole("button", { name: "Forget the key" }).click();
  await reader.page.getByRole("heading", { name: "This engine asks for a key" }).waitFor();
  assert.ok(!(await reader.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes("oek_"));
  await enter(reader, await engine.makeKey("orders:read,orders:write,stream", "other"));
  await reader.page.getByText("Nothing placed yet").waitFor();
  await reader.page.getByText("No order yet").waitFor();
  assert.equal(await reader.page.getByLabel("You pay", { exact: true }).inputValue(), "3.125");
  await reader.leave();
});

test("an engine that asks for no key is used as ever", async () => {
  const free = await Engine.start();
  try {
    const reader = await Reader.open(browser, free.url);
    const asked: string[] = [];
    reader.page.on("request", (request) => asked.push(request.headers()["authorization"] ?? request.url()));
    await reader.page.reload();
    await reader.place();
    await reader.sees(reader.page.locator(".headline-state"), /^Confirmed after/);
    assert.equal(await reader.page.getByRole("button", { name: "Forget the key" }).count(), 0);
    assert.deepEqual(
      asked.filter((text) => /Bearer|ticket/.test(text)),
      [],
    );
    await reader.leave();
  } finally {
    await free.stop();
  }
});

async function enter(reader: Reader, key: string): Promise<void> {
  await reader.page.getByLabel("Key", { exact: true }).fill(key);
  await reader.page.getByRole("button", { name: "Use this key" }).click();
}

/** What another program with a key of the account does. */
async function tell(path: string, method: string): Promise<void> {
  await until(async () => {
    const headers = { authorization: `Bearer ${whole}` };
    const answer = await fetch(engine.url + path, { method, headers });
    return answer.ok ? true : null;
  });
}
