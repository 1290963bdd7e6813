import { type Collection, type Member, topCollection } from "./collection.ts";
import type { CollectionRow } from "./collection-table.ts";
import { defined } from "./defined.ts";
import { labelOfName } from "./folder-objects.ts";
import { firstText, type LanguageMap } from "./language-map.ts";
import { compareNaturally } from "./natural-order.ts";
import { keyFault } from "./record-name.ts";
import { formatSheetFault } from "./sheet-place.ts";
import type { StoredImage } from "./stored-image.ts";

/** What a run says of a collection before its members are known. */
export interface CollectionPlan {
  readonly key: string;
  /** Of the table. */
  readonly row: CollectionRow | undefined;
  /** Keys of the collections it is in; none where it is in the top one alone. */
  readonly parents: readonly string[];
}

/**
 * Plans the collections that objects name and those of a table, with all that these are in, the innermost first. A
 * collection is in those that its row names, else in the one whose key is the front of its own. Adds to `faults` keys
 * that can't be, and circles.
 */
export function planCollections(
  named: readonly string[],
  rows: readonly CollectionRow[],
  faults: string[],
): readonly CollectionPlan[] {
  const told = new Map(rows.map((row) => [row.key, row]));
  const plans = new Map<string, CollectionPlan>();
  const add = (key: string): void => {
    if (key === topCollection || plans.has(key)) return;
    const row = told.get(key);
    const fault = row === undefined ? keyFault(key) : undefined;
    if (fault !== undefined) faults.push(`the collection ${key}: ${fault}`);
    const front = key.slice(0, Math.max(0, key.lastIndexOf("/")));
    const parents = row?.parents ?? (front === "" ? [] : [front]);
    plans.set(key, { key, row, parents });
    for (const parent of parents) add(parent);
  };
  for (const key of [...named, ...told.keys()]) add(key);
  for (const { key, row } of plans.values()) {
    if (isInItself(key, plans)) {
      const message = `the collection ${key} would be in itself`;
      faults.push(row === undefined ? message : formatSheetFault({ place: row.place("parent"), message }));
    }
  }
  const taken = [...told.values()].find(({ key }) => key === topCollection);
  if (taken?.parents !== undefined) {
    const message = `${topCollection} is the collection of all that is in no other, and is in none`;
    faults.push(formatSheetFault({ place: taken.place("parent"), message }));
  }
  const top: CollectionPlan = { key: topCollection, row: taken, parents: [] };
  return [...[...plans.values()].toSorted((a, b) => depthOf(b.key, plans) - depthOf(a.key, plans)), top];
}

function isInItself(key: string, plans: ReadonlyMap<string, CollectionPlan>): boolean {
  const seen = new Set<string>();
  const pending = [...(plans.get(key)?.parents ?? [])];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at === key) return true;
    if (!seen.has(at)) pending.push(...(plans.get(at)?.parents ?? []));
    seen.add(at);
  }
  return false;
}

/** How many collections are around it at most; circles, which are faults, count for nothing. */
function depthOf(
  key: string,
  plans: ReadonlyMap<string, CollectionPlan>,
  path: ReadonlySet<string> = new Set(),
): number {
  if (path.has(key)) return 0;
  const parents = plans.get(key)?.parents ?? [];
  return parents.length === 0
    ? 1
    : 1 + Math.max(...parents.map((parent) => depthOf(parent, plans, new Set([...path, key]))));
}

/** How the record of a collection changes. */
export interface CollectionChange {
  readonly plan: CollectionPlan;
  /** The image that its row names. */
  readonly thumbnail?: StoredImage | undefined;
  /** Labels of the collections it is in, by key. */
  readonly labels: ReadonlyMap<string, LanguageMap>;
  /** Members that are in it now. */
  readonly members: readonly Member[];
  /** Members that are in it no more, as `kind key`. */
  readonly gone: ReadonlySet<string>;
}

/** Names a member among those of a collection. */
export function memberName({ kind, key }: Pick<Member, "kind" | "key">): string {
  return `${kind} ${key}`;
}

/** Returns the label of a collection: that of its row, of its record, else its key. */
export function collectionLabel({ key, row }: CollectionPlan, former: Collection | undefined): LanguageMap {
  return row?.label ?? former?.label ?? (key === topCollection ? { en: ["All collections"] } : labelOfKey(key));
}

function labelOfKey(key: string): LanguageMap {
  return { none: [labelOfName(key.slice(key.lastIndexOf("/") + 1))] };
}

/**
 * Returns the record of a collection after a run: members that the run knows nothing of stay. Collections stand first, all
 * by their labels in natural order, so that the order of runs makes no difference. Pure.
 */
export function changeCollection(former: Collection | undefined, change: CollectionChange): Collection {
  const { plan, labels, gone } = change;
  const { key, row } = plan;
  const members = new Map((former?.members ?? []).map((member) => [memberName(member), member]));
  for (const name of gone) members.delete(name);
  for (const member of change.members) members.set(memberName(member), member);
  const ordered = [...members.values()].toSorted(compareMembers);
  const told = row ?? former;
  const parents = plan.parents.map((parent) => ({ key: parent, label: labels.get(parent) ?? labelOfKey(parent) }));
  // No column says these.
  const { requiredStatement, provider, homepage, seeAlso, rendering, navDate } = former ?? {};
  return defined<Collection>({
    key,
    label: collectionLabel(plan, former),
    summary: told?.summary,
    metadata: told?.metadata ?? [],
    ...{ requiredStatement, rights: told?.rights, provider, homepage, seeAlso, rendering, navDate },
    thumbnail:
      change.thumbnail ?? former?.thumbnail ?? ordered.find(({ thumbnail }) => thumbnail !== undefined)?.thumbnail,
    collections: parents,
    isMultiPart: told?.isMultiPart ?? false,
    members: ordered,
  });
}

function compareMembers(a: Member, b: Member): number {
  if (a.kind !== b.kind) return a.kind === "collection" ? -1 : 1;
  const [one = "", other = ""] = [firstText(a.label), firstText(b.label)];
  return compareNaturally(one, other) || compareNaturally(a.key, b.key);
}
