import { type LifecycleMarker, lifecycleMarkerKey, lifecycleRule } from "../src/cache/lifecycle.ts";

/** A bucket of the account, and where its data must stay, if the Wrangler file says so. */
export interface RemoteBucket {
  readonly name: string;
  readonly jurisdiction: string | undefined;
}

/** The buckets that the service works with. */
export interface RemoteBuckets {
  readonly masters: RemoteBucket;
  readonly catalogue: RemoteBucket;
  readonly derivatives: RemoteBucket;
}

/** A bucket as a Wrangler file states it. */
export interface StatedBucket {
  readonly binding: string;
  readonly bucket_name?: string;
  readonly jurisdiction?: string;
}

/** Finds the service's buckets among those that `file` states. Throws SetupFailed where one is not named. */
export function bucketsOf(stated: readonly StatedBucket[], file: string): RemoteBuckets {
  const named = (binding: string): RemoteBucket => {
    const bucket = stated.find((one) => one.binding === binding);
    if (bucket?.bucket_name === undefined) throw new SetupFailed(`${file} has no bucket_name for ${binding}.`);
    return { name: bucket.bucket_name, jurisdiction: bucket.jurisdiction };
  };
  return { masters: named("MASTERS"), catalogue: named("CATALOGUE"), derivatives: named("DERIVATIVES") };
}

/** How a command of wrangler ended, with all that it printed. */
export interface CommandResult {
  readonly isDone: boolean;
  readonly output: string;
}

/** What the setup needs: a way to run wrangler, the time, and where to write files for wrangler. */
export interface SetupTools {
  /** Runs wrangler with these arguments. */
  readonly run: (args: readonly string[]) => Promise<CommandResult>;
  /** Writes a file and returns its path. */
  readonly lay: (name: string, text: string) => Promise<string>;
  readonly now: () => Date;
}

/** Reports that a command of wrangler failed; the message contains its output. */
export class SetupFailed extends Error {
  override readonly name = "SetupFailed";
}

/**
 * Makes what the service needs in the account and is not there: the buckets, the lifecycle rule of the derivative bucket,
 * and the object that says so to /health. Running it again changes nothing but that object. Throws SetupFailed.
 */
export async function setUpRemote(
  { masters, catalogue, derivatives }: RemoteBuckets,
  tools: SetupTools,
): Promise<void> {
  await listRules(masters, tools);
  await listRules(catalogue, tools);
  const rules = await listRules(derivatives, tools);
  const { name, prefix, days } = lifecycleRule;
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined || !isOurs(found)) {
    if (found !== undefined) await must(tools, lifecycle("remove", derivatives, ["--name", name]));
    await must(tools, lifecycle("add", derivatives, [name, prefix, "--expire-days", String(days)]));
  }
  const marker: LifecycleMarker = { prefix, days, setAt: tools.now().toISOString() };
  const file = await tools.lay("lifecycle.json", `${JSON.stringify(marker)}\n`);
  const object = `${derivatives.name}/${lifecycleMarkerKey}`;
  const content = ["--file", file, "--content-type", "application/json", "--remote"];
  await must(tools, ["r2", "object", "put", object, ...content, ...placeOf(derivatives)]);
}

/** A rule as wrangler lists it: its fields by their names. */
export type ListedRule = Readonly<Record<string, string>>;

/** Lists the rules of a bucket, and creates the bucket if it does not exist. */
export async function listRules(bucket: RemoteBucket, tools: SetupTools): Promise<readonly ListedRule[]> {
  const args = lifecycle("list", bucket, []);
  const listed = await tools.run(args);
  if (listed.isDone) return parseRules(listed.output);
  // Source: the error codes of R2, NoSuchBucket.
  if (!/\b10006\b/.test(listed.output)) throw failed(args, listed.output);
  await must(tools, ["r2", "bucket", "create", bucket.name, ...placeOf(bucket)]);
  return [];
}

/** Returns a command about the rules of a bucket. */
export function lifecycle(command: "list" | "add" | "remove", bucket: RemoteBucket, rest: readonly string[]): string[] {
  return ["r2", "bucket", "lifecycle", command, bucket.name, ...rest, ...placeOf(bucket)];
}

/** Returns the option by which a command finds a bucket of a jurisdiction. */
export function placeOf({ jurisdiction }: RemoteBucket): string[] {
  return jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction];
}

function parseRules(output: string): readonly ListedRule[] {
  return parseFields(output).filter(({ name }) => name !== undefined);
}

/** Parses what wrangler lists: a line `name:  value` for each field, an empty line between one and the next. */
export function parseFields(output: string): readonly ListedRule[] {
  const blocks = output.replaceAll("\r", "").split(/\n\s*\n/);
  return blocks.map((block) =>
    Object.fromEntries(Array.from(block.matchAll(/^\s*(\w+):[ \t]+(.*?)\s*$/gm), ([, name, value]) => [name, value])),
  );
}

function isOurs({ enabled, prefix, action }: ListedRule): boolean {
  const { days, prefix: ours } = lifecycleRule;
  return enabled === "Yes" && prefix === ours && action === `Expire objects after ${days} days`;
}

/** Runs a command. Throws SetupFailed where it fails. */
export async function must({ run }: SetupTools, args: readonly string[]): Promise<void> {
  const { isDone, output } = await run(args);
  if (!isDone) throw failed(args, output);
}

function failed(args: readonly string[], output: string): SetupFailed {
  return new SetupFailed(`wrangler ${args.join(" ")} failed:\n${output.trim()}`);
}
