// Every request the page makes, and the two ways in which one can fail.
import type { Config } from "./config.ts";
import type {
  Accepted,
  Candle,
  Health,
  Launch,
  ListedOrder,
  Market,
  NewOrder,
  Order,
  OrderDetail,
  OrderType,
  ProblemBody,
  QuoteAnswer,
  Stats,
  Status,
  Ticket,
  Token,
} from "./types.ts";

/** The engine answered, with a problem (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly field: string | null,
    readonly retryAfterSeconds: number | null,
    /** The id that an order has if it was stored, where the engine cannot tell whether it was. */
    readonly orderId: string | null = null,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed later. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

/** What the engine said, as a sentence beside others. */
export function asSentence(detail: string): string {
  const begun = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** No answer came: it is unknown whether the engine did what was asked. */
export class NoAnswer extends Error {
  constructor() {
    super("The engine does not answer.");
  }
}

const TIMEOUT_MS = 10_000;
/** A file of all orders is long, and is read to its end. */
const FILE_TIMEOUT_MS = 300_000;
let base = "";
let key: string | null = null;
let onRefusedKey: () => void = () => undefined;

export function configureApi(config: Config): void {
  base = config.apiUrl;
}

/** What every request shows from now on; in a header, as an address is written into logs. */
export function showKey(shown: string | null): void {
  key = shown;
}

/** Called when the engine does not take what is shown, or wants something shown. */
export function whenKeyIsRefused(listener: () => void): void {
  onRefusedKey = listener;
}

interface Manner {
  readonly timeoutMs?: number;
  readonly shown?: string | null;
}

async function send(path: string, init: RequestInit = {}, manner: Manner = {}): Promise<Response> {
  const { timeoutMs = TIMEOUT_MS, shown = key } = manner;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  let answer: Response;
  try {
    const headers = { ...init.headers, ...(shown === null ? {} : { Authorization: `Bearer ${shown}` }) };
    answer = await fetch(base + path, { ...init, headers, signal });
  } catch {
    throw new NoAnswer();
  }
  // An answer to a key that was replaced in the meantime says nothing about the new one.
  if (answer.status === 401 && shown === key) onRefusedKey();
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body: Partial<ProblemBody> & { readonly orderId?: string } = await answer.json().catch(() => ({}));
  const retryAfter = Number(answer.headers.get("Retry-After") ?? "");
  return new Problem(
    answer.status,
    body.code ?? "unknown",
    body.detail ?? body.title ?? `The engine answered with status ${answer.status}.`,
    body.field ?? null,
    retryAfter > 0 ? retryAfter : null,
    body.orderId ?? null,
  );
}

async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await send(path, signal ? { signal } : {});
  return body<T>(answer);
}

/** A body that stops half-way or is not JSON is no answer either. */
async function body<T>(answer: Response): Promise<T> {
  try {
    return (await answer.json()) as T;
  } catch {
    throw new NoAnswer();
  }
}

/** Answers the order's id. */
export async function placeOrder(order: NewOrder, idempotencyKey: string): Promise<string> {
  const answer = await send("/api/orders/execute", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
    body: JSON.stringify(order),
  });
  const accepted = await body<Partial<Accepted>>(answer);
  if (typeof accepted.orderId !== "string") throw new NoAnswer();
  return accepted.orderId;
}

export interface OrderPage {
  readonly orders: readonly ListedOrder[];
  /** The cursor of the page after this one; null on the last page. */
  readonly next: string | null;
}

/** What the orders have in common. */
export interface OrderFilter {
  readonly status?: Status | null;
  /** Only those that are not final. */
  readonly open?: boolean;
  readonly type?: OrderType | null;
  readonly tokenIn?: string | null;
  readonly tokenOut?: string | null;
  readonly clientOrderId?: string | null;
  /** Accepted then or later, RFC 3339. */
  readonly since?: string | null;
  /** Accepted before, RFC 3339. */
  readonly until?: string | null;
}

export interface OrderQuery extends OrderFilter {
  readonly limit: number;
  readonly cursor?: string | null;
}

