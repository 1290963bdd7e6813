import type { Share } from "./shares.ts";

/** Memory on loan. */
export interface Lease {
  readonly share: Share;
  /** Its size in bytes. */
  readonly bytes: number;
  /** False once it was returned, or taken back because nobody renewed it. Its holder then stops. */
  readonly isHeld: boolean;
  /** Reports that the holder is alive and making progress. */
  renew(): void;
  /** Returns part of it, so that `bytes` remain: the work it was lent for is done. */
  shrink(bytes: number): void;
  /** Takes `bytes` more if there is room for them at once, and returns whether there was. */
  tryGrow(bytes: number): boolean;
  /** Returns everything; a second call does nothing. */
  release(): void;
}

/** What a request needs memory for. */
export interface Loan {
  readonly share: Share;
  readonly bytes: number;
  /** About how long the work will use the processor, in milliseconds: short work overtakes long work in line. */
  readonly costMilliseconds: number;
  /** What the request keeps while it waits, in bytes: `waitingRequestBytes` unless stated. */
  readonly waitingBytes?: number | undefined;
  /** For how long nobody renews it, in milliseconds: a deadline ends the work by then. Renewed from the start unless stated. */
  readonly unrenewedMilliseconds?: number | undefined;
}

/** How long a request waits. */
export interface Patience {
  readonly milliseconds: number;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal | undefined;
  /** Called with how long it waited, in milliseconds, each time it had to. */
  readonly onWaited?: (milliseconds: number) => void;
}
