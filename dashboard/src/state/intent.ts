// The intent to trade that is under way: what was asked for, and its key. It is stored before the first request and kept
// until it is known what became of it, so a second click, a repetition after a lost answer or a reloaded page repeats the
// same intent instead of making another.
import type { NewOrder } from "../types.ts";

const STORED = "intent";

/** The engine knows a key for a day. After that a repetition would be another order. */
const REPEATABLE_MS = 12 * 3_600_000;

export interface Intent {
  readonly order: NewOrder;
  readonly key: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** The id that the order has if it was stored, as far as the engine has told. */
  readonly orderId: string | null;
  /** Which of the reader's keys it was sent with: with another account's, a repetition would be another order. */
  readonly by: string | null;
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export function keep(intent: Intent, storage: Storage): void {
  storage.setItem(STORED, JSON.stringify(intent));
}

/** It is known what became of it: the next order is a new intent, even for the same trade. */
export function settled(storage: Storage): void {
  storage.removeItem(STORED);
}

/** Whether asking again under the same key is still the same order. */
export function isRepeatable(intent: Intent, now: number): boolean {
  return now - intent.at < REPEATABLE_MS;
}

/** The intent of which it is not known whether it was placed. */
export function unsettled(storage: Storage, now: number): Intent | null {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORED) ?? "null");
    // One that an older page has kept was sent without a key.
    return isIntent(stored) && isRepeatable(stored, now) ? { ...stored, by: stored.by ?? null } : null;
  } catch {
    return null;
  }
}

function isIntent(stored: unknown): stored is Intent {
  if (typeof stored !== "object" || stored === null) return false;
  const { order, key, at, orderId, by } = stored as Partial<Record<keyof Intent, unknown>>;
  const isOrder = typeof order === "object" && order !== null;
  const isName = (name: unknown) => name === null || typeof name === "string";
  return isOrder && typeof key === "string" && typeof at === "number" && isName(orderId) && isName(by ?? null);
}
