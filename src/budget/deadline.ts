import type { Clock } from "./clock.ts";

/** Reports that something was not answered in time. */
export class DeadlinePassed extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`no answer within ${seconds} seconds`);
    this.name = "DeadlinePassed";
    this.seconds = seconds;
  }
}

/**
 * Waits for `work` by a timer of the request that waits. Throws DeadlinePassed after `seconds` and then also aborts the
 * signal that `work` was given, so that it drops a late answer; otherwise throws what `work` throws.
 */
export function withDeadline<T>(
  clock: Pick<Clock, "after">,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const cancel = clock.after(seconds * 1000, () => {
      const reason = new DeadlinePassed(seconds);
      controller.abort(reason);
      reject(reason);
    });
    // What ends after its deadline no longer changes anything.
    work(controller.signal).then(resolve, reject).finally(cancel);
  });
}
