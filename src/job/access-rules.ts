import { type AccessRules, noRules, parseRules, rulesKey } from "../access/rules.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { ImageError } from "../error.ts";

/** The rules of access as they are stored. */
export interface StoredRules {
  readonly rules: AccessRules;
  /** Undefined where there are none. */
  readonly stored: { readonly bytes: Uint8Array; readonly etag: string } | undefined;
}

/** Reads the rules of access; those of nobody where there are none. Throws BucketError, and `policy-unreadable`. */
export async function readStoredRules(catalogue: Bucket): Promise<StoredRules> {
  const stored = await catalogue.get(rulesKey);
  if (stored === undefined) return { rules: noRules, stored };
  const read = parseRules(stored.bytes);
  if (read.kind === "rules") return { rules: read.rules, stored };
  throw new ImageError("policy-unreadable", "It can't be read now who may see images.", {
    detail: `${rulesKey} in ${catalogue.name} is wrong, and no image is shown: ${read.faults.join("; ")}.`,
  });
}
