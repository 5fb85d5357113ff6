// A uPlot canvas that fits its box, takes its colours from the style sheet and is drawn anew when they change.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatFixed } from "../decimal.ts";
import { theme } from "../theme.ts";

export type ChartOptions = Omit<uPlot.Options, "width" | "height">;

interface Props {
  /** Built once; what changes afterwards is the data alone. */
  options: () => ChartOptions;
  data: uPlot.AlignedData;
  /** What the chart says, for those who do not see it. */
  summary: string;
  height?: number;
}

const HEIGHT = 220;

export function Chart({ options, data, summary, height = HEIGHT }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const drawn = new uPlot({ ...options(), width: element.clientWidth, height }, data, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const stopThemes = redrawOnThemeChange(() => drawn.redraw(false, true));
    return () => {
      stopThemes();
      resized.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="chart" ref={box} style={{ minHeight: `${height}px` }} role="img" aria-label={summary} />;
}

function redrawOnThemeChange(redraw: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", redraw);
  const stop = theme.subscribe(() => requestAnimationFrame(redraw));
  return () => {
    system.removeEventListener("change", redraw);
    stop();
  };
}

/** A colour of the current theme. A function: the canvas asks again with each drawing. */
export function colour(name: string): () => string {
  return () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The shape at each point, in the size that it has in the legend. */
export function shapes(shape: Path2D): uPlot.Series.Points.PathBuilder {
  return (plot, series, from, to) => {
    const fill = new Path2D();
    for (let index = from; index <= to; index += 1) {
      const [at, value] = [plot.data[0][index], plot.data[series]?.[index]];
      if (at === undefined || value === undefined || value === null) continue;
      const [x, y] = [plot.valToPos(at, "x", true), plot.valToPos(value, "y", true)];
      fill.addPath(shape, new DOMMatrix([devicePixelRatio, 0, 0, devicePixelRatio, x, y]));
    }
    return { fill };
  };
}

const axisBase = (): uPlot.Axis => ({
  stroke: colour("text-muted"),
  font: "12px Inter, system-ui, sans-serif",
  grid: { stroke: colour("line"), width: 1 },
  ticks: { show: false },
});

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockOfSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function timeAxis(): uPlot.Axis {
  return {
    ...axisBase(),
    grid: { show: false },
    size: 30,
    space: 80,
    values: (_plot, splits) => splits.map((at) => (at % 60 === 0 ? clock : clockOfSeconds).format(at * 1000)),
  };
}

export function valueAxis(print: (value: number) => string): uPlot.Axis {
  return { ...axisBase(), size: 48, values: (_plot, splits) => splits.map(print) };
}

/** An axis of round prices, with the decimals that tell one from the next, and the room that they need. */
export function priceAxis(): uPlot.Axis {
  return {
    ...axisBase(),
    size: (_plot, values) => 16 + 7 * Math.max(4, ...(values ?? []).map((text) => text.length)),
    values: (_plot, splits, _axis, _space, step) => {
      const places = placesOfStep(step);
      return splits.map((price) => formatFixed(price.toFixed(places), places));
    },
  };
}

/** The decimals without which a step would not be told from a shorter one. */
function placesOfStep(step: number): number {
  let places = 0;
  while (places < 12 && Math.abs(Math.round(step * 10 ** places) / 10 ** places - step) > step * 1e-6) places += 1;
  return places;
}

const compact = new Intl.NumberFormat("en-GB", { notation: "compact" });

/** An axis of sizes by their power of ten. */
export function sizeAxis(): uPlot.Axis {
  return {
    ...axisBase(),
    size: 30,
    splits: (_plot, _axis, low, high) =>
      Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, index) => Math.ceil(low) + index),
    values: (_plot, splits) => splits.map((power) => compact.format(10 ** power)),
  };
}
