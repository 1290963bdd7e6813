/** Milliseconds of an hour. */
export const hourMilliseconds = 3_600_000;

/** Returns the hour of a moment in milliseconds since 1970, in UTC: `2026-11-29T05`. */
export function hourOf(now: number): string {
  return new Date(now).toISOString().slice(0, 13);
}

/** Returns a moment in milliseconds since 1970 as people read it, in UTC: `2026-11-29 05:31`. */
export function formatMoment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** Returns a moment in ISO 8601 and UTC as people read it: `2026-11-29 05:31`. */
export function formatTime(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

/** Returns the seconds from one moment to another, both in ISO 8601; 0 if the first is the later one. */
export function secondsBetween(first: string, last: string): number {
  return Math.max(0, Date.parse(last) - Date.parse(first)) / 1000;
}

/** Returns the hour, the day or the month that lies so many milliseconds before another moment, as `hourOf` writes hours. */
export function hourBefore(now: number, milliseconds: number): string {
  return hourOf(Math.max(0, now - milliseconds));
}

/** Returns the hours from one to another, both included; none if the first is the later one. */
export function hoursBetween(first: string, last: string): readonly string[] {
  const start = Date.parse(`${first}:00:00Z`);
  const count = Math.floor((Date.parse(`${last}:00:00Z`) - start) / hourMilliseconds) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => hourOf(start + at * hourMilliseconds));
}
