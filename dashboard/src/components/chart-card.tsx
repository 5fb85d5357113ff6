import type { ComponentChildren, VNode } from "preact";

interface Props {
  title: string;
  note: string;
  /** The entries, in their order. */
  legend: readonly VNode[];
  /** The same numbers as a table. */
  table: ComponentChildren;
  children: ComponentChildren;
}

/** A chart with its legend, what it says under the cursor, and its numbers for those who do not see it. */
export function ChartCard({ title, note, legend, table, children }: Props) {
  return (
    <section class="card chart-card" aria-label={title}>
      <header class="card-head card-head-wrap">
        <h2 class="card-title">{title}</h2>
        <ul class="legend">
          {legend.map((entry) => (
            <li key={entry.key} class="legend-entry">
              {entry}
            </li>
          ))}
        </ul>
      </header>
      <p class="chart-note">{note}</p>
      {children}
      <details class="chart-numbers">
        <summary>
          Show the numbers<span class="visually-hidden"> of {title}</span>
        </summary>
        <div class="chart-table" tabIndex={0} role="group" aria-label={`Numbers of ${title}`}>
          {table}
        </div>
      </details>
    </section>
  );
}

/** A legend's entry for a colour that means one thing. */
export function Swatch({ name, colour }: { name: string; colour: "good" | "bad" | "accent" | "second" | "quiet" }) {
  return (
    <>
      <span class={`legend-swatch legend-${colour}`} aria-hidden="true" />
      {name}
    </>
  );
}
