import type { BatchOptions } from "../settings/batch-options.ts";
import { listWords, suggest } from "../settings/values.ts";
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

/** `tessera batch`: what is asked, and the file or the task that it is asked of; `status` alone may do without. */
export type BatchCommand = { readonly kind: "batch"; readonly options: BatchOptions } & (
  | { readonly verb: "status"; readonly name: string | undefined }
  | { readonly verb: Exclude<BatchVerb, "status">; readonly name: string }
);

/** Reads what `tessera batch` is asked, and adds to `faults` what is wrong. */
export function readBatch(
  positionals: readonly string[],
  options: BatchOptions,
  faults: string[],
): BatchCommand | WrongCommand {
  const [given, name, ...others] = positionals;
  const verb = batchVerbs.find((known) => known === given);
  if (given === undefined) faults.push(`one of ${listWords(batchVerbs, "and")} is needed`);
  else if (verb === undefined) {
    faults.push(`${given} is not one of ${listWords(batchVerbs, "and")}${suggest(given, batchVerbs)}`);
  }
  for (const other of others) faults.push(`${other} is one name too many`);
  if (verb !== undefined) faults.push(...faultsOf(verb, name, options));
  if (options.to === undefined) faults.push("--to is missing: local or remote");
  if (options.to === "local" && options.service !== undefined) faults.push("--service has no effect with --to local");
  if (options.to === "remote" && options.state !== undefined) faults.push("--state has no effect with --to remote");
  if (verb === undefined || faults.length > 0) return { kind: "wrong", command: "batch", faults };
  return { kind: "batch", verb, name, options } as BatchCommand;
}

function* faultsOf(
  verb: BatchVerb,
  name: string | undefined,
  { only, csv, json }: BatchOptions,
): Generator<string, undefined> {
  if (verb === "submit") {
    if (name === undefined) yield "no task file is named";
  } else if (name === undefined) {
    if (verb !== "status") yield `no task is named: its id, or ${latest}`;
  } else if (name !== latest && !isTaskId(name)) {
    yield `${name} is not the id of a task, such as 20261129-104826-3fa85f645717, and not ${latest}`;
  }
  if (only !== undefined && verb !== "items") yield `--only has no effect on ${verb}`;
  if (csv === true && verb !== "report") yield `--csv has no effect on ${verb}`;
  if (csv === true && json === true) yield "--json has no effect with --csv";
}
