// The sizes of which the depth is told.

/** Amounts, the smallest first. */
export type Ladder = readonly string[];

const STEPS = ["1", "3"];
const DECADES = 3;
/** The highest power of ten that it begins with: of what is far too much, the ladder still tells how much is not. */
const HIGHEST = 3;

/** Three powers of ten with a size between each two, around an amount of this magnitude: 1, 3, 10 … 1,000 for 10. */
export function ladderFor(magnitude: number | null): Ladder {
  const first = Math.min(HIGHEST, Math.max(0, (magnitude ?? 1) - 1));
  const sizes: string[] = [];
  for (let power = first; power < first + DECADES; power += 1)
    for (const step of STEPS) sizes.push(step + "0".repeat(power));
  return [...sizes, `1${"0".repeat(first + DECADES)}`];
}
