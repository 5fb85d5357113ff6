// Every state of the page at each kind of width: nothing is wider than its place, and axe finds nothing. `npm run looks`
// takes a picture of each, in light and dark, for somebody to look at.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Market, OrderDetail } from "../src/types.ts";
import { clean, fits } from "./clean.ts";
import { browser, engine, openEngine } from "./fixture.ts";
import { changeOffers, dropped, venues } from "./offers.ts";
import { Reader } from "./reader.ts";
import { MOVING, UGLY, many, serve } from "./ugly.ts";

/** Where the pictures go; without it, none is taken. */
const FOLDER = process.env["LOOKS"] ? resolve(process.env["LOOKS"]) : null;
/** One for each of the style sheet's larger steps. */
const WIDTHS = [1440, 768, 390, 320];
const SCHEMES = ["light", "dark"] as const;
const ALL = [...MOVING, ...UGLY];
/** Longer than the page goes on by itself. */
const LATER = { "retry-after": "120" };
const LOST = {
  id: "01980000-0000-7000-8000-00000000dead",
  status: "unreadable",
  createdAt: "2026-11-22T10:00:00Z",
  detail: "Its stored amount is no number.",
};

/** Orders of whose events nothing can be read but that they happened. */
const GAPS = ALL.map((order) => ({
  ...order,
  events: order.events.map((event) => ({ ...event, payload: { unreadable: true as const } })),
}));

interface State {
  readonly path?: string;
  /** What the engine is said to hold, in place of what it does. */
  readonly orders?: readonly OrderDetail[];
  /** What it is said to be, beside what it is. */
  readonly market?: Partial<Market>;
  /** Comes between the page and the engine. */
  readonly arrange?: (page: Page) => Promise<unknown>;
  readonly act?: (reader: Reader) => Promise<unknown>;
  /** What is seen once the state is reached. */
  readonly sign: string;
}

const quoted = "[data-venue=Raydium]";

const write = (amount: string) => (reader: Reader) => reader.write(amount);

/** Writes an amount and places it. */
const place = (amount: string) => async (reader: Reader) => {
  await reader.write(amount);
  await reader.page.locator(quoted).waitFor();
  await reader.place();
};

const choose = (type: string) => (reader: Reader) =>
  reader.page.getByRole("radio", { name: type, exact: true }).check();

/** Opens the tables of so many charts. */
const openNumbers = (charts: number) => async (reader: Reader) => {
  await reader.page
    .locator(".chart canvas")
    .nth(charts - 1)
    .waitFor();
  for (const summary of await reader.page.locator(".chart-numbers summary").all()) await summary.click();
};

/** Answers what asks for an order to be placed. */
const answerPlacing = (status: number, code: string) => (page: Page) =>
  page.route("**/api/orders/execute", (route) =>
    route.fulfill({ status, headers: LATER, json: { status, code, title: "-", detail: "the engine is busy" } }),
  );

/** The order that this tab has placed before. */
const follow = (id: string) => (page: Page) =>
  page.addInitScript((id) => sessionStorage.setItem("activeOrder", id), id);

const TRADE: Record<string, State> = {
  loading: { arrange: (page) => page.route(/\/api\/(?!market)/, () => {}), sign: ".skeleton-line" },
  empty: { orders: [], act: write(""), sign: "text=No amount yet" },
  preview: { orders: [], sign: ".market-card canvas" },
  numbers: { act: openNumbers(2), sign: ".numbers tbody td" },
  "preview-large": { act: write("123456.123456789"), sign: quoted },
  "preview-dropped": { arrange: (page) => changeOffers(page, dropped("Orca")), sign: "[data-venue=Orca]" },
  "preview-six": { arrange: (page) => changeOffers(page, venues(6)), sign: "[data-venue=Invariant]" },
  objection: {
    act: async (reader) => {
      await reader.write("0");
      await reader.place();
    },
    sign: "[data-field=amount]:not(:empty)",
  },
  ambiguous: { act: write("1,500"), sign: ".read-choice" },
  confirm: { act: place("4000.000000077"), sign: ".confirm" },
  "no-route": { act: write("200000"), sign: ".submit-off" },
  waits: { arrange: answerPlacing(429, "busy"), act: place("2"), sign: ".form-problem:not(:empty)" },
  doubt: {
    arrange: answerPlacing(503, "outcome_unknown"),
    act: place("2"),
    sign: "role=button[name='Check again']",
  },
  limit: {
    act: async (reader) => {
      await choose("Limit")(reader);
      await reader.page.getByLabel("Limit price", { exact: true }).fill("10000.123456789");
    },
    sign: "#limitPrice-hint:has-text('to go')",
  },
  sniper: {
    act: async (reader) => {
      await choose("Sniper")(reader);
      await reader.page.locator(".launch input").nth(1).check();
    },
    sign: ".launch:has(:checked)",
  },
  live: { market: { kind: "mainnet" }, sign: ".market-live" },
  unreachable: {
    act: async (reader) => {
      await reader.page.locator(quoted).waitFor();
      await reader.page.route(/\/(api|health)/, (route) => route.abort());
    },
    sign: ".banner",
  },
  degraded: { arrange: (page) => page.route("**/health", (route) => route.fulfill({ status: 503 })), sign: ".banner" },
  key: { market: { auth: "keys" }, sign: ".key-form" },
};

