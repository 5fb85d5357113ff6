import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { formatAmount, formatBasisPoints, formatExact, toPlot } from "../decimal.ts";
import { type Depth, type Rung, depth, depthFailure, startDepth } from "../state/depth.ts";
import { draft } from "../state/draft.ts";
import { byName, lookOf } from "../state/venues.ts";
import { type Quote, isQuote } from "../types.ts";
import { ChartCard } from "./chart-card.tsx";
import { Chart, type ChartOptions, colour, priceAxis, shapes, sizeAxis } from "./chart.tsx";
import { Notice, Skeleton } from "./notice.tsx";
import { VenueName } from "./venue-name.tsx";

const TITLE = "What a size would get";

/** How each venue's price falls as a trade grows. */
export function DepthCard() {
  useEffect(startDepth, []);
  const [shown, failure, { tokenIn, tokenOut }] = [depth.value, depthFailure.value, draft.value];
  const isOfDraft = shown?.tokenIn === tokenIn && shown.tokenOut === tokenOut;
  if (shown && isOfDraft && shown.rungs.some(({ offers }) => offers.some(isQuote))) return <Curves shown={shown} />;
  return (
    <section class="card" aria-label={TITLE}>
      <header class="card-head">
        <h2 class="card-title">{TITLE}</h2>
      </header>
      {failure || (shown && isOfDraft) ? (
        <Notice title="No depth to show">
          {failure && "passing" in failure && !failure.passing
            ? `${tokenIn} and ${tokenOut} are no pair that is traded here.`
            : failure
              ? `${failure.message} Asked again in a minute.`
              : "No venue has a price for any of these sizes now."}
        </Notice>
      ) : (
        <Skeleton lines={6} label="Asking each venue for some sizes" />
      )}
    </section>
  );
}

function Curves({ shown }: { shown: Depth }) {
  const { rungs, tokenIn, tokenOut } = shown;
  const pointed = useSignal<number | null>(null);
  const venues = useMemo(
    () => [...new Set(rungs.flatMap(({ offers }) => offers.map(({ dex }) => dex)))].sort(byName),
    [rungs],
  );
  const data = useMemo<uPlot.AlignedData>(
    () => [
      rungs.map(({ amount }) => Math.log10(Number(amount))),
      ...venues.map((venue) => rungs.map((rung) => toPlot(quoteAt(rung, venue)?.price ?? null))),
    ],
    [rungs],
  );
  const rung = pointed.value === null ? undefined : rungs[pointed.value];
  return (
    <ChartCard
      title={TITLE}
      note={
        rung ? sentenceOf(rung, venues, shown) : `${tokenOut} per ${tokenIn}, by how much ${tokenIn} is sold at once.`
      }
      legend={venues.map((venue) => (
        <VenueName key={venue} dex={venue} />
      ))}
      table={<DepthTable shown={shown} venues={venues} />}
    >
      <Chart
        key={venues.join() + tokenIn + tokenOut}
        options={() => optionsFor(venues, (index) => (pointed.value = index))}
        data={data}
        summary={summaryOf(shown, venues)}
        height={180}
      />
    </ChartCard>
  );
}

function quoteAt({ offers }: Rung, venue: string): Quote | null {
  return offers.filter(isQuote).find(({ dex }) => dex === venue) ?? null;
}

function optionsFor(venues: readonly string[], onPoint: (index: number | null) => void): ChartOptions {
  return {
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_plot, low, high) => [low - 0.12, high + 0.12] },
      y: { range: (_plot, low, high) => withMargin(low, high) },
    },
    series: [
      {},
      ...venues.map((venue): uPlot.Series => {
        const look = lookOf(venue);
        const own = colour(`venue-${look.colour}`);
        return {
          label: venue,
          stroke: own,
          width: 2,
          points: { show: true, fill: own, paths: shapes(new Path2D(look.shape)) },
        };
      }),
    ],
    axes: [sizeAxis(), priceAxis()],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

function withMargin(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const margin = (high - low || high * 0.01) * 0.1;
  return [low - margin, high + margin];
}

function sentenceOf(rung: Rung, venues: readonly string[], { tokenIn, tokenOut }: Depth): string {
  const parts = venues.map((venue) => {
    const quote = quoteAt(rung, venue);
    return quote
      ? `${venue} ${formatAmount(quote.amountOut, 2)} ${tokenOut} (impact ${formatBasisPoints(quote.priceImpactBps)})`
      : `${venue} \u2014`;
  });
  return `${formatExact(rung.amount)} ${tokenIn}: ${parts.join(" \u00b7 ")}`;
}

/** The largest size that each venue takes, and what it costs there. */
function summaryOf({ rungs, tokenIn, tokenOut }: Depth, venues: readonly string[]): string {
  const parts = venues.map((venue) => {
    const last = [...rungs].reverse().find((rung) => quoteAt(rung, venue));
    const quote = last && quoteAt(last, venue);
    return last && quote
      ? `${venue} takes up to ${formatExact(last.amount)} ${tokenIn} of these sizes, with a price impact of ${formatBasisPoints(quote.priceImpactBps)}`
      : `${venue} takes none of these sizes`;
  });
  return `What some sizes of ${tokenIn} would get in ${tokenOut}: ${parts.join("; ")}.`;
}

function DepthTable({ shown: { rungs, tokenIn, tokenOut }, venues }: { shown: Depth; venues: readonly string[] }) {
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col" class="number">
            {tokenIn}
          </th>
          <th scope="col">Venue</th>
          <th scope="col" class="number">
            {tokenOut}
          </th>
          <th scope="col" class="number">
            Impact
          </th>
        </tr>
      </thead>
      {rungs.map((rung) => (
        <tbody key={rung.amount} data-size={rung.amount}>
          {venues.map((venue, index) => {
            const quote = quoteAt(rung, venue);
            return (
              <tr key={venue}>
                {index === 0 && (
                  <th scope="rowgroup" class="number" rowSpan={venues.length}>
                    {formatExact(rung.amount)}
                  </th>
                )}
                <td>
                  <VenueName dex={venue} />
                </td>
                <td class="number">{quote ? formatExact(quote.amountOut) : "\u2014"}</td>
                <td class="number">{quote ? formatBasisPoints(quote.priceImpactBps) : "\u2014"}</td>
              </tr>
            );
          })}
        </tbody>
      ))}
    </table>
  );
}
