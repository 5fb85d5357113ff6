import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { NoAnswer, Problem, asSentence, cancelOrder, getOrder } from "../api.ts";
import { learnDetail, learnOrders } from "../state/orders.ts";
import { type Order, isFinal } from "../types.ts";

/** What a button needs that cancels an order; `outcome` gets the focus once the button is gone. */
function useCancelling({ id, status, cancelRequested }: Order) {
  const isAsking = useSignal(false);
  const problem = useSignal<string | null>(null);
  const outcome = useRef<HTMLDivElement>(null);
  const cancel = async () => {
    if (isAsking.value) return;
    isAsking.value = true;
    problem.value = await problemOfCancelling(id);
    isAsking.value = false;
    // The button is gone, and the keyboard's focus with it.
    if (problem.value === null) outcome.current?.focus();
  };
  return { canCancel: !isFinal(status) && !cancelRequested, isAsking, problem, outcome, cancel };
}

/** The button while there is something to cancel, and what became of the wish. */
export function CancelOrder({ order }: { order: Order }) {
  const { canCancel, isAsking, problem, outcome, cancel } = useCancelling(order);
  return (
    <div class="cancel">
      {canCancel && (
        <button type="button" class="button" aria-disabled={isAsking.value} onClick={() => void cancel()}>
          {isAsking.value ? "Cancelling" : "Cancel order"}
        </button>
      )}
      <div class="cancel-outcome" role="status" tabIndex={-1} ref={outcome}>
        {outcomeOf(order)}
      </div>
      <div class="field-problem" role="alert">
        {/* What was refused before is of no interest once the order is cancelled. */}
        {order.status === "cancelled" ? null : problem.value}
      </div>
    </div>
  );
}

/** The same in a row of a list. A market order is over before one could reach for the button. */
export function CancelInRow({ order }: { order: Order }) {
  const { canCancel, isAsking, problem, outcome, cancel } = useCancelling(order);
  const isOffered = canCancel && order.type !== "market";
  return (
    <div class="row-cancel">
      {isOffered && (
        <button type="button" class="button button-small" aria-disabled={isAsking.value} onClick={() => void cancel()}>
          {isAsking.value ? "Cancelling" : "Cancel"}
          <span class="visually-hidden">
            {" "}
            the order of {order.amount} {order.tokenIn} to {order.tokenOut}
          </span>
        </button>
      )}
      <div class="row-note" role="status" tabIndex={-1} ref={outcome}>
        {order.status === "cancelled" ? null : outcomeOf(order)}
      </div>
      <div class="field-problem" role="alert">
        {order.status === "cancelled" ? null : problem.value}
      </div>
    </div>
  );
}

/** Cancels it; answers why that did not work, if it did not. */
async function problemOfCancelling(id: string): Promise<string | null> {
  try {
    learnOrders([await cancelOrder(id)]);
    return null;
  } catch (failure) {
    if (failure instanceof NoAnswer)
      return `${failure.message} Whether the order is cancelled is not known; cancelling again is safe.`;
    if (!(failure instanceof Problem)) throw failure;
    // It is not what this page took it for.
    if (failure.status === 409) void getOrder(id).then(learnDetail, () => undefined);
    return asSentence(failure.message);
  }
}

function outcomeOf({ status, cancelRequested }: Order): string | null {
  if (status === "cancelled") return "Cancelled. Nothing was swapped.";
  if (!cancelRequested) return null;
  if (status === "confirmed") return "The cancel came too late: the transaction had landed.";
  return isFinal(status) ? null : "Cancel requested: its transaction may still land.";
}
