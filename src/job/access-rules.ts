import { type AccessRules, noRules, parseRules, rulesKey } from "../access/rules.ts";
import { type Bucket, BucketError } from "../bucket/bucket.ts";

/** Reads the rules of access from a catalogue; those of nobody where there are none. Throws BucketError, also for faulty ones. */
export async function readAccessRules(catalogue: Bucket): Promise<AccessRules> {
  const stored = await catalogue.get(rulesKey);
  if (stored === undefined) return noRules;
  const read = parseRules(stored.bytes);
  if (read.kind === "rules") return read.rules;
  throw new BucketError("failed", `${rulesKey} in ${catalogue.name} is wrong: ${read.faults.join("; ")}`);
}
