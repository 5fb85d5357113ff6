import { useMemo } from "preact/hooks";
import uPlot from "uplot";
import type { Minute } from "../state/statistics.ts";
import { formatDuration, formatWhen } from "../time.ts";
import { ChartCard, Swatch } from "./chart-card.tsx";
import { Chart, type ChartOptions, colour, timeAxis, valueAxis } from "./chart.tsx";

/** Orders per minute, stacked by outcome. */
export function OutcomesChart({ minutes }: { minutes: readonly Minute[] }) {
  // Stacked by drawing the highest sum first: each lower one covers its part of it.
  const data = useMemo<uPlot.AlignedData>(
    () => [
      minutes.map((minute) => minute.start / 1000),
      minutes.map(({ confirmed, failed, ended, moving }) => confirmed + failed + ended + moving),
      minutes.map(({ confirmed, failed, ended }) => confirmed + failed + ended),
      minutes.map(({ confirmed, failed }) => confirmed + failed),
      minutes.map(({ confirmed }) => confirmed),
    ],
    [minutes],
  );
  const sum = (part: "confirmed" | "failed" | "ended" | "moving") =>
    minutes.reduce((total, minute) => total + minute[part], 0);
  const summary = `Orders per minute: ${sum("confirmed")} confirmed, ${sum("failed")} failed, ${sum("ended")} cancelled or expired, ${sum("moving")} in progress.`;
  return (
    <ChartCard
      title="Orders per minute"
      note="By the minute in which they were placed, and their outcome."
      legend={[
        <Swatch key="Confirmed" name="Confirmed" colour="good" />,
        <Swatch key="Failed" name="Failed" colour="bad" />,
        <Swatch key="Cancelled or expired" name="Cancelled or expired" colour="quiet" />,
        <Swatch key="In progress" name="In progress" colour="accent" />,
      ]}
      table={<MinutesTable minutes={minutes} />}
    >
      <Chart options={outcomeOptions} data={data} summary={summary} />
    </ChartCard>
  );
}

function outcomeOptions(): ChartOptions {
  const bars = uPlot.paths.bars?.({ size: [0.7, 28], radius: 0.15 });
  const stack = (label: string, name: string): uPlot.Series => ({
    label,
    stroke: colour(name),
    fill: colour(name),
    width: 0,
    points: { show: false },
    ...(bars ? { paths: bars } : {}),
  });
  return {
    legend: { show: false },
    cursor: { show: false },
    // Half a minute on both sides, as a bar stands around its minute's beginning.
    scales: {
      x: { range: (_plot, low, high) => [low - 30, high + 30] },
      y: { range: (_plot, _low, high) => [0, Math.max(4, (high ?? 0) * 1.1)] },
    },
    series: [
      {},
      stack("In progress", "accent"),
      stack("Cancelled or expired", "line-strong"),
      stack("Failed", "bad"),
      stack("Confirmed", "good"),
    ],
    axes: [timeAxis(), valueAxis((count) => (Number.isInteger(count) ? String(count) : ""))],
  };
}

/** Time from acceptance to confirmation, minute by minute. */
export function TimesChart({ minutes }: { minutes: readonly Minute[] }) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      minutes.map((minute) => minute.start / 1000),
      minutes.map(({ medianMs }) => (medianMs === null ? null : medianMs / 1000)),
      minutes.map(({ p95Ms }) => (p95Ms === null ? null : p95Ms / 1000)),
    ],
    [minutes],
  );
  return (
    <ChartCard
      title="Time to confirmed"
      note="From acceptance, or from its trigger, to confirmation; by minute placed."
      legend={[
        <Swatch key="Median" name="Median" colour="accent" />,
        <Swatch key="95th percentile" name="95th percentile" colour="second" />,
      ]}
      table={<MinutesTable minutes={minutes} />}
    >
      <Chart
        options={timeOptions}
        data={data}
        summary="Median and 95th percentile of the time to confirmed, by minute."
      />
    </ChartCard>
  );
}

function timeOptions(): ChartOptions {
  const line = (label: string, name: string): uPlot.Series => ({
    label,
    stroke: colour(name),
    width: 2,
    spanGaps: true,
    points: { show: true, size: 6, fill: colour(name), stroke: colour(name) },
  });
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, low, high) => [low - 30, high + 30] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, (high ?? 0) * 1.15)] },
    },
    series: [{}, line("Median", "accent"), line("95th percentile", "second")],
    axes: [timeAxis(), valueAxis((seconds) => `${Number(seconds.toFixed(1))} s`)],
  };
}

function MinutesTable({ minutes }: { minutes: readonly Minute[] }) {
  const busy = minutes.filter((minute) => minute.confirmed + minute.failed + minute.ended + minute.moving > 0);
  const duration = (ms: number | null) => (ms === null ? "\u2013" : formatDuration(ms));
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">Minute</th>
          <th scope="col" class="number">
            Confirmed
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number">
            Cancelled or expired
          </th>
          <th scope="col" class="number">
            In progress
          </th>
          <th scope="col" class="number">
            Median
          </th>
          <th scope="col" class="number">
            p95
          </th>
        </tr>
      </thead>
      <tbody>
        {[...busy].reverse().map((minute) => (
          <tr key={minute.start}>
            <td>{formatWhen(new Date(minute.start).toISOString())}</td>
            <td class="number">{minute.confirmed}</td>
            <td class="number">{minute.failed}</td>
            <td class="number">{minute.ended}</td>
            <td class="number">{minute.moving}</td>
            <td class="number">{duration(minute.medianMs)}</td>
            <td class="number">{duration(minute.p95Ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
