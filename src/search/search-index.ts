import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import type { Statement } from "./index-entries.ts";

/** The index as requests ask it. */
export interface SearchIndex {
  readonly database: D1Database;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
}

/** A row that was found. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * Asks the index several things at once and returns the rows of each. Throws `search-unavailable` where there is no index
 * yet, `storage-failed` where it does not answer.
 */
export async function askIndex(
  { database, clock, timeoutSeconds }: SearchIndex,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  try {
    const prepared = statements.map(({ sql, values }) => database.prepare(sql).bind(...values));
    const results = await withDeadline(clock, timeoutSeconds, () => database.batch<Row>(prepared));
    return results.map(({ results }) => results);
  } catch (cause) {
    if (/no such table/.test(String(cause))) {
      const hint = "Its operators make it by tessera index.";
      throw new ImageError("search-unavailable", "The index of this service has not been made yet.", { cause, hint });
    }
    throw new ImageError("storage-failed", "The search index does not respond. Try again.", { cause });
  }
}
