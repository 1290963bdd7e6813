/**
 * Reads Retry-After, seconds or a date, as milliseconds from `now`, which is in milliseconds since 1970; undefined without one
 * that can be read. Source: RFC 9110 §10.2.3.
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
