/** Says that something was not answered in time. */
export class DeadlinePassed extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super(`no answer within ${seconds} seconds`);
    this.name = "DeadlinePassed";
    this.seconds = seconds;
  }
}

/**
 * Waits for `work` by a timer of the request that waits. Throws DeadlinePassed after `seconds`, when the signal that
 * `work` was given is aborted too, so that it lets go of what comes late; else what `work` throws.
 */
export async function withDeadline<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new DeadlinePassed(seconds);
      controller.abort(reason);
      reject(reason);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(controller.signal), passed]);
  } finally {
    clearTimeout(timer);
  }
}
