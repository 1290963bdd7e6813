import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ServiceBuckets } from "../bucket/bucket.ts";
import { localBuckets } from "../bucket/local-buckets.ts";
import { s3Bucket } from "../bucket/s3-bucket.ts";
import type { Terminal } from "../node/terminal.ts";
import { gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import type { IngestConfig } from "../settings/ingest-config.ts";
import { type BucketOptions, bucketOptions } from "../settings/options.ts";
import { endpointFault } from "../settings/s3-endpoint.ts";
import { readServiceSettings, type ServiceSettings } from "../settings/service-settings.ts";
import { spellOption } from "./arguments.ts";
import { bucketContradictions } from "./contradictions.ts";
import { readConfiguration } from "./readable-configuration.ts";

/** The buckets of a service, by what they hold. */
export type BucketName = "masters" | "catalogue" | "derivatives";

/** The option that names a bucket, and the binding that wrangler.toml names it by. */
const namedBy = {
  masters: { option: "bucket", binding: "MASTERS" },
  catalogue: { option: "catalogueBucket", binding: "CATALOGUE" },
  derivatives: { option: "derivativesBucket", binding: "DERIVATIVES" },
} as const satisfies Record<BucketName, object>;

/** What says which buckets are meant. */
export interface BucketsRequest {
  readonly options: BucketOptions;
  readonly service: ServiceSettings | undefined;
  readonly terminal: Terminal;
  /** The buckets that will be asked; the others need no name, and without any no keys are needed. */
  readonly asked: readonly BucketName[];
  readonly faults: string[];
}

/** Returns what opens the buckets that options, wrangler.toml and environment name, and adds to `faults` what is wrong. */
export function bucketsOpener({ options, service, terminal, asked, faults }: BucketsRequest): () => ServiceBuckets {
  const { service: places, folder, environment, signal } = terminal;
  if (options.to === undefined) faults.push("--to is missing: local or remote");
  if (options.to !== "remote") {
    const stateFolder = options.state === undefined ? places.stateFolder : resolve(folder, options.state);
    return () => localBuckets({ configFile: places.configFile, stateFolder, signal });
  }
  const account = options.account ?? environment.CLOUDFLARE_ACCOUNT_ID;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const nameOf = (bucket: BucketName) => options[namedBy[bucket].option] ?? service?.[`${bucket}Bucket`];
  const endpoint = options.endpoint ?? `https://${account}.r2.cloudflarestorage.com`;
  const fault = endpointFault(endpoint);
  if (fault !== undefined) faults.push(`the endpoint ${fault}`);
  if (asked.length > 0) {
    if (!accessKeyId) faults.push("AWS_ACCESS_KEY_ID is not set in the environment");
    if (!secretAccessKey) faults.push("AWS_SECRET_ACCESS_KEY is not set in the environment");
    if (!account && !options.endpoint) faults.push("--account (or CLOUDFLARE_ACCOUNT_ID) or --endpoint is missing");
  }
  // A wrangler.toml that can't be read is a fault already.
  for (const bucket of service === undefined ? [] : asked) {
    const { option, binding } = namedBy[bucket];
    if (nameOf(bucket) !== undefined) continue;
    faults.push(`${spellOption(option)} is missing, because wrangler.toml names no bucket for ${binding}`);
  }
  const open = (bucket: BucketName) =>
    s3Bucket(
      {
        endpoint: endpoint.replace(/\/+$/, ""),
        bucket: nameOf(bucket) ?? "",
        region: options.region ?? "auto",
        accessKeyId: accessKeyId ?? "",
        secretAccessKey: secretAccessKey ?? "",
        sessionToken: environment.AWS_SESSION_TOKEN || undefined,
      },
      { signal },
    );
  return () => ({
    masters: open("masters"),
    catalogue: open("catalogue"),
    derivatives: open("derivatives"),
    close: async () => {},
  });
}

/** A command that works on buckets, as far as it was said which. */
export interface BucketsCommand {
  readonly terminal: Terminal;
  readonly asked: readonly BucketName[];
  readonly faults: string[];
  /** The option that says whether they are local or remote, as it is spelt. */
  readonly placeOption?: string;
}

/** What a command was given, the configuration counted, and what opens its buckets. */
export interface NamedBuckets<Given> {
  readonly options: IngestConfig & Given;
  /** Undefined where wrangler.toml can't be read, which is a fault. */
  readonly service: ServiceSettings | undefined;
  readonly open: () => ServiceBuckets;
}

/**
 * Finds out which buckets a command on what is stored means, by its options, its configuration and wrangler.toml, and adds to
 * `faults`. A folder that is not there is one of them: it would be made, and looked at as if nothing were stored.
 */
export async function nameBuckets<Given extends BucketOptions & { readonly config?: string }>(
  given: Given,
  { terminal, asked, faults, placeOption }: BucketsCommand,
): Promise<NamedBuckets<Given>> {
  faults.push(...bucketContradictions(given, placeOption));
  const { config, isSure } = await readConfiguration(given, terminal, faults);
  const found = await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal));
  const options = { ...config, ...given };
  const { state, keyTemplate } = options;
  // Masters are where the ingest has put them.
  const isElsewhere = found !== undefined && keyTemplate !== undefined;
  const service = isElsewhere ? { ...found, naming: { ...found.naming, keyTemplate } } : found;
  if (options.to !== "remote" && state !== undefined && !existsSync(resolve(terminal.folder, state))) {
    faults.push(`--state: there is no folder ${state}`);
  }
  // Nobody knows which buckets are meant where the configuration says it wrongly, and nothing is opened.
  const bucketFaults = isSure(Object.keys(bucketOptions)) ? faults : [];
  return { options, service, open: bucketsOpener({ options, service, terminal, asked, faults: bucketFaults }) };
}

/** The buckets of a command that had no faults. */
export interface OpenedBuckets<Given> {
  readonly options: IngestConfig & Given;
  readonly service: ServiceSettings;
  readonly buckets: ServiceBuckets;
}

/** The same for a command that has no other faults: opens them, and throws CommandFaults. */
export async function openBuckets<Given extends BucketOptions & { readonly config?: string }>(
  given: Given,
  command: Omit<BucketsCommand, "faults">,
): Promise<OpenedBuckets<Given>> {
  const faults: string[] = [];
  const { options, service, open } = await nameBuckets(given, { ...command, faults });
  refuseFaults([...new Set(faults)]);
  if (service === undefined) throw new Error("a wrangler.toml that can't be read is a fault");
  return { options, service, buckets: open() };
}
