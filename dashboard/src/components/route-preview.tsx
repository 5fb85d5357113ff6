import { preview } from "../state/preview.ts";
import { tokensFailure } from "../state/tokens.ts";
import { Notice, Skeleton } from "./notice.tsx";
import { VenueComparison } from "./venue-comparison.tsx";

/** What each venue would pay now for the order being written. */
export function RoutePreview() {
  return (
    <section class="card" aria-labelledby="route-title">
      <header class="card-head">
        <h2 id="route-title" class="card-title">
          Venues
        </h2>
        <span class="card-note">Net of fees and network cost</span>
      </header>
      <RouteBody />
    </section>
  );
}

function RouteBody() {
  const shown = preview.value;
  switch (shown.kind) {
    case "empty":
      return <Notice title="No amount yet">Enter an amount to compare the venues.</Notice>;
    case "loading":
      return <Skeleton lines={6} label="Asking each venue" />;
    case "refused":
      return (
        <Notice title="No quote">
          {shown.problem.passing ? shown.problem.message : "The order above needs a change first."}
        </Notice>
      );
    case "unanswered":
      return (
        <Notice tone="bad" title="No quote">
          {tokensFailure.value?.message ?? shown.reason} Asking again.
        </Notice>
      );
    case "ready": {
      const { quotes, tokenIn, tokenOut, chosenDex, reason } = shown.answer;
      return (
        <>
          <VenueComparison offers={quotes} tokenIn={tokenIn} tokenOut={tokenOut} stale={!shown.current} />
          {chosenDex && <p class="route-reason">{reason}</p>}
        </>
      );
    }
  }
}
