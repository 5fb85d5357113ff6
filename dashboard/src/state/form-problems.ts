// What is objected to, each at its field: a number that is not clear, else what the engine says of the order if it was
// refused, or of the preview.
import { computed } from "@preact/signals";
import type { Problem } from "../api.ts";
import { objectionTo } from "../typed-number.ts";
import { type NumberField, typedNumbers } from "./draft.ts";
import { placing } from "./placing.ts";
import { preview } from "./preview.ts";

const FIELDS = [
  "amount",
  "tokenIn",
  "tokenOut",
  "slippageBps",
  "limitPrice",
  "expiresAt",
  "require",
  "venues",
  "minLiquidity",
  "maxLiquidity",
  "maxAgeSlots",
] as const;
export type Field = (typeof FIELDS)[number];

const problem = computed<Problem | null>(() => {
  if (placing.value.kind === "refused") return placing.value.problem;
  return preview.value.kind === "refused" && !preview.value.problem.passing ? preview.value.problem : null;
});

export function problemAt(field: Field): string | null {
  const typed = typedNumbers.value[field as NumberField];
  const unclear = typed === undefined ? null : objectionTo(typed);
  return unclear ?? (problem.value?.field === field ? problem.value.message : null);
}

/** An objection that names no field of the form. */
export const unplacedProblem = computed<string | null>(() => {
  const found = problem.value;
  return found && !FIELDS.some((field) => field === found.field) ? found.message : null;
});
