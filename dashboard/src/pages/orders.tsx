import { useEffect, useMemo } from "preact/hooks";
import { OrderListing } from "../components/order-listing.tsx";
import { OrderList } from "../state/order-list.ts";
import { ALL_STATUSES } from "../types.ts";

const PAGE = 50;

/** The history: newest first, by status, page by page. */
export function OrdersPage({ status, cursor }: { status: string | null; cursor: string | null }) {
  const known = ALL_STATUSES.find((candidate) => candidate === status) ?? null;
  const list = useMemo(() => new OrderList({ limit: PAGE, cursor, status: known }), [cursor, known]);
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
        caption={known ? `Orders with status ${known}` : "All orders, newest first"}
        empty={known ? `No order is ${known}` : "No order yet"}
      />
      <Paging next={list.next.value} cursor={cursor} status={known} />
    </section>
  );
}

function StatusFilter({ current }: { current: string | null }) {
  return (
    <nav class="filter" aria-label="Filter by status">
      {[null, ...ALL_STATUSES].map((status) => (
        <a key={status} href={addressOf(status, null)} aria-current={status === current ? "true" : undefined}>
          {status ?? "all"}
        </a>
      ))}
    </nav>
  );
}

function Paging({ next, cursor, status }: { next: string | null; cursor: string | null; status: string | null }) {
  if (!next && !cursor) return null;
  return (
    <nav class="paging" aria-label="Pages of orders">
      {cursor ? (
        <a class="button" href={addressOf(status, null)}>
          Newest
        </a>
      ) : (
        <span />
      )}
      {next ? (
        <a class="button" rel="next" href={addressOf(status, next)}>
          Older
        </a>
      ) : (
        <span class="paging-end">This is the oldest order</span>
      )}
    </nav>
  );
}

function addressOf(status: string | null, cursor: string | null): string {
  const search = new URLSearchParams();
  if (status) search.set("status", status);
  if (cursor) search.set("cursor", cursor);
  return search.size > 0 ? `/orders?${search}` : "/orders";
}
