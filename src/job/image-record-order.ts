import { isOpenPolicy, isSamePolicy, type Policy } from "../access/policy.ts";
import { type AccessRules, noRules } from "../access/rules.ts";
import { strictest } from "../access/strictness.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { formatImageRecord, parseImageRecord, recordKey, withPolicy } from "../catalogue/image-records.ts";
import type { Size } from "../geometry.ts";
import { isClosedUnrecorded } from "../policies.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import type { PlannedImage } from "./job-plan.ts";

/** An image whose record is to be written in time. */
export interface RecordOrder {
  readonly image: Pick<PlannedImage, "identifier" | "object" | "record">;
  readonly catalogue: Bucket;
  /** What counts for identifiers by themselves. */
  readonly rules?: AccessRules | undefined;
  /** Whether there is a master already, which is seen meanwhile. */
  readonly isStored: boolean;
  /** The size of the image, for a record that is new. */
  readonly size: () => Promise<Size>;
}

/** What the record of an image says in the end. */
export interface WrittenRecord {
  readonly policy: Policy | undefined;
  readonly isPolicyChanged: boolean;
  readonly isWritten: boolean;
}

/**
 * Has the record of an image say, before its master is stored, what the table keeps from people: until `writeRecord` nobody
 * sees what either the record kept from him before, or the table does. Writes nothing where that is so already. Returns
 * whether it has written. Throws BucketError, and what `size` throws.
 */
export async function tightenRecord(order: RecordOrder): Promise<boolean> {
  const { image, catalogue, rules = noRules, isStored, size } = order;
  const { identifier, object, record } = image;
  const policy = record?.policy;
  if (record === undefined || policy === undefined) return false;
  const key = recordKey(identifier);
  const stored = await catalogue.get(key);
  if (stored === undefined) {
    if (isOpenPolicy(policy)) return false;
    // Without a record it is closed, and a record would show what is there now.
    if (isStored && isClosedUnrecorded(rules, identifier)) return false;
  }
  const tighten = (bytes: Uint8Array): Uint8Array | undefined => {
    const former = parseImageRecord(bytes, identifier);
    const before = former?.policy ?? {};
    const meanwhile = strictest(before, policy);
    if (former === undefined) return undefined;
    return isSamePolicy(meanwhile, before) ? bytes : withPolicy(bytes, meanwhile);
  };
  if (stored !== undefined && tighten(stored.bytes) === stored.bytes) return false;
  const ending = await rewriteRecord(catalogue, key, async (bytes) => {
    const tightened = bytes && tighten(bytes);
    if (tightened !== undefined) return tightened;
    const { width, height } = await size();
    return formatImageRecord(record, { identifier, width, height, object, former: undefined });
  });
  return ending !== "unchanged";
}

/** Writes the record of an image that has one, or is a page, unless the same is there. Throws BucketError. */
export async function writeRecord(
  { identifier, object, record }: Pick<PlannedImage, "identifier" | "object" | "record">,
  { size: { width, height }, catalogue }: { readonly size: Size; readonly catalogue: Bucket },
): Promise<WrittenRecord | undefined> {
  if (record === undefined && object === undefined) return undefined;
  let policies: readonly [Policy | undefined, Policy | undefined] = [undefined, undefined];
  const ending = await rewriteRecord(catalogue, recordKey(identifier), (bytes) => {
    const former = bytes === undefined ? undefined : parseImageRecord(bytes, identifier);
    const made = formatImageRecord(record, { identifier, width, height, object, former });
    policies = [former?.policy, parseImageRecord(made, identifier)?.policy];
    return made;
  });
  const [before, policy] = policies;
  return { policy, isPolicyChanged: !isSamePolicy(before ?? {}, policy ?? {}), isWritten: ending !== "unchanged" };
}
