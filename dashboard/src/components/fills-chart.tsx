import { useMemo } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type uPlot from "uplot";
import { format, formatSigned } from "../decimal.ts";
import type { Fill } from "../state/statistics.ts";
import { byName, lookOf } from "../state/venues.ts";
import { formatWhen } from "../time.ts";
import { ChartCard } from "./chart-card.tsx";
import { Chart, type ChartOptions, colour, shapes, timeAxis, valueAxis } from "./chart.tsx";
import { VenueName } from "./venue-name.tsx";

/** Executed against quoted price, one point an order. */
export function FillsChart({ fills }: { fills: readonly Fill[] }) {
  const pointed = useSignal<number | null>(null);
  const venues = useMemo(() => [...new Set(fills.map((fill) => fill.venue))].sort(byName), [fills]);
  const data = useMemo<uPlot.AlignedData>(
    () => [
      fills.map((fill) => fill.at / 1000),
      ...venues.map((venue) => fills.map((fill) => (fill.venue === venue ? fill.gapBps : null))),
    ],
    [fills],
  );
  return (
    <ChartCard
      title="Executed against quoted price"
      note={noteOf(fills, pointed.value)}
      legend={venues.map((venue) => (
        <VenueName key={venue} dex={venue} />
      ))}
      table={<FillsTable fills={fills} />}
    >
      <Chart
        key={venues.join()} // A chart's series are fixed when it is made: another venue needs another chart.
        options={() => optionsFor(venues, (index) => (pointed.value = index))}
        data={data}
        summary={summaryOf(fills, venues)}
      />
    </ChartCard>
  );
}

function optionsFor(venues: readonly string[], onPoint: (index: number | null) => void): ChartOptions {
  return {
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, low, high) => aroundZero(low, high) } },
    series: [{}, ...venues.map((venue) => pointsOf(venue))],
    axes: [timeAxis(), valueAxis((bps) => (bps > 0 ? "+" : "") + format(String(bps), 2))],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

function pointsOf(venue: string): uPlot.Series {
  const look = lookOf(venue);
  const fill = colour(`venue-${look.colour}`);
  return { label: venue, paths: () => null, points: { show: true, fill, paths: shapes(new Path2D(look.shape)) } };
}

/** Zero, the quote itself, stays in the picture. */
function aroundZero(low: number | null, high: number | null): [number, number] {
  const reach = Math.max(1, Math.abs(low ?? 0), Math.abs(high ?? 0)) * 1.15;
  return [-reach, reach];
}

function noteOf(fills: readonly Fill[], pointed: number | null): string {
  if (fills.length === 0) return "No order of the last hour is confirmed yet.";
  const fill = pointed === null ? undefined : fills[pointed];
  return fill ? sentenceOf(fill) : "Basis points, by venue. Above zero: more was received than quoted.";
}

function sentenceOf(fill: Fill): string {
  const gap = formatSigned(String(fill.gapBps), 2);
  return `${formatWhen(new Date(fill.at).toISOString())} · ${fill.pair} on ${fill.venue} · quoted ${format(fill.quoted)} · executed ${format(fill.executed)} · ${gap} bps`;
}

function summaryOf(fills: readonly Fill[], venues: readonly string[]): string {
  if (venues.length === 0) return "Executed against quoted price. No order yet.";
  const parts = venues.map((venue) => {
    const gaps = fills.filter((fill) => fill.venue === venue).map((fill) => fill.gapBps);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    return `${venue}: ${gaps.length} ${gaps.length === 1 ? "order" : "orders"}, ${mean.toFixed(2)} basis points on average`;
  });
  return `Executed against quoted price. ${parts.join("; ")}.`;
}

function FillsTable({ fills }: { fills: readonly Fill[] }) {
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">Confirmed</th>
          <th scope="col">Pair</th>
          <th scope="col">Venue</th>
          <th scope="col" class="number">
            Quoted
          </th>
          <th scope="col" class="number">
            Executed
          </th>
          <th scope="col" class="number">
            bps
          </th>
        </tr>
      </thead>
      <tbody>
        {[...fills].reverse().map((fill) => (
          <tr key={fill.orderId}>
            <td>
              <a href={`/orders/${fill.orderId}`}>{formatWhen(new Date(fill.at).toISOString())}</a>
            </td>
            <td>{fill.pair}</td>
            <td>
              <VenueName dex={fill.venue} />
            </td>
            <td class="number">{format(fill.quoted)}</td>
            <td class="number">{format(fill.executed)}</td>
            <td class="number">{formatSigned(String(fill.gapBps), 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
