import { isSamePolicy, type Policy } from "../access/policy.ts";
import { type Bucket, BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import {
  formatImageRecord,
  type ImageRecord,
  parseImageRecord,
  recordKey,
  withPolicy,
} from "../catalogue/image-records.ts";
import { stated } from "../catalogue/picture-change.ts";
import type { Size } from "../geometry.ts";
import { atOnce } from "./at-once.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import { changeObjects } from "./changed-objects.ts";
import { readImageFacts } from "./image-facts.ts";
import { openJournal } from "./run-journal.ts";
import { findShowing } from "./showing-objects.ts";

const imagesAtOnce = 8;

/** What is to be stated of images. */
export interface PolicySetting {
  readonly identifiers: readonly string[];
  readonly buckets: Pick<ServiceBuckets, "masters" | "catalogue">;
  /** Returns the key of the master of an image. */
  readonly keyOf: (identifier: string) => string;
  /** Returns what is stated of an image from now on. */
  readonly change: (former: Policy) => Policy;
  readonly isDry: boolean;
  /** `named`: the objects that records of images name, one each; `all`: all that show them, for which all objects are read. */
  readonly objects: "named" | "all";
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (images: number) => void;
}

/** What is stated of an image now. */
export interface ImageSet {
  readonly identifier: string;
  readonly policy: Policy;
  /** `new`: it had no record. */
  readonly ending: "changed" | "unchanged" | "new";
  readonly object?: string;
}

/** What a setting has changed. */
export interface PoliciesSet {
  readonly images: readonly ImageSet[];
  /** There is neither a record nor a master of these. */
  readonly missing: readonly string[];
  readonly objects: readonly string[];
  /** The collections whose records show the objects. */
  readonly collections: readonly string[];
  /** Changes that the feed has told. */
  readonly told: number;
}

/**
 * States in the records of images who may see them, then in the objects that show them. A record that somebody changes
 * meanwhile is read again; an image without one gets one. Interrupted and run again it comes to the same end. Throws
 * BucketError, `record-malformed`, `source-malformed`, `source-unsupported`.
 */
export async function setPolicies(setting: PolicySetting): Promise<PoliciesSet> {
  const { identifiers, buckets, keyOf, isDry, signal, onProgress } = setting;
  let done = 0;
  const ended = await atOnce(identifiers, imagesAtOnce, async (identifier) => {
    if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
    const image = await setPolicy(identifier, setting);
    done += 1;
    onProgress?.(done);
    return image;
  });
  const images = ended.filter((image) => image !== undefined);
  const missing = identifiers.filter((_, at) => ended[at] === undefined);
  const showing = setting.objects === "all" ? await findShowing({ ...buckets, identifiers, signal }) : [];
  const objects = [...new Set([...images.flatMap(({ object }) => object ?? []), ...showing])];
  if (isDry || objects.length === 0) return { images, missing, objects, collections: [], told: 0 };
  // What a run that broke off has left of it is done too.
  const policies = new Map(images.map(({ identifier, policy }) => [identifier, policy]));
  const journal = openJournal(buckets.catalogue);
  const pictures = stated(policies);
  const { collections } = await changeObjects(objects, { ...buckets, journal, keyOf, pictures, signal });
  return { images, missing, objects, collections, told: await journal.finish() };
}

async function setPolicy(
  identifier: string,
  { buckets: { masters, catalogue }, keyOf, change, isDry }: PolicySetting,
): Promise<ImageSet | undefined> {
  const key = recordKey(identifier);
  const stored = await catalogue.get(key);
  if (stored === undefined) {
    const facts = await readImageFacts(masters, keyOf(identifier));
    if (facts === undefined) return undefined;
    const policy = change({});
    // A record that says nothing would open what is closed without one.
    if (isSamePolicy(policy, {})) return { identifier, policy, ending: "unchanged" };
    const made = { record: { policy, metadata: [] }, width: facts.width, height: facts.height };
    return writePolicy(catalogue, { identifier, change, isDry, made });
  }
  return writePolicy(catalogue, { identifier, change, isDry });
}

interface PolicyWriting extends Pick<PolicySetting, "change" | "isDry"> {
  readonly identifier: string;
  /** What the record is made of where there is none. */
  readonly made?: Size & { readonly record: ImageRecord & Required<Pick<ImageRecord, "policy">> };
}

async function writePolicy(catalogue: Bucket, { identifier, change, isDry, made }: PolicyWriting): Promise<ImageSet> {
  const key = recordKey(identifier);
  let set: ImageSet = { identifier, policy: {}, ending: "unchanged" };
  const make = (bytes: Uint8Array | undefined): Uint8Array => {
    if (bytes === undefined) {
      if (made === undefined)
        throw new BucketError("changed", `${key} was taken away meanwhile. Run the command again.`);
      set = { identifier, policy: made.record.policy, ending: "new" };
      return formatImageRecord(made.record, { identifier, ...made, object: undefined, former: undefined });
    }
    const former = parseImageRecord(bytes, identifier);
    if (former === undefined) {
      throw new BucketError(
        "failed",
        `${key} in ${catalogue.name} is damaged: see tessera verify. The service shows the image to nobody.`,
      );
    }
    const before = former.policy ?? {};
    const policy = change(before);
    const isSame = isSamePolicy(policy, before);
    const { object } = former;
    set = { identifier, policy, ending: isSame ? "unchanged" : "changed", ...(object === undefined ? {} : { object }) };
    return isSame ? bytes : withPolicy(bytes, policy);
  };
  if (isDry) make((await catalogue.get(key))?.bytes);
  else await rewriteRecord(catalogue, key, make);
  return set;
}
