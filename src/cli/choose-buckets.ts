import { resolve } from "node:path";
import type { ServiceBuckets } from "../bucket/bucket.ts";
import { localBuckets } from "../bucket/local-buckets.ts";
import { s3Bucket } from "../bucket/s3-bucket.ts";
import type { Terminal } from "../node/terminal.ts";
import type { BucketOptions } from "../settings/options.ts";
import { endpointFault } from "../settings/s3-endpoint.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";

/** What says which buckets are meant. */
export interface BucketsRequest {
  readonly options: BucketOptions;
  readonly service: ServiceSettings | undefined;
  readonly terminal: Terminal;
  /** The buckets that will be asked; the others need no name, and without any no keys are needed. */
  readonly asked: readonly ("masters" | "catalogue")[];
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
  const masters = options.bucket ?? service?.mastersBucket;
  const catalogue = options.catalogueBucket ?? service?.catalogueBucket;
  const endpoint = options.endpoint ?? `https://${account}.r2.cloudflarestorage.com`;
  const fault = endpointFault(endpoint);
  if (fault !== undefined) faults.push(`the endpoint ${fault}`);
  if (asked.length > 0) {
    if (!accessKeyId) faults.push("AWS_ACCESS_KEY_ID is not set in the environment");
    if (!secretAccessKey) faults.push("AWS_SECRET_ACCESS_KEY is not set in the environment");
    if (!account && !options.endpoint) faults.push("--account (or CLOUDFLARE_ACCOUNT_ID) or --endpoint is missing");
  }
  // A wrangler.toml that can't be read is a fault already.
  if (service !== undefined && asked.includes("masters") && masters === undefined) {
    faults.push("--bucket is missing, because wrangler.toml names no bucket for MASTERS");
  }
  if (service !== undefined && asked.includes("catalogue") && catalogue === undefined) {
    faults.push("--catalogue-bucket is missing, because wrangler.toml names no bucket for CATALOGUE");
  }
  const open = (bucket: string) =>
    s3Bucket(
      {
        endpoint: endpoint.replace(/\/+$/, ""),
        bucket,
        region: options.region ?? "auto",
        accessKeyId: accessKeyId ?? "",
        secretAccessKey: secretAccessKey ?? "",
        sessionToken: environment.AWS_SESSION_TOKEN || undefined,
      },
      { signal },
    );
  return () => ({ masters: open(masters ?? ""), catalogue: open(catalogue ?? ""), close: async () => {} });
}
