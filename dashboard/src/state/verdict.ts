// What a failed request to place an order tells about the order.
import { Problem } from "../api.ts";

/** `unplaced`: this request stored nothing, a later one may. `unknown`: nobody knows what it did. */
export type Verdict = "refused" | "unplaced" | "unknown";

/** Refusals of what was asked; others are about who asked, or where, and say nothing of an earlier request. */
const JUDGED = [400, 409, 413, 422];

/** `wasLost`: of an earlier request with this key it is not known what it did. */
export function verdictOn(failure: unknown, wasLost: boolean): Verdict {
  // No answer: the request may have arrived all the same.
  if (!(failure instanceof Problem)) return "unknown";
  const { status, code } = failure;
  if (JUDGED.includes(status) && code !== "unknown") return "refused";
  if (status === 429 || (status === 503 && code === "unavailable")) return wasLost ? "unknown" : "unplaced";
  // 408: whoever stands between has waited for too long, for either side.
  const isRefusal = status >= 400 && status < 500 && status !== 408;
  return isRefusal && !wasLost ? "refused" : "unknown";
}
