import { useNow } from "../clock.ts";
import { engineHealth } from "../state/health.ts";
import { reconnectNow, streamState } from "../state/live.ts";
import { clockOffset } from "../time.ts";

/** What a reader should know while something is wrong; an empty live region otherwise. */
export function ConnectionBanner() {
  const stream = streamState.value;
  const lost = stream.kind === "waiting";
  const message = messageFor(engineHealth.value, lost);
  return (
    <div role="status" class="banner-region">
      {message && (
        <div class="banner">
          <p>{message}</p>
          {lost && <RetryIn at={stream.retryAt} />}
        </div>
      )}
    </div>
  );
}

function messageFor(health: string, streamLost: boolean): string | null {
  if (health === "unreachable")
    return "The engine does not answer. Accepted orders are safe and go on when it is back.";
  if (health === "degraded") return "The engine does not reach its database. New orders are refused until it does.";
  return streamLost ? "The event stream is lost. Orders go on; this page catches up as soon as it is back." : null;
}

/** Not announced with every second: the region above has said what matters. */
function RetryIn({ at }: { at: number }) {
  const seconds = Math.max(0, Math.ceil((at - (useNow(true) - clockOffset.value)) / 1000));
  return (
    <p class="banner-retry">
      <span aria-hidden="true">{seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting"}</span>
      <button type="button" class="link-button" onClick={reconnectNow}>
        Reconnect now
      </button>
    </p>
  );
}
