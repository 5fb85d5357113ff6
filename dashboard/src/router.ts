// Addresses of the page: /, /orders, /orders/<id> and /charts. Plain links; a click on one is taken over here.
import { computed, signal } from "@preact/signals";
import { keepPlace, restorePlace, startPlaces } from "./place.ts";

const address = signal(new URL(location.href));

export type Route =
  /** What the search asks for, the page reads. */
  | { readonly page: "trade" | "orders"; readonly search: URLSearchParams }
  | { readonly page: "order"; readonly id: string }
  | { readonly page: "charts" }
  | { readonly page: "unknown" };

export const route = computed<Route>(() => routeOf(address.value));

function routeOf({ pathname, searchParams: search }: URL): Route {
  const [first = "", second, ...rest] = pathname.replace(/^\/|\/$/g, "").split("/");
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" && second === undefined) return { page: "trade", search };
  if (first === "charts" && second === undefined) return { page: "charts" };
  if (first === "orders" && second) return { page: "order", id: decoded(second) };
  return first === "orders" ? { page: "orders", search } : { page: "unknown" };
}

/** A half-written escape in a pasted address is an unknown order, not a crash. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Goes to another page; a reader who comes back finds the place that was left. */
export function navigate(to: string): void {
  keepPlace();
  history.pushState(null, "", to);
  arrive();
  scrollTo(0, 0);
  // A screen reader starts at the new page's title, as after a real page load.
  requestAnimationFrame(() => document.querySelector<HTMLElement>("h1")?.focus());
}

/** Shows the same page for what was chosen on it: the reader, and the keyboard, stay where they are. */
export function refine(to: string): void {
  keepPlace();
  history.pushState(history.state, "", to);
  arrive();
}

/** Writes the address that the page is at by now; going back does not lead to the one before. */
export function settleAddress(to: string): void {
  history.replaceState(history.state, "", to);
  arrive();
}

function arrive(): void {
  address.value = new URL(location.href);
}

export function startRouter(): void {
  startPlaces();
  addEventListener("popstate", () => {
    arrive();
    restorePlace();
  });
  document.addEventListener("click", (click) => {
    if (
      click.defaultPrevented ||
      click.button !== 0 ||
      click.metaKey ||
      click.ctrlKey ||
      click.shiftKey ||
      click.altKey
    )
      return;
    const link = click.target instanceof Element ? click.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download")) return;
    if (link.hash && link.pathname === location.pathname) return;
    click.preventDefault();
    if (link.hasAttribute("data-refines")) refine(link.href);
    else navigate(link.href);
  });
}
