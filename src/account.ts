/** What is told of an answer in Server-Timing and in the log. */
export interface Timing {
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

/** How a request was answered: what is told of it, and what is counted. */
export interface Account extends Timing {
  /** Of an image, once it is known; decoded. */
  identifier: string | undefined;
  /** Where the index of its master was found; undefined until then. */
  index: "isolate" | "edge" | "bucket" | "storage" | undefined;
  /** What was asked for, once it is known: a format by its extension, a size in pixels before rotation. */
  format: string | undefined;
  width: number;
  height: number;
  /** What was decoded for it. */
  decodedPixels: number;
  /** Of the body, as far as its length is known. */
  sentBytes: number;
  /** Resolves when a body that is sent in pieces has ended, and all above is final. Never rejects. */
  sending: Promise<void> | undefined;
}

/** Returns an account with nothing in it yet. */
export function newAccount(): Account {
  return {
    strategy: "none",
    cache: "miss",
    reads: 0,
    bytes: 0,
    heads: 0,
    tiles: 0,
    identifier: undefined,
    index: undefined,
    format: undefined,
    width: 0,
    height: 0,
    decodedPixels: 0,
    sentBytes: 0,
    sending: undefined,
  };
}

/** Returns what of an account is told. */
export function timingOf({ strategy, cache, reads, bytes, heads, tiles }: Timing): Timing {
  return { strategy, cache, reads, bytes, heads, tiles };
}
