import { canCopy, useCopied } from "./copy-text.tsx";
import { Check, Copy } from "./icons.tsx";

/** Copies an address of this page, for whoever may see what it shows. */
export function CopyLink({ path }: { path: string }) {
  const { isCopied, copy } = useCopied();
  if (!canCopy) return null;
  return (
    <button type="button" class="button button-icon" onClick={() => void copy(location.origin + path)}>
      {isCopied ? <Check /> : <Copy />}
      <span>{isCopied ? "Link copied" : "Copy link"}</span>
    </button>
  );
}
