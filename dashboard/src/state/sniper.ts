// What a sniper order demands of a pool, what a pool misses of that, and how both are called.
import { compare } from "../decimal.ts";
import { meantBy } from "../typed-number.ts";
import type { Launch, Requirement } from "../types.ts";

export const SLOT_MS = 400;

/** As a demand. */
export const REQUIREMENTS: Readonly<Record<Requirement, string>> = {
  mint_authority_revoked: "Mint authority revoked",
  freeze_authority_revoked: "Freeze authority revoked",
  lp_burned: "LP burned",
};

/** One that this page does not know is shown as the engine names it. */
export function demandInWords(requirement: string): string {
  return (REQUIREMENTS as Readonly<Record<string, string>>)[requirement] ?? requirement;
}

export interface Check {
  readonly requirement: Requirement;
  /** In a word or two, beside a mark. */
  readonly name: string;
  readonly passed: boolean;
  /** What the mark says, for the ear. */
  readonly words: string;
}

export function checksOf(launch: Launch): readonly Check[] {
  return [
    checkOf("mint_authority_revoked", "Mint", launch.mintAuthorityRevoked, "mint authority", "revoked"),
    checkOf("freeze_authority_revoked", "Freeze", launch.freezeAuthorityRevoked, "freeze authority", "revoked"),
    checkOf("lp_burned", "LP", launch.lpBurned, "LP", "burned"),
  ];
}

function checkOf(requirement: Requirement, name: string, passed: boolean, what: string, done: string): Check {
  return { requirement, name, passed, words: passed ? `${what} ${done}` : `${what} not ${done}` };
}

export interface Demands {
  readonly tokenIn: string;
  readonly require: readonly Requirement[];
  /** None is any. */
  readonly venues: readonly string[];
  /** As typed; what is no number demands nothing. */
  readonly minLiquidity: string;
  readonly maxLiquidity: string;
  readonly maxAgeSlots: number | null;
}

/** What of the demands the pool misses as far as one can see now, in words. The engine's own look decides. */
export function missedBy(launch: Launch, demands: Demands, now: number): readonly string[] {
  const { tokenIn, require, venues, minLiquidity, maxLiquidity, maxAgeSlots } = demands;
  const ageMs = now - Date.parse(launch.opensAt);
  return [
    ...(launch.against === tokenIn ? [] : [`traded against ${launch.against}`]),
    ...(venues.length === 0 || venues.includes(launch.venue) ? [] : [`traded at ${launch.venue}`]),
    ...checksOf(launch)
      .filter((check) => !check.passed && require.includes(check.requirement))
      .map((check) => check.words),
    ...(compare(launch.liquidity, meantBy(minLiquidity)) === -1 ? ["too little in the pool"] : []),
    ...(compare(launch.liquidity, meantBy(maxLiquidity)) === 1 ? ["too much in the pool"] : []),
    ...(maxAgeSlots !== null && ageMs > maxAgeSlots * SLOT_MS ? ["open for too long"] : []),
  ];
}
