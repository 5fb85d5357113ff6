import { useEffect, useMemo } from "preact/hooks";
import type { OrderFilter } from "../api.ts";
import { ExportLink } from "../components/export-link.tsx";
import { OrderListing } from "../components/order-listing.tsx";
import { OrderList } from "../state/order-list.ts";
import { ALL_STATUSES, ORDER_TYPES, type OrderType } from "../types.ts";

const PAGE = 50;

/** `open` is each status that is not final. */
const FILTERS = ["open", ...ALL_STATUSES] as const;
const TYPES = Object.keys(ORDER_TYPES) as OrderType[];

interface Shown {
  readonly filter: (typeof FILTERS)[number] | null;
  readonly type: OrderType | null;
}

interface Props {
  /** As the address has it. */
  filter: string | null;
  type: string | null;
  cursor: string | null;
}

/** The history: newest first, by status and type, page by page. */
export function OrdersPage({ filter, type, cursor }: Props) {
  const shown: Shown = {
    filter: FILTERS.find((candidate) => candidate === filter) ?? null,
    type: TYPES.find((candidate) => candidate === type) ?? null,
  };
  const list = useMemo(
    () => new OrderList({ limit: PAGE, cursor, ...queryOf(shown) }),
    [cursor, shown.filter, shown.type],
  );
  useEffect(() => list.start(), [list]);
  return (
    <section class="card" aria-labelledby="orders-title">
      <header class="card-head card-head-wrap">
        <h1 id="orders-title" class="card-title" tabIndex={-1}>
          Orders
        </h1>
        <ExportLink filter={queryOf(shown)} />
      </header>
      <div class="filters">
        <Filter
          name="Status"
          choices={[null, ...FILTERS]}
          current={shown.filter}
          address={(chosen) => addressOf({ ...shown, filter: chosen }, null)}
        />
        <Filter
          name="Type"
          choices={[null, ...TYPES]}
          current={shown.type}
          address={(chosen) => addressOf({ ...shown, type: chosen }, null)}
        />
      </div>
      <OrderListing list={list} caption={captionOf(shown)} empty={emptyOf(shown)} />
      <Paging next={list.next.value} cursor={cursor} shown={shown} />
    </section>
  );
}

function queryOf({ filter, type }: Shown): OrderFilter {
  return { type, ...(filter === "open" ? { open: true } : { status: filter }) };
}

function captionOf({ filter, type }: Shown): string {
  if (!filter && !type) return "All orders, newest first";
  const orders = [filter === "open" ? "open" : null, type, "orders"].filter((word) => word !== null).join(" ");
  const sentence = filter && filter !== "open" ? `${orders} with status ${filter}` : orders;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function emptyOf({ filter, type }: Shown): string {
  const order = type ? `No ${type} order` : "No order";
  return filter ? `${order} is ${filter}` : `${order} yet`;
}

interface FilterProps<Value extends string> {
  name: string;
  /** Null for all. */
  choices: readonly (Value | null)[];
  current: Value | null;
  address: (choice: Value | null) => string;
}

function Filter<Value extends string>({ name, choices, current, address }: FilterProps<Value>) {
  return (
    <nav class="filter" aria-label={`Filter by ${name.toLowerCase()}`}>
      <span class="filter-name" aria-hidden="true">
        {name}
      </span>
      {choices.map((choice) => (
        <a key={choice} href={address(choice)} aria-current={choice === current ? "true" : undefined}>
          {choice ?? "all"}
        </a>
      ))}
    </nav>
  );
}

function Paging({ next, cursor, shown }: { next: string | null; cursor: string | null; shown: Shown }) {
  if (!next && !cursor) return null;
  return (
    <nav class="paging" aria-label="Pages of orders">
      {cursor ? (
        <a class="button" href={addressOf(shown, null)}>
          Newest
        </a>
      ) : (
        <span />
      )}
      {next ? (
        <a class="button" rel="next" href={addressOf(shown, next)}>
          Older
        </a>
      ) : (
        <span class="paging-end">This is the oldest order</span>
      )}
    </nav>
  );
}

function addressOf({ filter, type }: Shown, cursor: string | null): string {
  const search = new URLSearchParams();
  if (filter === "open") search.set("open", "true");
  else if (filter) search.set("status", filter);
  if (type) search.set("type", type);
  if (cursor) search.set("cursor", cursor);
  return search.size > 0 ? `/orders?${search}` : "/orders";
}
