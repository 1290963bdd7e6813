import { digest, sha256 } from "../digest.ts";
import { ImageError } from "../error.ts";
import type { ItemPage, TaskList, TaskStatus } from "../task/answers.ts";
import {
  type Answered,
  type ItemQuery,
  type SentTask,
  type TaskAction,
  type TaskDoor,
  type TaskRefusal,
  taskActions,
} from "../task/door.ts";
import { type ItemState, itemStates } from "../task/states.ts";
import { readTaskFile } from "../task/task-file.ts";
import { isTaskId, taskIdOf } from "../task/task-id.ts";
import { callLedger, callRegister, type Jobs } from "./jobs.ts";
import { register, wakeRun } from "./run-calls.ts";
import { startTask } from "./submit.ts";
import { watchTasks } from "./watch.ts";

/** Returns what the Worker of jobs does for that of images. Nothing of it throws but what is a fault of ours. */
export function openTaskDoor(jobs: Jobs): TaskDoor {
  return {
    submit: (sent) => answering(() => submit(jobs, sent)),
    list: (before) => answering(() => list(jobs, before)),
    status: (id) => answering(() => statusOf(jobs, id)),
    items: (id, query) => answering(() => itemsOf(jobs, id, query)),
    act: (id, action) => answering(() => act(jobs, id, action)),
    sweep: () => answering(() => sweep(jobs)),
  };
}

/** A refusal with all that is wrong with a file. */
class Refused extends Error {
  readonly refusal: TaskRefusal;

  constructor(refusal: TaskRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

async function answering<T>(work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    if (!(error instanceof ImageError) || error.code !== "storage-failed") throw error;
    return { refusal: { code: "storage-failed", message: error.message } };
  }
}

async function submit(jobs: Jobs, { bytes, form, operator, sending }: SentTask): Promise<TaskStatus> {
  const read = readTaskFile(bytes, form);
  if ("faults" in read) {
    const { faults } = read;
    const message = `The task has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}, and nothing was started.`;
    throw new Refused({ code: "task-invalid", message, faults });
  }
  const createdAt = new Date(jobs.clock.now()).toISOString();
  const made = await taskIdOf(createdAt, crypto.randomUUID());
  // The same file, sent again by one who has not heard that it was started; another file is another task, whatever it is sent as.
  const seal = sending === undefined ? undefined : await digest(`${sending}\n${await sha256(bytes)}`);
  const id = seal === undefined ? made : await idOfSending(jobs, seal, made);
  return startTask(jobs, read.order, { id, operator, createdAt });
}

function idOfSending(jobs: Jobs, seal: string, made: string): Promise<string> {
  return callRegister(jobs, (tasks) => tasks.idOfSending(seal, made, jobs.clock.now()));
}

function list(jobs: Jobs, before: string | undefined): Promise<TaskList> {
  if (before !== undefined && !isTaskId(before)) {
    throw new Refused({ code: "query-malformed", message: "before is not the id of a task." });
  }
  return callRegister(jobs, (tasks) => tasks.list(before));
}

async function sweep(jobs: Jobs): Promise<TaskList> {
  await watchTasks(jobs);
  return list(jobs, undefined);
}

async function statusOf(jobs: Jobs, id: string): Promise<TaskStatus> {
  // An object that is called is made: nothing is made for a name that no task has.
  const status = isTaskId(id) ? await callLedger(jobs, id, (ledger) => ledger.status(jobs.clock.now())) : undefined;
  if (status === undefined) throw new Refused({ code: "not-found", message: "There is no such task." });
  return status;
}

async function itemsOf(jobs: Jobs, id: string, { state, after }: ItemQuery): Promise<ItemPage> {
  const known = itemStates.find((one): one is ItemState => one === state);
  if (state !== undefined && known === undefined) {
    throw new Refused({ code: "query-malformed", message: `state is not one of ${itemStates.join(", ")}.` });
  }
  if (!Number.isSafeInteger(after) || after < 0) {
    throw new Refused({ code: "query-malformed", message: "after is not the number of an item." });
  }
  await statusOf(jobs, id);
  return callLedger(jobs, id, (ledger) => ledger.items(known, after));
}

async function act(jobs: Jobs, id: string, action: TaskAction): Promise<TaskStatus> {
  if (!taskActions.includes(action)) throw new TypeError(`${action} is no action.`);
  await statusOf(jobs, id);
  await callLedger(jobs, id, (ledger) => ledger.act(action, jobs.clock.now()));
  await register(jobs, id);
  const status = await statusOf(jobs, id);
  // One whose report is written has nothing left to do.
  if (status.report === undefined) await wakeRun(jobs, id);
  return status;
}
