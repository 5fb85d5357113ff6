// Where on a page its reader was. A browser looks for that place when it goes back, before the rows that make the page
// long enough are there; so the page keeps it, in the history's own entry, and finds it once it is there.

interface Place {
  readonly top: number;
  /** The address of the link that had the keyboard's focus. */
  readonly link: string | null;
}

/** What does not get there by then is shorter than it was. */
const PATIENCE_MS = 3_000;
const AFTER_SCROLLING_MS = 150;

let settling: ReturnType<typeof setTimeout> | undefined;
let looking = 0;

/** A reload finds the place again, too. */
export function startPlaces(): void {
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => {
    clearTimeout(settling);
    settling = setTimeout(keepPlace, AFTER_SCROLLING_MS);
  });
  for (const move of ["wheel", "touchstart", "keydown", "pointerdown"])
    addEventListener(move, () => (looking += 1), { passive: true, capture: true });
  restorePlace();
}

export function keepPlace(): void {
  clearTimeout(settling);
  const focused = document.activeElement;
  const place: Place = { top: scrollY, link: focused instanceof HTMLAnchorElement ? focused.href : null };
  history.replaceState(place, "");
}

/** Goes to the kept place as soon as the page reaches that far, unless its reader moves before. */
export function restorePlace(): void {
  clearTimeout(settling);
  const place = history.state as Partial<Place> | null;
  if (typeof place?.top !== "number") return;
  const { top, link } = place;
  const mine = (looking += 1);
  const end = performance.now() + PATIENCE_MS;
  const look = () => {
    if (mine !== looking) return;
    const isReached = document.documentElement.scrollHeight - innerHeight >= top;
    if (!isReached && performance.now() < end) return void requestAnimationFrame(look);
    if (link) [...document.links].find(({ href }) => href === link)?.focus({ preventScroll: true });
    scrollTo(0, top);
  };
  requestAnimationFrame(look);
}
