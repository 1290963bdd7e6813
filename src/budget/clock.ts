/**
 * Time as a request may use it. Timers belong to the request that sets them: they end with it, and no other request
 * waits for them.
 */
export interface Clock {
  /** Milliseconds since some moment; may stand still while code runs, and may jump. */
  readonly now: () => number;
  /** Calls `action` once after `milliseconds`, unless the returned function is called first. */
  readonly after: (milliseconds: number, action: () => void) => () => void;
  /** Calls `action` every `milliseconds` until the returned function is called. */
  readonly every: (milliseconds: number, action: () => void) => () => void;
}

/** Resolves after `milliseconds`. */
export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((done) => {
    clock.after(milliseconds, done);
  });
}
