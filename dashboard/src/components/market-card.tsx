import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { basisPoints, compare, formatExact, formatPrice, formatSigned } from "../decimal.ts";
import type { Mark, Pair } from "../state/marks.ts";
import {
  INTERVALS,
  type Prices,
  interval,
  pair,
  prices,
  pricesFailure,
  startPrices,
  turnPair,
} from "../state/prices.ts";
import { MOST_MARKS, ownOrders } from "../state/own-orders.ts";
import { formatWhen } from "../time.ts";
import type { Candle } from "../types.ts";
import { CandlesChart, isInSight } from "./candles-chart.tsx";
import { Choice } from "./choice.tsx";
import { Flip } from "./icons.tsx";
import { Notice, Skeleton } from "./notice.tsx";

/** How the price of the draft's pair goes, and the reader's own orders in it. */
export function MarketCard() {
  useEffect(startPrices, []);
  const { base, quote } = pair.value;
  const now = prices.value?.candles.at(-1);
  return (
    <section class="card market-card" aria-labelledby="market-title">
      <header class="card-head card-head-wrap">
        <div>
          <h2 id="market-title" class="card-title market-title">
            {base} in {quote}
            <button
              type="button"
              class="icon-button icon-button-small"
              onClick={turnPair}
              aria-label={`Show ${quote} in ${base}`}
              title={`Show ${quote} in ${base}`}
            >
              <Flip />
            </button>
          </h2>
          <p class="market-now">
            <output aria-label="Price now">{now ? formatExact(now.close) : "\u2014"}</output>{" "}
            <span class="market-unit">
              {quote} per {base}
            </span>
          </p>
        </div>
        <Choice
          legend="Length of a candle"
          hidden
          name="interval"
          options={INTERVALS}
          value={interval.value}
          onChange={(chosen) => (interval.value = chosen)}
        />
      </header>
      <Body />
    </section>
  );
}

function Body() {
  const [shown, failure, { base, quote }] = [prices.value, pricesFailure.value, pair.value];
  if (shown?.candles.length) return <Candles shown={shown} isOld={failure !== null} />;
  if (shown)
    return (
      <Notice title="No prices yet">
        The engine has seen no price of {base} in {quote} in this time. They are shown as they come.
      </Notice>
    );
  if (failure)
    return (
      <Notice title="No prices">
        {"passing" in failure && !failure.passing
          ? `${base} and ${quote} are no pair that is traded here.`
          : `${failure.message} Asking again.`}
      </Notice>
    );
  return <Skeleton lines={7} label="Loading prices" />;
}

function Candles({ shown, isOld }: { shown: Prices; isOld: boolean }) {
  const pointed = useSignal<number | null>(null);
  const { fills, limits, isCut } = ownOrders.value;
  const candle = pointed.value === null ? undefined : shown.candles[pointed.value];
  return (
    <>
      <p class="chart-note">
        {isOld
          ? "The engine does not answer: these prices are old."
          : candle
            ? sentenceOf(candle)
            : changeOf(shown.candles)}
      </p>
      <CandlesChart
        key={`${shown.pair.base}/${shown.pair.quote} ${shown.interval}`}
        prices={shown}
        fills={fills}
        limits={limits}
        summary={summaryOf(shown, fills, limits)}
        onPoint={(index) => (pointed.value = index)}
      />
      {(fills.length > 0 || limits.length > 0) && <Legend shown={shown} fills={fills} limits={limits} />}
      {isCut && (
        <p class="chart-note" data-cut>
          More orders of yours are in this time: the newest {MOST_MARKS} of each direction are marked.
        </p>
      )}
      <details class="chart-numbers">
        <summary>
          Show the numbers<span class="visually-hidden"> of the price</span>
        </summary>
        <div class="chart-table" tabIndex={0} role="group" aria-label="Numbers of the price">
          {limits.length > 0 && <MarksTable title="Your waiting limit orders" marks={limits} pair={shown.pair} />}
          {fills.length > 0 && <MarksTable title="Your fills" marks={fills} pair={shown.pair} />}
          <CandlesTable candles={shown.candles} />
        </div>
      </details>
    </>
  );
}

