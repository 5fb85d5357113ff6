import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order, OrderEvent, Status } from "../types.ts";
import {
  type OrderView,
  arrival,
  emptyView,
  lastSeq,
  withDetail,
  withEvent,
  withListed,
  withOrder,
} from "./order-view.ts";

const order: Order = {
  id: "a",
  type: "market",
  tokenIn: "SOL",
  tokenOut: "USDC",
  amount: "10",
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
  createdAt: "2026-11-22T10:00:00.000Z",
  updatedAt: "2026-11-22T10:00:00.000Z",
};

function event(seq: number, status: Status, payload: OrderEvent["payload"] = {}, attempt = 1): OrderEvent {
  return { orderId: "a", seq, status, attempt, at: `2026-11-22T10:00:0${seq}.000Z`, payload };
}

const log = [
  event(1, "pending"),
  event(2, "routing"),
  event(3, "building", { chosenDex: "Meteora" }),
  event(4, "submitted", { txHash: "5h3x" }),
  event(5, "confirmed", { txHash: "5h3x", executedPrice: "78.9", amountOut: "789" }),
];

test("an order reaches the same view whether its row comes before, amid or after its events", () => {
  const afterAll = withOrder(log.reduce(withEvent, emptyView("a")), order);
  for (let at = 0; at < log.length; at += 1) {
    const first = withOrder(log.slice(0, at).reduce(withEvent, emptyView("a")), order);
    assert.deepEqual(log.slice(at).reduce(withEvent, first), afterAll);
  }
  assert.equal(afterAll.order?.status, "confirmed");
  assert.equal(afterAll.order?.amountOut, "789");
});

test("an event seen twice changes nothing and one that comes early is refused", () => {
  const view = log.slice(0, 2).reduce(withEvent, withOrder(emptyView("a"), order));
  assert.equal(withEvent(view, log[1]!), view);
  assert.equal(arrival(view, log[3]!), "early");
  assert.equal(withEvent(view, log[3]!), view);
  assert.equal(lastSeq(view), 2);
});

test("a late list answer never takes a status back", () => {
  const confirmed = log.reduce(withEvent, withOrder(emptyView("a"), order));
  assert.equal(withOrder(confirmed, { ...order, status: "routing" }).order?.status, "confirmed");
});

test("a list answer that is ahead of the log wins over replayed events", () => {
  const known = withOrder(emptyView("a"), { ...order, status: "confirmed", amountOut: "789" });
  assert.equal(withEvent(known, log[0]!).order?.status, "confirmed");
});

test("a retry starts over without the lost transaction", () => {
  const retried = [...log.slice(0, 4), event(5, "routing", { reason: "expired" }, 2)];
  const view = retried.reduce(withEvent, withOrder(emptyView("a"), order));
  assert.equal(view.order?.attempt, 2);
  assert.equal(view.order?.status, "routing");
  assert.equal(view.order?.txHash, null);
});

const limit: Order = { ...order, type: "limit", limitPrice: "80", timeInForce: "GTD" };
const looked = [
  event(1, "pending"),
  event(2, "routing"),
  event(3, "waiting", { reason: "limit_not_met", bestPrice: "79.8", bestDex: "Meteora" }, 2),
];

test("an order waits with what was found, and is on its way again once its trigger is met", () => {
  const waits = looked.reduce(withEvent, withOrder(emptyView("a"), limit));
  assert.equal(waits.order?.status, "waiting");
  assert.equal(waits.order?.waiting?.distanceBps, 26);
  const trigger = { at: "2026-11-22T10:00:04.000Z", price: "80.1", venue: "Meteora" };
  const moves = withEvent(waits, event(4, "routing", { trigger }, 2));
  assert.equal(moves.order?.status, "routing");
  assert.equal(moves.order?.waiting, null);
  assert.deepEqual(moves.order?.trigger, trigger);
  assert.equal(withEvent(moves, event(5, "waiting", { reason: "limit_not_met" }, 3)).order?.status, "waiting");
});

