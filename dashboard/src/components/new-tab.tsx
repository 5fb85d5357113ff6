import type { ComponentChildren } from "preact";
import { Outside } from "./icons.tsx";

interface Props {
  href: string;
  children: ComponentChildren;
}

/** A link to somebody else's page, beside this one. That page is told nothing of where its reader came from. */
export function NewTab({ href, children }: Props) {
  const { host } = new URL(href);
  return (
    <a class="new-tab" href={href} target="_blank" rel="noopener noreferrer" title={`Opens ${host} in a new tab`}>
      {children}
      <Outside />
      <span class="visually-hidden">, opens {host} in a new tab</span>
    </a>
  );
}
