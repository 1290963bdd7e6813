import type { Bucket } from "../bucket/bucket.ts";
import { nameOfText, placesOf } from "../identity/master-name.ts";
import type { Naming } from "../settings/naming.ts";
import { StatisticsSum } from "../statistics/report.ts";
import type { RollUp } from "../statistics/roll-up.ts";
import { addStoredRollUps, type ReadingOptions } from "./statistics.ts";

/** When images were last asked for, in milliseconds since 1970: by the folder in which what is kept of a master lies. */
export type LastAccess = ReadonlyMap<string, number>;

/** What is read of the catalogue. */
export interface LastAccessReading extends ReadingOptions {
  readonly naming: Naming;
  /** Roll-ups of before are not read, in milliseconds since 1970. */
  readonly since: number;
}

/**
 * Reads from the roll-ups when each image was last asked for, as far as they tell: an hour, a day or a month names a thousand
 * images, and what the cache in front of the Worker answered was never counted. Throws BucketError.
 */
export async function readLastAccess(
  catalogue: Bucket,
  { naming, since, ...options }: LastAccessReading,
): Promise<LastAccess> {
  const span = new StatisticsSum(since);
  const byIdentifier = new Map<string, number>();
  const add = ({ tally }: RollUp): void => {
    for (const [identifier, { last }] of tally.images) keepLatest(byIdentifier, identifier, last);
  };
  await addStoredRollUps(catalogue, { isWithin: (period) => span.isWithin(period), add }, options);
  const byFolder = new Map<string, number>();
  for (const [identifier, last] of byIdentifier) {
    const key = nameOfText(identifier, naming)?.key;
    if (key !== undefined) keepLatest(byFolder, derivativeFolder((await placesOf(key)).derivativePrefix), last);
  }
  return byFolder;
}

/** Returns the folder of a derivative's key, which is one of its master alone. */
export function derivativeFolder(key: string): string {
  return key.split("/")[1] ?? "";
}

function keepLatest(times: Map<string, number>, name: string, time: number): void {
  times.set(name, Math.max(time, times.get(name) ?? 0));
}
