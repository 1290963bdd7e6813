/** How an image was answered, for Server-Timing and the log. */
export interface Account {
  /** `kept` when a cache answered, so that nothing was rendered. */
  strategy: "copy" | "draw" | "stream" | "kept" | "none";
  cache: "edge" | "bucket" | "miss";
  /** Reads of the master, and the bytes they brought. */
  reads: number;
  bytes: number;
  /** Heads of the master: asked only whether it changed. */
  heads: number;
  tiles: number;
}

/** Returns an account of nothing done yet. */
export function newAccount(): Account {
  return { strategy: "none", cache: "miss", reads: 0, bytes: 0, heads: 0, tiles: 0 };
}
