// The three charts; loaded with uPlot only when the page of charts is opened.
import type { Fill, Minute } from "../state/statistics.ts";
import { FillsChart } from "./fills-chart.tsx";
import { OutcomesChart, TimesChart } from "./minutes-charts.tsx";

export function ChartSet({ fills, minutes }: { fills: readonly Fill[]; minutes: readonly Minute[] }) {
  return (
    <div class="charts">
      <div class="charts-wide">
        <FillsChart fills={fills} />
      </div>
      <OutcomesChart minutes={minutes} />
      <TimesChart minutes={minutes} />
    </div>
  );
}
