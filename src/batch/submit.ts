import { ImageError } from "../error.ts";
import type { TaskStatus } from "../task/answers.ts";
import { nameItems } from "../task/item-identifiers.ts";
import type { OrderedItem, TaskOrder } from "../task/task.ts";
import { itemsPerPart, partKey } from "./find-items.ts";
import { answered, callLedger, type Jobs } from "./jobs.ts";
import type { TaskHeader } from "./ledger-calls.ts";
import { register, wakeRun } from "./run-calls.ts";

/** Who sends a task, and as which it is known. */
export interface Submission {
  readonly id: string;
  readonly operator: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/**
 * Starts a task, and returns how it stands. A second time it changes nothing. What it was asked to do is kept in CATALOGUE as
 * `tasks/ID/task.json`. Throws `storage-failed`: sent again with the same id, it goes on.
 */
export async function startTask(
  jobs: Jobs,
  order: TaskOrder,
  { id, operator, createdAt }: Submission,
): Promise<TaskStatus> {
  const json = { httpMetadata: { contentType: "application/json" } };
  const parts = order.items === undefined ? 0 : await storeParts(jobs, id, namedItems(order, order.items));
  await answered(jobs, () =>
    jobs.buckets.catalogue.put(`tasks/${id}/task.json`, JSON.stringify({ id, operator, createdAt, order }), json),
  );
  const { kind, name, collection, identifiers, settings, from } = order;
  const header: TaskHeader = {
    ...{ id, kind, settings, parts, operator, createdAt },
    ...(name === undefined ? {} : { name }),
    ...(collection === undefined ? {} : { collection }),
    ...(identifiers === undefined ? {} : { identifiers }),
    ...(from === undefined ? {} : { from }),
  };
  await callLedger(jobs, id, (ledger) => ledger.create(header));
  await register(jobs, id);
  await wakeRun(jobs, id);
  const status = await callLedger(jobs, id, (ledger) => ledger.status(jobs.clock.now()));
  if (status === undefined) throw new ImageError("storage-failed", "The ledger of the task has forgotten it.");
  return status;
}

/** Returns items with the identifiers that the template of their task makes. */
function namedItems({ identifiers, collection }: TaskOrder, items: readonly OrderedItem[]): readonly OrderedItem[] {
  if (identifiers === undefined) return items;
  const nameOf = nameItems({ identifiers, prefix: "", collection });
  return items.map(({ key, identifier = nameOf(key) }) => ({ key, identifier }));
}

/** Returns in how many parts the named items lie in SCRATCH: a run reads one at a time. */
async function storeParts(jobs: Jobs, id: string, items: readonly OrderedItem[]): Promise<number> {
  const parts = Math.ceil(items.length / itemsPerPart);
  for (let part = 0; part < parts; part++) {
    const some = JSON.stringify(items.slice(part * itemsPerPart, (part + 1) * itemsPerPart));
    await answered(jobs, () => jobs.buckets.scratch.put(partKey(id, part), some));
  }
  return parts;
}
