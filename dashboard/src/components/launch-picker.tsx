import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useSecond } from "../clock.ts";
import { format } from "../decimal.ts";
import { chooseLaunch, draft, maxAgeSlots } from "../state/draft.ts";
import { launches, launchesFailure, startLaunches } from "../state/launches.ts";
import { type Check as PoolCheck, checksOf, missedBy } from "../state/sniper.ts";
import { formatSpan } from "../time.ts";
import type { Launch } from "../types.ts";
import { Check, Cross } from "./icons.tsx";
import { Skeleton } from "./notice.tsx";
import { TokenName } from "./token-name.tsx";
import { VenueName } from "./venue-name.tsx";

/** The newest pools to choose from. Nothing moves under a pointer or a focus: new ones come when both are gone. */
export function LaunchPicker() {
  useEffect(startLaunches, []);
  const isPointed = useSignal(false);
  const isFocused = useSignal(false);
  const held = useSignal<readonly Launch[] | null>(null);
  const shown = useComputed(() => withNews(held.value, launches.value));
  const hold = () => {
    held.value = isPointed.value || isFocused.value ? (held.value ?? launches.peek()) : null;
  };
  const set = (kind: typeof isPointed, value: boolean) => () => {
    kind.value = value;
    hold();
  };
  return (
    <fieldset class="choice">
      <legend>New and announced pools</legend>
      <div
        class="launches"
        onPointerEnter={set(isPointed, true)}
        onPointerLeave={set(isPointed, false)}
        onFocusIn={set(isFocused, true)}
        onFocusOut={set(isFocused, false)}
      >
        <Launches shown={shown.value} />
      </div>
      <p class="field-hint field-hint-live">{laterThan(held.value, launches.value)}</p>
    </fieldset>
  );
}

function Launches({ shown }: { shown: readonly Launch[] | null }) {
  const chosen = shown?.find((launch) => launch.mint === draft.value.mint.trim());
  if (!shown)
    return launchesFailure.value ? (
      <p class="launches-empty">{launchesFailure.value.message} Asking again.</p>
    ) : (
      <Skeleton lines={4} label="Loading the pools" />
    );
  if (shown.length === 0) return <p class="launches-empty">No pool is known yet. A mint can be pasted below.</p>;
  return (
    <>
      {shown.map((launch) => (
        <LaunchRow key={launch.pool} launch={launch} isChosen={launch === chosen} />
      ))}
    </>
  );
}

function LaunchRow({ launch, isChosen }: { launch: Launch; isChosen: boolean }) {
  const now = useSecond(true);
  const { sniperTokenIn, require, venues, minLiquidity, maxLiquidity } = draft.value;
  const demands = { tokenIn: sniperTokenIn, require, venues, minLiquidity, maxLiquidity };
  const missed = missedBy(launch, { ...demands, maxAgeSlots: maxAgeSlots.value ?? null }, now);
  return (
    <label class="launch" data-mint={launch.mint}>
      <input type="radio" name="launch" checked={isChosen} onChange={() => chooseLaunch(launch)} />
      <span class="launch-head">
        <span class="launch-name">
          <TokenName token={launch.mint} />
        </span>{" "}
        {whenOf(launch, now)}
      </span>
      <span class="launch-pool">
        <VenueName dex={launch.venue} />
        <span title={launch.liquidity}>
          {format(launch.liquidity, 2)} {launch.against}
        </span>
        {checksOf(launch).map((check) => (
          <CheckMark key={check.requirement} check={check} />
        ))}
      </span>
      {missed.length > 0 && <span class="launch-missed">Not bought: {missed.join(", ")}</span>}
    </label>
  );
}

/** A tick or a cross with its subject; the words say the same to those who do not see the mark. */
function CheckMark({ check: { name, passed, words } }: { check: PoolCheck }) {
  return (
    <span class={`launch-check ${passed ? "launch-check-passed" : ""}`} title={words}>
      {passed ? <Check /> : <Cross />}
      <span aria-hidden="true">{name}</span>
      <span class="visually-hidden">, {words}</span>
    </span>
  );
}

function whenOf({ announced, opensAt }: Launch, now: number): string {
  const inMs = Date.parse(opensAt) - now;
  const when = inMs > 0 ? `opens in ${formatSpan(inMs)}` : `open for ${formatSpan(-inMs)}`;
  return announced ? `announced, ${when}` : when;
}

/** What is held in its order, each as it is known now. */
function withNews(held: readonly Launch[] | null, fresh: readonly Launch[] | null): readonly Launch[] | null {
  if (!held || !fresh) return held ?? fresh;
  const known = new Map(fresh.map((launch) => [launch.pool, launch]));
  return held.map((launch) => known.get(launch.pool) ?? launch);
}

function laterThan(held: readonly Launch[] | null, fresh: readonly Launch[] | null): string | null {
  if (!held || !fresh) return null;
  const known = new Set(held.map((launch) => launch.pool));
  const count = fresh.filter((launch) => !known.has(launch.pool)).length;
  return count === 0 ? null : `${count} newer: shown when you leave the list.`;
}
