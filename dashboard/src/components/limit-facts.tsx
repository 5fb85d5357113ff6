import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { getOrder } from "../api.ts";
import { format } from "../decimal.ts";
import { reasonInWords, toGo } from "../state/limit.ts";
import { learnDetail } from "../state/orders.ts";
import { formatWhen } from "../time.ts";
import type { Order, Waiting } from "../types.ts";

/** A look that is not met is no event of the log, so a waiting order is asked about. */
const LOOK_AGAIN_MS = 4_000;

const TIMES_IN_FORCE: Readonly<Record<string, string>> = { GTD: "until it expires", IOC: "once" };

/** What a limit order asked for and, while it waits, how far the market is from that. */
export function LimitFacts({ order }: { order: Order }) {
  const { waiting, trigger, timeInForce, expiresAt } = order;
  useFreshLooks(order.id, waiting !== null);
  return (
    <dl class="facts execution" aria-label="Limit">
      <Fact name="Limit price">
        {order.limitPrice && format(order.limitPrice)} {order.tokenOut} per {order.tokenIn}
      </Fact>
      {timeInForce && <Fact name="Time in force">{TIMES_IN_FORCE[timeInForce] ?? timeInForce}</Fact>}
      {expiresAt && timeInForce !== "IOC" && (
        <Fact name="Expires">
          <time dateTime={expiresAt}>{formatWhen(expiresAt)}</time>
        </Fact>
      )}
      {waiting && <WaitingFacts waiting={waiting} />}
      {trigger && !waiting && (
        <Fact name="Met by">
          {trigger.price && format(trigger.price)} at {trigger.venue}
        </Fact>
      )}
    </dl>
  );
}

function WaitingFacts({ waiting: { reason, bestPrice, bestDex, distanceBps, checkedAt } }: { waiting: Waiting }) {
  return (
    <>
      <Fact name="Waiting because">{reasonInWords(reason)}</Fact>
      {bestPrice && (
        <Fact name="Best price">
          {format(bestPrice)}
          {bestDex && ` at ${bestDex}`}
        </Fact>
      )}
      {distanceBps !== null && <Fact name="Distance">{toGo(distanceBps)}</Fact>}
      <Fact name="Last check">
        <time dateTime={checkedAt}>{formatWhen(checkedAt)}</time>
      </Fact>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useFreshLooks(id: string, isWaiting: boolean): void {
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => {
      // Whatever fails is asked for again; the page says elsewhere that the engine does not answer.
      if (!document.hidden) void getOrder(id).then(learnDetail, () => undefined);
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [id, isWaiting]);
}
