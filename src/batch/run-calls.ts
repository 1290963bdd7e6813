import { callEngine, callLedger, callRegister, type Jobs } from "./jobs.ts";

/** The event by which a run is told to look. */
export const wakeEvent = "wake";

/** A run looks at least this often, so one that did not for so long is lost: in milliseconds. */
const lostMilliseconds = 1_200_000;

/**
 * Has the run of a task look at once what there is to do, and starts one where none is alive. Throws `storage-failed`: the
 * cron does it again.
 */
export async function wakeRun(jobs: Jobs, task: string): Promise<void> {
  const now = jobs.clock.now();
  const { run, lastTurn } = await callLedger(jobs, task, (ledger) => ledger.run());
  if (run > 0 && now - lastTurn < lostMilliseconds && (await isTold(jobs, runId(task, run)))) return;
  await startAfter(jobs, task, run);
}

/** Starts the run after the one that works on a task. Throws `storage-failed`. */
export async function startNextRun(jobs: Jobs, task: string): Promise<void> {
  const { run } = await callLedger(jobs, task, (ledger) => ledger.run());
  await startAfter(jobs, task, run);
}

/** Writes down how a task stands, for the list of all. Throws `storage-failed`. */
export async function register(jobs: Jobs, task: string): Promise<void> {
  const status = await callLedger(jobs, task, (ledger) => ledger.status(jobs.clock.now()));
  if (status === undefined) return;
  const { id, kind, name, collection, state, counts, createdAt, endedAt, report } = status;
  const summary = {
    ...{ id, kind, state, counts, createdAt },
    ...(name === undefined ? {} : { name }),
    ...(collection === undefined ? {} : { collection }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
  await callRegister(jobs, (list) => list.put(summary, { isOpen: report === undefined }));
}

function runId(task: string, run: number): string {
  return `${task}-${run}`;
}

/** Whether a run is alive, and is told. */
async function isTold(jobs: Jobs, id: string): Promise<boolean> {
  try {
    return await callEngine(jobs, async (runs) => {
      const instance = await runs.get(id);
      const { status } = await instance.status();
      if (status === "complete" || status === "errored" || status === "terminated") return false;
      await instance.sendEvent({ type: wakeEvent, payload: {} });
      return true;
    });
  } catch (error) {
    // An instance that there is not is started again; one that can't be asked for is too, and two runs do no harm.
    jobs.log({ level: "warn", message: "a run could not be told", run: id, cause: String(error) });
    return false;
  }
}

/** Where somebody is faster, that one's run looks. One that dies before it has started is started anew by the cron. */
async function startAfter(jobs: Jobs, task: string, run: number): Promise<void> {
  const next = await callLedger(jobs, task, (ledger) => ledger.nextRun(run, jobs.clock.now()));
  if (next === undefined) return;
  await callEngine(jobs, (runs) => runs.create({ id: runId(task, next), params: { task } }));
}
