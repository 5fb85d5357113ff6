// One key per intent to trade. The key is stored before the first request and kept until the engine has answered, so
// a second click, a retry after a lost answer or a reloaded page repeats the same intent instead of making another.

const STORED = "intents";

/** What was sent, and the key under which it has not been answered yet. */
type Unanswered = Readonly<Record<string, string>>;

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/** The key of the unanswered intent with this very body, or a new one. */
export function keyFor(body: string, storage: Storage, newKey: () => string): string {
  const unanswered = read(storage);
  const key = unanswered[body] ?? newKey();
  storage.setItem(STORED, JSON.stringify({ ...unanswered, [body]: key }));
  return key;
}

/** The engine has answered: the next order is a new intent, even with the same body. */
export function answered(body: string, storage: Storage): void {
  const { [body]: _answered, ...others } = read(storage);
  storage.setItem(STORED, JSON.stringify(others));
}

function read(storage: Storage): Unanswered {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORED) ?? "{}");
    const entries = typeof stored === "object" && stored !== null ? Object.entries(stored) : [];
    return Object.fromEntries(entries.filter(([, key]) => typeof key === "string"));
  } catch {
    return {};
  }
}
