import { formatExact, formatFigure, formatPrice } from "../decimal.ts";
import { Digits } from "./digits.tsx";
import { TokenName } from "./token-name.tsx";

interface Props {
  value: string;
  token: string;
  /** In a column of figures, with decimals by magnitude. */
  figure?: boolean;
  /** With every digit. */
  exact?: boolean;
}

/** An exact amount, rounded for the eye unless it is to be exact there, too; every digit is in its title. */
export function Amount({ value, token, figure = false, exact = false }: Props) {
  const text = exact ? formatExact(value) : figure ? formatFigure(value) : formatPrice(value);
  return (
    <span class="amount" title={`${value} ${token}`}>
      <Digits text={text} />{" "}
      <span class="amount-token">
        <TokenName token={token} />
      </span>
    </span>
  );
}
