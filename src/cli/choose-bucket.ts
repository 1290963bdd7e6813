import { join, resolve } from "node:path";
import type { MasterBucket } from "../bucket/bucket.ts";
import { localBucket } from "../bucket/local-bucket.ts";
import { s3Bucket } from "../bucket/s3-bucket.ts";
import type { S3Place } from "../bucket/s3-bucket-request.ts";
import type { Terminal } from "../node/terminal.ts";
import type { IngestConfig } from "../settings/ingest-config.ts";
import { endpointFault } from "../settings/s3-endpoint.ts";
import { type ServiceSettings, serviceFile } from "../settings/service-settings.ts";

/** What says which bucket is meant. */
export interface BucketRequest {
  readonly options: IngestConfig;
  readonly service: ServiceSettings | undefined;
  readonly terminal: Terminal;
  readonly isDry: boolean;
  readonly faults: string[];
}

/** Returns what opens the bucket that options, wrangler.toml and environment name, and adds to `faults` what is wrong. */
export function bucketOpener({ options, service, terminal, isDry, faults }: BucketRequest): () => MasterBucket {
  const { projectFolder, folder, environment, signal } = terminal;
  if (options.to === undefined) faults.push("--to is missing: local or remote");
  if (options.to !== "remote") {
    const state = options.state === undefined ? join(projectFolder, ".wrangler", "state") : options.state;
    return () => localBucket({ configFile: serviceFile(projectFolder), stateFolder: resolve(folder, state), signal });
  }
  const account = options.account ?? environment.CLOUDFLARE_ACCOUNT_ID;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const bucketName = options.bucket ?? service?.bucketName;
  const endpoint = options.endpoint ?? `https://${account}.r2.cloudflarestorage.com`;
  const fault = endpointFault(endpoint);
  if (fault !== undefined) faults.push(`the endpoint ${fault}`);
  if (!isDry) {
    if (!accessKeyId) faults.push("AWS_ACCESS_KEY_ID is not set in the environment");
    if (!secretAccessKey) faults.push("AWS_SECRET_ACCESS_KEY is not set in the environment");
    if (!account && !options.endpoint) faults.push("--account (or CLOUDFLARE_ACCOUNT_ID) or --endpoint is missing");
    if (bucketName === undefined) faults.push("--bucket is missing, for wrangler.toml has no MASTERS");
  }
  const place: S3Place = {
    endpoint: endpoint.replace(/\/+$/, ""),
    bucket: bucketName ?? "",
    region: options.region ?? "auto",
    accessKeyId: accessKeyId ?? "",
    secretAccessKey: secretAccessKey ?? "",
    sessionToken: environment.AWS_SESSION_TOKEN || undefined,
  };
  return () => s3Bucket(place, { signal });
}
