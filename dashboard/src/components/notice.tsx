import type { ComponentChildren } from "preact";

/** An empty state or a failure in the place of what could not be shown. */
export function Notice({
  tone = "quiet",
  title,
  children,
}: {
  tone?: "quiet" | "bad";
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <p class="notice-title">{title}</p>
      {children && <div class="notice-body">{children}</div>}
    </div>
  );
}

/** Grey lines where text is about to be. */
export function Skeleton({ lines, label }: { lines: number; label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="skeleton-line" />
      ))}
    </div>
  );
}
