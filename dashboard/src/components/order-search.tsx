import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { NoAnswer, Problem, asSentence, getOrder } from "../api.ts";
import { navigate, refine } from "../router.ts";
import { ALL_ORDERS, type Shown, addressOf, dayOf, isNarrowed, isOrderId, startOfDay } from "../state/order-filter.ts";
import { learnDetail } from "../state/orders.ts";
import { tokens } from "../state/tokens.ts";
import { zone } from "../time.ts";

/** What narrows the history beside status and type, as it is typed. It is looked for when the reader says so. */
interface Typed {
  readonly name: string;
  readonly tokenIn: string;
  readonly tokenOut: string;
  readonly from: string;
  readonly to: string;
}

const TOKENS = "known-tokens";

interface Props {
  shown: Shown;
  /** What else the address says. */
  more: Readonly<Record<string, string | null>>;
}

export function OrderSearch({ shown, more }: Props) {
  const address = addressOf(shown);
  const typed = useSignal<Typed>(typedOf(shown));
  const problem = useSignal<string | null>(null);
  // The reader went to another address: by a link, or back.
  useEffect(() => {
    typed.value = typedOf(shown);
    problem.value = null;
  }, [address]);
  const search = async (event: Event) => {
    event.preventDefault();
    problem.value = await problemOfSearching(typed.value, shown, more);
  };
  const change = (part: Partial<Typed>) => (typed.value = { ...typed.value, ...part });
  return (
    <form class="order-search" role="search" aria-label="Orders" onSubmit={(event) => void search(event)}>
      <Field label="Order id, or client's name" wide value={typed.value.name} onInput={(name) => change({ name })} />
      <Field label="Sells" list={TOKENS} value={typed.value.tokenIn} onInput={(tokenIn) => change({ tokenIn })} />
      <Field label="Buys" list={TOKENS} value={typed.value.tokenOut} onInput={(tokenOut) => change({ tokenOut })} />
      <Field label="From" type="date" value={typed.value.from} onInput={(from) => change({ from })} />
      <Field label="To, inclusive" type="date" value={typed.value.to} onInput={(to) => change({ to })} />
      <datalist id={TOKENS}>
        {tokens.value.map(({ symbol }) => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      <div class="order-search-end">
        <button type="submit" class="button">
          Search
        </button>
        {isNarrowed(shown) && (
          <a
            class="button"
            href={addressOf({ ...ALL_ORDERS, status: shown.status, type: shown.type }, more)}
            data-refines
          >
            Clear
          </a>
        )}
        <p class="card-note">Days and times are those of {zone()}.</p>
      </div>
      <div class="field-problem" role="alert">
        {problem.value}
      </div>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (text: string) => void;
  type?: "text" | "date";
  list?: string;
  wide?: boolean;
}

function Field({ label, value, onInput, type = "text", list, wide = false }: FieldProps) {
  return (
    <label class={wide ? "search-field search-field-wide" : "search-field"}>
      <span class="field-label">{label}</span>
      <span class="field-box">
        <input
          type={type}
          list={list}
          autocomplete="off"
          spellcheck={false}
          maxLength={64}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </span>
    </label>
  );
}

function typedOf({ clientOrderId, tokenIn, tokenOut, since, until }: Shown): Typed {
  return {
    name: clientOrderId ?? "",
    tokenIn: tokenIn ?? "",
    tokenOut: tokenOut ?? "",
    from: since ? dayOf(new Date(since)) : "",
    // The last moment that is still shown.
    to: until ? dayOf(new Date(Date.parse(until) - 1)) : "",
  };
}

/** Goes to what was typed; answers what is wrong with it, if something is. */
async function problemOfSearching(typed: Typed, shown: Shown, more: Props["more"]): Promise<string | null> {
  const name = typed.name.trim();
  if (typed.from && typed.to && typed.from > typed.to) return "The days end before they begin.";
  if (isOrderId(name)) {
    const found = await lookUp(name.toLowerCase());
    if (found === "opened") return null;
    if (found !== "unknown") return found;
  }
  const narrowed = {
    ...shown,
    clientOrderId: name || null,
    tokenIn: symbolOf(typed.tokenIn),
    tokenOut: symbolOf(typed.tokenOut),
    // A link may be of another zone's days: a day that was not changed stays what it was.
    since: typed.from === typedOf(shown).from ? shown.since : startOfDay(typed.from),
    until: typed.to === typedOf(shown).to ? shown.until : startOfDay(typed.to, 1),
  };
  refine(addressOf(narrowed, more));
  return null;
}

/** Opens the order of this id, if there is one. */
async function lookUp(id: string): Promise<"opened" | "unknown" | string> {
  try {
    const detail = await getOrder(id);
    learnDetail(detail);
    navigate(`/orders/${detail.id}`);
    return "opened";
  } catch (failure) {
    if (failure instanceof Problem && failure.status === 404) return "unknown";
    if (failure instanceof Problem || failure instanceof NoAnswer) return asSentence(failure.message);
    throw failure;
  }
}

/** A listed token is called so in any case; what is not listed is a mint, where each letter counts. */
function symbolOf(text: string): string | null {
  const name = text.trim();
  return tokens.value.find(({ symbol }) => symbol.toLowerCase() === name.toLowerCase())?.symbol ?? (name || null);
}
