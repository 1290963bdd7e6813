/** Formats when an object was stored, in UTC, for people; a storage need not tell. `milliseconds` are since 1970. */
export function formatUploadDate(milliseconds: number): string {
  return isoDate(milliseconds)?.slice(0, 16).replace("T", " ") ?? "at unknown time ";
}

/** Formats it as ISO 8601, for scripts; undefined where it is not told. */
export function isoDate(milliseconds: number): string | undefined {
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
