import { formatExact, formatPrice } from "../decimal.ts";
import { reasonInWords, toGo } from "../state/limit.ts";
import { type OrderView, waitingSince } from "../state/order-view.ts";
import type { Order, Waiting } from "../types.ts";
import { Digits } from "./digits.tsx";
import { Fact, TimeFact, useFreshLooks } from "./facts.tsx";

const TIMES_IN_FORCE: Readonly<Record<string, string>> = { GTD: "until it expires", IOC: "once" };

/** What a limit order asked for and, while it waits, how far the market is from that. */
export function LimitFacts({ view, order }: { view: OrderView; order: Order }) {
  const { waiting, trigger, timeInForce, expiresAt } = order;
  useFreshLooks(order.id, waiting !== null);
  return (
    <dl class="facts execution" aria-label="Limit">
      <Fact name="Limit price">
        {order.limitPrice && <Digits text={formatExact(order.limitPrice)} />} {order.tokenOut} per {order.tokenIn}
      </Fact>
      {timeInForce && <Fact name="Time in force">{TIMES_IN_FORCE[timeInForce] ?? timeInForce}</Fact>}
      {expiresAt && timeInForce !== "IOC" && <TimeFact name="Expires" at={expiresAt} />}
      {waiting && <WaitingFacts waiting={waiting} since={waitingSince(view)} />}
      {trigger?.price && !waiting && (
        <Fact name="Met by">
          {formatPrice(trigger.price)} at {trigger.venue}
        </Fact>
      )}
    </dl>
  );
}

function WaitingFacts({ waiting, since }: { waiting: Waiting; since: string | null }) {
  const { reason, bestPrice, bestDex, distanceBps, checkedAt } = waiting;
  return (
    <>
      <Fact name="Waiting because">{reasonInWords(reason)}</Fact>
      {since && <TimeFact name="Waiting since" at={since} />}
      {bestPrice && (
        <Fact name="Best price">
          {formatPrice(bestPrice)}
          {bestDex && ` at ${bestDex}`}
        </Fact>
      )}
      {distanceBps !== null && <Fact name="Distance">{toGo(distanceBps)}</Fact>}
      <TimeFact name="Last check" at={checkedAt} />
    </>
  );
}
