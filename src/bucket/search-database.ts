import type { Statement } from "../search/index-entries.ts";
import type { Row } from "../search/search-index.ts";

/** The database of the search index, as commands write it. Calls throw BucketError. */
export interface SearchDatabase {
  /** How it is called in messages. */
  readonly name: string;
  /** Runs statements in order and returns the rows of each. */
  readonly run: (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>;
}
