// The pools that are new or announced, and what the tokens in them are called. Asked for while somebody chooses from
// them, and once in a while when an order on screen buys a token that is not known yet.
import { signal } from "@preact/signals";
import { getLaunches } from "../api.ts";
import type { Launch } from "../types.ts";

const LISTED = 50;
const MOST = 200;
const REFRESH_MS = 2_500;
const ASK_AGAIN_MS = 10_000;
/** A page that is open for days forgets what it saw first. */
const REMEMBERED = 2_000;

/** Newest first; null until the first answer. */
export const launches = signal<readonly Launch[] | null>(null);
export const launchesFailure = signal<Error | null>(null);

const met = signal<ReadonlyMap<string, Launch>>(new Map());

/** The launch of this mint, if this page has met it. */
export function launchOf(mint: string): Launch | null {
  return met.value.get(mint) ?? null;
}

/** Keeps the list fresh until the returned function is called. */
export function startLaunches(): () => void {
  const stop = new AbortController();
  void refreshUntil(stop.signal);
  return () => stop.abort();
}

async function refreshUntil(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (!document.hidden) await refresh(stop);
    await new Promise((next) => setTimeout(next, REFRESH_MS));
  }
}

async function refresh(stop: AbortSignal): Promise<void> {
  try {
    const answer = await getLaunches(LISTED, stop);
    learn(answer);
    launches.value = answer;
    launchesFailure.value = null;
  } catch (failure) {
    if (!stop.aborted) launchesFailure.value = failure instanceof Error ? failure : new Error(String(failure));
  }
}

let askedAt = -Infinity;
let asking: ReturnType<typeof setTimeout> | undefined;

/** An order on screen buys it, and nobody has said what it is called. All that are wanted are asked for at once. */
export function wantName(mint: string): void {
  if (met.peek().has(mint) || asking !== undefined) return;
  asking = setTimeout(
    () => {
      askedAt = Date.now();
      asking = undefined;
      void getLaunches(MOST).then(learn, () => undefined);
    },
    Math.max(0, askedAt + ASK_AGAIN_MS - Date.now()),
  );
}

/** What is learnt last is kept longest. */
function learn(answer: readonly Launch[]): void {
  const known = new Map(met.peek());
  for (const launch of [...answer].reverse()) {
    known.delete(launch.mint);
    known.set(launch.mint, launch);
  }
  for (const mint of known.keys()) {
    if (known.size <= REMEMBERED) break;
    known.delete(mint);
  }
  met.value = known;
}
