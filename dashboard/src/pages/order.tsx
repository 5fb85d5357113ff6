import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Problem, getOrder } from "../api.ts";
import { CopyLink } from "../components/copy-link.tsx";
import { CancelOrder } from "../components/cancel-order.tsx";
import { shorten } from "../components/copy-text.tsx";
import { EventLog } from "../components/event-log.tsx";
import { ExecutionFacts } from "../components/execution-facts.tsx";
import { LimitFacts } from "../components/limit-facts.tsx";
import { Notice, Skeleton } from "../components/notice.tsx";
import { OrderHeadline } from "../components/order-headline.tsx";
import { OrderTimeline } from "../components/order-timeline.tsx";
import { SniperFacts } from "../components/sniper-facts.tsx";
import { StatusAnnouncer } from "../components/status-announcer.tsx";
import { VenueComparison } from "../components/venue-comparison.tsx";
import { againAddress } from "../state/again.ts";
import { useWatch } from "../state/live.ts";
import type { OrderView } from "../state/order-view.ts";
import { learnDetail, orderView } from "../state/orders.ts";
import { zone } from "../time.ts";
import { type Order, isFinal } from "../types.ts";

const RETRY_MS = 2_000;

/** One order, whole: reached by a shared address or a click, before, during or after its execution. */
export function OrderPage({ id }: { id: string }) {
  const failure = useLoadedOrder(id);
  const view = orderView(id).value;
  return (
    <>
      <header class="page-head">
        <h1 class="page-title" tabIndex={-1}>
          Order <span class="page-title-id">{shorten(id)}</span>
        </h1>
        {view.order && (
          <div class="page-actions">
            <a class="button" href={againAddress(view.order)}>
              Place again
            </a>
            <CopyLink path={`/orders/${id}`} />
          </div>
        )}
      </header>
      <StatusAnnouncer order={view.order} />
      {view.order ? <Loaded view={view} order={view.order} /> : <NotLoaded failure={failure} />}
    </>
  );
}

/** Loads the order, again and again while the engine does not answer; a refusal is final. */
function useLoadedOrder(id: string): Error | null {
  const failure = useSignal<Error | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        learnDetail(await getOrder(id, stop.signal));
        failure.value = null;
      } catch (caught) {
        if (stop.signal.aborted) return;
        failure.value = caught instanceof Error ? caught : new Error(String(caught));
        if (!(caught instanceof Problem) || caught.passing) retry = setTimeout(() => void load(), RETRY_MS);
      }
    };
    void load();
    return () => {
      stop.abort();
      clearTimeout(retry);
    };
  }, [id]);
  return failure.value;
}

function NotLoaded({ failure }: { failure: Error | null }) {
  if (!failure)
    return (
      <div class="card">
        <Skeleton lines={8} label="Loading the order" />
      </div>
    );
  const unknown = failure instanceof Problem && !failure.passing;
  return (
    <div class="card">
      <Notice tone="bad" title={unknown ? "There is no such order" : "The order could not be loaded"}>
        <p>
          {failure.message}
          {unknown ? "" : " Trying again."}
        </p>
        <a class="button" href="/orders">
          All orders
        </a>
      </Notice>
    </div>
  );
}

function Loaded({ view, order }: { view: OrderView; order: Order }) {
  useWatch([order.id]);
  return (
    <div class="columns columns-even">
      <div class="column">
        <section class="card" aria-label="Progress">
          <OrderHeadline view={view} order={order} />
          <CancelOrder order={order} />
          <OrderTimeline view={view} />
        </section>
        <section class="card" aria-labelledby="quotes-title">
          <h2 id="quotes-title" class="card-title card-title-alone">
            Quotes
          </h2>
          {view.offers.length > 0 ? (
            <VenueComparison offers={view.offers} tokenIn={order.tokenIn} tokenOut={order.tokenOut} />
          ) : (
            <Notice title={noQuotes(order)} />
          )}
          {view.reason && <p class="route-reason">{view.reason}</p>}
        </section>
      </div>
      <div class="column">
        {order.type === "limit" && (
          <section class="card" aria-labelledby="limit-title">
            <h2 id="limit-title" class="card-title card-title-alone">
              Limit
            </h2>
            <LimitFacts view={view} order={order} />
          </section>
        )}
        {order.type === "sniper" && (
          <section class="card" aria-labelledby="sniper-title">
            <h2 id="sniper-title" class="card-title card-title-alone">
              Sniper
            </h2>
            <SniperFacts view={view} order={order} />
          </section>
        )}
        <section class="card" aria-labelledby="execution-title">
          <h2 id="execution-title" class="card-title card-title-alone">
            Execution
          </h2>
          <ExecutionFacts view={view} order={order} />
        </section>
        <section class="card" aria-labelledby="log-title">
          <h2 id="log-title" class="card-title card-title-alone">
            Event log
          </h2>
          <EventLog events={view.events} type={order.type} />
          <p class="card-note">Times are those of {zone()}.</p>
        </section>
      </div>
    </div>
  );
}

function noQuotes({ status, type, waiting }: Order): string {
  if (isFinal(status)) return "No venue was chosen";
  if (type === "sniper" && waiting) return "No pool passes the checks yet";
  return waiting?.bestPrice ? "No venue meets the limit yet" : "No venue has answered yet";
}
