// Orders as no simulation makes them on demand: the largest and the smallest amounts, four attempts, reasons as long as
// a page, every end, hundreds of them. Served as the engine would, by a page's own network.
import type { Page } from "playwright-core";
import type { Offer, Order, OrderDetail, OrderEvent, Status } from "../src/types.ts";

const MINT = "E8kZbHqTzDMkpXLJqTQPYWvd8HeHDQ7Rq1mTk8eBQPfo";
const BEGIN = Date.UTC(2026, 10, 22, 10);
const LONG = `${"the pool's program refused the swap ".repeat(8)}${"0x1771".repeat(30)}`;

const FINAL: readonly Status[] = ["confirmed", "failed", "cancelled", "expired"];

function id(number: number): string {
  return `0198d2c5-7d2a-7c8e-9d0a-${String(number).padStart(12, "0")}`;
}

function at(seconds: number): string {
  return new Date(BEGIN + seconds * 1000).toISOString();
}

function row(number: number, part: Partial<Order>): Order {
  return {
    id: id(number),
    type: "market",
    tokenIn: "SOL",
    tokenOut: "USDC",
    amount: "1",
    slippageBps: 50,
    status: "pending",
    attempt: 1,
    chosenDex: null,
    txHash: null,
    executedPrice: null,
    amountOut: null,
    failureReason: null,
    failureCode: null,
    minAmountOut: null,
    limitPrice: null,
    timeInForce: null,
    expiresAt: null,
    sniper: null,
    clientOrderId: null,
    cancelRequested: false,
    waiting: null,
    trigger: null,
    createdAt: at(number * 60),
    updatedAt: at(number * 60 + 5),
    ...part,
  };
}

type Told = readonly [status: Status, attempt: number, payload?: OrderEvent["payload"]];

function detail(order: Order, told: readonly Told[], quotes: readonly Offer[] = []): OrderDetail {
  const events = told.map(([status, attempt, payload = {}], index) => ({
    orderId: order.id,
    seq: index + 1,
    status,
    attempt,
    at: new Date(Date.parse(order.createdAt) + index * 417).toISOString(),
    payload,
  }));
  return { ...order, events, quotes, reason: quotes.length > 0 ? "it pays most" : null };
}

function offer(dex: string, chosen: boolean, amountIn: string, amountOut: string, figures: Partial<Offer> = {}): Offer {
  return {
    dex,
    pool: null,
    amountIn,
    amountOut,
    netAmountOut: amountOut,
    price: "80.000000123456",
    fee: "0.003",
    priceImpactBps: 7,
    networkFee: "0.000005001",
    minimumReceived: "79.500000001",
    chosen,
    rejected: null,
    ...figures,
  } as Offer;
}

const HUGE_IN = "123456789012.000000001";
const HUGE = [
  offer("Raydium", false, HUGE_IN, "9876543210000.000001", { price: "79.999999983799" }),
  offer("Meteora", true, HUGE_IN, "9876543210987.654321", { minimumReceived: "9827160494932.716049" }),
];
const [FIRST, SECOND] = ["Meteora", "Raydium"].map((dex) => [
  offer("Meteora", dex === "Meteora", "2", "160.000001", { minimumReceived: "159.200001" }),
  offer("Raydium", dex === "Raydium", "2", "161.5", { minimumReceived: "160.6925" }),
]) as [Offer[], Offer[]];

const building = (quotes: readonly Offer[]) => ({
  chosenDex: quotes.find((one) => one.chosen)?.dex ?? null,
  quotes,
  reason: "it pays most",
});
const lost: Told[] = [1, 2, 3].flatMap((attempt): Told[] => [
  ["routing", attempt, attempt > 1 ? { reason: LONG, code: "transaction_expired" } : {}],
  ["building", attempt, building(HUGE)],
  ["submitted", attempt, { txHash: `lost${attempt}` }],
]);

/** Twelve digits in front of the point and nine behind it; the fourth try. */
export const huge = detail(
  row(9, {
    amount: HUGE_IN,
    status: "confirmed",
    attempt: 4,
    chosenDex: "Meteora",
    txHash: "landed4",
    executedPrice: "79.999999999999",
    amountOut: "9876543200001.000009",
    minAmountOut: "9827160494932.716049",
    clientOrderId: "w".repeat(64),
  }),
  [
    ["pending", 1],
    ...lost,
    ["routing", 4, { reason: LONG }],
    ["building", 4, building(HUGE)],
    ["submitted", 4, { txHash: "landed4" }],
    ["confirmed", 4, { txHash: "landed4", executedPrice: "79.999999999999", amountOut: "9876543200001.000009" }],
  ],
  HUGE,
);

/** The second try had begun when the first one's transaction landed; the engine's row tells of the second. */
export const landedLate = detail(
  row(8, {
    amount: "2",
    status: "confirmed",
    attempt: 2,
    chosenDex: "Raydium",
    txHash: "first",
    executedPrice: "79.95",
    amountOut: "159.9",
  }),
  [
    ["pending", 1],
    ["routing", 1],
    ["building", 1, building(FIRST)],
    ["submitted", 1, { txHash: "first" }],
    ["routing", 2, { reason: "its transaction was not seen" }],
    ["building", 2, building(SECOND)],
    ["submitted", 2, { txHash: "second" }],
    ["confirmed", 2, { txHash: "first", executedPrice: "79.95", amountOut: "159.9" }],
  ],
  SECOND,
);

