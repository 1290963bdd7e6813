import type { ImageChoice } from "../job/chosen-images.ts";
import type { CostOptions, ReportOptions, WarmOptions } from "../settings/operation-options.ts";
import type { CostCommand, ReportCommand, WarmCommand, WrongCommand } from "./command.ts";

/** Reads what was said to `cost`, whose only name is `all`, and adds to `faults` what is wrong. */
export function readCost(names: readonly string[], options: CostOptions, faults: string[]): CostCommand | WrongCommand {
  const chosen = choicesOf(options);
  for (const name of names.filter((other) => other !== "all")) faults.push(`${name} is not all, and no option`);
  if (chosen.length + Math.sign(names.length) > 1) {
    faults.push("only one of all, --prefix, --object and --collection is billed at a time");
  }
  if (options.hit !== undefined && options.views === undefined) faults.push("--hit has no effect without --views");
  return faults.length > 0 ? { kind: "wrong", command: "cost", faults } : { kind: "cost", options };
}

/** Reads what was said to `warm`, and adds to `faults` what is wrong. */
export function readWarm(
  identifiers: readonly string[],
  options: WarmOptions,
  faults: string[],
): WarmCommand | WrongCommand {
  if (choicesOf(options).length + Math.sign(identifiers.length) !== 1) {
    faults.push("one of identifiers, --prefix, --object and --collection is needed");
  }
  if (options.to === undefined) faults.push("--to is missing: local or remote");
  if (options.to === "local" && options.service !== undefined) faults.push("--service has no effect with --to local");
  return faults.length > 0 ? { kind: "wrong", command: "warm", faults } : { kind: "warm", identifiers, options };
}

/** Reads what was said to `report`, whose first name says what is done with the others, and adds to `faults` what is wrong. */
export function readReport(
  [verb, ...files]: readonly string[],
  options: ReportOptions,
  faults: string[],
): ReportCommand | WrongCommand {
  if (verb !== "merge") faults.push(verb === undefined ? "merge is missing" : `${verb} is not merge`);
  else if (files.length === 0) faults.push("no report is named");
  return faults.length > 0 ? { kind: "wrong", command: "report", faults } : { kind: "report", files, options };
}

/** Returns which images were meant by options; undefined where none says it. */
export function choiceOf(options: Pick<CostOptions, "prefix" | "object" | "collection">): ImageChoice | undefined {
  return choicesOf(options)[0];
}

function choicesOf({ prefix, object, collection }: Pick<CostOptions, "prefix" | "object" | "collection">) {
  const choices: ImageChoice[] = [];
  if (prefix !== undefined) choices.push({ kind: "prefix", prefix });
  if (object !== undefined) choices.push({ kind: "object", key: object });
  if (collection !== undefined) choices.push({ kind: "collection", key: collection });
  return choices;
}
