import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { LiveOrder } from "../components/live-order.tsx";
import { Skeleton } from "../components/notice.tsx";
import { OrderForm } from "../components/order-form.tsx";
import { OrderListing } from "../components/order-listing.tsx";
import { RoutePreview } from "../components/route-preview.tsx";
import { draft } from "../state/draft.ts";
import { OrderList } from "../state/order-list.ts";
import { startPreview } from "../state/preview.ts";

const RECENT = 8;

/** Write an order, see what it would bring, follow it. */
export function TradePage() {
  useEffect(startPreview, []);
  const recent = useMemo(() => new OrderList({ limit: RECENT }), []);
  useEffect(() => recent.start(), [recent]);
  const charts = useCharts();
  // A token that is yet to get its pool has neither a price nor a depth.
  const isOfListedPair = draft.value.type !== "sniper";
  return (
    <div class="columns">
      <div class="column">
        <OrderForm />
        {isOfListedPair && <RoutePreview />}
        {isOfListedPair && (charts ? <charts.DepthCard /> : <Waiting title="What a size would get" />)}
      </div>
      <div class="column">
        {isOfListedPair && (charts ? <charts.MarketCard /> : <Waiting title="Price" />)}
        <LiveOrder />
        <section class="card" aria-labelledby="recent-title">
          <header class="card-head">
            <h2 id="recent-title" class="card-title">
              Recent orders
            </h2>
            <a class="card-link" href="/orders">
              All orders
            </a>
          </header>
          <OrderListing list={recent} caption="The newest orders" empty="No order yet" />
        </section>
      </div>
    </div>
  );
}

type Charts = typeof import("../components/trade-charts.tsx");

function useCharts(): Charts | null {
  const loaded = useSignal<Charts | null>(null);
  useEffect(() => void import("../components/trade-charts.tsx").then((module) => (loaded.value = module)), []);
  return loaded.value;
}

function Waiting({ title }: { title: string }) {
  return (
    <section class="card" aria-label={title}>
      <Skeleton lines={6} label="Loading the chart" />
    </section>
  );
}
