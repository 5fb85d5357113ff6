import { format, formatFigure } from "../decimal.ts";
import { placesOf } from "../state/tokens.ts";
import { TokenName } from "./token-name.tsx";

interface Props {
  value: string;
  token: string;
  /** In a column of figures, with decimals by magnitude. */
  figure?: boolean;
}

/** An exact amount, rounded for the eye; every digit is in its title. */
export function Amount({ value, token, figure = false }: Props) {
  return (
    <span class="amount" title={`${value} ${token}`}>
      {figure ? formatFigure(value) : format(value, placesOf(token))}{" "}
      <span class="amount-token">
        <TokenName token={token} />
      </span>
    </span>
  );
}
