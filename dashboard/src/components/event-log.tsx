import { formatClock } from "../time.ts";
import type { OrderEvent, OrderType } from "../types.ts";
import { StatusBadge, triesOf } from "./status-badge.tsx";

/** The log as the engine wrote it. */
export function EventLog({ events, type }: { events: readonly OrderEvent[]; type: OrderType }) {
  return (
    <ol class="log">
      {events.map((event) => (
        <li key={event.seq} class="log-entry">
          <span class="log-seq">
            <span class="visually-hidden">Event </span>
            {event.seq}
          </span>
          <time class="log-at" dateTime={event.at} title={event.at}>
            {formatClock(event.at)}
          </time>
          <StatusBadge status={event.status} attempt={triesOf({ type, attempt: event.attempt })} />
          <Payload event={event} />
        </li>
      ))}
    </ol>
  );
}

function Payload({ event }: { event: OrderEvent }) {
  if (Object.keys(event.payload).length === 0) return null;
  return (
    <details class="log-payload">
      <summary>
        Payload<span class="visually-hidden"> of event {event.seq}</span>
      </summary>
      {/* Focusable: a long line scrolls by keyboard too. */}
      <pre tabIndex={0}>{JSON.stringify(event.payload, null, 2)}</pre>
    </details>
  );
}
