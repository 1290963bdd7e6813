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
  const controller = new AbortController();
  const onPassed = (reason: DeadlinePassed): void => controller.abort(reason);
  return untilDeadline(clock, { seconds, onPassed }, () => work(controller.signal));
}

/** When work is late, and who is told that nobody waits for it any longer. */
export interface Deadline {
  readonly seconds: number;
  readonly onPassed: (reason: DeadlinePassed) => void;
}

/** Waits for `work` as `withDeadline` does, for work that needs no signal. Throws DeadlinePassed, and what `work` throws. */
export function untilDeadline<T>(
  clock: Pick<Clock, "after">,
  { seconds, onPassed }: Deadline,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(seconds * 1000, () => {
      const reason = new DeadlinePassed(seconds);
      onPassed(reason);
      reject(reason);
    });
    // What ends after its deadline no longer changes anything.
    const end = (settle: () => void): void => {
      cancel();
      settle();
    };
    work().then(
      (done) => end(() => resolve(done)),
      (cause) => end(() => reject(cause)),
    );
  });
}
