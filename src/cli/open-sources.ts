import { s3Bucket } from "../bucket/s3-bucket.ts";
import { type BucketStore, openBucketStore } from "../job/bucket-store.ts";
import { isInBucket } from "../job/source-place.ts";
import type { Terminal } from "../node/terminal.ts";
import type { RunOptions } from "../settings/options.ts";
import { endpointFault } from "../settings/s3-endpoint.ts";

/** Which files of buckets a command reads, and where these are. */
export interface SourcesRequest {
  /** Files, folders and tables as they were named. */
  readonly names: readonly (string | undefined)[];
  readonly options: Pick<RunOptions, "sourceEndpoint" | "sourceRegion">;
  readonly terminal: Pick<Terminal, "environment" | "signal" | "onFolder">;
  readonly faults: string[];
}

/** The keys that read sources, where they are not those of the bucket that is written to. */
const ownKeys = {
  id: "TESSERA_SOURCE_ACCESS_KEY_ID",
  secret: "TESSERA_SOURCE_SECRET_ACCESS_KEY",
  token: "TESSERA_SOURCE_SESSION_TOKEN",
} as const;

const usualKeys = { id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", token: "AWS_SESSION_TOKEN" } as const;

/**
 * Returns what reads files of buckets, at AWS by the region or at another endpoint; undefined where none are named, or something is wrong,
 * which is added to `faults`.
 */
export function openSources({ names, options, terminal, faults }: SourcesRequest): BucketStore | undefined {
  const { sourceEndpoint, sourceRegion } = options;
  const before = faults.length;
  if (!names.some((name) => name !== undefined && isInBucket(name))) {
    if (sourceEndpoint !== undefined) faults.push("--source-endpoint has no effect without a source in s3://");
    if (sourceRegion !== undefined) faults.push("--source-region has no effect without a source in s3://");
    return undefined;
  }
  const { environment, signal, onFolder } = terminal;
  const isOwn = Object.values(ownKeys).some((name) => environment[name]);
  const keys = isOwn ? ownKeys : usualKeys;
  for (const name of [keys.id, keys.secret]) {
    if (!environment[name]) faults.push(`${name} is not set in the environment, and a source is in s3://`);
  }
  const region = sourceRegion ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION);
  if (region === undefined && sourceEndpoint === undefined) {
    faults.push("a source is in s3://, and neither --source-region (or AWS_REGION) nor --source-endpoint says where");
  }
  const endpoint = sourceEndpoint ?? awsEndpoint(region ?? "");
  const fault = endpointFault(endpoint);
  if (fault !== undefined) faults.push(`--source-endpoint ${fault}`);
  if (faults.length > before) return undefined;
  const place = {
    endpoint: endpoint.replace(/\/+$/, ""),
    region: region ?? "auto",
    accessKeyId: environment[keys.id] ?? "",
    secretAccessKey: environment[keys.secret] ?? "",
    sessionToken: environment[keys.token] || undefined,
    hint: `Check ${keys.id} and ${keys.secret}, and that they may list and read this bucket.`,
  };
  return openBucketStore({ bucketOf: (bucket) => s3Bucket({ ...place, bucket }, { signal }), onFolder });
}

/** Source: Amazon S3 User Guide, endpoints; buckets are named in the path, which takes names of any form. */
function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
