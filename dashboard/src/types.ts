// The engine's own types, generated from docs/api/openapi.json by `npm run types`, under the names the page uses.
import type { components } from "./openapi.ts";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];

/** What met an order's condition: a limit order's price, or a sniper order's pool. */
export type Trigger = Schemas["Trigger"];

export type Order = Schemas["Order"];

export type OrderType = Schemas["OrderType"];

/** The kinds of orders, as the page calls them. */
export const ORDER_TYPES: Readonly<Record<OrderType, string>> = { market: "Market", limit: "Limit", sniper: "Sniper" };

/** An order whose row the engine holds but cannot read: all that it can say is which one and since when. */
export type UnreadableOrder = Schemas["UnreadableOrder"] & { readonly status: "unreadable" };

/** An entry of a list of orders. */
export type ListedOrder = Order | UnreadableOrder;

export function isReadable(entry: ListedOrder): entry is Order {
  return entry.status !== "unreadable";
}

export type QuoteAnswer = Schemas["Quote"];
export type Token = Schemas["Token"];
export type Launch = Schemas["Launch"];
export type Candle = Schemas["Candle"];
export type Stats = Schemas["Stats"];
export type Market = Schemas["Market"];
export type Ticket = Schemas["Ticket"];
export type Requirement = Schemas["Requirement"];
export type NewOrder = Schemas["ExecuteRequest"];
export type Accepted = Schemas["Accepted"];
export type Health = Schemas["Health"];
export type ProblemBody = Schemas["Problem"];

/** A venue's answer. Its figures are absent when the venue dropped out. */
export type Offer = Schemas["OfferView"];

const FIGURES = [
  "amountIn",
  "amountOut",
  "netAmountOut",
  "price",
  "fee",
  "priceImpactBps",
  "networkFee",
  "minimumReceived",
] as const;

/** An offer with all its figures. */
export type Quote = Offer & { readonly [Name in (typeof FIGURES)[number]]: NonNullable<Offer[Name]> };

export function isQuote(offer: Offer): offer is Quote {
  return !offer.rejected && FIGURES.every((name) => offer[name] !== null && offer[name] !== undefined);
}

/** What an event tells beside its status; which of these depends on the status. */
export interface Payload {
  /** The event happened, but what it told beside its status cannot be read. */
  readonly unreadable?: true;
  readonly chosenDex?: string | null;
  readonly quotes?: readonly Offer[];
  /** Why the venue was chosen, or why the attempt before was given up. */
  readonly reason?: string | null;
  readonly txHash?: string | null;
  readonly executedPrice?: string | null;
  readonly amountOut?: string | null;
  readonly failureReason?: string | null;
  readonly code?: Schemas["FailureCode"] | null;
  /** Why the order waits is the `reason`; this is the best that there was. */
  readonly bestPrice?: string | null;
  readonly bestDex?: string | null;
  /** What ended its waiting. */
  readonly trigger?: Trigger | null;
  /** The pool that it waits for, where there is one, and from when on it can be swapped in. */
  readonly pool?: string | null;
  readonly opensAt?: string | null;
  /** Its client wants it cancelled, and its transaction may still land. */
  readonly cancelRequested?: boolean | null;
}

/** An event of an order's log, the same from the socket and from a request. */
export type OrderEvent = Omit<Schemas["Update"], "status" | "payload"> & {
  readonly status: Status;
  readonly payload: Payload;
};

export type OrderDetail = Omit<Schemas["OrderDetails"], "events"> & { readonly events: readonly OrderEvent[] };

/** The five steps of an order that goes well, in their order. */
export const STEPS: readonly Status[] = ["pending", "routing", "building", "submitted", "confirmed"];

/** How an order can end. */
const FINAL: readonly Status[] = ["confirmed", "failed", "cancelled", "expired"];

export const ALL_STATUSES: readonly Status[] = ["pending", "waiting", "routing", "building", "submitted", ...FINAL];

export function isFinal(status: Status): boolean {
  return FINAL.includes(status);
}

export type Waiting = NonNullable<Order["waiting"]>;
