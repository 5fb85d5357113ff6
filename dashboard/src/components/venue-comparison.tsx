import type { ComponentChildren } from "preact";
import { basisPoints, format, formatSigned, subtract } from "../decimal.ts";
import { bestOf } from "../state/best-quote.ts";
import { placesOf } from "../state/tokens.ts";
import type { Quote } from "../types.ts";

interface Props {
  quotes: readonly Quote[];
  tokenIn: string;
  tokenOut: string;
  stale?: boolean;
}

/** The venues side by side, the better one marked; what they pay is comparable line by line. */
export function VenueComparison({ quotes, tokenIn, tokenOut, stale = false }: Props) {
  const best = bestOf(quotes);
  const sorted = [...quotes].sort((a, b) => a.dex.localeCompare(b.dex));
  const places = placesOf(tokenOut);
  return (
    <div class="venues-box">
      <table class={`venues ${stale ? "is-stale" : ""}`}>
        <caption class="visually-hidden">What each venue pays for {tokenIn} in {tokenOut}</caption>
        <thead>
          <tr>
            <td />
            {sorted.map((quote) => <VenueName key={quote.dex} quote={quote} isBest={quote === best} />)}
          </tr>
        </thead>
        <tbody>
          <Line name="Receive" unit={tokenOut} kind="venue-out" {...{ sorted, best }} show={(quote) => format(quote.netAmountOut, places)} exact={(quote) => quote.netAmountOut} />
          <Line name="Difference" unit={tokenOut} kind="venue-difference" {...{ sorted, best }} show={(quote) => differenceOf(quote, best, quotes, places)} />
          <Line name="In bps" kind="venue-difference" {...{ sorted, best }} show={(quote) => differenceInBps(quote, best, quotes)} />
          <Line name="Minimum" unit={tokenOut} {...{ sorted, best }} show={(quote) => format(quote.minimumReceived, places)} exact={(quote) => quote.minimumReceived} />
          <Line name="Price" unit={`${tokenOut}/${tokenIn}`} {...{ sorted, best }} show={(quote) => format(quote.price)} exact={(quote) => quote.price} />
          <Line name="Price impact" {...{ sorted, best }} show={(quote) => `${quote.priceImpactBps} bps`} />
          <Line name="Venue fee" unit={tokenIn} {...{ sorted, best }} show={(quote) => format(quote.fee)} exact={(quote) => quote.fee} />
          <Line name="Network fee" unit="SOL" {...{ sorted, best }} show={(quote) => format(quote.networkFee, 8)} exact={(quote) => quote.networkFee} />
        </tbody>
      </table>
      {sorted.map((quote) => quote.rejected && <p key={quote.dex} class="venue-rejected">{quote.dex} dropped out: {quote.rejected}</p>)}
    </div>
  );
}

function VenueName({ quote, isBest }: { quote: Quote; isBest: boolean }) {
  return (
    <th scope="col" class={isBest ? "venue-best" : ""} data-venue={quote.dex}>
      <span class={`venue-name venue-name-${quote.dex.toLowerCase()}`}>{quote.dex}</span>
      {isBest && <span class="venue-mark">Best</span>}
    </th>
  );
}

interface LineProps {
  name: string;
  unit?: string;
  kind?: string;
  sorted: readonly Quote[];
  best: Quote | null;
  show: (quote: Quote) => ComponentChildren;
  exact?: (quote: Quote) => string;
}

function Line({ name, unit, kind = "", sorted, best, show, exact }: LineProps) {
  return (
    <tr class={kind}>
      <th scope="row">{name}{unit && <span class="venue-unit"> {unit}</span>}</th>
      {sorted.map((quote) => (
        <td key={quote.dex} class={quote === best ? "venue-best" : ""} title={exact?.(quote)}>{quote.rejected ? "\u2013" : show(quote)}</td>
      ))}
    </tr>
  );
}

/** Against the other venue: what choosing the best one brings, and what the other one would cost. */
function differenceOf(quote: Quote, best: Quote | null, quotes: readonly Quote[], places: number): string {
  const other = otherThan(quote, best, quotes);
  return other ? formatSigned(subtract(quote.netAmountOut, other.netAmountOut) ?? "0", places) : "\u2013";
}

function differenceInBps(quote: Quote, best: Quote | null, quotes: readonly Quote[]): string {
  const other = otherThan(quote, best, quotes);
  return other ? formatSigned(basisPoints(quote.netAmountOut, other.netAmountOut) ?? "0", 2) : "\u2013";
}

function otherThan(quote: Quote, best: Quote | null, quotes: readonly Quote[]): Quote | null {
  return quote === best ? bestOf(quotes.filter((candidate) => candidate !== quote)) : best;
}
