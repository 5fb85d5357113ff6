// Exact decimal arithmetic on the engine's strings. Amounts never become floats: 123456789012.12345678 keeps every
// digit. A decimal is a BigInt and the number of digits behind the point.

interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?$/;

function parse(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const fraction = match[3] ?? "";
  const units = BigInt(`${match[2]}${fraction}`);
  return { units: match[1] ? -units : units, scale: fraction.length };
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  const raise = (d: Decimal) => d.units * 10n ** BigInt(scale - d.scale);
  return [raise(a), raise(b), scale];
}

function print(units: bigint, scale: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return sign + whole + (fraction ? `.${fraction}` : "");
}

/** Division rounded half away from zero. */
function divideRounded(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [n, d] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/** -1, 0 or 1; null when either text is not a decimal. */
export function compare(a: string, b: string): -1 | 0 | 1 | null {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return null;
  const [left, right] = align(x, y);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** a − b, exactly. */
export function subtract(a: string, b: string): string | null {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return null;
  const [left, right, scale] = align(x, y);
  return print(left - right, scale);
}

/** a + b, exactly. */
export function add(a: string, b: string): string | null {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return null;
  const [left, right, scale] = align(x, y);
  return print(left + right, scale);
}

/** a × b, exactly. */
export function multiply(a: string, b: string): string | null {
  const [x, y] = [parse(a), parse(b)];
  return x && y && print(x.units * y.units, x.scale + y.scale);
}

/** a ÷ b with `digits` that count, or one more, the last one rounded; null when b is zero or a text is not a decimal. */
export function divide(a: string, b: string, digits = 18): string | null {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y || y.units === 0n) return null;
  const [left, right] = align(x, y);
  // A quotient of numbers with m and n digits has at least m − n of them in front of the point.
  const scale = Math.max(0, digits - digitsOf(left) + digitsOf(right));
  return print(divideRounded(left * 10n ** BigInt(scale), right), scale);
}

function digitsOf(units: bigint): number {
  return units.toString().replace("-", "").length;
}

/** (a − b) ÷ b in basis points, rounded to hundredths of one; null when b is zero or a text is not a decimal. */
export function basisPoints(a: string, b: string): string | null {
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y || y.units === 0n) return null;
  const [left, right] = align(x, y);
  return print(divideRounded((left - right) * 1_000_000n, right), 2);
}

/** A percentage such as "0.5" in whole basis points (50); null when it has no exact number of them. */
export function percentToBasisPoints(percent: string): number | null {
  const value = parse(percent);
  if (!value) return null;
  const [hundredths, one] = align({ units: value.units * 100n, scale: value.scale }, { units: 1n, scale: 0 });
  return hundredths % one === 0n ? Number(hundredths / one) : null;
}

/** Whole basis points such as 50 as a percentage ("0.5"). */
export function basisPointsToPercent(bps: number): string {
  return print(BigInt(bps), 2);
}

/** Seconds such as "120" in whole slots of 0.4 s (300), rounded down; null for what is no number of them. */
export function secondsToSlots(seconds: string): number | null {
  const value = parse(seconds);
  if (!value) return null;
  const slots = Number((value.units * 5n) / (2n * 10n ** BigInt(value.scale)));
  return Number.isSafeInteger(slots) ? slots : null;
}

/** How many decimals a price has at the most that is turned round; as many as the engine's own have. */
const PRICE_DECIMALS = 12;

/** 1 ÷ price, rounded; null for zero and for what is no decimal. */
export function invert(price: string): string | null {
  const value = parse(price);
  if (!value || value.units === 0n) return null;
  return print(divideRounded(10n ** BigInt(value.scale + PRICE_DECIMALS), value.units), PRICE_DECIMALS);
}

/** The power of ten that the first digit stands at: 0 for "1" to "9.9", 2 for "500"; null for nothing above zero. */
export function magnitudeOf(text: string): number | null {
  const value = parse(text);
  if (!value || value.units <= 0n) return null;
  return value.units.toString().length - 1 - value.scale;
}

/** Grouped digits with at most `places` decimals, rounded half up; the text itself when it is not a decimal. */
export function format(text: string, places = 6): string {
  const value = parse(text);
  if (!value) return text;
  const excess = value.scale - places;
  const units = excess > 0 ? divideRounded(value.units, 10n ** BigInt(excess)) : value.units;
  const [whole = "", fraction] = print(units, Math.min(value.scale, places)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",").replace("-", "\u2212");
  return fraction ? `${grouped}.${fraction}` : grouped;
}

/** Every digit, grouped. */
export function formatExact(text: string): string {
  return format(text, Infinity);
}

/** As `format`, but what is something never becomes nothing: "<0.000001". */
export function formatAmount(text: string, places = 6): string {
  const shown = format(text, places);
  if (/[1-9]/.test(shown) || compare(text, "0") !== 1) return shown;
  return `<${formatFixed(print(1n, places), places)}`;
}

/** A price of any size: 6 decimals, and of one so small that these say little its first digits. */
export function formatPrice(text: string): string {
  return format(text, placesOfPrice(text));
}

export function placesOfPrice(text: string): number {
  const zeros = /^-?0\.(0*)/.exec(text)?.[1]?.length ?? 0;
  return Math.max(6, zeros + 4);
}

/** As `format`, but always with all `places` decimals, so that a column of them lines up. */
export function formatFixed(text: string, places: number): string {
  if (!parse(text) || places === 0) return format(text, places);
  const [whole = "", fraction = ""] = format(text, places).split(".");
  return `${whole}.${fraction.padEnd(places, "0")}`;
}

/** For columns of figures of different size: 2 decimals from a thousand, 4 from one, else 6 or what a tiny one needs. */
export function formatFigure(text: string): string {
  const size = text.replace(/^-/, "");
  return formatFixed(text, compare(size, "1000") !== -1 ? 2 : compare(size, "1") !== -1 ? 4 : placesOfPrice(text));
}

/** As `formatFixed`, with a plus sign for what is above zero. */
export function formatSigned(text: string, places: number): string {
  const shown = formatFixed(text, places);
  return compare(text, "0") === 1 && /[1-9]/.test(shown) ? `+${shown}` : shown;
}

/** Every digit, with a sign. */
export function formatSignedExact(text: string): string {
  return compare(text, "0") === 1 ? `+${formatExact(text)}` : formatExact(text);
}

/** Basis points as a reader takes them: "3 bps", and from a hundred of them "49.94%". */
export function formatBasisPoints(bps: number): string {
  return bps < 100 ? `${bps} bps` : `${(bps / 100).toFixed(2)}%`;
}

/** For a chart's canvas only, where a pixel is coarser than a float. */
export function toPlot(text: string | null): number | null {
  return text !== null && parse(text) ? Number(text) : null;
}
