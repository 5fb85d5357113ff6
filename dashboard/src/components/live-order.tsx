import { useEffect, useRef } from "preact/hooks";
import { Problem, getOrder } from "../api.ts";
import { useWatch } from "../state/live.ts";
import { learnDetail, orderView } from "../state/orders.ts";
import { activeOrder, leaveOrder } from "../state/placing.ts";
import { CancelOrder } from "./cancel-order.tsx";
import { ExecutionFacts } from "./execution-facts.tsx";
import { LimitFacts } from "./limit-facts.tsx";
import { Notice, Skeleton } from "./notice.tsx";
import { OrderHeadline } from "./order-headline.tsx";
import { OrderTimeline } from "./order-timeline.tsx";
import { SniperFacts } from "./sniper-facts.tsx";
import { StatusAnnouncer } from "./status-announcer.tsx";

/** The order that was placed last, as it happens. */
export function LiveOrder() {
  const id = activeOrder.value;
  const section = useRef<HTMLElement>(null);
  const shown = useRef(id);
  // On a phone the panel is far below the button that placed the order.
  useEffect(() => {
    const panel = section.current;
    if (id !== shown.current && panel && panel.getBoundingClientRect().top > innerHeight * 0.8) panel.scrollIntoView();
    shown.current = id;
  }, [id]);
  return (
    <section class="card" ref={section} aria-labelledby="live-title">
      <header class="card-head">
        <h2 id="live-title" class="card-title">
          Your order
        </h2>
        {id && (
          <a class="card-link" href={`/orders/${id}`}>
            Details
          </a>
        )}
      </header>
      {id ? (
        <Followed key={id} id={id} />
      ) : (
        <Notice title="Nothing placed yet">An order that you place is followed here, step by step.</Notice>
      )}
    </section>
  );
}

function Followed({ id }: { id: string }) {
  useWatch([id]);
  // After a reload the row is not here yet. Should the answer fail, the list below brings it, unless it is another
  // account's: whoever has replaced the key may see other orders than before.
  useEffect(() => {
    if (orderView(id).peek().order === null)
      void getOrder(id).then(learnDetail, (failure: unknown) => {
        if (failure instanceof Problem && failure.status === 404) leaveOrder();
      });
  }, [id]);
  const view = orderView(id).value;
  return (
    <>
      <StatusAnnouncer order={view.order} />
      {view.order ? <OrderHeadline view={view} order={view.order} /> : <Skeleton lines={3} label="Loading the order" />}
      {/* A market order is over before one could reach for the button; its page has it. */}
      {view.order && view.order.type !== "market" && <CancelOrder order={view.order} />}
      <OrderTimeline view={view} />
      {view.order && (
        <div class="live-facts">
          {view.order.type === "limit" && <LimitFacts view={view} order={view.order} />}
          {view.order.type === "sniper" && <SniperFacts view={view} order={view.order} />}
          <ExecutionFacts view={view} order={view.order} />
        </div>
      )}
    </>
  );
}
