/** Adds up the time that pieces of work take. */
export interface Stopwatch {
  /** Runs a piece of work and counts its time, even if it throws. */
  time<T>(work: () => Promise<T>): Promise<T>;
  /** The seconds counted so far. */
  seconds(): number;
}

/** Returns a stopwatch at 0. */
export function stopwatch(): Stopwatch {
  let milliseconds = 0;
  return {
    async time(work) {
      const start = performance.now();
      try {
        return await work();
      } finally {
        milliseconds += performance.now() - start;
      }
    },
    seconds: () => milliseconds / 1000,
  };
}
