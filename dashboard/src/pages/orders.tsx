import { useEffect, useMemo } from "preact/hooks";
import { OrderListing } from "../components/order-listing.tsx";
import { OrderList } from "../state/order-list.ts";
import { ALL_STATUSES } from "../types.ts";

const PAGE = 50;

/** `open` is each status that is not final. */
const FILTERS = ["open", ...ALL_STATUSES] as const;

/** The history: newest first, by status, page by page. */
export function OrdersPage({ filter, cursor }: { filter: string | null; cursor: string | null }) {
  const known = FILTERS.find((candidate) => candidate === filter) ?? null;
  const list = useMemo(
    () => new OrderList({ limit: PAGE, cursor, ...(known === "open" ? { open: true } : { status: known }) }),
    [cursor, known],
  );
  useEffect(() => list.start(), [list]);
  return (
    <section class="card" aria-labelledby="orders-title">
      <header class="card-head card-head-wrap">
        <h1 id="orders-title" class="card-title" tabIndex={-1}>
          Orders
        </h1>
        <StatusFilter current={known} />
      </header>
      <OrderListing
        list={list}
        caption={known === "open" ? "Open orders" : known ? `Orders with status ${known}` : "All orders, newest first"}
        empty={known ? `No order is ${known}` : "No order yet"}
      />
      <Paging next={list.next.value} cursor={cursor} filter={known} />
    </section>
  );
}

function StatusFilter({ current }: { current: string | null }) {
  return (
    <nav class="filter" aria-label="Filter by status">
      {[null, ...FILTERS].map((filter) => (
        <a key={filter} href={addressOf(filter, null)} aria-current={filter === current ? "true" : undefined}>
          {filter ?? "all"}
        </a>
      ))}
    </nav>
  );
}

function Paging({ next, cursor, filter }: { next: string | null; cursor: string | null; filter: string | null }) {
  if (!next && !cursor) return null;
  return (
    <nav class="paging" aria-label="Pages of orders">
      {cursor ? (
        <a class="button" href={addressOf(filter, null)}>
          Newest
        </a>
      ) : (
        <span />
      )}
      {next ? (
        <a class="button" rel="next" href={addressOf(filter, next)}>
          Older
        </a>
      ) : (
        <span class="paging-end">This is the oldest order</span>
      )}
    </nav>
  );
}

function addressOf(filter: string | null, cursor: string | null): string {
  const search = new URLSearchParams();
  if (filter === "open") search.set("open", "true");
  else if (filter) search.set("status", filter);
  if (cursor) search.set("cursor", cursor);
  return search.size > 0 ? `/orders?${search}` : "/orders";
}
