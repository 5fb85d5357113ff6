import { lookOf } from "../state/venues.ts";

/** A venue's name behind its mark. */
export function VenueName({ dex }: { dex: string }) {
  const { colour, shape } = lookOf(dex);
  return (
    <span class="venue-name">
      <svg class={`venue-shape venue-shape-${colour}`} viewBox="-6 -6 12 12" aria-hidden="true" focusable="false">
        <path d={shape} />
      </svg>
      {dex}
    </span>
  );
}
