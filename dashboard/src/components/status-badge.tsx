import type { Status } from "../types.ts";

/** Colour and word: the word alone says it all. */
export function StatusBadge({ status, attempt = 1 }: { status: Status | "unreadable"; attempt?: number }) {
  return (
    <span class={`badge badge-${status}`}>
      <span class="badge-dot" aria-hidden="true" />
      {status}
      {attempt > 1 && <span class="badge-attempt"> · try {attempt}</span>}
    </span>
  );
}
