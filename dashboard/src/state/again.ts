// An order's wishes as an address of the form, and back: what is placed again is read and changed before it is sent.
// The fields are called as the engine calls them; `expiresIn` is in seconds, as an expiry that has passed says nothing.
import { basisPointsToPercent } from "../decimal.ts";
import { ORDER_TYPES, type Order, type OrderType, type Requirement } from "../types.ts";
import { type Draft, EXPIRIES } from "./draft-fields.ts";
import { REQUIREMENTS } from "./sniper.ts";

/** Longer than any amount, price or mint that is one. */
const MOST_CHARACTERS = 60;

/** The form filled with what this order asked for. Its own minimum is left out: that was of a quote of then. */
export function againAddress(order: Order): string {
  const { type, tokenIn, tokenOut, amount, slippageBps, limitPrice, timeInForce, expiresAt, sniper } = order;
  const lifetime = expiresAt === null ? null : (Date.parse(expiresAt) - Date.parse(order.createdAt)) / 1000;
  const fields = {
    type,
    tokenIn,
    tokenOut,
    amount,
    slippageBps,
    limitPrice,
    timeInForce,
    expiresIn: timeInForce === "IOC" || lifetime === null ? null : Math.round(lifetime),
    minLiquidity: sniper?.minLiquidity ?? null,
    maxLiquidity: sniper?.maxLiquidity ?? null,
    maxAgeSlots: sniper?.maxAgeSlots ?? null,
    require: sniper?.require.join() ?? null,
    venues: sniper?.venues.join() || null,
  };
  const said = Object.entries(fields).filter(([, value]) => value !== null);
  return `/?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}`;
}

/** What an address asks the form to hold; null where it names no type of order. Nothing of it is trusted. */
export function draftOf(search: URLSearchParams): Partial<Draft> | null {
  const type = Object.keys(ORDER_TYPES).find((known) => known === search.get("type")) as OrderType | undefined;
  if (!type) return null;
  const text = (name: string) => search.get(name)?.slice(0, MOST_CHARACTERS) ?? "";
  const percent = /^\d{1,4}$/.test(text("slippageBps")) ? basisPointsToPercent(Number(text("slippageBps"))) : null;
  const expiry = nearestExpiry(Number(text("expiresIn")));
  if (type === "sniper")
    return {
      type,
      mint: text("tokenOut"),
      ...(text("tokenIn") ? { sniperTokenIn: text("tokenIn") } : {}),
      sniperAmount: text("amount"),
      leastPrice: text("limitPrice"),
      minLiquidity: text("minLiquidity"),
      maxLiquidity: text("maxLiquidity"),
      ...(percent ? { sniperSlippage: percent } : {}),
      ...(/^\d{1,9}$/.test(text("maxAgeSlots")) ? { maxAge: secondsOf(Number(text("maxAgeSlots"))) } : {}),
      ...(search.has("require") ? { require: requirementsOf(search.get("require") ?? "") } : {}),
      venues: text("venues").split(",").filter(Boolean),
      ...(expiry ? { expiry } : {}),
    };
  return {
    type,
    ...(text("tokenIn") ? { tokenIn: text("tokenIn") } : {}),
    ...(text("tokenOut") ? { tokenOut: text("tokenOut") } : {}),
    amount: text("amount"),
    ...(percent ? { slippage: percent } : {}),
    limitPrice: type === "limit" ? text("limitPrice") : "",
    timeInForce: text("timeInForce") === "IOC" ? "IOC" : "GTD",
    ...(expiry ? { expiry } : {}),
  };
}

/** Slots of 0.4 s as the seconds that the form turns into as many again. */
function secondsOf(slots: number): string {
  return String((slots * 4) / 10);
}

function requirementsOf(list: string): Requirement[] {
  const named = list.split(",");
  return (Object.keys(REQUIREMENTS) as Requirement[]).filter((known) => named.includes(known));
}

/** The form's choice that is closest to so many seconds. */
function nearestExpiry(seconds: number): Draft["expiry"] | null {
  if (!(seconds > 0)) return null;
  const distance = (name: Draft["expiry"]) => Math.abs(EXPIRIES[name] - seconds * 1000);
  const names = Object.keys(EXPIRIES) as Draft["expiry"][];
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
