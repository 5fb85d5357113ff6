import { formatBasisPoints, formatExact, formatFigure, formatFixed, formatPrice, formatSigned } from "../decimal.ts";
import { bestOf, differenceOf, runnerUp } from "../state/best-quote.ts";
import { isMint, shortMint } from "../state/mint.ts";
import { type NoRoute, UNEXPLAINED, rejectionInWords } from "../state/no-route.ts";
import { decimalsOf } from "../state/tokens.ts";
import { byName } from "../state/venues.ts";
import { type Offer, type Quote, isQuote } from "../types.ts";
import { Digits } from "./digits.tsx";
import { Notice } from "./notice.tsx";
import { TokenName } from "./token-name.tsx";
import { VenueName } from "./venue-name.tsx";

interface Props {
  offers: readonly Offer[];
  tokenIn: string;
  tokenOut: string;
  stale?: boolean;
  /** Why none of them takes the trade. */
  none?: NoRoute | null;
}

/** The venues below each other, so that any number of them fits a phone; the best one is marked. */
export function VenueComparison({ offers, tokenIn, tokenOut, stale = false, none = null }: Props) {
  const best = bestOf(offers);
  const sorted = [...offers].sort((a, b) => byName(a.dex, b.dex));
  return (
    <div class="venues-box">
      {best === null ? (
        <Notice title={(none ?? UNEXPLAINED).title}>{(none ?? UNEXPLAINED).detail}</Notice>
      ) : (
        <table class={`venues ${stale ? "is-stale" : ""}`}>
          <caption class="visually-hidden">
            What each venue pays for {tokenIn} in <TokenName token={tokenOut} />
          </caption>
          <thead>
            <tr>
              <th scope="col">Venue</th>
              <th scope="col">
                Receive <TokenName token={tokenOut} />
              </th>
            </tr>
          </thead>
          {sorted.filter(isQuote).map((quote) => (
            <VenueRows
              key={quote.dex}
              quote={quote}
              isBest={quote === best}
              other={quote === best ? runnerUp(best, offers) : best}
              tokenIn={tokenIn}
              tokenOut={tokenOut}
            />
          ))}
        </table>
      )}
      {sorted.map((offer) => !isQuote(offer) && <DroppedOut key={offer.dex} offer={offer} />)}
    </div>
  );
}

function DroppedOut({ offer: { dex, rejected } }: { offer: Offer }) {
  return (
    <p class="venue-rejected" data-venue={dex}>
      <VenueName dex={dex} /> dropped out: {rejected ? rejectionInWords(rejected) : "it gave no figures"}
    </p>
  );
}

interface RowsProps {
  quote: Quote;
  isBest: boolean;
  /** What it is measured against: the best quote, and for the best one the next. */
  other: Quote | null;
  tokenIn: string;
  tokenOut: string;
}

/** What the venue pays, and below it how that comes about. */
function VenueRows({ quote, isBest, other, tokenIn, tokenOut }: RowsProps) {
  const places = decimalsOf(tokenOut);
  return (
    <tbody class={isBest ? "venue-best" : ""} data-venue={quote.dex}>
      <tr>
        <th scope="rowgroup">
          <VenueName dex={quote.dex} />
          {isBest && <span class="venue-mark">Best</span>}
        </th>
        <td>
          <span class="venue-out" title={quote.netAmountOut}>
            <Digits text={figureOf(quote.netAmountOut, tokenOut)} />
          </span>
          {other && <DifferenceLine quote={quote} other={other} places={places} />}
        </td>
      </tr>
      <tr>
        <td colSpan={2}>
          <dl class="venue-figures">
            {figuresOf(quote, tokenIn, tokenOut).map(({ name, unit, text, exact }) => (
              <div key={name}>
                <dt>
                  {name}
                  {unit && <span class="venue-unit"> {unit}</span>}
                </dt>
                <dd title={exact}>
                  <Digits text={text} />
                </dd>
              </div>
            ))}
          </dl>
        </td>
      </tr>
    </tbody>
  );
}

function DifferenceLine({ quote, other, places }: { quote: Quote; other: Quote; places: number }) {
  const { amount, bps } = differenceOf(quote, other);
  return (
    <span class="venue-difference">
      <span class="visually-hidden">Against {other.dex}: </span>
      <span>{formatSigned(amount, places)}</span> <span>{formatSigned(bps, 2)} bps</span>
    </span>
  );
}

interface Figure {
  readonly name: string;
  readonly unit?: string;
  readonly text: string;
  /** All digits, where `text` rounds. */
  readonly exact?: string;
}

/** All digits, so that a column of them lines up. Of a new token one gets millions: there they would hide how many. */
function figureOf(value: string, token: string): string {
  return isMint(token) ? formatFigure(value) : formatFixed(value, decimalsOf(token));
}

function figuresOf(quote: Quote, tokenIn: string, tokenOut: string): Figure[] {
  const { minimumReceived, price, priceImpactBps, fee, networkFee } = quote;
  const out = isMint(tokenOut) ? shortMint(tokenOut) : tokenOut;
  return [
    {
      name: "Minimum",
      unit: out,
      text: figureOf(minimumReceived, tokenOut),
      exact: minimumReceived,
    },
    {
      name: "Price",
      unit: `${out}/${tokenIn}`,
      text: isMint(tokenOut) ? formatFigure(price) : formatPrice(price),
      exact: price,
    },
    { name: "Price impact", text: formatBasisPoints(priceImpactBps) },
    { name: "Venue fee", unit: tokenIn, text: formatExact(fee) },
    { name: "Network fee", unit: "SOL", text: formatExact(networkFee) },
  ];
}
