import { type Field, problemAt } from "../state/form-problems.ts";

export function problemId(field: Field): string {
  return `${field}-problem`;
}

/** Announced when it appears; the field refers to it as its description. */
export function FieldProblem({ field }: { field: Field }) {
  const problem = problemAt(field);
  return (
    <div id={problemId(field)} class="field-problem" role="alert" data-field={field}>
      {problem}
    </div>
  );
}
