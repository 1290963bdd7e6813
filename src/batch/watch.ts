import { sweepInbox } from "./inbox.ts";
import { callRegister, type Jobs } from "./jobs.ts";
import { wakeRun } from "./run-calls.ts";

/** Tasks that one watch looks after; the next goes on behind them. */
const mostTasks = 1000;

/**
 * Looks after what was forgotten, by cron: wakes the run of each task that has not ended, which takes back items that are
 * lost, and starts tasks of INBOX that no event told of. What fails for one is a line in the log. Throws `storage-failed`.
 */
export async function watchTasks(jobs: Jobs): Promise<void> {
  let after = await callRegister(jobs, (list) => list.place("tasks"));
  for (let seen = 0; seen < mostTasks; ) {
    const from = after;
    const tasks = await callRegister(jobs, (list) => list.open(from));
    for (const task of tasks) {
      await wakeRun(jobs, task).catch((error: unknown) => {
        jobs.log({ level: "error", message: "a task could not be woken", task, cause: String(error) });
      });
    }
    after = tasks.at(-1);
    seen += tasks.length;
    if (after === undefined) break;
  }
  const next = after;
  await callRegister(jobs, (list) => list.keepPlace("tasks", next));
  await sweepInbox(jobs);
}
