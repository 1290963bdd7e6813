import type { Bucket, ListedObject } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import {
  derivativeRoot,
  indexRoot,
  isOnOtherServer,
  type MasterPlaces,
  masterKeyOf,
  placesOf,
} from "../identity/master-name.ts";
import { type DerivativeRules, type DerivativeState, stateOfDerivative } from "../operation/derivative-state.ts";
import { atOnce } from "./at-once.ts";

/** A picture or an index in the bucket of derivatives. */
export interface KeptDerivative extends Pick<ListedObject, "key" | "bytes" | "uploadedAt"> {
  readonly state: DerivativeState;
}

/** What derivatives are judged by. */
export interface DerivativeJudge {
  readonly derivatives: Bucket;
  readonly masters: Bucket;
  readonly rules: DerivativeRules;
}

/** What all derivatives lie under. */
export const derivativeRoots: readonly string[] = [derivativeRoot, indexRoot];

/** Most derivatives of one master that are worked on at once. */
const mostInGroup = 1000;

const headsAtOnce = 8;

/** Lists what is kept under a prefix, of one master at a time, or a thousand of one. Throws BucketError. */
export async function* listByMaster(
  derivatives: Bucket,
  prefix: string,
): AsyncGenerator<readonly ListedObject[], undefined, undefined> {
  let group: ListedObject[] = [];
  for await (const object of listObjects(derivatives, prefix)) {
    const isOther = group[0] !== undefined && folderOf(group[0]) !== folderOf(object);
    if (isOther || group.length === mostInGroup) {
      yield group;
      group = [];
    }
    group.push(object);
  }
  if (group.length > 0) yield group;
}

function folderOf({ key }: ListedObject): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/**
 * Says what derivatives of one folder are. The master is asked for once, unless it is on another server: then nobody knows
 * here whether it was replaced, and what is kept of it is taken for what is of it now. Where the listing does not tell what is written on
 * them, each is asked for too, and of a master that is gone the first alone. One that has gone meanwhile is left out. Throws
 * BucketError.
 */
export async function judgeDerivatives(
  { derivatives, masters, rules }: DerivativeJudge,
  group: readonly ListedObject[],
): Promise<readonly KeptDerivative[]> {
  const [first] = group;
  if (first === undefined) return [];
  const labelsOf = async ({ key, metadata }: ListedObject) => metadata ?? (await derivatives.head(key))?.metadata;
  const firstLabels = await labelsOf(first);
  const written = firstLabels?.key;
  const isElsewhere = written !== undefined && isOnOtherServer(written);
  const version = written === undefined || isElsewhere ? undefined : (await masters.head(written))?.etag;
  if (written !== undefined && !isElsewhere && version === undefined && (await isFolderOf(written, first))) {
    return group.map((object) => kept(object, "orphan"));
  }
  const judged = await atOnce(group, headsAtOnce, async (object) => {
    const labels = object === first ? firstLabels : await labelsOf(object);
    if (labels === undefined) return undefined;
    // Another master can't have this folder.
    const own = labels.key === written ? labels : {};
    const current = isElsewhere ? own.etag : version;
    return kept(object, await stateOfDerivative({ key: object.key, labels: own }, { version: current, rules }));
  });
  return judged.filter((derivative) => derivative !== undefined);
}

function kept({ key, bytes, uploadedAt }: ListedObject, state: DerivativeState): KeptDerivative {
  return { key, bytes, uploadedAt, state };
}

async function isFolderOf(master: string, object: ListedObject): Promise<boolean> {
  const { derivativePrefix, indexPrefix } = await placesOf(masterKeyOf(master));
  return [derivativePrefix, indexPrefix].includes(folderOf(object));
}

/** Returns what is kept of a master, and what each is. Throws BucketError. */
export async function derivativesOf(
  judge: DerivativeJudge,
  { derivativePrefix, indexPrefix }: MasterPlaces,
): Promise<readonly KeptDerivative[]> {
  const kept: KeptDerivative[] = [];
  for (const prefix of [derivativePrefix, indexPrefix]) {
    for await (const group of listByMaster(judge.derivatives, prefix)) {
      kept.push(...(await judgeDerivatives(judge, group)));
    }
  }
  return kept;
}
