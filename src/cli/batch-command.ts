import type { BatchOptions } from "../settings/batch-options.ts";
import { suggest } from "../settings/values.ts";
import { listWords } from "../spelling.ts";
import { isTaskId } from "../task/task-id.ts";
import type { WrongCommand } from "./command.ts";

/** What `tessera batch` can be asked, in the order in which people come to it. */
export const batchVerbs = [
  "submit",
  "status",
  "watch",
  "items",
  "pause",
  "resume",
  "cancel",
  "retry",
  "report",
] as const;

/** What `tessera batch` is asked. */
export type BatchVerb = (typeof batchVerbs)[number];

/** Stands for the id of the task that was sent last. */
export const latest = "latest";

/** `tessera batch`: what is asked, and the file or the tasks that it is asked of. */
export interface BatchCommand {
  readonly kind: "batch";
  readonly verb: BatchVerb;
  /** One, but for `status`, which may do without, and `report`, which takes any number. */
  readonly names: readonly string[];
  readonly options: BatchOptions;
}

/** Reads what `tessera batch` is asked, and adds to `faults` what is wrong. */
export function readBatch(
  positionals: readonly string[],
  options: BatchOptions,
  faults: string[],
): BatchCommand | WrongCommand {
  const [given, ...names] = positionals;
  const verb = batchVerbs.find((known) => known === given);
  if (given === undefined) faults.push(`one of ${listWords(batchVerbs, "and")} is needed`);
  else if (verb === undefined) {
    faults.push(`${given} is not one of ${listWords(batchVerbs, "and")}${suggest(given, batchVerbs)}`);
  }
  if (verb !== undefined) faults.push(...faultsOf(verb, names, options));
  if (options.to === undefined) faults.push("--to is missing: local or remote");
  if (options.to === "local" && options.service !== undefined) faults.push("--service has no effect with --to local");
  if (options.to === "remote" && options.state !== undefined) faults.push("--state has no effect with --to remote");
  if (verb === undefined || faults.length > 0) return { kind: "wrong", command: "batch", faults };
  return { kind: "batch", verb, names, options };
}

function* faultsOf(
  verb: BatchVerb,
  names: readonly string[],
  { only, csv, json, collection }: BatchOptions,
): Generator<string, undefined> {
  const taken = verb === "report" ? names : names.slice(0, 1);
  for (const other of names.slice(taken.length)) yield `${other} is one name too many`;
  if (verb === "submit") {
    if (names.length === 0) yield "no task file is named";
  } else {
    const isChosen = verb === "report" && collection !== undefined;
    if (names.length === 0 && verb !== "status" && !isChosen) yield `no task is named: its id, or ${latest}`;
    if (names.length > 0 && isChosen) yield "ids have no effect with --collection";
    for (const name of taken.filter((one) => one !== latest && !isTaskId(one))) {
      yield `${name} is not the id of a task, such as 20261129-104826-3fa85f645717, and not ${latest}`;
    }
  }
  if (collection !== undefined && verb !== "report") yield `--collection has no effect on ${verb}`;
  if (only !== undefined && verb !== "items") yield `--only has no effect on ${verb}`;
  if (csv === true && verb !== "report") yield `--csv has no effect on ${verb}`;
  if (csv === true && json === true) yield "--json has no effect with --csv";
}
