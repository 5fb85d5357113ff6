// How a venue is told from the others beside its name: by a colour and by a shape, as not everyone sees the colour.

/** The style sheet's `--venue-1` and so on. */
const COLOURS = 6;

/** Paths around zero, 10 units wide, for the page and for a chart's canvas. One more than colours: pairs repeat late. */
const SHAPES = [
  "M-4-4h8v8h-8z",
  "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
  "M0-5l5 9h-10z",
  "M0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z",
  "M-1.75-5h3.5v3.25h3.25v3.5h-3.25v3.25h-3.5v-3.25h-3.25v-3.5h3.25z",
  "M0 5l-5-9h10z",
  "M-2.5-5l2.5 2.5l2.5-2.5l2.5 2.5l-2.5 2.5l2.5 2.5l-2.5 2.5l-2.5-2.5l-2.5 2.5l-2.5-2.5l2.5-2.5l-2.5-2.5z",
] as const;

/** In order of appearance. The first ones are always there, so that they look the same to everyone. */
const met = ["Raydium", "Meteora"];

export interface Look {
  /** The number of its colour, from 1. */
  readonly colour: number;
  readonly shape: string;
}

export function lookOf(venue: string): Look {
  const place = placeOf(venue);
  return { colour: (place % COLOURS) + 1, shape: SHAPES[place % SHAPES.length] ?? SHAPES[0] };
}

function placeOf(venue: string): number {
  const known = met.indexOf(venue);
  return known === -1 ? met.push(venue) - 1 : known;
}

/** By name: a venue keeps its place on the screen while prices move, and meets `lookOf` in the same order anywhere. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, "en");
}
