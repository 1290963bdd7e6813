import { maxTaskFileBytes } from "../limits.ts";
import type { TaskFault, TaskFaults } from "../task/answers.ts";
import { formOfName, readTaskFile, type TaskForm } from "../task/task-file.ts";
import { taskIdOf } from "../task/task-id.ts";
import { answered, callRegister, type Jobs } from "./jobs.ts";
import { startTask } from "./submit.ts";

/** What is laid next to a task file once it was read. */
const startedEnding = ".started.json";
const faultsEnding = ".faults.json";

/** Pages of the listing that one look at INBOX reads; the next goes on behind them. */
const mostPages = 4;

/** An object of INBOX is a task file if it is at the top of the bucket, and not what is written beside one. */
function formInInbox(key: string): TaskForm | undefined {
  const isOurs = key.endsWith(startedEnding) || key.endsWith(faultsEnding);
  return isOurs || key.includes("/") ? undefined : formOfName(key);
}

/**
 * Reads a task file of INBOX and starts its task, once for each version of the file. Next to it is written what came of it:
 * `NAME.started.json` with the id, or `NAME.faults.json` with all that is wrong, and then nothing is started. Throws
 * `storage-failed`.
 */
export async function takeFromInbox(jobs: Jobs, key: string): Promise<void> {
  const { inbox } = jobs.buckets;
  const form = formInInbox(key);
  if (form === undefined) return;
  const found = await answered(jobs, () => inbox.head(key));
  if (found === null || (await wasRead(jobs, key, found.etag))) return;
  const read = await readFile(jobs, found, form);
  // Replaced meanwhile: that is told by an event of its own.
  if (read === undefined) return;
  if ("faults" in read) {
    await lay(jobs, key + faultsEnding, { etag: found.etag, faults: read.faults } satisfies TaskFaults);
    await answered(jobs, () => inbox.delete(key + startedEnding));
    return;
  }
  const createdAt = found.uploaded.toISOString();
  const id = await taskIdOf(createdAt, `${key}\n${found.etag}`);
  await startTask(jobs, read.order, { id, operator: key, createdAt });
  await lay(jobs, key + startedEnding, { etag: found.etag, id });
  await answered(jobs, () => inbox.delete(key + faultsEnding));
}

/** Looks through INBOX for task files that no event told of. One that fails is a line in the log. Throws `storage-failed`. */
export async function sweepInbox(jobs: Jobs): Promise<void> {
  let after = await callRegister(jobs, (list) => list.place("inbox"));
  for (let page = 0; page < mostPages; page++) {
    const asked = { delimiter: "/", ...(after === undefined ? {} : { startAfter: after }) };
    const { objects, truncated } = await answered(jobs, () => jobs.buckets.inbox.list(asked));
    for (const { key } of objects) {
      await takeFromInbox(jobs, key).catch((error: unknown) => {
        jobs.log({ level: "error", message: "a file of INBOX was not taken", key, cause: String(error) });
      });
    }
    after = truncated ? objects.at(-1)?.key : undefined;
    if (after === undefined) break;
  }
  const next = after;
  await callRegister(jobs, (list) => list.keepPlace("inbox", next));
}

async function readFile(
  jobs: Jobs,
  { key, etag, size }: R2Object,
  form: TaskForm,
): Promise<ReturnType<typeof readTaskFile> | undefined> {
  if (size > maxTaskFileBytes) return { faults: [tooLarge(size)] };
  const bytes = await answered(jobs, async () => {
    const object = await jobs.buckets.inbox.get(key, { onlyIf: { etagMatches: etag } });
    return object !== null && "body" in object ? object.bytes() : undefined;
  });
  return bytes === undefined ? undefined : readTaskFile(bytes, form);
}

function tooLarge(bytes: number): TaskFault {
  return {
    message: `the file has ${bytes} bytes, and a task file ${maxTaskFileBytes} at the most: name a prefix, or divide it`,
  };
}

async function wasRead(jobs: Jobs, key: string, etag: string): Promise<boolean> {
  for (const ending of [startedEnding, faultsEnding]) {
    const laid = await answered(jobs, () => jobs.buckets.inbox.head(key + ending));
    if (laid?.customMetadata?.of === etag) return true;
  }
  return false;
}

async function lay(
  jobs: Jobs,
  key: string,
  content: TaskFaults | { readonly etag: string; readonly id: string },
): Promise<void> {
  const options = { httpMetadata: { contentType: "application/json" }, customMetadata: { of: content.etag } };
  await answered(jobs, () => jobs.buckets.inbox.put(key, `${JSON.stringify(content, undefined, 2)}\n`, options));
}
