import { policiesOfRecorded } from "./access/image-policies.ts";
import type { Policy } from "./access/policy.ts";
import { type AccessRules, findPattern, noRules, parseRules, rulesKey } from "./access/rules.ts";
import type { Clock } from "./budget/clock.ts";
import type { IsolateCache } from "./cache/isolate.ts";
import type { StoredRecord } from "./catalogue/image-records.ts";
import { type StatedObject, statedObject } from "./catalogue/object-access.ts";
import type { Work } from "./catalogue/work.ts";
import { ImageError } from "./error.ts";
import type { Identifier } from "./identity/identifier.ts";
import { type RecordStore, readImageRecord, readRules, type Stored, withWork } from "./records.ts";
import type { Visit } from "./visit.ts";

/** Where it stands who may see an image, and what the isolate knows of it. */
export interface PolicyStore {
  readonly records: RecordStore;
  readonly held: IsolateCache<HeldFacts>;
  readonly objects: IsolateCache<HeldObject>;
  readonly rules: HeldRules;
  readonly clock: Clock;
  /** For how long what was read is trusted: a change is seen after that everywhere. */
  readonly ttlSeconds: number;
}

/** What the record of an image says, as far as answers about its pixels need it. */
export type ImageFacts = Pick<StoredRecord, "policy" | "rights" | "object">;

/** What was read of the record of an image, and when. */
export interface HeldFacts {
  /** Milliseconds since 1970. */
  readonly readAt: number;
  /** Undefined where there is no record. */
  readonly facts: ImageFacts | undefined;
}

/** What the record of an object states, and when it was read. */
export interface HeldObject {
  /** Milliseconds since 1970. */
  readonly readAt: number;
  /** The version of the record. */
  readonly version: string;
  /** Undefined where there is no record. */
  readonly stated: StatedObject | undefined;
}

/** The rules as the isolate read them last. */
export interface HeldRules {
  last: { readonly readAt: number; readonly rules: AccessRules } | undefined;
}

/** All that is stated of who may see an image. */
export interface Stated {
  /** All of them count. */
  readonly policies: readonly Policy[];
  readonly rules: AccessRules;
  readonly facts: ImageFacts | undefined;
  /** When the record was asked for, in milliseconds since 1970. */
  readonly readAt: number;
}

/** Bytes of an entry besides its texts; a policy is written in a few hundred more. */
const entryBytes = 600;

/** Bytes of a page, or an image of it, besides its texts. */
const bytesPerPage = 80;

/** Most bytes of a policy that is written out: rectangles. */
const bytesPerRedaction = 100;

/**
 * Returns all that is stated of an image, its record read together with the rules, and neither again while they are
 * trusted. Throws `policy-unreadable` where one of them can't be read: then nobody knows who may see it.
 */
export async function statedOf(
  store: PolicyStore,
  { name, visit }: { readonly name: Identifier; readonly visit: Visit },
): Promise<Stated> {
  const held = heldStated(store, name);
  if (held !== undefined) return held;
  const [rules, read] = await Promise.all([rulesOf(store, visit), factsOf(store, name, visit)]);
  return statedBy(rules, name, read);
}

/** Returns what is stated of an image where that is known without a read. */
export function heldStated(store: PolicyStore, name: Identifier): Stated | undefined {
  const rules = heldRules(store);
  const held = rules && heldFacts(store, name);
  return rules && held && statedBy(rules, name, held);
}

function statedBy(rules: AccessRules, name: Identifier, { facts, readAt }: HeldFacts): Stated {
  return { policies: policiesOf(rules, name, facts), rules, facts, readAt };
}

/**
 * Says whether it is stated of a master that its image has no record, and was stated before the master was there: the record is
 * stored first, and may be there by now. `thereAt` is in seconds since 1970.
 */
export function isOutrun({ facts, readAt }: Stated, thereAt: number): boolean {
  return facts === undefined && readAt < 1000 * thereAt;
}

/** Drops what the isolate knows of an image. */
export function forgetFacts({ held }: PolicyStore, name: Identifier): void {
  held.delete(name);
}

/** Drops what the isolate knows of images, of the pages of objects, and of the rules. */
export function forgetPolicies({ held, objects, rules }: PolicyStore): void {
  rules.last = undefined;
  held.deleteStartingWith("");
  objects.deleteStartingWith("");
}

/**
 * What is stated for an identifier by itself counts next to what its record says. Where it is not open to all, an image
 * without a record is closed: nobody has said yet who may see it.
 */
export function policiesOf(rules: AccessRules, name: string, facts: ImageFacts | undefined): readonly Policy[] {
  if (facts !== undefined) return policiesOfRecorded(rules, name, facts.policy);
  const byPattern = findPattern(rules, name)?.policy;
  if (byPattern === undefined) return [];
  return isOpen(byPattern) ? [byPattern] : [byPattern, { access: { kind: "closed" } }];
}

/** Says whether an image without a record is closed, whoever asks. */
export function isClosedUnrecorded(rules: AccessRules, name: string): boolean {
  const byPattern = findPattern(rules, name)?.policy;
  return byPattern !== undefined && !isOpen(byPattern);
}

