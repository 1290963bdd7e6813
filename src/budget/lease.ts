import type { Share } from "./shares.ts";

/** Memory on loan. */
export interface Lease {
  readonly share: Share;
  /** What it counts for, in bytes. */
  readonly bytes: number;
  /** False once it was given back, or taken back because nobody had renewed it. Its holder stops then. */
  readonly isHeld: boolean;
  /** Says that the holder is alive and gets on. */
  renew(): void;
  /** Gives a part back, so that `bytes` remain. */
  shrink(bytes: number): void;
  /** Takes `bytes` more where there is room for them at once, and says whether there was. */
  tryGrow(bytes: number): boolean;
  /** Gives everything back; a second call does nothing. */
  release(): void;
}

/** What a request asks memory for. */
export interface Loan {
  readonly share: Share;
  readonly bytes: number;
  /** About how long the work will keep the processor, in milliseconds: short work passes long work in the line. */
  readonly costMilliseconds: number;
  /** What the request keeps while it waits, in bytes. */
  readonly waitingBytes: number;
}

/** How long a request waits. */
export interface Patience {
  readonly milliseconds: number;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal | undefined;
  /** Told how long it waited, in milliseconds, each time it had to. */
  readonly onWaited?: (milliseconds: number) => void;
}
