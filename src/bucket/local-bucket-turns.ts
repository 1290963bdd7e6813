import { setTimeout as wait } from "node:timers/promises";
import { BucketError } from "./bucket.ts";

/**
 * What the platform says of a database that another process has locked for a moment, when it starts and when it is asked.
 * Another command, or `npm start`, may have the same buckets open, and its SQLite waits for nobody.
 */
const busy = /SQLITE_BUSY|database is locked|Unspecified error \(0\)|internal error; reference/;

/** Some fifteen seconds in all: what is busy for longer is broken. */
const mostTries = 10;
const longestPauseMilliseconds = 3000;

/**
 * Does work on the local buckets, and again where another process was in its way: what fails so has changed nothing.
 * Throws what the work throws, and BucketError `stopped`.
 */
export async function inTurn<Result>(work: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BucketError) || !busy.test(error.message)) throw error;
      if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
      if (attempt === mostTries) {
        throw new BucketError("unavailable", `${error.message} Another process may hold it: run the command again.`, {
          cause: error,
        });
      }
      await wait(Math.min(longestPauseMilliseconds, 100 * 2 ** attempt) * (0.3 + 0.7 * Math.random()));
    }
  }
}
