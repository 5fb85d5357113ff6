// What an order spends, in words: play money is not to be mistaken for real money, nor the other way round.

export interface KindWords {
  readonly label: string;
  readonly meaning: string;
  /** How it looks; the label tells the same. */
  readonly tone: "quiet" | "live" | "unknown";
}

const KINDS: ReadonlyMap<string, KindWords> = new Map([
  ["simulated", { label: "Simulated", meaning: "Nothing is bought or sold", tone: "quiet" }],
  ["local", { label: "Local chain", meaning: "Solana on this machine; its tokens are worth nothing", tone: "quiet" }],
  ["devnet", { label: "Devnet", meaning: "Solana's devnet; its tokens are worth nothing", tone: "quiet" }],
  ["mainnet", { label: "LIVE", meaning: "Every order spends real money", tone: "live" }],
]);

/** A newer engine may have a kind that this page does not know: it is shown as it is, and promises nothing. */
export function wordsOf(kind: string): KindWords {
  return (
    KINDS.get(kind) ?? { label: kind, meaning: "This page does not know what orders spend there", tone: "unknown" }
  );
}