const ORDERS: Record<string, State> = {
  empty: { orders: [], sign: "text=Nothing was swapped" },
  full: { orders: [...ALL, ...many(60)], sign: ".profit-table" },
  open: { path: "?open=true", orders: ALL, sign: "tr[data-order]" },
  nothing: { path: "?status=expired&type=sniper&tokenIn=SOL", orders: [], sign: "text=none" },
  refused: { path: "?clientOrderId=no+name", sign: ".notice-bad" },
  unreadable: {
    arrange: (page) => page.route(/\/api\/orders\?/, (route) => route.fulfill({ json: [LOST, ...ALL] })),
    sign: ".badge-unreadable",
  },
  garbage: {
    arrange: (page) => page.route(/\/api\/orders\?/, (route) => route.fulfill({ body: "<h1>" })),
    sign: ".notice-bad",
  },
};

const ORDER: Record<string, State> = {
  loading: {
    path: ALL[0]?.id ?? "",
    arrange: (page) => page.route("**/api/orders/*", () => {}),
    sign: ".skeleton-line",
  },
  gaps: { path: ALL[0]?.id ?? "", orders: GAPS, sign: "text=cannot be read" },
  unknown: { path: "01980000-0000-7000-8000-000000000000", sign: ".notice-bad" },
  lost: {
    path: MOVING[0]?.id ?? "",
    orders: ALL,
    arrange: (page) => page.routeWebSocket(/\/api\/orders\/ws/, (socket) => socket.close()),
    sign: ".banner-retry",
  },
  explorer: {
    path: UGLY[0]?.id ?? "",
    orders: ALL,
    market: { kind: "devnet", explorer: "https://explorer.example/tx/{signature}?cluster=devnet" },
    act: (reader) => reader.page.locator(".log-payload summary").nth(2).click(),
    sign: ".new-tab",
  },
};

const CHARTS: Record<string, State> = {
  full: { act: openNumbers(3), sign: ".numbers tbody td" },
  empty: { orders: [], sign: "text=No order in the last hour" },
};

openEngine({ SIM_LAUNCH_EVERY_S: "1", SIM_QUOTE_DELAY_MS: "5", SIM_EXECUTION_DELAY_MS: "50" }, async () => {
  if (FOLDER) await mkdir(FOLDER, { recursive: true });
  const orders = await Promise.all(["1", "2.5", "12.123456789"].map((amount) => engine.place({ amount })));
  for (const id of orders) assert.equal(await engine.untilFinal(id), "confirmed");
});

/** A page in this state. */
async function open(path: string, state: State): Promise<Reader> {
  const reader = await Reader.open(browser, engine.url, "/favicon.svg", { reducedMotion: "reduce" });
  const { page } = reader;
  // A moving order stays as it is.
  await page.routeWebSocket(/\/api\/orders\/ws/, () => {});
  if (state.market)
    await page.route("**/api/market", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as Market), ...state.market } });
    });
  if (state.orders) await serve(page, state.orders);
  await state.arrange?.(page);
  await page.goto(engine.url + path + (state.path ?? ""));
  await state.act?.(reader);
  await page.locator(state.sign).first().waitFor();
  return reader;
}

/** Ends where everything is narrowest, in the dark. */
async function look(reader: Reader, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await reader.page.setViewportSize({ width, height: 900 });
    await drawn(reader.page);
    await fits(reader, `${name} at ${width}`);
    if (FOLDER) for (const colorScheme of SCHEMES) await picture(reader.page, `${name}-${width}`, colorScheme);
  }
  await reader.page.emulateMedia({ colorScheme: "dark" });
}

async function picture(page: Page, name: string, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await drawn(page);
  await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png`, fullPage: true });
}

/** A chart is drawn anew a frame after its card has another size or other colours. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

function states(kind: string, path: string, all: Record<string, State>): void {
  for (const [name, state] of Object.entries(all))
    test(`${kind}-${name}`, async () => {
      const reader = await open(path, state);
      await look(reader, `${kind}-${name}`);
      await clean(reader, `${kind}-${name}`);
      await reader.leave();
    });
}

states("trade", "/", TRADE);
states("orders", "/orders", ORDERS);
states("order", "/orders/", ORDER);
states("charts", "/charts", CHARTS);
states("nowhere", "/orders/a/b", { page: { sign: "text=There is no such page" } });
for (const { id, status } of ALL) {
  states("order", "/orders/", { [`${id.slice(-2)}-${status}`]: { path: id, orders: ALL, sign: ".log-entry" } });
  states("followed", "/", {
    [`${id.slice(-2)}-${status}`]: { orders: ALL, arrange: follow(id), sign: ".headline-state" },
  });
}
