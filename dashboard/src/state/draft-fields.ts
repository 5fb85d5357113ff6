// The fields of the order being written.
import type { OrderType, Requirement } from "../types.ts";

const HOUR_MS = 3_600_000;
export const EXPIRIES = { "1 hour": HOUR_MS, "1 day": 24 * HOUR_MS, "7 days": 7 * 24 * HOUR_MS } as const;

/** What is typed and chosen in the form. */
export interface Draft {
  readonly type: OrderType;
  readonly tokenIn: string;
  readonly tokenOut: string;
  /** As typed, with either mark before the decimals. The engine decides whether it is an amount. */
  readonly amount: string;
  /** As typed, in percent. */
  readonly slippage: string;
  /** As typed. This and what follows is asked for by a limit order alone. */
  readonly limitPrice: string;
  readonly timeInForce: "GTD" | "IOC";
  readonly expiry: keyof typeof EXPIRIES;
  /** What a sniper order asks for is apart: an amount of dollars must not become one of SOL with the order's type. */
  readonly mint: string;
  readonly sniperTokenIn: string;
  readonly sniperAmount: string;
  readonly sniperSlippage: string;
  readonly leastPrice: string;
  readonly require: readonly Requirement[];
  /** Where it may buy; anywhere when there are none. */
  readonly venues: readonly string[];
  readonly minLiquidity: string;
  readonly maxLiquidity: string;
  /** In seconds. */
  readonly maxAge: string;
}

export const FIRST_DRAFT: Draft = {
  type: "market",
  tokenIn: "SOL",
  tokenOut: "USDC",
  amount: "10",
  slippage: "0.5",
  limitPrice: "",
  timeInForce: "GTD",
  expiry: "7 days",
  mint: "",
  sniperTokenIn: "SOL",
  sniperAmount: "0.5",
  sniperSlippage: "10",
  leastPrice: "",
  require: ["mint_authority_revoked", "lp_burned"],
  venues: [],
  minLiquidity: "",
  maxLiquidity: "",
  maxAge: "120",
};
