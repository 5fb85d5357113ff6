import { type Field, problemAt } from "../state/form-problems.ts";
import { tokens } from "../state/tokens.ts";
import { problemId } from "./field-problem.tsx";

interface Props {
  label: string;
  field: Field;
  value: string;
  onChange: (symbol: string) => void;
}

/** The browser's own list: it works with every keyboard, phone and screen reader. */
export function TokenSelect({ label, field, value, onChange }: Props) {
  const known = tokens.value;
  const symbols = known.map((token) => token.symbol);
  const problem = problemAt(field);
  return (
    <select
      class="token-select"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      aria-invalid={problem !== null}
      aria-describedby={problem ? problemId(field) : undefined}
    >
      {/* Until the list is here, or when it does not hold the remembered token, the choice stays visible. */}
      {!symbols.includes(value) && <option value={value}>{value}</option>}
      {known.map((token) => (
        <option key={token.mint} value={token.symbol} title={token.mint}>
          {token.symbol}
        </option>
      ))}
    </select>
  );
}
