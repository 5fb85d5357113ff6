// A number as people write it, in the engine's notation: digits, and a point before the decimals. Where others have a
// comma there, or points between the thousands, they find out what was understood; and money is never guessed: what
// has two meanings has to be told apart by whoever wrote it.
import { add } from "./decimal.ts";

export type Reading =
  /** As the engine writes numbers, or in no way that is known here: the engine judges. */
  | { readonly kind: "plain"; readonly value: string }
  /** `not` is what the same text means where the other mark stands before the decimals. */
  | { readonly kind: "read"; readonly value: string; readonly not?: string }
  | { readonly kind: "ambiguous"; readonly meanings: readonly [string, string] }
  | { readonly kind: "unreadable" };

/** What may stand between the thousands, and what before the decimals. */
const NOTATIONS = [
  [",", "\\."],
  ["\\.", ","],
  ["[\\s'\u2019]", "[.,]"],
].map(
  ([between, before]) =>
    new RegExp(`^(?<sign>-?)(?<whole>\\d*|[1-9]\\d{0,2}(?:${between}\\d{3})+)(?:${before}(?<fraction>\\d*))?$`),
);

const ENGINES_OWN = /^-?\d*\.?\d*$/;
const OTHER_MARK = /[,\s'\u2019]/;

export function readNumber(text: string): Reading {
  const typed = text.trim();
  const found = NOTATIONS.map((notation) => meaningIn(notation, typed)).filter((meaning) => meaning !== null);
  const [first, second] = new Set(found);
  if (ENGINES_OWN.test(typed))
    return first !== undefined && second !== undefined
      ? { kind: "read", value: first, not: second }
      : { kind: "plain", value: typed };
  if (first === undefined) return OTHER_MARK.test(typed) ? { kind: "unreadable" } : { kind: "plain", value: typed };
  return second === undefined ? { kind: "read", value: first } : { kind: "ambiguous", meanings: [first, second] };
}

/** The number in the engine's notation; empty where it is not known which one is meant. */
export function meantBy(text: string): string {
  const reading = readNumber(text);
  return "value" in reading ? reading.value : "";
}

/** Why the text is not taken, and what to write; null where it is. */
export function objectionTo(text: string): string | null {
  const reading = readNumber(text);
  if (reading.kind === "unreadable") return "Not read as a number. Write it like 1234.56 or 1234,56.";
  if (reading.kind !== "ambiguous") return null;
  return `Can mean ${reading.meanings.join(" or ")}. Choose one of them, or write it so.`;
}

/** Null for a text that is no number in this notation. */
function meaningIn(notation: RegExp, typed: string): string | null {
  const { sign = "", whole = "", fraction = "" } = notation.exec(typed)?.groups ?? {};
  if (whole + fraction === "") return null;
  return add(`${sign}${whole.replace(/\D/g, "") || "0"}.${fraction || "0"}`, "0");
}