function isOpen({ access, embargo, openUntil }: Policy): boolean {
  return (access === undefined || access.kind === "open") && embargo === undefined && openUntil === undefined;
}

/** Returns the rules; those of nobody where there are none. Throws `policy-unreadable`. */
export async function rulesOf(store: PolicyStore, visit: Visit): Promise<AccessRules> {
  const held = heldRules(store);
  if (held !== undefined) return held;
  const readAt = store.clock.now();
  const bytes = await orUnreadable(rulesKey, () => readRules(store.records, visit));
  const read = bytes === undefined ? ({ kind: "rules", rules: noRules } as const) : parseRules(bytes);
  if (read.kind === "faulty") throw unreadable(`${rulesKey}: ${read.faults.join("; ")}`);
  store.rules.last = { readAt, rules: read.rules };
  return read.rules;
}

async function factsOf(store: PolicyStore, name: Identifier, visit: Visit): Promise<HeldFacts> {
  const held = heldFacts(store, name);
  if (held !== undefined) return held;
  const readAt = store.clock.now();
  const record = await orUnreadable(name, () => readImageRecord(store.records, { key: name, visit }));
  const { policy, rights, object } = record ?? {};
  const facts: ImageFacts | undefined = record && {
    ...(policy === undefined ? {} : { policy }),
    ...(rights === undefined ? {} : { rights }),
    ...(object === undefined ? {} : { object }),
  };
  const characters = name.length + (rights?.length ?? 0) + (object?.length ?? 0);
  const bytes = entryBytes + 2 * characters + bytesPerRedaction * (policy?.redactions?.length ?? 0);
  const read: HeldFacts = { readAt, facts };
  store.held.set(name, read, bytes);
  return read;
}

/**
 * Returns what the record of an object states of its pages, which is not read again while it is trusted; undefined where there
 * is no such object. Throws `policy-unreadable` where it can't be read.
 */
export async function statedObjectOf(
  store: PolicyStore,
  { key, visit }: { readonly key: string; readonly visit: Visit },
): Promise<StatedObject | undefined> {
  const held = store.objects.get(key);
  if (held !== undefined && isTrusted(store, held.readAt)) return held.stated;
  const readAt = store.clock.now();
  const read = () =>
    withWork(store.records, { key, visit }, async ({ version, read }) => ({ version, stated: statedObject(read()) }));
  const found = await orUnreadable(key, () => orAbsent(read));
  holdObject(store, key, { readAt, version: found?.version ?? "", stated: found?.stated });
  return found?.stated;
}

/** Returns what a record that is here states, which is not read from it where it is known of this version. Throws `record-malformed`. */
export function statedInRecord(store: PolicyStore, key: string, { version, read }: Stored<Work>): StatedObject {
  const held = store.objects.get(key);
  if (held?.stated !== undefined && held.version === version) return held.stated;
  const stated = statedObject(read());
  holdObject(store, key, { readAt: store.clock.now(), version, stated });
  return stated;
}

function holdObject({ objects }: PolicyStore, key: string, held: HeldObject): void {
  const pages = held.stated?.pages ?? [];
  const images = pages.flatMap((page) => page.images);
  const redactions = images.reduce((sum, { policy }) => sum + (policy?.redactions?.length ?? 0), 0);
  const characters = pages.reduce((sum, page) => sum + page.key.length, key.length);
  const named = images.reduce((sum, { identifier }) => sum + identifier.length, characters);
  const stated = images.filter(({ policy }) => policy !== undefined).length;
  const values = entryBytes * (1 + stated) + bytesPerPage * (pages.length + images.length);
  objects.set(key, held, values + 2 * named + bytesPerRedaction * redactions);
}

async function orAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ImageError && error.code === "not-found") return undefined;
    throw error;
  }
}

function heldFacts(store: PolicyStore, name: string): HeldFacts | undefined {
  const held = store.held.get(name);
  return held !== undefined && isTrusted(store, held.readAt) ? held : undefined;
}

function heldRules(store: PolicyStore): AccessRules | undefined {
  const { last } = store.rules;
  return last !== undefined && isTrusted(store, last.readAt) ? last.rules : undefined;
}

/** The clock may have been set back: then nothing says how old it is. */
function isTrusted({ clock, ttlSeconds }: PolicyStore, readAt: number): boolean {
  const ageSeconds = (clock.now() - readAt) / 1000;
  return ageSeconds >= 0 && ageSeconds < ttlSeconds;
}

/** Nothing that goes wrong here may leave an image open. */
async function orUnreadable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ImageError && (cause.code === "render-busy" || cause.code === "client-gone")) throw cause;
    throw unreadable(what, cause);
  }
}

/** Returns the error of what can't be read that says who may see an image: nothing of it is shown then. `detail` is for the log. */
export function unreadable(detail: string, cause?: unknown): ImageError {
  return new ImageError("policy-unreadable", "It can't be read now who may see this image.", { detail, cause });
}
