/** How an image was answered, for Server-Timing and the log. */
export interface Account {
  /** `kept` when a cache answered and nothing was rendered. */
  strategy: "copy" | "draw" | "stream" | "kept" | "none";
  cache: "edge" | "bucket" | "miss";
  /** Reads of the master, and the bytes they returned. */
  reads: number;
  bytes: number;
  /** HEAD requests for the master, which only ask whether it changed. */
  heads: number;
  tiles: number;
}

/** Returns an account with nothing in it yet. */
export function newAccount(): Account {
  return { strategy: "none", cache: "miss", reads: 0, bytes: 0, heads: 0, tiles: 0 };
}
