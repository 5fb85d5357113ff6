// Holds what a screen says against what the engine said: each number on it is one of the engine's, rounded at most.
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";

/** Decimals that the page rounds to; never fewer than two. */
const PLACES = Array.from({ length: 17 }, (_, index) => index + 2);
const NUMBER = /[+\u2212]?\d[\d,]*(?:\.\d+)?/g;
const DECIMAL = /-?\d+(?:\.\d+)?/g;

interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

function exact(text: string): Exact {
  const [whole = "", fraction = ""] = text.split(".");
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function print({ units, scale }: Exact): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, "");
  return units < 0n ? `-${text}` : text;
}

/** Half away from zero. */
function round({ units, scale }: Exact, places: number): Exact {
  if (scale <= places) return { units, scale };
  const cut = 10n ** BigInt(scale - places);
  const size = units < 0n ? -units : units;
  const rounded = (size + cut / 2n) / cut;
  return { units: units < 0n ? -rounded : rounded, scale: places };
}

/** a − b. */
export function difference(a: string, b: string): string {
  const [x, y] = [exact(a), exact(b)];
  const scale = Math.max(x.scale, y.scale);
  const raise = ({ units, scale: own }: Exact) => units * 10n ** BigInt(scale - own);
  return print({ units: raise(x) - raise(y), scale });
}

/** (a − b) ÷ b in basis points, with ten decimals. */
export function basisPoints(a: string, b: string): string {
  const [x, y] = [exact(difference(a, b)), exact(b)];
  const units = (x.units * 10n ** BigInt(14 + y.scale)) / (y.units * 10n ** BigInt(x.scale));
  return print({ units, scale: 10 });
}

/** Whose digits are no number. */
const NAMES = /^(id|orderId|txHash|clientOrderId|pool|at|.*At)$/;

/** All numbers that are in an answer, those within its sentences too. */
export function numbersIn(answer: unknown): string[] {
  const figures = JSON.stringify(answer, (name, value: unknown) => (NAMES.test(name) ? null : value));
  return [...figures.matchAll(DECIMAL)].map(([number]) => number);
}

/** What is written in a place, without times, durations, identifiers and what is folded away. */
async function written(place: Locator): Promise<string> {
  return await place.evaluate((root) => {
    const copy = root.cloneNode(true) as Element;
    for (const other of copy.querySelectorAll("time, code, details, .step-took, .headline-clock, .log-seq"))
      other.remove();
    // A number that may be broken is one number.
    for (const chance of copy.querySelectorAll("wbr")) chance.remove();
    copy.normalize();
    const texts: string[] = [];
    const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) texts.push(node.textContent ?? "");
    return texts
      .join(" ")
      .replace(/after\s+[\d.]+ (ms|s|min|h)( \d+ (s|min))?/g, "")
      .replace(/Transaction \S+/g, "");
  });
}

/** Fails with each number on screen that no fact explains; answers those that are there. */
export async function isTrue(place: Locator, facts: readonly string[], where: string): Promise<string[]> {
  const text = await written(place);
  const known = new Set(
    facts.flatMap((fact) => {
      const value = exact(fact);
      const rounded = PLACES.map((places) => round(value, places)).filter(
        ({ units }) => units !== 0n || value.units === 0n,
      );
      return [value, ...rounded].map(print);
    }),
  );
  const numbers = [...text.matchAll(NUMBER)].map(([number]) =>
    print(exact(number.replaceAll(",", "").replace("+", "").replace("\u2212", "-"))),
  );
  assert.deepEqual(
    numbers.filter((number) => !known.has(number)),
    [],
    `${where}: ${text}`,
  );
  return numbers;
}
