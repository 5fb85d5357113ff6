import { useEffect, useMemo } from "preact/hooks";
import { ExportLink } from "../components/export-link.tsx";
import { OrderListing } from "../components/order-listing.tsx";
import { OrderSearch } from "../components/order-search.tsx";
import { Profit } from "../components/profit.tsx";
import {
  ALL_ORDERS,
  STATUS_FILTERS,
  type Shown,
  TYPE_FILTERS,
  addressOf,
  isNarrowed,
  queryOf,
  shownOf,
  wordsOf,
} from "../state/order-filter.ts";
import { OrderList } from "../state/order-list.ts";
import { windowNamed } from "../state/profit-window.ts";
import { formatMoment } from "../time.ts";

const PAGE = 50;

/** The history: newest first, of the kind that the address says, page by page; and what the swaps brought. */
export function OrdersPage({ search }: { search: URLSearchParams }) {
  const shown = shownOf(search);
  const address = addressOf(shown);
  const cursor = search.get("cursor");
  const list = useMemo(() => new OrderList({ limit: PAGE, cursor, ...queryOf(shown) }), [cursor, address]);
  useEffect(() => list.start(), [list]);
  const more = { window: search.get("window") };
  const choose = (chosen: Partial<Shown>) => addressOf({ ...shown, ...chosen }, more);
  return (
    <div class="column">
      <section class="card" aria-labelledby="orders-title">
        <header class="card-head card-head-wrap">
          <h1 id="orders-title" class="card-title" tabIndex={-1}>
            Orders
          </h1>
          <div class="card-links">
            <a class="card-link" href="#profit-title">
              Profit and loss
            </a>
            <ExportLink filter={queryOf(shown)} />
          </div>
        </header>
        <OrderSearch shown={shown} more={more} />
        <div class="filters">
          <Filter
            name="Status"
            choices={[null, ...STATUS_FILTERS]}
            current={shown.status}
            address={(status) => choose({ status })}
          />
          <Filter
            name="Type"
            choices={[null, ...TYPE_FILTERS]}
            current={shown.type}
            address={(type) => choose({ type })}
          />
        </div>
        <OrderListing
          list={list}
          caption={`${wordsOf(shown, formatMoment)}, newest first`}
          empty={emptyOf(shown)}
          advice={<Advice shown={shown} cursor={cursor} />}
          cancels
        />
        <Paging
          count={list.ids.value?.length ?? null}
          next={list.next.value}
          cursor={cursor}
          to={(to) => addressOf(shown, { ...more, cursor: to })}
        />
      </section>
      <Profit shown={shown} window={windowNamed(more.window)} />
    </div>
  );
}

function emptyOf(shown: Shown): string {
  const { status, type } = shown;
  if (isNarrowed(shown)) return `${wordsOf(shown, formatMoment)}: none`;
  const order = type ? `No ${type} order` : "No order";
  return status ? `${order} is ${status}` : `${order} yet`;
}

/** What a reader can do who sees no order. */
function Advice({ shown, cursor }: { shown: Shown; cursor: string | null }) {
  if (cursor || addressOf(shown) !== "/orders")
    return (
      <a class="button" href={addressOf(cursor ? shown : ALL_ORDERS)}>
        {cursor ? "Newest orders" : "All orders"}
      </a>
    );
  return (
    <a class="button" href="/">
      Place an order
    </a>
  );
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
      <div class="filter-choices">
        {choices.map((choice) => (
          <a key={choice} href={address(choice)} aria-current={choice === current ? "true" : undefined} data-refines>
            {choice ?? "all"}
          </a>
        ))}
      </div>
    </nav>
  );
}

interface PagingProps {
  /** How many are on this page; null while that is not known. */
  count: number | null;
  next: string | null;
  cursor: string | null;
  to: (cursor: string | null) => string;
}

/** How many are shown, and the way to others. How many there are in all, the engine does not say. */
function Paging({ count, next, cursor, to }: PagingProps) {
  if (count === null || (count === 0 && !cursor)) return null;
  return (
    <nav class="paging" aria-label="Pages of orders">
      {cursor ? (
        <a class="button" href={to(null)}>
          Newest
        </a>
      ) : (
        <span />
      )}
      <p class="paging-count" role="status">
        {count === 1 ? "1 order" : `${count} orders`} shown
        {next ? ", more are older" : cursor ? ", the last of them" : ", no more"}
      </p>
      {next ? (
        <a class="button" rel="next" href={to(next)}>
          Older
        </a>
      ) : (
        <span class="paging-end">{count > 0 ? "This is the oldest order" : null}</span>
      )}
    </nav>
  );
}
