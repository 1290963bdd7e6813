import { join, posix, resolve } from "node:path";

/** A file or a folder in a bucket, as `s3://bucket/key` says it. */
export interface BucketPlace {
  readonly bucket: string;
  /** Empty of the bucket itself. */
  readonly key: string;
}

/** Reads a source that lies in a bucket; undefined of one that lies on this machine. */
export function parseBucketPlace(source: string): BucketPlace | undefined {
  const [, bucket, key = ""] = /^s3:\/\/([^/\s]+)(?:\/(.*))?$/su.exec(source) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** Whether a source is meant to lie in a bucket, rightly said or not. */
export function isInBucket(source: string): boolean {
  return /^s3:/i.test(source);
}

/** Returns the path of what is called `name` in a folder: of this machine, or of a bucket. */
export function pathIn(folder: string, name: string): string {
  const place = parseBucketPlace(folder);
  return place === undefined ? join(folder, name) : `s3://${place.bucket}/${posix.join(place.key, name)}`;
}

/** Returns the path that a table states from a folder; one of this machine may be absolute. */
export function pathFrom(folder: string, stated: string): string {
  return parseBucketPlace(folder) === undefined ? resolve(folder, stated) : pathIn(folder, stated);
}
