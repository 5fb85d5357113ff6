// Who uses the page: anybody, or who shows a key. A key is kept for this tab alone.
import { signal } from "@preact/signals";
import { NoAnswer, Problem, asSentence, showKey, tryKey, whenKeyIsRefused } from "../api.ts";
import { learnMarket } from "./market.ts";

export type Access =
  /** The engine has not said yet whether it wants a key. */
  | { readonly kind: "unknown" }
  /** No key is asked for. */
  | { readonly kind: "free" }
  | { readonly kind: "granted" }
  /** `wasTaken`: there was one, and the engine takes it no longer. */
  | { readonly kind: "wanted"; readonly wasTaken: boolean };

const STORED = "key";
/** A page without an engine is shown after this; it says that there is none. */
const PATIENCE_MS = 1_000;
/** So that a half-copied key, or anything else that was on the clipboard, is sent nowhere. */
const LOOKS_LIKE_A_KEY = /^oek_([0-9a-z]+)_[0-9a-z]+_[0-9a-z]+$/i;

export const access = signal<Access>({ kind: "unknown" });

let key = sessionStorage.getItem(STORED);
/** What is on screen may be of its account. */
let before: string | null = null;

/** The part of the key that may be told; null where none is shown. */
export function keyId(): string | null {
  return LOOKS_LIKE_A_KEY.exec(key ?? "")?.[1] ?? null;
}

/** Asks until the engine says whether it wants a key; ends sooner if that takes long. */
export async function startAccess(): Promise<void> {
  showKey(key);
  whenKeyIsRefused(refused);
  await Promise.race([learn(), pause(PATIENCE_MS)]);
}

async function learn(): Promise<void> {
  settle((await learnMarket())?.auth === "keys");
}

function settle(isAskedFor: boolean): void {
  if (!isAskedFor) access.value = { kind: "free" };
  else if (key !== null) access.value = { kind: "granted" };
  else if (access.value.kind !== "wanted") access.value = { kind: "wanted", wasTaken: false };
}

function refused(): void {
  if (access.value.kind === "wanted") return;
  if (key === null) return void learn();
  before = key;
  keep(null);
  access.value = { kind: "wanted", wasTaken: true };
}

/** Uses this key from now on, if the engine takes it; answers what is wrong with it, if it does not. */
export async function enter(text: string): Promise<string | null> {
  const entered = text.trim();
  if (entered === "") return "There is no key yet.";
  if (!LOOKS_LIKE_A_KEY.test(entered)) return "This is no whole key: one begins with oek_ and has four parts.";
  const problem = await problemWith(entered);
  if (problem !== null) return problem;
  keep(entered);
  // Whoever shows another key may be of another account: nothing of the one before stays.
  if (before !== null && before !== entered) location.reload();
  else access.value = { kind: "granted" };
  return null;
}

async function problemWith(entered: string): Promise<string | null> {
  try {
    await tryKey(entered);
    return null;
  } catch (failure) {
    if (failure instanceof NoAnswer) return `${failure.message} Try again.`;
    if (!(failure instanceof Problem)) throw failure;
    if (failure.status === 401) return "The engine does not take this key: it is mistyped, expired or revoked.";
    // It is a key, if one that may not read orders; what it may do shows when it is used.
    return failure.status === 403 ? null : asSentence(failure.message);
  }
}

/** Leaves nothing of the key, nor of what it let the page see. What is typed stays. */
export function forget(): void {
  keep(null);
  location.reload();
}

function keep(next: string | null): void {
  key = next;
  showKey(next);
  if (next === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, next);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, milliseconds));
}
