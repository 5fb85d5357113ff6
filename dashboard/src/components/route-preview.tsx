import { useSecond } from "../clock.ts";
import { depth } from "../state/depth.ts";
import { noRoute } from "../state/no-route.ts";
import { preview, refreshPreview } from "../state/preview.ts";
import { tokensFailure } from "../state/tokens.ts";
import { isQuote } from "../types.ts";
import { formatSpan } from "../time.ts";
import { Refresh } from "./icons.tsx";
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
        <QuoteAge />
      </header>
      <RouteBody />
    </section>
  );
}

/** How old the quotes are, and a way to fresh ones. */
function QuoteAge() {
  const shown = preview.value;
  const at = shown.kind === "ready" ? Date.parse(shown.answer.quotedAt) : null;
  const now = useSecond(at !== null);
  return (
    <span class="card-note quote-age">
      {at !== null && <span>Quoted {formatSpan(now - at)} ago</span>}
      <button
        type="button"
        class="icon-button icon-button-small"
        onClick={refreshPreview}
        aria-label="Ask the venues again"
        title="Ask the venues again"
      >
        <Refresh />
      </button>
    </span>
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
          <VenueComparison
            offers={quotes}
            tokenIn={tokenIn}
            tokenOut={tokenOut}
            stale={!shown.current}
            none={noRoute(shown.answer, depth.value)}
          />
          {chosenDex && (
            <p class="route-reason">
              {/* With one venue left there is nothing to compare, and why the others dropped out is said above. */}
              {quotes.filter(isQuote).length > 1 && `${reason}. `}Amounts are net of fees and network cost.
            </p>
          )}
        </>
      );
    }
  }
}
