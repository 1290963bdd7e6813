import { BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import type { Terminal } from "../node/terminal.ts";
import type { Naming } from "../settings/naming.ts";
import type { BucketOptions } from "../settings/options.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";
import { nameBuckets } from "./choose-buckets.ts";
import { exitStatus } from "./exit-status.ts";

/** What a command works on: the buckets of a service, and how it names masters. */
export interface ServiceGround<Options> {
  /** What the configuration says, and before it what the command line says. */
  readonly options: Options;
  readonly open: () => ServiceBuckets;
  readonly naming: Naming;
  /** BASE_URL of the service. */
  readonly base: string;
  readonly service: ServiceSettings | undefined;
}

/**
 * Puts the options of a command, its configuration and wrangler.toml together. Adds to `faults` all that is wrong with
 * them; what is returned is to be used where nothing is.
 */
export async function settleGround<Options extends BucketOptions & { readonly config?: string }>(
  given: Options,
  { terminal, faults }: { readonly terminal: Terminal; readonly faults: string[] },
): Promise<ServiceGround<Options>> {
  const { options, service, open } = await nameBuckets(given, { terminal, asked: ["masters", "catalogue"], faults });
  // What can't be read is a fault, and nothing is named by it.
  const naming = service?.naming ?? { pageSuffix: "", keyTemplate: "{identifier}" };
  return {
    options,
    open,
    naming,
    base: service?.base ?? "",
    service,
  };
}

/**
 * Does work on buckets that goes on where it was interrupted, and closes them. Returns its exit status, or that of what
 * breaks it off. Throws what it throws besides BucketError.
 */
export async function onBuckets(
  buckets: ServiceBuckets,
  { say, show }: Pick<Terminal, "say" | "show">,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BucketError)) throw error;
    if (error.code === "stopped") return exitStatus.stopped;
    say([error.message, "Run the same command again to resume."]);
    return exitStatus.failed;
  } finally {
    show("");
    await buckets.close();
  }
}
