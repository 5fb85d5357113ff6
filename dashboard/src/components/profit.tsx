import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { format, formatExact, formatPrice, formatSigned, formatSignedExact } from "../decimal.ts";
import { type Shown, addressOf, queryOf } from "../state/order-filter.ts";
import type { Pair, Side } from "../state/profit.ts";
import {
  MONEY,
  MOST_ORDERS,
  ProfitOf,
  type Result,
  USUAL_WINDOW,
  WINDOWS,
  type WindowName,
} from "../state/profit-window.ts";
import { formatMoment, formatWhen } from "../time.ts";
import { Digits } from "./digits.tsx";
import { Notice, Skeleton } from "./notice.tsx";
import { TokenName } from "./token-name.tsx";

/** Of the orders that the history shows, what those brought and cost that were confirmed. */
export function Profit({ shown, window }: { shown: Shown; window: WindowName }) {
  // Every status but one swapped nothing.
  const swapped = { ...shown, status: null };
  const isOfDays = shown.since !== null || shown.until !== null;
  const sum = useMemo(() => new ProfitOf(queryOf(swapped), window), [addressOf(swapped), window]);
  useEffect(() => sum.start(), [sum]);
  const result = sum.result.value;
  const failure = sum.failure.value;
  return (
    <section class="card" aria-labelledby="profit-title" aria-busy={sum.isAdding.value}>
      <header class="card-head card-head-wrap">
        <h2 id="profit-title" class="card-title">
          Profit and loss
        </h2>
        {!isOfDays && <Windows shown={shown} current={window} />}
      </header>
      {failure && (
        <Notice tone="bad" title="The orders could not be added up">
          <p>{failure.message}</p>
        </Notice>
      )}
      {!result && !failure && <Skeleton lines={4} label="Adding up the orders" />}
      {result && <Sums result={result} of={isOfDays ? daysOf(shown) : WINDOWS[window].of} />}
      {(result || failure) && (
        <button
          type="button"
          class="button profit-again"
          aria-disabled={sum.isAdding.value}
          onClick={() => void sum.addUp()}
        >
          {sum.isAdding.value ? "Adding up" : "Add up again"}
        </button>
      )}
    </section>
  );
}

function Windows({ shown, current }: { shown: Shown; current: WindowName }) {
  return (
    <nav class="filter" aria-label="Time that is added up">
      {(Object.keys(WINDOWS) as WindowName[]).map((name) => (
        <a
          key={name}
          href={addressOf(shown, { window: name === USUAL_WINDOW ? null : name })}
          aria-current={name === current ? "true" : undefined}
          data-refines
        >
          {WINDOWS[name].name}
        </a>
      ))}
    </nav>
  );
}

function daysOf({ since, until }: Shown): string {
  const [from, to] = [since && formatMoment(since), until && formatMoment(until)];
  return from && to ? `${from} to ${to}` : from ? `the time since ${from}` : `the time before ${to}`;
}

function Sums({ result, of }: { result: Result; of: string }) {
  const { profit, unreadable } = result;
  return (
    <>
      <p class="card-note" role="status">
        {countInWords(result)} of {of}, added up at {formatWhen(new Date(result.at).toISOString())}.
        {unreadable > 0 && ` ${unreadable} cannot be read and ${unreadable === 1 ? "is" : "are"} not counted.`}
      </p>
      {profit.orders === 0 ? (
        <Notice title="Nothing was swapped">A longer time may have more; so may the history without a filter.</Notice>
      ) : (
        <>
          <Flows result={result} />
          <Pairs pairs={profit.pairs} />
        </>
      )}
    </>
  );
}

function countInWords({ profit, isCut, confirmed }: Result): string {
  const count = profit.orders.toLocaleString("en-GB");
  if (!isCut && profit.orders < 2) return profit.orders === 1 ? "The one confirmed order" : "No confirmed order";
  if (!isCut) return `All ${count} confirmed orders`;
  const others = confirmed === null ? "there are more" : `of ${confirmed.toLocaleString("en-GB")}`;
  return `Only the newest ${count} confirmed orders (${others}; ${MOST_ORDERS.toLocaleString("en-GB")} are added up at most)`;
}

