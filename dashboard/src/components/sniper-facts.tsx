import { format, formatExact } from "../decimal.ts";
import { launchOf } from "../state/launches.ts";
import { reasonInWords } from "../state/limit.ts";
import { type OrderView, opensAtOf, waitingSince } from "../state/order-view.ts";
import { SLOT_MS, demandInWords } from "../state/sniper.ts";
import type { Order, Trigger, Waiting } from "../types.ts";
import { CopyText } from "./copy-text.tsx";
import { Digits } from "./digits.tsx";
import { Fact, TimeFact, useFreshLooks } from "./facts.tsx";
import { OpensIn } from "./opens-in.tsx";
import { VenueName } from "./venue-name.tsx";

/** What a sniper order demands of a pool, what it waits for, and the pool that it was. */
export function SniperFacts({ view, order }: { view: OrderView; order: Order }) {
  const { sniper, waiting, trigger, expiresAt, limitPrice, tokenIn, tokenOut } = order;
  useFreshLooks(order.id, waiting !== null);
  const symbol = launchOf(tokenOut)?.symbol;
  return (
    <dl class="facts execution" aria-label="Sniper">
      <Fact name="Buys">
        {symbol && (
          <>
            <bdi class="token-symbol">{symbol}</bdi>{" "}
          </>
        )}
        <CopyText text={tokenOut} label="mint" whole />
      </Fact>
      {sniper && (
        <>
          <Fact name="Only with">{sniper.require.map(demandInWords).join(", ") || "no check"}</Fact>
          <Fact name="Liquidity">{boundsOf(sniper.minLiquidity, sniper.maxLiquidity, tokenIn)}</Fact>
          <Fact name="Oldest pool">
            {format(String((sniper.maxAgeSlots * SLOT_MS) / 1000), 1)} s ({format(String(sniper.maxAgeSlots))} slots)
          </Fact>
          <Fact name="Venues">{sniper.venues.join(", ") || "any"}</Fact>
        </>
      )}
      {limitPrice && (
        <Fact name="Least price">
          <Digits text={formatExact(limitPrice)} /> per {tokenIn}
        </Fact>
      )}
      {expiresAt && <TimeFact name="Expires" at={expiresAt} />}
      {waiting && <WaitingFacts view={view} order={order} waiting={waiting} />}
      {trigger && !waiting && <TriggerFacts trigger={trigger} />}
    </dl>
  );
}

function boundsOf(least: string | null, most: string | null, token: string): string {
  if (least && most) return `${formatExact(least)} to ${formatExact(most)} ${token}`;
  if (least) return `at least ${formatExact(least)} ${token}`;
  return most ? `at most ${formatExact(most)} ${token}` : "any";
}

function WaitingFacts({ view, order, waiting }: { view: OrderView; order: Order; waiting: Waiting }) {
  const since = waitingSince(view);
  const opensLater = waiting.reason === "pool_opens_later";
  const opensAt = opensLater ? (opensAtOf(view) ?? launchOf(order.tokenOut)?.opensAt) : null;
  return (
    <>
      <Fact name="Waiting because">{reasonInWords(waiting.reason)}</Fact>
      {since && <TimeFact name="Waiting since" at={since} />}
      {opensAt && (
        <TimeFact name="Pool opens" at={opensAt}>
          <OpensIn at={opensAt} before=", " />
        </TimeFact>
      )}
      <TimeFact name="Last check" at={waiting.checkedAt} />
    </>
  );
}

function TriggerFacts({ trigger: { at, venue, pool, slot, opensAt } }: { trigger: Trigger }) {
  return (
    <>
      {pool && (
        <Fact name="Pool">
          <CopyText text={pool} label="pool" />
        </Fact>
      )}
      <Fact name="Pool at">
        <VenueName dex={venue} />
      </Fact>
      {slot !== undefined && <Fact name="Created in slot">{String(slot)}</Fact>}
      {opensAt && <TimeFact name="Pool opened" at={opensAt} />}
      <TimeFact name="Found" at={at} />
    </>
  );
}
