import type { CaseLimits } from "./judge.ts";

/** What a thread is to run. */
export interface WorkerOrder {
  readonly target: string;
  readonly seed: number;
  /** The first case, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** When to stop in any case, in milliseconds since 1970. */
  readonly deadline: number;
  readonly folders: readonly string[];
  readonly limits: CaseLimits;
  /** Where the thread says which case it is at: one 32-bit number. */
  readonly current: SharedArrayBuffer;
}

/** The slowest case so far. */
export interface Slowest {
  readonly index: number;
  readonly cpuMilliseconds: number;
}

/** What a thread says. */
export type WorkerMessage =
  | { readonly kind: "tally"; readonly outcomes: Readonly<Record<string, number>>; readonly slowest: Slowest }
  | { readonly kind: "find"; readonly index: number; readonly fault: string }
  | { readonly kind: "done" };
