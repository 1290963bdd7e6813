import { type AccessOptions, policyOptions, type SignOptions } from "../settings/access-options.ts";
import type { MarkOptions } from "../settings/mark-options.ts";
import { suggest } from "../settings/values.ts";
import { listWords } from "../spelling.ts";
import { spellOption } from "./arguments.ts";
import type { WrongCommand } from "./command.ts";
import { type MarkCommand, readMark } from "./mark-command.ts";

/** What `tessera access` can be asked, with the options that are of it alone. */
const verbs = {
  set: [...Object.keys(policyOptions), "clear", "prefix", "allObjects", "dryRun", "service"],
  show: [],
  test: ["as", "at"],
  rules: ["service"],
  mark: ["text", "font", "image"],
} as const satisfies Record<string, readonly string[]>;

/** What `tessera access` is asked. */
export type AccessVerb = keyof typeof verbs;

/** `tessera access`, whatever it is asked. */
export type AccessCommand = PolicyCommand | MarkCommand;

/** `tessera access set`, `show`, `test` and `rules`: of which images; of rules what is done with them, and the file. */
export interface PolicyCommand {
  readonly kind: "access";
  readonly verb: Exclude<AccessVerb, "mark">;
  readonly names: readonly string[];
  readonly options: AccessOptions;
}

/** `tessera sign`: identifiers of images, unless a file has them. */
export interface SignCommand {
  readonly kind: "sign";
  readonly identifiers: readonly string[];
  readonly options: SignOptions;
}

/** Reads what `tessera access` is asked, and adds to `faults` what is wrong. */
export function readAccess(
  positionals: readonly string[],
  options: AccessOptions & MarkOptions,
  faults: string[],
): AccessCommand | WrongCommand {
  const [given, ...names] = positionals;
  const known = Object.keys(verbs) as AccessVerb[];
  const verb = known.find((one) => one === given);
  if (given === undefined) faults.push(`one of ${listWords(known, "and")} is needed`);
  else if (verb === undefined) {
    faults.push(`${given} is not one of ${listWords(known, "and")}${suggest(given, known)}`);
  }
  if (verb !== undefined) faults.push(...ineffective(verb, options));
  if (verb === "mark") return readMark(names, options, faults);
  if (verb !== undefined) faults.push(...faultsOf(verb, names, options));
  if (verb === undefined || faults.length > 0) return { kind: "wrong", command: "access", faults };
  return { kind: "access", verb, names: [...new Set(names)], options };
}

function* faultsOf(
  verb: PolicyCommand["verb"],
  names: readonly string[],
  options: AccessOptions,
): Generator<string, undefined> {
  if (verb === "rules") {
    const [what, file, ...others] = names;
    if (what !== "show" && what !== "set" && what !== "check")
      yield "one of rules show, rules set and rules check is needed";
    else if ((what === "show") !== (file === undefined))
      yield what === "show" ? "rules show takes no file" : "no file is named";
    for (const other of others) yield `${other} is one name too many`;
    return;
  }
  const isChosen = options.prefix !== undefined && verb === "set";
  if (isChosen === names.length > 0)
    yield isChosen ? "identifiers have no effect with --prefix" : "no identifier is named";
  if (verb === "set") {
    const isStated = Object.keys(policyOptions).some((name) => Object.hasOwn(options, name));
    if (!isStated && options.clear !== true) yield "nothing is stated: --access, --embargo, ... or --clear";
  }
}

function ineffective(verb: AccessVerb, options: AccessOptions & MarkOptions): readonly string[] {
  const own: readonly string[] = verbs[verb];
  const special = new Set<string>(Object.values(verbs).flat());
  return Object.keys(options)
    .filter((name) => special.has(name) && !own.includes(name))
    .map((name) => `${spellOption(name)} has no effect on ${verb}`);
}

/** Reads what `tessera sign` is asked, and adds to `faults` what is wrong. */
export function readSign(
  identifiers: readonly string[],
  options: SignOptions,
  faults: string[],
): SignCommand | WrongCommand {
  if (identifiers.length > 0 === (options.list !== undefined)) faults.push("one of identifiers and --list is needed");
  if ((options.for === undefined) === (options.until === undefined)) faults.push("one of --for and --until is needed");
  if (options.to === "remote" && options.state !== undefined) faults.push("--state has no effect with --to remote");
  return faults.length > 0
    ? { kind: "wrong", command: "sign", faults }
    : { kind: "sign", identifiers: [...new Set(identifiers)], options };
}