test("a look that was not met is no event: the row alone brings it, and the log does not take it back", () => {
  const waits = looked.reduce(withEvent, withOrder(emptyView("a"), limit));
  const newest = {
    reason: "limit_not_met",
    bestPrice: "79.9",
    bestDex: "Raydium",
    distanceBps: 13,
    checks: 2,
  } as const;
  const row = { ...waits.order!, waiting: { ...newest, checkedAt: "2026-11-22T10:00:09.000Z" } };
  assert.equal(withOrder(waits, row).order?.waiting?.checks, 2);
  assert.equal(looked.reduce(withEvent, withOrder(emptyView("a"), row)).order?.waiting?.checks, 2);
});

test("the wish to cancel changes no status, keeps the transaction and is never taken back", () => {
  const submitted = log.slice(0, 4).reduce(withEvent, withOrder(emptyView("a"), order));
  const asked = withEvent(submitted, event(5, "submitted", { cancelRequested: true }));
  assert.equal(asked.order?.status, "submitted");
  assert.equal(asked.order?.txHash, "5h3x");
  assert.equal(asked.order?.cancelRequested, true);
  assert.equal(withOrder(asked, submitted.order!).order?.cancelRequested, true);
});

test("an order that expired says why", () => {
  const ended = event(4, "expired", { reason: "it was not met", code: "limit_not_met" }, 2);
  const view = [...looked, ended].reduce(withEvent, withOrder(emptyView("a"), limit));
  assert.equal(view.order?.status, "expired");
  assert.equal(view.order?.failureReason, "it was not met");
  assert.equal(view.order?.failureCode, "limit_not_met");
});

test("events that cannot be read take nothing from a row that is whole", () => {
  const lost: OrderEvent["payload"] = { unreadable: true };
  const events = log.map((entry) => (entry.seq > 2 ? { ...entry, payload: lost } : entry));
  const row: Order = { ...order, status: "confirmed", chosenDex: "Meteora", txHash: "5h3x", amountOut: "789" };
  const view = withDetail(emptyView("a"), { ...row, events, quotes: [], reason: "it pays more" });
  assert.deepEqual(view.order, row);
  assert.equal(view.reason, "it pays more");
  assert.equal(lastSeq(view), 5);
});

test("an order that cannot be read is shown as such until it can be", () => {
  const entry = { id: "a", status: "unreadable", createdAt: order.createdAt, detail: "no number" } as const;
  const lost = withListed(withOrder(emptyView("a"), order), entry);
  assert.equal(lost.unreadable, entry);
  assert.equal(withListed(lost, order).unreadable, null);
});

test("the route of a confirmed order is that of the attempt whose transaction landed, whatever came after", () => {
  const offer = (dex: string) => ({ dex, chosen: true }) as OrderView["offers"][number];
  const building = (dex: string) => ({ chosenDex: dex, quotes: [offer(dex)], reason: `${dex} pays most` });
  const landedLate = [
    event(1, "pending"),
    event(2, "routing"),
    event(3, "building", building("Meteora")),
    event(4, "submitted", { txHash: "first" }),
    event(5, "routing", { reason: "not seen" }, 2),
    event(6, "building", building("Raydium"), 2),
    event(7, "submitted", { txHash: "second" }, 2),
    event(8, "confirmed", { txHash: "first", executedPrice: "78.9", amountOut: "789" }, 2),
  ];
  const row: Order = { ...order, status: "confirmed", attempt: 2, chosenDex: "Raydium", txHash: "first" };
  const detail = { ...row, events: landedLate, quotes: [offer("Raydium")], reason: "Raydium pays most" };
  const views = [
    withDetail(emptyView("a"), detail),
    landedLate.reduce(withEvent, withOrder(emptyView("a"), order)),
    withOrder(landedLate.reduce(withEvent, emptyView("a")), row),
    landedLate.reduce(withEvent, withOrder(emptyView("a"), row)),
  ];
  for (const { order: shown, offers, reason } of views) {
    assert.equal(shown?.chosenDex, "Meteora");
    assert.deepEqual(offers, [offer("Meteora")]);
    assert.equal(reason, "Meteora pays most");
  }
  const settled = landedLate.map((one) => ({ ...one, payload: { ...one.payload, txHash: "second" } }));
  assert.equal(settled.reduce(withEvent, withOrder(emptyView("a"), order)).order?.chosenDex, "Raydium");
});
