import type { MovedOptions, MvOptions, RmOptions } from "../settings/operation-options.ts";
import type { WrongCommand } from "./command.ts";

/** `tessera moved`: a table. */
export interface MovedCommand {
  readonly kind: "moved";
  readonly file: string;
  readonly options: MovedOptions;
}

/** `tessera mv`: the identifier that an image has, and the one that it is to have. */
export interface MvCommand {
  readonly kind: "mv";
  readonly from: string;
  readonly to: string;
  readonly options: MvOptions;
}

/** `tessera rm`: identifiers of images, unless an option says what. */
export interface RmCommand {
  readonly kind: "rm";
  readonly identifiers: readonly string[];
  readonly options: RmOptions;
}

/** Reads what `tessera moved` is asked. */
export function readMoved(
  positionals: readonly string[],
  options: MovedOptions,
  faults: string[],
): MovedCommand | WrongCommand {
  const [file, ...others] = positionals;
  if (file === undefined) faults.push("no table is named");
  for (const other of others) faults.push(`${other} is a second table, and one is read at a time`);
  return file === undefined || faults.length > 0
    ? { kind: "wrong", command: "moved", faults }
    : { kind: "moved", file, options };
}

/** Reads what `tessera mv` is asked. */
export function readMv(positionals: readonly string[], options: MvOptions, faults: string[]): MvCommand | WrongCommand {
  const [from, to, ...others] = positionals;
  if (to === undefined) faults.push("two identifiers are needed: the one that the image has, and the new one");
  for (const other of others) faults.push(`${other} is a third identifier, and one image is moved at a time`);
  return from === undefined || to === undefined || faults.length > 0
    ? { kind: "wrong", command: "mv", faults }
    : { kind: "mv", from, to, options };
}

/** Reads what `tessera rm` is asked. */
export function readRm(positionals: readonly string[], options: RmOptions, faults: string[]): RmCommand | WrongCommand {
  const { match, object } = options;
  const meant = [match, object].filter((value) => value !== undefined).length;
  if (meant + Math.sign(positionals.length) !== 1) faults.push("one of identifiers, --match and --object is needed");
  return faults.length > 0
    ? { kind: "wrong", command: "rm", faults }
    : { kind: "rm", identifiers: [...new Set(positionals)], options };
}
