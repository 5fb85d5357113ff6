import { format, formatBasisPoints, formatFixed, formatSigned } from "../decimal.ts";
import { type Difference, bestOf, differenceOf, runnerUp } from "../state/best-quote.ts";
import { placesOf } from "../state/tokens.ts";
import { Notice } from "./notice.tsx";
import { type Offer, type Quote, isQuote } from "../types.ts";

interface Props {
  offers: readonly Offer[];
  tokenIn: string;
  tokenOut: string;
  stale?: boolean;
}

/** The venues side by side, the better one marked; what they pay is comparable line by line. */
export function VenueComparison({ offers, tokenIn, tokenOut, stale = false }: Props) {
  const best = bestOf(offers);
  const sorted = [...offers].sort((a, b) => a.dex.localeCompare(b.dex));
  return (
    <div class="venues-box">
      {best === null ? (
        <Notice title="No venue takes this trade">At this amount neither has a price for it.</Notice>
      ) : (
        <table class={`venues ${stale ? "is-stale" : ""}`}>
          <caption class="visually-hidden">
            What each venue pays for {tokenIn} in {tokenOut}
          </caption>
          <thead>
            <tr>
              <td />
              {sorted.map((offer) => (
                <VenueName key={offer.dex} offer={offer} isBest={offer === best} />
              ))}
            </tr>
          </thead>
          <tbody>
            {linesFor(offers, best, tokenIn, tokenOut).map((line) => (
              <tr key={line.name} class={line.kind}>
                <th scope="row">
                  {line.name}
                  {line.unit && <span class="venue-unit"> {line.unit}</span>}
                </th>
                {sorted.map((offer) => (
                  <Figure key={offer.dex} offer={offer} isBest={offer === best} line={line} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {sorted.map((offer) => offer.rejected && <DroppedOut key={offer.dex} dex={offer.dex} reason={offer.rejected} />)}
    </div>
  );
}

function DroppedOut({ dex, reason }: { dex: string; reason: string }) {
  return (
    <p class="venue-rejected">
      {dex} dropped out: {reason}
    </p>
  );
}

interface Line {
  readonly name: string;
  readonly unit?: string;
  readonly kind?: string;
  readonly show: (quote: Quote) => string;
  /** All digits, where `show` rounds. */
  readonly exact?: (quote: Quote) => string;
}

function linesFor(offers: readonly Offer[], best: Quote | null, tokenIn: string, tokenOut: string): Line[] {
  const places = placesOf(tokenOut);
  const against = (quote: Quote) => differenceFromOther(quote, best, offers);
  const signed = (text: string | undefined, digits: number) =>
    text === undefined ? "\u2013" : formatSigned(text, digits);
  return [
    {
      name: "Receive",
      unit: tokenOut,
      kind: "venue-out",
      show: (quote) => formatFixed(quote.netAmountOut, places),
      exact: (quote) => quote.netAmountOut,
    },
    {
      name: "Difference",
      unit: tokenOut,
      kind: "venue-difference",
      show: (quote) => signed(against(quote)?.amount, places),
    },
    { name: "In bps", kind: "venue-difference", show: (quote) => signed(against(quote)?.bps, 2) },
    {
      name: "Minimum",
      unit: tokenOut,
      show: (quote) => formatFixed(quote.minimumReceived, places),
      exact: (quote) => quote.minimumReceived,
    },
    {
      name: "Price",
      unit: `${tokenOut}/${tokenIn}`,
      show: (quote) => formatFixed(quote.price, 6),
      exact: (quote) => quote.price,
    },
    { name: "Price impact", show: (quote) => formatBasisPoints(quote.priceImpactBps) },
    { name: "Venue fee", unit: tokenIn, show: (quote) => format(quote.fee), exact: (quote) => quote.fee },
    { name: "Network fee", unit: "SOL", show: (quote) => format(quote.networkFee, 9) },
  ];
}

/** Against the other venue: what choosing the best one brings, and what the other one would cost. */
function differenceFromOther(quote: Quote, best: Quote | null, offers: readonly Offer[]): Difference | null {
  const other = quote === best ? runnerUp(quote, offers) : best;
  return other && differenceOf(quote, other);
}

function VenueName({ offer, isBest }: { offer: Offer; isBest: boolean }) {
  return (
    <th scope="col" class={isBest ? "venue-best" : ""} data-venue={offer.dex}>
      <span class={`venue-name venue-name-${offer.dex.toLowerCase()}`}>{offer.dex}</span>
      {isBest && <span class="venue-mark">Best</span>}
    </th>
  );
}

function Figure({ offer, isBest, line }: { offer: Offer; isBest: boolean; line: Line }) {
  const quote = isQuote(offer) ? offer : null;
  return (
    <td class={isBest ? "venue-best" : ""} title={quote ? line.exact?.(quote) : undefined}>
      {quote ? line.show(quote) : "\u2013"}
    </td>
  );
}
