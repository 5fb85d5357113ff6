import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { getOrder } from "../api.ts";
import { learnDetail } from "../state/orders.ts";
import { formatWhen } from "../time.ts";

/** A look that is not met is no event of the log, so a waiting order is asked about. */
const LOOK_AGAIN_MS = 4_000;

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function TimeFact({ name, at, children }: { name: string; at: string; children?: ComponentChildren }) {
  return (
    <Fact name={name}>
      <time dateTime={at}>{formatWhen(at)}</time>
      {children}
    </Fact>
  );
}

/** Keeps what is known of a waiting order's last look fresh. */
export function useFreshLooks(id: string, isWaiting: boolean): void {
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => {
      // Whatever fails is asked for again; the page says elsewhere that the engine does not answer.
      if (!document.hidden) void getOrder(id).then(learnDetail, () => undefined);
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [id, isWaiting]);
}
