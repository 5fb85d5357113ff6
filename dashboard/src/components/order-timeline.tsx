import { useNow } from "../clock.ts";
import { format, formatPrice } from "../decimal.ts";
import { bestOf, differenceOf, runnerUp } from "../state/best-quote.ts";
import { decisionOf } from "../state/decision.ts";
import { reasonInWords } from "../state/limit.ts";
import type { OrderView } from "../state/order-view.ts";
import { type EarlierAttempt, type Step, timelineOf } from "../state/timeline.ts";
import { formatClock, formatDuration, formatWhen } from "../time.ts";
import { type Payload, type Status, isQuote } from "../types.ts";
import { shorten } from "./copy-text.tsx";
import { Check, Cross } from "./icons.tsx";

const NAMES: Record<Status, string> = {
  pending: "Accepted",
  waiting: "Waiting",
  routing: "Routing",
  building: "Building",
  submitted: "Submitted",
  confirmed: "Confirmed",
  failed: "Failed",
  cancelled: "Cancelled",
  expired: "Expired",
};

/** The order's steps with times and durations, and what each found out. */
export function OrderTimeline({ view }: { view: OrderView }) {
  const { steps, earlier, overtaken } = timelineOf(view.events);
  const [accepted, ...others] = steps;
  const last = others.pop();
  return (
    <ol class="timeline" aria-label="Steps of the order">
      {accepted && <StepLine step={accepted} view={view} />}
      {earlier.map((attempt) => (
        <EarlierLine key={attempt.attempt} attempt={attempt} />
      ))}
      {others.map((step) => (
        <StepLine key={step.status} step={step} view={view} />
      ))}
      {overtaken.map((tryNumber) => (
        <OvertakenLine key={tryNumber} tryNumber={tryNumber} />
      ))}
      {last && <StepLine step={last} view={view} />}
    </ol>
  );
}

function StepLine({ step, view }: { step: Step; view: OrderView }) {
  const note = noteOf(step, view);
  return (
    <li
      class={`step step-${step.state}`}
      data-step={step.status}
      aria-current={step.state === "current" ? "step" : undefined}
    >
      <span class="step-mark" aria-hidden="true">
        {step.state === "failed" || step.state === "ended" ? <Cross /> : step.state === "done" ? <Check /> : null}
      </span>
      <div class="step-text">
        <p class="step-name">
          {NAMES[step.status]}
          <span class="visually-hidden">
            {step.state === "ahead" ? " (not yet)" : step.state === "current" ? " (now)" : ""}
          </span>
        </p>
        {note && <p class="step-note">{note}</p>}
      </div>
      <div class="step-times">
        <Took step={step} />
        {step.event && (
          <time class="step-at" dateTime={step.event.at}>
            {formatClock(step.event.at)}
          </time>
        )}
      </div>
    </li>
  );
}

function Took({ step }: { step: Step }) {
  const running = step.state === "current" && step.event !== null;
  const now = useNow(running);
  if (running)
    return <span class="step-took step-took-running">{formatDuration(now - Date.parse(step.event.at))}</span>;
  return step.tookMs === null ? null : <span class="step-took">{formatDuration(step.tookMs)}</span>;
}

function EarlierLine({ attempt }: { attempt: EarlierAttempt }) {
  return (
    <li class="step step-earlier">
      <span class="step-mark" aria-hidden="true" />
      <div class="step-text">
        <p class="step-name">{attempt.tryNumber === null ? "Checked" : `Try ${attempt.tryNumber} given up`}</p>
        <p class="step-note">
          {attempt.tryNumber === null
            ? "Each venue asked"
            : attempt.reason
              ? reasonInWords(attempt.reason)
              : `It came as far as ${NAMES[attempt.lastStatus].toLowerCase()}.`}
        </p>
      </div>
      <div class="step-times">
        <span class="step-took">{formatDuration(attempt.tookMs)}</span>
      </div>
    </li>
  );
}

/** A try that swapped nothing: the transaction before it, which was taken for lost, landed. */
function OvertakenLine({ tryNumber }: { tryNumber: number }) {
  return (
    <li class="step step-earlier">
      <span class="step-mark" aria-hidden="true" />
      <div class="step-text">
        <p class="step-name">Try {tryNumber} overtaken</p>
        <p class="step-note">The transaction of the try before landed after all.</p>
      </div>
    </li>
  );
}

function noteOf({ status, state, event }: Step, view: OrderView): string | null {
  if (!event) return null;
  const { payload } = event;
  if (payload.unreadable) return "What happened here cannot be read";
  switch (status) {
    case "pending":
      return state === "current" ? "Stored. Waiting for a worker" : "Stored";
    case "waiting":
      return waitingNote(payload);
    case "routing":
      if (payload.trigger?.pool) return `A pool at ${payload.trigger.venue} passed the checks`;
      return state === "current" ? "Asking each venue" : askedNote(view, event.attempt);
    case "building":
      return choiceOf(view, decisionOf(view.events, event.attempt)?.payload.chosenDex ?? null);
    case "submitted":
      return submittedNote(payload, view);
    case "confirmed":
      return payload.executedPrice ? `Landed at ${formatPrice(payload.executedPrice)}` : "Landed";
    case "failed":
      return payload.failureReason ?? null;
    case "cancelled":
      return null;
    case "expired":
      return payload.reason ?? null;
  }
}

/** Why it began to wait, and the best that there was then or when its pool opens. */
function waitingNote({ reason, bestPrice, bestDex, opensAt }: Payload): string | null {
  const best = bestPrice && bestDex ? `${formatPrice(bestPrice)} at ${bestDex}` : null;
  return (
    [reason ? reasonInWords(reason) : null, best, opensAt ? formatWhen(opensAt) : null]
      .filter((part) => part !== null)
      .join(": ") || null
  );
}

function submittedNote({ txHash }: Payload, { order }: OrderView): string | null {
  const transaction = txHash ? `Transaction ${shorten(txHash)}` : null;
  return order?.cancelRequested && order.status === "submitted"
    ? [transaction, "cancel requested"].filter((part) => part !== null).join(", ")
    : transaction;
}

/** That all were asked, and who had nothing to offer. */
function askedNote({ events }: OrderView, attempt: number): string {
  const decision = decisionOf(events, attempt);
  const dropped = (decision?.payload.quotes ?? []).filter((offer) => !isQuote(offer)).map((offer) => offer.dex);
  return ["Each venue asked", ...dropped.map((dex) => `${dex} dropped out`)].join("; ");
}

/** The venue and why. */
function choiceOf({ offers }: OrderView, chosenDex: string | null): string | null {
  const best = bestOf(offers);
  const other = best && best.dex === chosenDex ? runnerUp(best, offers) : null;
  if (!best || !other) return chosenDex;
  const { amount, bps } = differenceOf(best, other);
  return amount === "0"
    ? `${best.dex}, equal to ${other.dex}`
    : `${best.dex}: ${format(bps, 2)} bps better than ${other.dex}`;
}
