import { markNamePattern } from "../catalogue/mark-name.ts";
import type { MarkOptions } from "../settings/mark-options.ts";
import type { WrongCommand } from "./command.ts";

/** `tessera access mark`: the name of a mark, and what it is made of. */
export interface MarkCommand {
  readonly kind: "access";
  readonly verb: "mark";
  readonly name: string;
  readonly options: MarkOptions;
}

/** Reads what `tessera access mark` is asked, and adds to `faults` what is wrong. */
export function readMark(
  [name, ...others]: readonly string[],
  options: MarkOptions,
  faults: string[],
): MarkCommand | WrongCommand {
  if (name === undefined) faults.push("no mark is named");
  else if (!markNamePattern.test(name)) faults.push(`${name} is not made of a to z, 0 to 9 and hyphens`);
  for (const other of others) faults.push(`${other} is a second mark, and one is made at a time`);
  const { text, image, font } = options;
  if ((text === undefined) === (image === undefined)) faults.push("one of --text and --image is needed");
  if (font !== undefined && text === undefined) faults.push("--font has no effect without --text");
  if (name === undefined || faults.length > 0) return { kind: "wrong", command: "access", faults };
  return { kind: "access", verb: "mark", name, options };
}
