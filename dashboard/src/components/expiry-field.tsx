import { EXPIRIES, change, draft } from "../state/draft.ts";
import { Choice } from "./choice.tsx";
import { FieldProblem } from "./field-problem.tsx";

const NAMES = Object.fromEntries(Object.keys(EXPIRIES).map((name) => [name, name])) as {
  readonly [Name in keyof typeof EXPIRIES]: Name;
};

/** For how long an order waits. */
export function ExpiryField() {
  return (
    <div>
      <Choice
        legend="Expires after"
        name="expiry"
        options={NAMES}
        value={draft.value.expiry}
        onChange={(expiry) => change({ expiry })}
      />
      <FieldProblem field="expiresAt" />
    </div>
  );
}
