import { parseArgs } from "node:util";
import { targetNames } from "./targets.ts";

/** What the command line asks for. */
export interface FuzzOptions {
  readonly targets: readonly string[];
  /** Of each target. */
  readonly cases: number;
  readonly seconds: number;
  readonly seed: number;
  /** Finds to run again instead. */
  readonly replay: readonly string[];
}

const defaultCases = 10_000;

/** How the command is called. */
export const usage = `npm run fuzz -- [--target ${targetNames.join("|")}|all] [--cases N] [--seconds N] [--seed S]
npm run fuzz -- --replay FILE.json ...

Gives damaged files to the code that reads them. Each target runs N cases (${defaultCases}), or as many as fit into the
seconds; the same seed makes the same cases. What must not be (a trap, an error other than a refusal, more than a second
of CPU, memory or reads beyond what was planned, a write outside of its block) is written to test/hostile/finds, and the
status is 1. Files of the folder named in TESSERA_CORPUS are started from too.`;

/** Parses the arguments; undefined where help is asked for. Throws an Error with what is wrong. */
export function parseOptions(args: readonly string[]): FuzzOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      target: { type: "string", default: "all" },
      cases: { type: "string" },
      seconds: { type: "string" },
      seed: { type: "string", default: "1" },
      replay: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length > 0 && !values.replay) throw new Error(`${positionals[0]} is not understood.`);
  const seconds = values.seconds === undefined ? Number.POSITIVE_INFINITY : wholeNumber("seconds", values.seconds);
  const isTimed = values.seconds !== undefined && values.cases === undefined;
  return {
    targets: values.target === "all" ? targetNames : values.target.split(",").map(knownTarget),
    cases: isTimed ? 2 ** 31 - 1 : wholeNumber("cases", values.cases ?? String(defaultCases)),
    seconds,
    seed: wholeNumber("seed", values.seed),
    replay: positionals,
  };
}

function knownTarget(name: string): string {
  if (!targetNames.some((known) => known === name)) throw new Error(`There is no target ${name}.`);
  return name;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is "${text}", not a whole number.`);
  return Number(text);
}
