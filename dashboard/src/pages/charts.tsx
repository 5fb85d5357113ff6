import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ChartSet } from "../components/chart-set.tsx";
import { Notice, Skeleton } from "../components/notice.tsx";
import {
  MOST_ORDERS,
  WINDOW_MINUTES,
  fills,
  recentFailure,
  recentOrders,
  recentUnreadable,
  startRecent,
} from "../state/recent.ts";
import { byMinute, confirmationTimes, quantile } from "../state/statistics.ts";
import { engineNow, formatDuration } from "../time.ts";
import type { Order } from "../types.ts";

/** How the last hour went. */
export function ChartsPage() {
  useEffect(startRecent, []);
  const orders = recentOrders.value;
  const unreadable = recentUnreadable.value;
  const failure = recentFailure.value;
  return (
    <>
      <h1 class="page-title" tabIndex={-1}>
        The last hour
      </h1>
      {failure && (
        <Notice tone="bad" title="The orders could not be loaded">
          {failure.message} Trying again.
        </Notice>
      )}
      {!orders && !failure && (
        <div class="card">
          <Skeleton lines={6} label="Loading orders" />
        </div>
      )}
      {orders?.length === 0 && unreadable === 0 && (
        <div class="card">
          <Notice title="No order in the last hour">
            Charts appear with the first one. <a href="/">Place an order</a>
          </Notice>
        </div>
      )}
      {orders && orders.length > 0 && <Loaded orders={orders} />}
      {unreadable > 0 && (
        <p class="page-note">
          {unreadable === 1 ? "1 order cannot be read and is" : `${unreadable} orders cannot be read and are`} not
          counted.
        </p>
      )}
    </>
  );
}

function Loaded({ orders }: { orders: readonly Order[] }) {
  const charts = useCharts();
  const Charts = charts;
  return (
    <>
      <Figures orders={orders} />
      {Charts ? (
        <Charts fills={fills.value} minutes={byMinute(orders, engineNow(), WINDOW_MINUTES)} />
      ) : (
        <div class="card">
          <Skeleton lines={6} label="Loading charts" />
        </div>
      )}
      {orders.length >= MOST_ORDERS && (
        <p class="page-note">Only the newest {MOST_ORDERS.toLocaleString("en-GB")} orders are counted.</p>
      )}
    </>
  );
}

function useCharts(): typeof ChartSet | null {
  const loaded = useSignal<{ ChartSet: typeof ChartSet } | null>(null);
  useEffect(() => void import("../components/chart-set.tsx").then((module) => (loaded.value = module)), []);
  return loaded.value?.ChartSet ?? null;
}

function Figures({ orders }: { orders: readonly Order[] }) {
  const times = confirmationTimes(orders);
  const failed = orders.filter((order) => order.status === "failed").length;
  const duration = (ms: number | null) => (ms === null ? "\u2013" : formatDuration(ms));
  return (
    <dl class="figures">
      <Figure name="Orders" value={orders.length.toLocaleString("en-GB")} />
      <Figure name="Confirmed" value={times.length.toLocaleString("en-GB")} />
      <Figure name="Failed" value={failed.toLocaleString("en-GB")} />
      <Figure name="Median to confirmed" value={duration(quantile(times, 0.5))} />
      <Figure name="95th percentile" value={duration(quantile(times, 0.95))} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="figure card">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
