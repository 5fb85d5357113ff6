import { useEffect, useMemo } from "preact/hooks";
import { LiveOrder } from "../components/live-order.tsx";
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
  return (
    <div class="columns">
      <div class="column">
        <OrderForm />
        {draft.value.type !== "sniper" && <RoutePreview />}
      </div>
      <div class="column">
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
