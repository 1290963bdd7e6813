import {
  lifecycle,
  listRules,
  must,
  parseFields,
  placeOf,
  type RemoteBucket,
  SetupFailed,
  type SetupTools,
  type StatedBucket,
} from "./remote-setup.ts";

/** What of the Wrangler file of the Worker of jobs is set up. */
export interface StatedJobs {
  readonly r2_buckets: readonly StatedBucket[];
  readonly queues: {
    readonly producers?: readonly { readonly queue?: string }[] | undefined;
    readonly consumers?:
      | readonly { readonly queue: string; readonly dead_letter_queue?: string | undefined }[]
      | undefined;
  };
  readonly vars: Readonly<Record<string, unknown>>;
}

/** Buckets and queues of the Worker of jobs. */
export interface JobsPlaces {
  readonly inbox: RemoteBucket;
  readonly scratch: RemoteBucket;
  readonly exports: RemoteBucket;
  readonly queues: readonly string[];
  /** The queue that INBOX tells of what is put into it. */
  readonly inboxQueue: string;
  readonly jurisdiction: string | undefined;
}

/** What tasks leave in SCRATCH is of no use after these days. */
const scratchRule = { name: "scratch", days: 7 } as const;

/** Task files have these endings. */
const endings = [".json", ".csv"] as const;

/** Finds buckets and queues in the Wrangler file of the Worker of jobs. Throws SetupFailed for what is not named. */
export function jobsPlacesOf({ r2_buckets: stated, queues, vars }: StatedJobs, file: string): JobsPlaces {
  const named = (binding: string): RemoteBucket => {
    const bucket = stated.find((one) => one.binding === binding);
    if (bucket?.bucket_name === undefined) throw new SetupFailed(`${file} has no bucket_name for ${binding}.`);
    return { name: bucket.bucket_name, jurisdiction: bucket.jurisdiction };
  };
  const consumers = queues.consumers ?? [];
  const produced = (queues.producers ?? []).flatMap(({ queue }) => (queue === undefined ? [] : [queue]));
  const dead = consumers.flatMap(({ dead_letter_queue: queue }) => (queue === undefined ? [] : [queue]));
  const all = [...new Set([...produced, ...dead, ...consumers.map(({ queue }) => queue)])];
  const [inboxQueue, ...others] = all.filter((queue) => !produced.includes(queue) && !dead.includes(queue));
  if (inboxQueue === undefined || others.length > 0) {
    throw new SetupFailed(
      `${file} needs one queue that the Worker takes from and nothing else puts into: that of INBOX.`,
    );
  }
  const jurisdiction = String(vars.JURISDICTION ?? "");
  return {
    inbox: named("INBOX"),
    scratch: named("SCRATCH"),
    exports: named("EXPORTS"),
    queues: all,
    inboxQueue,
    jurisdiction: jurisdiction === "" ? undefined : jurisdiction,
  };
}

/**
 * Makes what the Worker of jobs needs in the account and is not there: buckets, queues, the lifecycle rule of SCRATCH, and the
 * rules by which INBOX tells of task files. Running it again changes nothing. Throws SetupFailed.
 */
export async function setUpJobs(places: JobsPlaces, tools: SetupTools): Promise<void> {
  const { inbox, scratch, exports, queues, inboxQueue, jurisdiction } = places;
  await listRules(inbox, tools);
  await setScratchRule(scratch, tools);
  await listRules(exports, tools);
  for (const queue of queues) await makeQueue(queue, { jurisdiction, tools });
  const listed = await tools.run(notification("list", inbox, []));
  // Wrangler fails where there is none yet; what else is wrong shows in making them.
  const rules = listed.isDone ? parseFields(listed.output) : [];
  for (const suffix of endings) {
    const isThere = rules.some((rule) => rule.queue_name === inboxQueue && rule.suffix === suffix);
    if (isThere) continue;
    const rest = ["--event-type", "object-create", "--queue", inboxQueue, "--suffix", suffix];
    await must(tools, notification("create", inbox, rest));
  }
}

async function setScratchRule(scratch: RemoteBucket, tools: SetupTools): Promise<void> {
  const { name, days } = scratchRule;
  const found = (await listRules(scratch, tools)).find((rule) => rule.name === name);
  if (found?.enabled === "Yes" && found.action === `Expire objects after ${days} days`) return;
  if (found !== undefined) await must(tools, lifecycle("remove", scratch, ["--name", name]));
  await must(tools, lifecycle("add", scratch, [name, "--expire-days", String(days), "--force"]));
}

async function makeQueue(
  queue: string,
  { jurisdiction, tools }: { readonly jurisdiction: string | undefined; readonly tools: SetupTools },
): Promise<void> {
  const { isDone, output } = await tools.run(["queues", "info", queue]);
  if (isDone) return;
  if (!/does not exist/.test(output)) {
    throw new SetupFailed(`wrangler queues info ${queue} failed:\n${output.trim()}`);
  }
  const place = jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction];
  await must(tools, ["queues", "create", queue, ...place]);
}

function notification(command: "list" | "create", bucket: RemoteBucket, rest: readonly string[]): string[] {
  return ["r2", "bucket", "notification", command, bucket.name, ...rest, ...placeOf(bucket)];
}
