import { useSignal } from "@preact/signals";
import { Check, Copy } from "./icons.tsx";
import { NewTab } from "./new-tab.tsx";

const SHOWN_FOR_MS = 1_500;

/** Browsers have a clipboard on secure pages only. */
export const canCopy = "clipboard" in navigator;

/** Copies, and knows for a moment that it did. */
export function useCopied(): { isCopied: boolean; copy: (text: string) => Promise<void> } {
  const copied = useSignal(false);
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), SHOWN_FOR_MS);
  };
  return { isCopied: copied.value, copy };
}

interface Props {
  text: string;
  label: string;
  /** Where the eye is to see all of it. */
  whole?: boolean;
  /** Where there is more about it, of somebody else. */
  href?: string | null;
}

/** A long identifier, shortened for the eye, whole for the clipboard. */
export function CopyText({ text, label, whole = false, href = null }: Props) {
  const { isCopied, copy } = useCopied();
  const code = <code title={text}>{whole ? text : shorten(text)}</code>;
  return (
    <span class={`copy-text ${whole ? "copy-text-whole" : ""}`}>
      {href ? <NewTab href={href}>{code}</NewTab> : code}
      {canCopy && (
        <button
          type="button"
          class="icon-button icon-button-small"
          onClick={() => void copy(text)}
          aria-label={isCopied ? `${label} copied` : `Copy ${label}`}
        >
          {isCopied ? <Check /> : <Copy />}
        </button>
      )}
    </span>
  );
}

export function shorten(text: string): string {
  return text.length > 20 ? `${text.slice(0, 8)}\u2026${text.slice(-6)}` : text;
}
