import { useSignal } from "@preact/signals";
import { Check, Copy } from "./icons.tsx";

const SHOWN_FOR_MS = 1_500;

/** Browsers have a clipboard on secure pages only. */
const canCopy = "clipboard" in navigator;

interface Props {
  text: string;
  label: string;
  /** Where the eye is to see all of it. */
  whole?: boolean;
}

/** A long identifier, shortened for the eye, whole for the clipboard. */
export function CopyText({ text, label, whole = false }: Props) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), SHOWN_FOR_MS);
  };
  return (
    <span class={`copy-text ${whole ? "copy-text-whole" : ""}`}>
      <code title={text}>{whole ? text : shorten(text)}</code>
      {canCopy && (
        <button
          type="button"
          class="icon-button icon-button-small"
          onClick={() => void copy()}
          aria-label={copied.value ? `${label} copied` : `Copy ${label}`}
        >
          {copied.value ? <Check /> : <Copy />}
        </button>
      )}
    </span>
  );
}

export function shorten(text: string): string {
  return text.length > 20 ? `${text.slice(0, 8)}\u2026${text.slice(-6)}` : text;
}
