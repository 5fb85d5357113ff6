import { useMemo, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { toPlot } from "../decimal.ts";
import type { Mark } from "../state/marks.ts";
import { type Prices, SECONDS } from "../state/prices.ts";
import type { Candle } from "../types.ts";
import { Chart, type ChartOptions, colour, priceAxis, timeAxis } from "./chart.tsx";

interface Props {
  prices: Prices;
  fills: readonly Mark[];
  limits: readonly Mark[];
  summary: string;
  onPoint: (index: number | null) => void;
}

/** By how much of the candles' own height orders beyond them may stretch the picture, to either side. */
const STRETCH = 0.75;

/** Candles, the price now, the reader's fills and the prices that his orders wait for. */
export function CandlesChart({ prices, fills, limits, summary, onPoint }: Props) {
  // The canvas is made once and draws what is here by then.
  const shown = useRef({ fills, limits, seconds: 0 });
  shown.current = { fills, limits, seconds: SECONDS[prices.interval] };
  const data = useMemo<uPlot.AlignedData>(() => {
    const column = (name: "open" | "high" | "low" | "close") => prices.candles.map((candle) => toPlot(candle[name]));
    const at = prices.candles.map((candle) => Date.parse(candle.at) / 1000);
    return [at, column("open"), column("high"), column("low"), column("close")];
  }, [prices, fills, limits]);
  return <Chart options={() => optionsFor(() => shown.current, onPoint)} data={data} summary={summary} height={260} />;
}

interface Shown {
  readonly fills: readonly Mark[];
  readonly limits: readonly Mark[];
  /** How long a candle is. */
  readonly seconds: number;
}

function optionsFor(shown: () => Shown, onPoint: (index: number | null) => void): ChartOptions {
  const unseen: uPlot.Series = { paths: () => null, points: { show: false } };
  return {
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { range: (_plot, low, high) => [low - shown().seconds / 2, high + shown().seconds * 1.5] },
      y: { range: (_plot, low, high) => rangeOf(low, high, shown()) },
    },
    series: [{}, unseen, unseen, unseen, unseen],
    axes: [timeAxis(), { ...priceAxis(), side: 1 }],
    hooks: {
      draw: [(plot) => draw(plot, shown())],
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
    },
  };
}

/** The candles, and with them what of the reader's own orders is not too far away. */
function rangeOf(low: number | null, high: number | null, { fills, limits }: Shown): [number, number] {
  if (low === null || high === null) return [0, 1];
  const near = [...fills, ...limits]
    .map((mark) => toPlot(mark.price))
    .filter((price) => price !== null)
    .filter((price) => isNear(price, low, high));
  const margin = heightOf(low, high) * 0.08;
  return [Math.min(low, ...near) - margin, Math.max(high, ...near) + margin];
}

function heightOf(low: number, high: number): number {
  return high - low || high * 0.001 || 1;
}

function isNear(price: number, low: number, high: number): boolean {
  const reach = STRETCH * heightOf(low, high);
  return price > low - reach && price < high + reach;
}

/** Whether an order at that price is in the picture of these candles. */
export function isInSight(price: string, candles: readonly Candle[]): boolean {
  const ends = (name: "low" | "high") => candles.map((candle) => toPlot(candle[name])).filter((end) => end !== null);
  return isNear(toPlot(price) ?? NaN, Math.min(...ends("low")), Math.max(...ends("high")));
}

function draw(plot: uPlot, shown: Shown): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  drawCandles(plot, shown.seconds);
  const now = plot.data[4]?.at(-1);
  if (typeof now === "number") drawLine(plot, now, "text-muted", [1, 3]);
  for (const { price } of shown.limits) drawLine(plot, toPlot(price), "second", [6, 4]);
  for (const fill of shown.fills) drawFill(plot, fill);
  ctx.restore();
}

/** What rose is hollow, what fell is full: the colour is not all that tells them apart. */
function drawCandles(plot: uPlot, seconds: number): void {
  const { ctx } = plot;
  const [at = [], open = [], high = [], low = [], close = []] = plot.data;
  const x = (time: number) => plot.valToPos(time, "x", true);
  const y = (price: number) => Math.round(plot.valToPos(price, "y", true));
  const width = Math.max(1, Math.floor((x(seconds) - x(0)) * 0.62));
  const [rose, fell, ground] = [colour("good")(), colour("bad")(), colour("surface")()];
  ctx.lineWidth = Math.max(1, Math.round(devicePixelRatio));
  for (let index = 0; index < at.length; index += 1) {
    const [time, o, h, l, c] = [at[index], open[index], high[index], low[index], close[index]];
    if (time === undefined || typeof o !== "number" || typeof h !== "number") continue;
    if (typeof l !== "number" || typeof c !== "number") continue;
    const middle = Math.round(x(time + seconds / 2));
    const left = middle - Math.floor(width / 2);
    const [top, height] = [y(Math.max(o, c)), Math.max(1, y(Math.min(o, c)) - y(Math.max(o, c)))];
    ctx.fillStyle = c < o ? fell : rose;
    ctx.strokeStyle = ctx.fillStyle;
    ctx.fillRect(middle - Math.floor(ctx.lineWidth / 2), y(h), ctx.lineWidth, Math.max(1, y(l) - y(h)));
    ctx.fillRect(left, top, width, height);
    if (c < o || width <= 3 * ctx.lineWidth || height <= 2 * ctx.lineWidth) continue;
    ctx.fillStyle = ground;
    ctx.fillRect(left + ctx.lineWidth, top + ctx.lineWidth, width - 2 * ctx.lineWidth, height - 2 * ctx.lineWidth);
  }
}

function drawLine(plot: uPlot, price: number | null, name: string, dashes: readonly number[]): void {
  if (price === null) return;
  const { ctx, bbox } = plot;
  const width = Math.max(1, Math.round(devicePixelRatio));
  const y = Math.round(plot.valToPos(price, "y", true)) + (width % 2) / 2;
  ctx.strokeStyle = colour(name)();
  ctx.lineWidth = width;
  ctx.setLineDash(dashes.map((dash) => dash * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A triangle that points up for what was bought and down for what was sold, its tip at the price. */
function drawFill(plot: uPlot, { at, price, side }: Mark): void {
  const value = toPlot(price);
  if (value === null) return;
  const { ctx } = plot;
  const [x, y] = [plot.valToPos(Date.parse(at) / 1000, "x", true), plot.valToPos(value, "y", true)];
  const size = 7 * devicePixelRatio;
  const away = side === "buy" ? size * 1.4 : -size * 1.4;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - size * 0.8, y + away);
  ctx.lineTo(x + size * 0.8, y + away);
  ctx.closePath();
  ctx.fillStyle = colour("accent")();
  ctx.strokeStyle = colour("surface")();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.fill();
  ctx.stroke();
}