/** Open, high, low, close. */
function sentenceOf({ at, open, high, low, close }: Candle): string {
  const [o, h, l, c] = [open, high, low, close].map(formatPrice);
  return `${formatWhen(at)} \u00b7 open ${o} \u00b7 high ${h} \u00b7 low ${l} \u00b7 close ${c}`;
}

function changeOf(candles: readonly Candle[]): string {
  const [first, last] = [candles[0], candles.at(-1)];
  const bps = first && last ? basisPoints(last.close, first.open) : null;
  return first && bps ? `${formatSigned(String(Number(bps) / 100), 2)}% since ${formatWhen(first.at)}` : "";
}

function summaryOf(
  { pair: { base, quote }, candles }: Prices,
  fills: readonly Mark[],
  limits: readonly Mark[],
): string {
  const highest = candles.reduce((most, { high }) => (compare(high, most) === 1 ? high : most), candles[0]?.high ?? "");
  const lowest = candles.reduce((least, { low }) => (compare(low, least) === -1 ? low : least), candles[0]?.low ?? "");
  const now = candles.at(-1)?.close ?? "";
  const own = [countOf(fills.length, "fill of yours", "fills of yours")];
  const waits = limits.map(({ side, price }) => `your limit order to ${side} waits at ${formatPrice(price)}`);
  return [
    `Price of ${base} in ${quote}: now ${formatPrice(now)}, lowest ${formatPrice(lowest)}, highest ${formatPrice(highest)}`,
    ...own,
    ...waits,
  ].join("; ");
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

interface LegendProps {
  shown: Prices;
  fills: readonly Mark[];
  limits: readonly Mark[];
}

function Legend({ shown: { pair, candles }, fills, limits }: LegendProps) {
  const { base } = pair;
  const has = (side: Mark["side"]) => fills.some((fill) => fill.side === side);
  return (
    <ul class="legend market-legend">
      {has("buy") && (
        <li class="legend-entry">
          {"\u25b2"} You bought {base}
        </li>
      )}
      {has("sell") && (
        <li class="legend-entry">
          {"\u25bc"} You sold {base}
        </li>
      )}
      {limits.map(({ orderId, side, price }) => (
        <li key={orderId} class="legend-entry" data-limit={orderId}>
          <span class="legend-dashes" aria-hidden="true" />
          <span>
            <a href={`/orders/${orderId}`}>
              Limit to {side} at {formatExact(price)}
            </a>
            {!isInSight(price, candles) && <span class="missing"> beyond the picture</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function MarksTable({ title, marks, pair: { base, quote } }: { title: string; marks: readonly Mark[]; pair: Pair }) {
  return (
    <table class="numbers">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Side</th>
          <th scope="col" class="number">
            {quote} per {base}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...marks].reverse().map(({ orderId, at, side, price }) => (
          <tr key={orderId} data-mark={orderId}>
            <td>
              <a href={`/orders/${orderId}`}>{formatWhen(at)}</a>
            </td>
            <td>{side === "buy" ? "Buy" : "Sell"}</td>
            <td class="number">{formatExact(price)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CandlesTable({ candles }: { candles: readonly Candle[] }) {
  return (
    <table class="numbers">
      <caption>Candles</caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          {["Open", "High", "Low", "Close"].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...candles].reverse().map(({ at, open, high, low, close }) => (
          <tr key={at} data-candle={at}>
            <td>{formatWhen(at)}</td>
            <td class="number">{formatExact(open)}</td>
            <td class="number">{formatExact(high)}</td>
            <td class="number">{formatExact(low)}</td>
            <td class="number">{formatExact(close)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
