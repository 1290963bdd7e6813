import type { ValueKind } from "./values.ts";

/** One of several parts that a run is divided into. */
export interface Shard {
  readonly kind: "part";
  /** From 1 to `of`. */
  readonly number: number;
  readonly of: number;
}

/** What one run does of many: a part, or what is left when all parts are done. */
export type Share = Shard | { readonly kind: "last" };

/** What `--shard` takes; `auto` is read from the environment. */
export type ShardChoice = Share | { readonly kind: "auto" };

/** As many pods as a Job of Kubernetes may run at once. Source: Kubernetes API, JobSpec, completionMode. */
const mostShards = 100_000;

/** The kind that is a shard: `2/8`, `auto`, `last`. */
export const shardKind: ValueKind<ShardChoice> = {
  placeholder: "I/N|auto|last",
  check: (given) => {
    if (given === "auto" || given === "last") return { value: { kind: given } };
    const [, number, of] = (typeof given === "string" && /^(\d{1,6})\/(\d{1,6})$/.exec(given)) || [];
    const shard: Shard = { kind: "part", number: Number(number), of: Number(of) };
    return isShard(shard)
      ? { value: shard }
      : {
          fault: `is ${JSON.stringify(given) ?? String(given)}, not a shard from 1/N to N/N with N up to ${mostShards}, auto or last`,
        };
  },
};

/** Formats a share as `--shard` takes it. */
export function formatShare(share: Share): string {
  return share.kind === "last" ? "last" : `${share.number}/${share.of}`;
}

/** Where an engine says which of how many processes this one is. */
interface Engine {
  readonly name: string;
  readonly index: string;
  readonly size: string;
  /** The variable that has the first index; of the others it is 0. */
  readonly first?: string;
  /** Says who sets the size, where the engine itself does not. */
  readonly hint?: string;
}

/**
 * Sources: AWS Batch User Guide, job environment variables (the index begins at 0); Kubernetes documentation, Jobs,
 * completion mode Indexed (the index begins at 0; nothing tells a pod how many there are); Slurm documentation, Job Array
 * Support, environment variables.
 */
const engines: readonly Engine[] = [
  { name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", size: "AWS_BATCH_JOB_ARRAY_SIZE" },
  {
    name: "Kubernetes",
    index: "JOB_COMPLETION_INDEX",
    size: "TESSERA_SHARDS",
    hint: "; Kubernetes does not say how many pods there are: set it to completions of the Job",
  },
  {
    name: "Slurm",
    index: "SLURM_ARRAY_TASK_ID",
    size: "SLURM_ARRAY_TASK_COUNT",
    first: "SLURM_ARRAY_TASK_MIN",
  },
];

/**
 * Returns the shard that the environment of AWS Batch, Kubernetes or Slurm names. Adds a sentence to `faults`, and returns
 * undefined, where none does, or several do, or what they say does not fit together.
 */
export function shardOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Shard | undefined {
  const found = engines.filter(({ index }) => environment[index]);
  const [engine] = found;
  if (engine === undefined) {
    const sized = engines.filter(({ size, hint }) => hint === undefined && environment[size]);
    const missing = sized.map(({ index, size }) => `${size} is set and ${index} is not`);
    const none = `--shard auto finds none of ${engines.map(({ index }) => index).join(", ")} in the environment`;
    faults.push(missing[0] === undefined ? `${none}: say --shard I/N` : `--shard auto: ${missing[0]}`);
    return undefined;
  }
  if (found.length > 1) {
    const names = found.map(({ name, index }) => `${index} of ${name}`).join(" and ");
    faults.push(`--shard auto finds ${names} in the environment: say --shard I/N`);
    return undefined;
  }
  return readShard(engine, environment, faults);
}

function readShard(
  { index, size, first, hint = "" }: Engine,
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Shard | undefined {
  const before = faults.length;
  const read = (name: string): number => {
    const given = environment[name];
    if (!given) faults.push(`--shard auto: ${index} is set and ${name} is not${hint}`);
    else if (!/^\d{1,9}$/.test(given)) faults.push(`--shard auto: ${name} is ${JSON.stringify(given)}, not a number`);
    return Number(given);
  };
  const [at, of, least] = [read(index), read(size), first === undefined ? 0 : read(first)];
  if (faults.length > before) return undefined;
  const shard: Shard = { kind: "part", number: at - least + 1, of };
  if (isShard(shard)) return shard;
  const range = `${least} to ${least + of - 1}`;
  const meant = first === undefined ? "" : `; number the array without gaps, as --array=1-${of} does`;
  faults.push(
    of > mostShards
      ? `--shard auto: ${size} is ${of}, and at most ${mostShards} shards are made`
      : `--shard auto: ${index} is ${at}, which is not in ${range}, for ${size} is ${of}${meant}`,
  );
  return undefined;
}

function isShard({ number, of }: Shard): boolean {
  return number >= 1 && number <= of && of <= mostShards;
}
