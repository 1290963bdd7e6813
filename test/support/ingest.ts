import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { BucketError } from "../../src/bucket/bucket.ts";
import { s3Bucket } from "../../src/bucket/s3-bucket.ts";
import type { Converter } from "../../src/job/job-image.ts";
import type { ConvertedMaster } from "../../src/settings/conversion.ts";
import type { S3Endpoint } from "./s3-endpoint.ts";

/** The calls of a converter, in order. */
export type Conversions = { readonly source: string; readonly settings: string }[];

/** Returns a converter that writes a master that tells what it was made of: for tests of all that is around it. */
export function tellingConverter(conversions: Conversions, change: Partial<Converter> = {}): Converter {
  const convert = async (source: string, target: string, settings: string): Promise<ConvertedMaster> => {
    conversions.push({ source, settings });
    const content = `master of ${await readFile(source, "utf8")}`;
    await writeFile(target, content);
    return {
      width: 40,
      height: 30,
      levels: 2,
      tileSize: 256,
      bytesIn: content.length - "master of ".length,
      bytesOut: content.length,
      checksum: createHash("sha256").update(content).digest("hex"),
      seconds: { read: 0, decode: 1, resize: 0, encode: 2, write: 0, verify: 0.5 },
      warnings: [],
      isRepacked: false,
    };
  };
  return {
    convertMaster: (source, target, settings) => convert(source, target, JSON.stringify(settings)),
    repackMaster: (source, target) => convert(source, target, "repack"),
    countPages: async () => 1,
    inspectSource: async () => {
      throw new Error("no test inspects");
    },
    ...change,
  };
}

/** Returns the masters' bucket of an endpoint, with pauses short enough for tests. */
export function bucketAt(
  endpoint: S3Endpoint,
  { signal, ...change }: { readonly secretAccessKey?: string; readonly signal?: AbortSignal } = {},
) {
  const { url, bucket, accessKeyId, secretAccessKey } = endpoint;
  const keys = { accessKeyId, secretAccessKey, sessionToken: undefined, ...change };
  const policy = { tries: 2, answerMilliseconds: 60_000, pauseMilliseconds: 1, longestPauseMilliseconds: 10 };
  return s3Bucket({ endpoint: url, bucket, region: "auto", ...keys }, { policy, signal });
}

/** Returns the buckets of an endpoint, with pauses short enough for tests. */
export function bucketsAt(endpoint: S3Endpoint, signal?: AbortSignal) {
  const { catalogueBucket, derivativesBucket } = endpoint;
  const change = signal === undefined ? {} : { signal };
  return {
    masters: bucketAt(endpoint, change),
    catalogue: bucketAt({ ...endpoint, bucket: catalogueBucket }, change),
    derivatives: bucketAt({ ...endpoint, bucket: derivativesBucket }, change),
  };
}

/** Returns the code of the BucketError that `work` rejects with; "none" where it succeeds. */
export async function bucketCodeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BucketError) return error.code;
    throw error;
  }
  return "none";
}