function filterFields(filter: OrderFilter): Record<string, string> {
  const { status, open, type, tokenIn, tokenOut, clientOrderId, since, until } = filter;
  const fields = { status, open: open ? "true" : null, type, tokenIn, tokenOut, clientOrderId, since, until };
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => !!field[1]));
}

/** The address of all of these orders as a file. */
export function csvAddress(filter: OrderFilter): string {
  return base + csvPath(filter);
}

function csvPath(filter: OrderFilter): string {
  const search = new URLSearchParams(filterFields(filter));
  return `/api/orders.csv${search.size > 0 ? `?${search}` : ""}`;
}

/** The same file, for a reader who has to show a key, which no link does. */
export async function getCsv(filter: OrderFilter): Promise<Blob> {
  const answer = await send(csvPath(filter), {}, { timeoutMs: FILE_TIMEOUT_MS });
  return await answer.blob().catch(() => {
    throw new NoAnswer();
  });
}

export async function listOrders(query: OrderQuery, signal?: AbortSignal): Promise<OrderPage> {
  const search = new URLSearchParams({ limit: String(query.limit), ...filterFields(query) });
  if (query.cursor) search.set("cursor", query.cursor);
  const answer = await send(`/api/orders?${search}`, signal ? { signal } : {});
  return { orders: await body<ListedOrder[]>(answer), next: nextCursor(answer.headers.get("Link")) };
}

/** The cursor in `Link: </api/orders?cursor=…>; rel="next"`. */
export function nextCursor(link: string | null): string | null {
  const match = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? "");
  return match?.[1] ? new URL(match[1], "http://engine").searchParams.get("cursor") : null;
}

export function getOrder(id: string, signal?: AbortSignal): Promise<OrderDetail> {
  return read(`/api/orders/${encodeURIComponent(id)}`, signal);
}

/** Answers the order: cancelled, or with the wish to cancel it noted while its transaction may still land. */
export async function cancelOrder(id: string): Promise<Order> {
  return body(await send(`/api/orders/${encodeURIComponent(id)}`, { method: "DELETE" }));
}

export interface QuoteQuery {
  readonly tokenIn: string;
  readonly tokenOut: string;
  readonly amount: string;
  readonly slippageBps: string;
}

export function getQuote(query: QuoteQuery, signal: AbortSignal): Promise<QuoteAnswer> {
  return read(`/api/quote?${new URLSearchParams({ ...query })}`, signal);
}

/** The last of the pair's reference prices; null where there is none. */
export async function getReferencePrice(
  tokenIn: string,
  tokenOut: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const search = new URLSearchParams({ tokenIn, tokenOut, interval: "1m", limit: "1" });
  const candles = await read<readonly Candle[]>(`/api/candles?${search}`, signal);
  return candles.at(-1)?.close ?? null;
}

/** How many orders accepted in this window are confirmed by now. */
export async function countConfirmed(window: string, signal?: AbortSignal): Promise<number> {
  const { byStatus } = await read<Stats>(`/api/stats?window=${window}`, signal);
  return byStatus["confirmed"] ?? 0;
}

export function getTokens(): Promise<readonly Token[]> {
  return read("/api/tokens");
}

/** The newest pools, and before them those that are announced. */
export function getLaunches(limit: number, signal?: AbortSignal): Promise<readonly Launch[]> {
  return read(`/api/launches?limit=${limit}`, signal);
}

export interface CandleQuery {
  readonly tokenIn: string;
  readonly tokenOut: string;
  readonly interval: string;
  readonly limit: number;
}

/** How the price of a pair went, oldest first. */
export function getCandles(query: CandleQuery, signal: AbortSignal): Promise<readonly Candle[]> {
  return read(`/api/candles?${new URLSearchParams({ ...query, limit: String(query.limit) })}`, signal);
}

export function getMarket(): Promise<Market> {
  return read("/api/market");
}

/** Asks for little with this key, to see whether the engine takes it. */
export async function tryKey(shown: string): Promise<void> {
  await send("/api/orders?limit=1", {}, { shown });
}

/** What opens a socket, for a minute. */
export async function makeTicket(): Promise<string> {
  return (await body<Ticket>(await send("/api/tickets", { method: "POST" }))).ticket;
}

export function getHealth(): Promise<Health> {
  return read("/health");
}
