import type { Clock } from "./clock.ts";

/** What a wait ends with when its time is up. */
export class DeadlinePassed extends Error {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = "DeadlinePassed";
    this.milliseconds = milliseconds;
  }
}

/**
 * Waits for `work` no longer than `milliseconds`, by a timer of the request that waits. What comes later goes to
 * `dropLate`, which lets go of it. Throws DeadlinePassed, and what the work throws in time.
 */
export function withinDeadline<T>(
  work: Promise<T>,
  {
    clock,
    milliseconds,
    dropLate = () => undefined,
  }: { readonly clock: Clock; readonly milliseconds: number; readonly dropLate?: (late: T) => void },
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let isOver = false;
    const cancel = clock.after(milliseconds, () => {
      isOver = true;
      reject(new DeadlinePassed(milliseconds));
    });
    work.then(
      (value) => {
        cancel();
        if (isOver) dropLate(value);
        else resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
