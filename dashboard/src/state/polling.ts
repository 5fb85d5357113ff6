// Asking again and again, for what changes while one looks at it.

/** Asks now and every so often; not while nobody looks, and at once when somebody comes back. Answers how to stop it. */
export function keepAsking(everyMs: number, ask: (stop: AbortSignal) => Promise<void>): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  const next = async () => {
    clearTimeout(timer);
    if (isAsking || document.hidden) return;
    isAsking = true;
    await ask(stop.signal);
    isAsking = false;
    if (!stop.signal.aborted) timer = setTimeout(() => void next(), everyMs);
  };
  const come = () => void next();
  document.addEventListener("visibilitychange", come, { signal: stop.signal });
  come();
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}
