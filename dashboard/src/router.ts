// Addresses of the page: /, /orders, /orders/<id> and /charts. Plain links; a click on one is taken over here.
import { computed, signal } from "@preact/signals";

const address = signal(new URL(location.href));

export type Route =
  | { readonly page: "trade" }
  | {
      readonly page: "orders";
      readonly filter: string | null;
      readonly type: string | null;
      readonly cursor: string | null;
    }
  | { readonly page: "order"; readonly id: string }
  | { readonly page: "charts" }
  | { readonly page: "unknown" };

export const route = computed<Route>(() => routeOf(address.value));

function routeOf(url: URL): Route {
  const [first = "", second, ...rest] = url.pathname.replace(/^\/|\/$/g, "").split("/");
  if (rest.length > 0) return { page: "unknown" };
  if (first === "" && second === undefined) return { page: "trade" };
  if (first === "charts" && second === undefined) return { page: "charts" };
  if (first === "orders" && second) return { page: "order", id: decoded(second) };
  if (first === "orders") {
    const asked = (name: string) => url.searchParams.get(name);
    const filter = asked("open") === "true" ? "open" : asked("status");
    return { page: "orders", filter, type: asked("type"), cursor: asked("cursor") };
  }
  return { page: "unknown" };
}

/** A half-written escape in a pasted address is an unknown order, not a crash. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function navigate(to: string): void {
  history.pushState(null, "", to);
  arrive();
  scrollTo(0, 0);
  // A screen reader starts at the new page's title, as after a real page load.
  requestAnimationFrame(() => document.querySelector<HTMLElement>("h1")?.focus());
}

function arrive(): void {
  address.value = new URL(location.href);
}

export function startRouter(): void {
  addEventListener("popstate", arrive);
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
    navigate(link.href);
  });
}
