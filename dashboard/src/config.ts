// Where the engine is. Read at run time, so that one build serves every stage: an empty address is the page's own.

export interface Config {
  readonly apiUrl: string;
  readonly wsUrl: string;
}

/** Reads /config.json. A host without that file serves page and engine from one address. */
export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json", { cache: "no-store" }).catch(() => null);
  const file: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
  return { apiUrl: textAt(file, "apiUrl").replace(/\/$/, ""), wsUrl: textAt(file, "wsUrl") };
}

function textAt(value: unknown, name: string): string {
  if (typeof value !== "object" || value === null) return "";
  const found: unknown = Reflect.get(value, name);
  return typeof found === "string" ? found : "";
}

/** The socket's address for its first order; further ones are subscribed to over the open socket. */
export function socketAddress(
  config: Config,
  pageOrigin: string,
  orderId: string,
  after: number,
  ticket: string | null = null,
): string {
  const base = config.wsUrl || `${(config.apiUrl || pageOrigin).replace(/^http/, "ws")}/api/orders/ws`;
  const address = new URL(base);
  address.searchParams.set("orderId", orderId);
  if (after > 0) address.searchParams.set("after", String(after));
  if (ticket !== null) address.searchParams.set("ticket", ticket);
  return address.href;
}
