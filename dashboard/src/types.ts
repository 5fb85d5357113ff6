// The engine's own types, generated from docs/api/openapi.json by `npm run types`, under the names the page uses.
import type { components } from "./openapi.ts";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];
export type Order = Schemas["Order"];
export type OrderDetail = Schemas["OrderDetail"];
export type OrderEvent = Schemas["OrderEvent"];
export type Quote = Schemas["Quote"];
export type QuoteAnswer = Schemas["QuoteAnswer"];
export type Token = Schemas["Token"];
export type NewOrder = Schemas["NewOrder"];
export type Accepted = Schemas["Accepted"];
export type Health = Schemas["Health"];
export type ProblemBody = Schemas["Problem"];

/** The five steps of an order that goes well, in their order. */
export const STEPS: readonly Status[] = ["pending", "routing", "building", "submitted", "confirmed"];

export const ALL_STATUSES: readonly Status[] = [...STEPS, "failed"];

export function isFinal(status: Status): boolean {
  return status === "confirmed" || status === "failed";
}