/** What each token gained and lost. */
function Flows({ result: { profit, prices, worth } }: { result: Result }) {
  return (
    <div class="profit-box" role="region" aria-label="By token" tabIndex={0}>
      <table class="numbers profit-table">
        <caption class="visually-hidden">What came in and went out, by token</caption>
        <thead>
          <tr>
            <th scope="col">Token</th>
            <Head>In</Head>
            <Head>Out</Head>
            <Head>Net</Head>
            <Head>Price now</Head>
            <Head>Net in {MONEY} now</Head>
          </tr>
        </thead>
        <tbody>
          {profit.flows.map(({ token, net, ...flow }) => {
            const [price, value] = [prices.get(token), worth.byToken.get(token)];
            return (
              <tr key={token} data-token={token}>
                <th scope="row">
                  <TokenName token={token} />
                </th>
                <td class="number" data-name="In">
                  <Digits text={formatExact(flow.in)} />
                </td>
                <td class="number" data-name="Out">
                  <Digits text={formatExact(flow.out)} />
                </td>
                <td class={`number ${toneOf(net)}`} data-name="Net">
                  <Digits text={formatSignedExact(net)} />
                </td>
                <td class="number" data-name="Price now">
                  {price ? formatPrice(price) : <span class="missing">no price</span>}
                </td>
                <td class={`number ${toneOf(value ?? "0")}`} title={value} data-name={`Net in ${MONEY} now`}>
                  {value ? formatSigned(value, 2) : <span class="missing">not known</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
        {worth.total !== null && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={5}>
                {worth.unpriced.length > 0 ? "Together, without what has no price" : "Together"}
              </th>
              <td class={`number profit-total ${toneOf(worth.total)}`} title={worth.total}>
                {formatSigned(worth.total, 2)}
              </td>
            </tr>
          </tfoot>
        )}
      </table>
      <p class="card-note">
        What the swaps changed, at the reference price of now. Pool fees are in it; the chain&rsquo;s own fee is not.
      </p>
    </div>
  );
}

function Pairs({ pairs }: { pairs: readonly Pair[] }) {
  return (
    <div class="profit-box" role="region" aria-label="By pair" tabIndex={0}>
      <table class="numbers profit-table">
        <caption class="visually-hidden">Average prices, by pair</caption>
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <Head>Bought</Head>
            <Head>On average at</Head>
            <Head>Sold</Head>
            <Head>On average at</Head>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ base, quote, bought, sold }) => (
            <tr key={`${base}/${quote}`} data-pair={`${base}/${quote}`}>
              <th scope="row">
                <TokenName token={base} />/<TokenName token={quote} />
              </th>
              <SideCells name="Bought" side={bought} />
              <SideCells name="Sold" side={sold} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SideCells({ name, side }: { name: string; side: Side | null }) {
  if (!side)
    return (
      <>
        <td class="number missing" data-name={name}>
          none
        </td>
        <td class="number missing" data-name="On average at">
          none
        </td>
      </>
    );
  return (
    <>
      <td class="number" data-name={name}>
        <span>
          <Digits text={formatExact(side.base)} />{" "}
          <span class="row-note">
            in {format(String(side.orders))} {side.orders === 1 ? "order" : "orders"}
          </span>
        </span>
      </td>
      <td class="number" title={side.average} data-name="On average at">
        {formatPrice(side.average)}
      </td>
    </>
  );
}

function Head({ children }: { children: ComponentChildren }) {
  return (
    <th scope="col" class="number">
      {children}
    </th>
  );
}

function toneOf(amount: string): string {
  return amount.startsWith("-") ? "loss" : /[1-9]/.test(amount) ? "gain" : "";
}
