// A uPlot canvas that fits its box, takes its colours from the style sheet and is drawn anew when they change.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../theme.ts";

export type ChartOptions = Omit<uPlot.Options, "width" | "height">;

interface Props {
  /** Built once; what changes afterwards is the data alone. */
  options: () => ChartOptions;
  data: uPlot.AlignedData;
  /** What the chart says, for those who do not see it. */
  summary: string;
}

const HEIGHT = 220;

export function Chart({ options, data, summary }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const drawn = new uPlot({ ...options(), width: element.clientWidth, height: HEIGHT }, data, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
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
  return <div class="chart" ref={box} role="img" aria-label={summary} />;
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
