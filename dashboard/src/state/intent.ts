// One key per intent to trade. The key is stored before the first request and kept until the engine has answered, so
// a second click, a retry after a lost answer or a reloaded page repeats the same intent instead of making another.

const KEY = "intent";

interface Intent {
  readonly key: string;
  readonly body: string;
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

/** The key of the unanswered intent with this very body, or a new one. */
export function keyFor(body: string, storage: Storage, newKey: () => string): string {
  const unanswered = stored(storage);
  if (unanswered?.body === body) return unanswered.key;
  const intent: Intent = { key: newKey(), body };
  storage.setItem(KEY, JSON.stringify(intent));
  return intent.key;
}

/** The engine has answered: the next order is a new intent, even with the same body. */
export function answered(storage: Storage): void {
  storage.removeItem(KEY);
}

function stored(storage: Storage): Intent | null {
  try {
    const intent: Partial<Intent> | null = JSON.parse(storage.getItem(KEY) ?? "null");
    return typeof intent?.key === "string" && typeof intent.body === "string" ? { key: intent.key, body: intent.body } : null;
  } catch {
    return null;
  }
}
