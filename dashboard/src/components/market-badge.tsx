import { wordsOf } from "../state/market-kind.ts";
import { market } from "../state/market.ts";

/** Whether orders spend real money, on every page; nothing until the engine has said it. */
export function MarketBadge() {
  const kind = market.value?.kind;
  if (kind === undefined) return null;
  const { label, meaning, tone } = wordsOf(kind);
  return (
    <p class={`market market-${tone}`} title={meaning} data-market={kind}>
      <span class="visually-hidden">Market: </span>
      <span class="market-label">{label}</span>
      <span class="visually-hidden">. {meaning}.</span>
    </p>
  );
}
