// The engine's objections, each at the field that it names: from the order if it was refused, else from the preview.
import { computed } from "@preact/signals";
import type { Problem } from "../api.ts";
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
  return problem.value?.field === field ? problem.value.message : null;
}

/** An objection that names no field of the form. */
export const unplacedProblem = computed<string | null>(() => {
  const found = problem.value;
  return found && !FIELDS.some((field) => field === found.field) ? found.message : null;
});
