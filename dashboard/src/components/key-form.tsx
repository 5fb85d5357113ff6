import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { access, enter } from "../state/access.ts";

/** Asks for the key without which this engine answers nobody. */
export function KeyForm() {
  const isAsking = useSignal(false);
  const problem = useSignal<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  // What had the keyboard's focus is gone, or the page has only just come.
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isAsking.value) return;
    isAsking.value = true;
    problem.value = await enter(input.current?.value ?? "");
    isAsking.value = false;
    if (problem.value === null) focusOnPage();
    else input.current?.focus();
  };
  return (
    <form class="card form key-form" onSubmit={(event) => void submit(event)} noValidate aria-labelledby="key-title">
      <h1 id="key-title" class="card-title">
        This engine asks for a key
      </h1>
      <Reason />
      <div>
        <KeyField input={input} problem={problem.value} onInput={() => (problem.value = null)} />
        <div class="field-problem" id="key-problem" role="alert">
          {problem.value}
        </div>
        <p class="field-hint" id="key-hint">
          It begins with <code>oek_</code>, and whoever runs the engine has it. This tab keeps it until it is closed.
        </p>
      </div>
      <button type="submit" class="submit" aria-disabled={isAsking.value}>
        {isAsking.value ? "Asking the engine" : "Use this key"}
      </button>
    </form>
  );
}

function Reason() {
  const now = access.value;
  return (
    <div role="alert" class="key-reason">
      {now.kind === "wanted" && now.wasTaken && (
        <p>The engine takes your key no longer: it was revoked, or its time is over. What you have typed is kept.</p>
      )}
    </div>
  );
}

interface FieldProps {
  input: { current: HTMLInputElement | null };
  problem: string | null;
  onInput: () => void;
}

function KeyField({ input, problem, onInput }: FieldProps) {
  const isShown = useSignal(false);
  return (
    <>
      <label class="field-label" for="key">
        Key
      </label>
      <div class="field-box">
        <input
          id="key"
          ref={input}
          // The types know the two apart, and no input that is now one, now the other.
          type={(isShown.value ? "text" : "password") as "text"}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={200}
          onInput={onInput}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? "key-hint" : "key-problem key-hint"}
        />
        <button
          type="button"
          class="link-button"
          aria-label={isShown.value ? "Hide the key" : "Show the key"}
          onClick={() => (isShown.value = !isShown.value)}
        >
          {isShown.value ? "Hide" : "Show"}
        </button>
      </div>
    </>
  );
}

/** A screen reader starts at the page's title, as after every change of the page. */
function focusOnPage(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main h1")?.focus());
}
