// Times and durations in words. The engine's clock and the browser's may disagree, so "now" is the engine's.
import { signal } from "@preact/signals";

/** The engine's clock minus this machine's, in milliseconds, as the last health answer showed it. */
export const clockOffset = signal(0);

export function engineNow(): number {
  return Date.now() + clockOffset.value;
}

/** "240 ms", "3.41 s", "2 min 04 s". */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  if (minutes < 60) return `${minutes} min ${String(seconds).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** "12 s", "3 min", "5 h", "2 d": for what is looked at, not measured. */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const clockOfMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Whose days and times of day these are: "Europe/Berlin". */
export function zone(): string {
  return clock.resolvedOptions().timeZone;
}

/** Local time of day to the millisecond. */
export function formatClock(at: string): string {
  return clock.format(new Date(at));
}

/** Local time of day for today, with the date before it for any other day. */
export function formatWhen(at: string): string {
  const date = new Date(at);
  const time = clockOfMinute.format(date);
  return date.toDateString() === new Date().toDateString() ? time : `${day.format(date)}, ${time}`;
}

/** Local date and time of day. */
export function formatMoment(at: string): string {
  return `${day.format(new Date(at))}, ${clockOfMinute.format(new Date(at))}`;
}
