import { setTimeout as wait } from "node:timers/promises";
import { type AdministeredService, AdministrationError, administer } from "../bucket/administration.ts";
import type { Terminal } from "../node/terminal.ts";
import type { TaskStatus } from "../task/answers.ts";
import { isEnded } from "../task/progress.ts";
import { formatLine } from "./batch-text.ts";

/** How a task is watched. */
export interface Watching {
  readonly terminal: Terminal;
  /** Returns the service as it is now: one that was started again has another address. Throws AdministrationError. */
  readonly connect: () => Promise<AdministeredService>;
  readonly times?: WatchTimes;
}

/** How often is looked, and told, and how long a service may be away, in milliseconds. */
export interface WatchTimes {
  readonly look: number;
  /** Where no line can be redrawn. */
  readonly tell: number;
  readonly away: number;
  /** Until the report of a task that has ended is there. */
  readonly report: number;
}

const usualTimes: WatchTimes = { look: 2000, tell: 10_000, away: 300_000, report: 20_000 };

/**
 * Watches a task until it ends, and returns how it ended: on a terminal as one line that is redrawn, elsewhere as a line each
 * time that its state has changed, or after some seconds its counts. Throws AdministrationError when the service refuses or
 * stays away, and the signal's reason once it is aborted.
 */
export async function watchTask(
  task: string,
  { terminal, connect, times = usualTimes }: Watching,
): Promise<TaskStatus> {
  const { signal } = terminal;
  let heardAt = performance.now();
  let told = { state: "", line: "", at: Number.NEGATIVE_INFINITY };
  let isAway = false;
  let endedAt: number | undefined;
  try {
    for (;;) {
      const now = performance.now();
      try {
        const status = (await administer(await connect(), `tasks/${task}`)) as TaskStatus;
        heardAt = performance.now();
        isAway = false;
        const line = formatLine(status);
        const isNews = status.state !== told.state || (line !== told.line && now - told.at >= times.tell);
        if (terminal.isWatched) terminal.show(line);
        else if (isNews) terminal.say([line]);
        if (isNews) told = { state: status.state, line, at: now };
        if (isEnded(status.state)) {
          endedAt ??= now;
          if (status.report !== undefined || now - endedAt >= times.report) return status;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AdministrationError && error.isPassing)) throw error;
        if (performance.now() - heardAt >= times.away) throw stayedAway(error, times);
        if (!isAway) terminal.say([`${error.message} It is asked again; the task does not need this command.`]);
        isAway = true;
      }
      // Its report comes in a moment.
      await pause(endedAt === undefined ? times.look : times.look / 10, signal);
    }
  } finally {
    terminal.show("");
  }
}

function stayedAway({ message }: AdministrationError, { away }: WatchTimes): AdministrationError {
  return new AdministrationError(
    `${message} It was asked for ${Math.round(away / 1000)} seconds; watch it again later.`,
    { isPassing: true },
  );
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
