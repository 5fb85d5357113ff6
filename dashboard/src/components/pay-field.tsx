import { problemAt } from "../state/form-problems.ts";
import { FieldProblem, problemId } from "./field-problem.tsx";
import { ReadAs, readingId } from "./read-as.tsx";
import { TokenSelect } from "./token-select.tsx";

interface Props {
  /** As typed. */
  amount: string;
  token: string;
  onAmount: (amount: string) => void;
  onToken: (symbol: string) => void;
}

/** Characters of an amount in the large type. */
export const FITS_LARGE = 9;

/** How much of which token is sold. */
export function PayField({ amount, token, onAmount, onToken }: Props) {
  const amountProblem = problemAt("amount");
  return (
    <div class={`side ${amountProblem || problemAt("tokenIn") ? "side-bad" : ""}`}>
      <label class="side-label" for="amount">
        You pay
      </label>
      <div class="side-row">
        <input
          id="amount"
          class={`side-amount ${amount.length > FITS_LARGE ? "side-amount-long" : ""}`}
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          placeholder="0"
          maxLength={60}
          value={amount}
          onInput={(event) => onAmount(event.currentTarget.value)}
          aria-invalid={amountProblem !== null}
          aria-describedby={`${readingId("amount")}${amountProblem ? ` ${problemId("amount")}` : ""}`}
        />
        <TokenSelect label="Token to pay" field="tokenIn" value={token} onChange={onToken} />
      </div>
      <FieldProblem field="amount" />
      <ReadAs field="amount" text={amount} onChoose={onAmount} />
      <FieldProblem field="tokenIn" />
    </div>
  );
}
