import { useSecond } from "../clock.ts";
import { formatSpan } from "../time.ts";

/** "in 12 s", and nothing once it is open. */
export function OpensIn({ at, before = "" }: { at: string; before?: string }) {
  const inMs = Date.parse(at) - useSecond(true);
  return inMs > 0 ? <>{`${before}in ${formatSpan(inMs)}`}</> : null;
}
