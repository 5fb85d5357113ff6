import type { ComponentChildren } from "preact";
import { Problem } from "../api.ts";
import { useWatch } from "../state/live.ts";
import type { OrderList } from "../state/order-list.ts";
import { orderView } from "../state/orders.ts";
import { isFinal } from "../types.ts";
import { Notice, Skeleton } from "./notice.tsx";
import { OrderTable } from "./order-table.tsx";

interface Props {
  list: OrderList;
  caption: string;
  empty: string;
  /** What to do where there is none. */
  advice?: ComponentChildren;
  /** Whether each open order has a button that cancels it. */
  cancels?: boolean;
}

/** A page of orders in each of its states: loading, failed, empty, or rows that move. */
export function OrderListing({ list, caption, empty, advice, cancels = false }: Props) {
  const ids = list.ids.value;
  const failure = list.failure.value;
  useWatch(ids?.filter(isMoving) ?? []);
  const isRefused = failure instanceof Problem && !failure.passing;
  if (failure && (!ids || isRefused)) {
    return (
      <Notice tone="bad" title="The orders could not be loaded">
        <p>{failure.message}</p>
        <button type="button" class="button" onClick={() => void list.load()}>
          Load again
        </button>
      </Notice>
    );
  }
  if (!ids) return <Skeleton lines={8} label="Loading orders" />;
  if (ids.length === 0) return <Notice title={empty}>{advice}</Notice>;
  return <OrderTable ids={ids} caption={caption} cancels={cancels} />;
}

/** A final order's row says it all; there is no event to wait for. */
function isMoving(id: string): boolean {
  const { order, unreadable } = orderView(id).peek();
  return order !== null && !unreadable && !isFinal(order.status);
}
