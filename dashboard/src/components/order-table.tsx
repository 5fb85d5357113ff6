import { formatFigure } from "../decimal.ts";
import { launchOf } from "../state/launches.ts";
import { reasonInWords, toGo } from "../state/limit.ts";
import { type OrderView, opensAtOf } from "../state/order-view.ts";
import { orderView } from "../state/orders.ts";
import { formatWhen } from "../time.ts";
import type { Order, UnreadableOrder } from "../types.ts";
import { Amount } from "./amount.tsx";
import { CancelInRow } from "./cancel-order.tsx";
import { CopyText } from "./copy-text.tsx";
import { Arrow } from "./icons.tsx";
import { OpensIn } from "./opens-in.tsx";
import { StatusBadge, triesOf } from "./status-badge.tsx";
import { TokenName } from "./token-name.tsx";

/** Orders as rows; each row follows its own order alone, so one event draws one row. Columns give way to width. */
export function OrderTable({ ids, caption, cancels }: { ids: readonly string[]; caption: string; cancels: boolean }) {
  return (
    <div class="orders-box">
      <table class="orders">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col" class="number from-medium">
              Received
            </th>
            <th scope="col" class="number from-wide">
              Executed price
            </th>
            <th scope="col" class="from-wide">
              Venue
            </th>
            <th scope="col" class="status">
              Status
            </th>
            <th scope="col" class="number from-medium">
              Placed
            </th>
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <OrderRow key={id} id={id} cancels={cancels} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OrderRow({ id, cancels }: { id: string; cancels: boolean }) {
  const view = orderView(id).value;
  const { order, unreadable } = view;
  if (unreadable) return <UnreadableRow entry={unreadable} />;
  if (!order) return null;
  const placed = <Placed at={order.createdAt} />;
  return (
    <tr data-order={id}>
      <td>
        <a class="row-link" href={`/orders/${id}`}>
          <Amount value={order.amount} token={order.tokenIn} />{" "}
          <span class="row-arrow">
            <Arrow />
            <span class="visually-hidden">to</span>
          </span>{" "}
          <TokenName token={order.tokenOut} />
        </a>
        <div class="row-second">{placed}</div>
      </td>
      <td class="number from-medium">
        <Received order={order} />
      </td>
      <td class="number from-wide" title={order.executedPrice ?? undefined}>
        {order.executedPrice ? formatFigure(order.executedPrice) : <None />}
      </td>
      <td class="from-wide">{order.chosenDex ?? <None />}</td>
      <td class="status">
        <StatusBadge status={order.status} attempt={triesOf(order)} />
        <WaitingFor view={view} order={order} />
        {cancels && <CancelInRow order={order} />}
        {order.amountOut && (
          <div class="row-second">
            <Received order={order} />
          </div>
        )}
      </td>
      <td class="number from-medium">{placed}</td>
    </tr>
  );
}

/** Says that the order exists. There is no page to open: it could not be read either. */
function UnreadableRow({ entry: { id, status, createdAt, detail } }: { entry: UnreadableOrder }) {
  return (
    <tr data-order={id}>
      <td>
        Cannot be read: <CopyText text={id} label="order id" />
        <p class="row-problem">{detail}</p>
        <div class="row-second">
          <Placed at={createdAt} />
        </div>
      </td>
      <td class="number from-medium">
        <None />
      </td>
      <td class="number from-wide">
        <None />
      </td>
      <td class="from-wide">
        <None />
      </td>
      <td class="status">
        <StatusBadge status={status} />
      </td>
      <td class="number from-medium">
        <Placed at={createdAt} />
      </td>
    </tr>
  );
}

/** Why it waits, and how far the price is from where it does not, or for how long its pool stays shut. */
function WaitingFor({ view, order: { waiting, tokenOut } }: { view: OrderView; order: Order }) {
  if (!waiting) return null;
  const { reason, distanceBps } = waiting;
  const opensAt = reason === "pool_opens_later" ? (opensAtOf(view) ?? launchOf(tokenOut)?.opensAt) : null;
  return (
    <p class="row-note">
      {reasonInWords(reason)}
      {distanceBps !== null && `, ${toGo(distanceBps)}`}
      {opensAt && <OpensIn at={opensAt} before=", " />}
    </p>
  );
}

function Placed({ at }: { at: string }) {
  return <time dateTime={at}>{formatWhen(at)}</time>;
}

function Received({ order }: { order: Order }) {
  return order.amountOut ? <Amount value={order.amountOut} token={order.tokenOut} figure /> : <None />;
}

function None() {
  return (
    <span class="missing">
      <span aria-hidden="true">{"\u2013"}</span>
      <span class="visually-hidden">none</span>
    </span>
  );
}