const tiny = detail(
  row(7, { amount: "0.000000001", status: "failed", failureReason: LONG, failureCode: "no_liquidity" }),
  [
    ["pending", 1],
    ["routing", 1],
    ["failed", 1, { failureReason: LONG, code: "no_liquidity" }],
  ],
);

const cancelled = detail(
  row(6, {
    type: "limit",
    amount: "18446744073.709551615",
    limitPrice: "123456789012.123456789",
    timeInForce: "GTD",
    expiresAt: at(90_000),
    status: "cancelled",
    attempt: 2,
    cancelRequested: true,
  }),
  [
    ["pending", 1],
    ["routing", 1],
    ["waiting", 2, { reason: "limit_not_met", bestPrice: "79.1", bestDex: "Meteora" }],
    ["cancelled", 2],
  ],
);

const expired = detail(
  row(5, {
    type: "limit",
    limitPrice: "0.0000000234567",
    timeInForce: "IOC",
    expiresAt: at(90_000),
    status: "expired",
    failureReason: "the order accepts no less than 0.0000000234567 USDC",
    failureCode: "limit_not_met",
  }),
  [
    ["pending", 1],
    ["routing", 1],
    ["expired", 1, { reason: "the order accepts no less than 0.0000000234567 USDC", code: "limit_not_met" }],
  ],
);

const waiting = detail(
  row(4, {
    type: "limit",
    amount: "3.123456789",
    limitPrice: "10000",
    timeInForce: "GTD",
    expiresAt: at(9_000_000),
    status: "waiting",
    attempt: 3,
    waiting: {
      reason: "limit_not_met",
      bestPrice: "79.123456789012",
      bestDex: "Meteora",
      distanceBps: 1_253_864,
      checkedAt: at(400),
      checks: 12_345,
    },
  }),
  [
    ["pending", 1],
    ["routing", 1],
    ["waiting", 3, { reason: "limit_not_met", bestPrice: "79.123456789012", bestDex: "Meteora" }],
  ],
);

const snipes = detail(
  row(3, {
    type: "sniper",
    tokenOut: MINT,
    amount: "0.5",
    slippageBps: 1001,
    limitPrice: "52601139.104402001",
    expiresAt: at(9_000_000),
    status: "waiting",
    attempt: 2,
    sniper: {
      venues: ["Raydium", "Meteora"],
      minLiquidity: "50.000000001",
      maxLiquidity: "123456789012",
      maxAgeSlots: 333,
      require: ["mint_authority_revoked", "freeze_authority_revoked", "lp_burned"],
    },
    waiting: {
      reason: "liquidity_too_high",
      bestPrice: null,
      bestDex: null,
      distanceBps: null,
      checkedAt: at(300),
      checks: 1,
    },
  }),
  [
    ["pending", 1],
    ["routing", 1],
    ["waiting", 2, { reason: "liquidity_too_high" }],
  ],
);

/** Each venue is being asked. */
const routing = detail(row(10, { status: "routing" }), [
  ["pending", 1],
  ["routing", 1],
]);

/** Its third transaction is on its way, and its client wants it cancelled. */
const retried = detail(
  row(11, {
    amount: HUGE_IN,
    status: "submitted",
    attempt: 3,
    chosenDex: "Meteora",
    txHash: "lost3",
    minAmountOut: "9827160494932.716049",
    cancelRequested: true,
  }),
  [["pending", 1], ...lost],
  HUGE,
);

/** Orders that move, each of which is as it is for as long as nobody says more of it. */
export const MOVING: readonly OrderDetail[] = [retried, routing];

/** Newest first. */
export const UGLY: readonly OrderDetail[] = [huge, landedLate, tiny, cancelled, expired, waiting, snipes];

/** So many confirmed orders of the smallest amount. */
export function many(count: number): readonly OrderDetail[] {
  return Array.from({ length: count }, (_, index) =>
    detail(
      row(count - index, {
        amount: "0.000000001",
        status: "confirmed",
        chosenDex: "Meteora",
        txHash: `t${index}`,
        executedPrice: "100",
        amountOut: "0.0000001",
      }),
      [["pending", 1]],
    ),
  );
}

/** Answers every question about orders with these, newest first, and tells what was asked. */
export async function serve(page: Page, orders: readonly OrderDetail[]): Promise<URLSearchParams[]> {
  const asked: URLSearchParams[] = [];
  await page.route(/\/api\/orders(\?|$)/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query);
    const limit = Number(query.get("limit"));
    const from = Number(query.get("cursor") ?? 0);
    const status = query.get("status");
    const isOpen = query.get("open") === "true";
    const found = orders.filter(
      (order) => (!status || order.status === status) && (!isOpen || !FINAL.includes(order.status)),
    );
    const next = from + limit < found.length ? { link: `</api/orders?cursor=${from + limit}>; rel="next"` } : {};
    const rows = found.slice(from, from + limit).map(({ events: _, quotes: __, reason: ___, ...order }) => order);
    await route.fulfill({ json: rows, headers: next });
  });
  await page.route(/\/api\/orders\/[0-9a-f-]{36}$/, async (route) => {
    const order = orders.find((one) => route.request().url().endsWith(one.id));
    await route.fulfill(order ? { json: order } : { status: 404, json: { code: "not_found", status: 404 } });
  });
  return asked;
}
