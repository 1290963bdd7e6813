import { type Keeping, keepingOf } from "../access/grant.ts";
import {
  isObjectPublic,
  isPageListed,
  isPageOpen,
  policiesOfDocuments,
  policiesOfPage,
  policiesOfStored,
  remembering,
  type ShowingGround,
  type StatedObject,
} from "../catalogue/object-access.ts";
import { showPicture, showWork } from "../catalogue/shown-work.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { MarkedObject } from "../presentation/catalogue-hits.ts";
import { withWork } from "../records.ts";
import {
  type Candidate,
  findCandidates,
  findMembers,
  findSnippets,
  type OpenCandidate,
  objectsPerAnswer,
  type Snippet,
} from "../search/catalogue-search.ts";
import { entryOfWork } from "../search/index-entries.ts";
import { shownText, withoutAccents } from "../search/search-text.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { withSearch } from "./search-memory.ts";
import { groundOf } from "./shown.ts";
import { type FoundObject, statedObjects } from "./stated-objects.ts";

/** What is searched for in all objects. */
export interface CatalogueQuery {
  /** As it was asked for. */
  readonly q: string;
  /** Undefined where nothing in it is a word. */
  readonly expression: string | undefined;
  /** How many of the objects that anybody may see come before. */
  readonly from: number;
}

/** Objects in which anybody finds something, the best first. */
export interface CatalogueFinds {
  readonly objects: readonly MarkedObject[];
  /** How many there are at least: as many as have been looked at, up to the last of these. */
  readonly total: number;
  /** Whether there may be more. */
  readonly isCapped: boolean;
  readonly next: number | undefined;
  readonly keeping: Keeping;
}

/** Objects that are decided at once: as many as tell whether there is another answer. */
const decidedAtOnce = objectsPerAnswer + 1;

/**
 * Searches in all objects and tells what anybody may see of what was found, by the records as they are now: the index does not
 * know who may. Nothing of an answer depends on what was found and is not shown: objects are decided, in their order, until
 * there are enough of them. No memory is held while more of it is waited for. Throws what a search throws, and
 * `policy-unreadable`.
 */
export async function findInCatalogue(
  services: Services,
  visit: Visit,
  { q, expression, from }: CatalogueQuery,
): Promise<CatalogueFinds> {
  const none = { objects: [], total: 0, isCapped: false, next: undefined, keeping: { kind: "anybody" } } as const;
  if (expression === undefined) return withSearch(services, visit, async () => none);
  const found = await withSearch(services, visit, (search) => findCandidates(search, expression));
  const seeking = { visit, ground: await groundOf(services, visit), q, expression };
  const end = from + objectsPerAnswer;
  const shown: Shown[] = [];
  for (let at = 0; at < found.objects.length && shown.length <= end; at += decidedAtOnce)
    shown.push(...(await findShown(services, found.objects.slice(at, at + decidedAtOnce), seeking)));
  const isMore = shown.length > end;
  return {
    ...(await describeShown(services, shown.slice(from, end), seeking)),
    total: Math.min(shown.length, end),
    isCapped: isMore || found.isCapped,
    next: isMore ? end : undefined,
  };
}

interface Seeking {
  readonly visit: Visit;
  readonly ground: ShowingGround;
  readonly q: string;
  readonly expression: string;
}

interface Decided extends OpenCandidate {
  readonly stated: StatedObject;
  /** Whether the index may have texts of pages that are not there for anybody. */
  readonly hasHiddenPages: boolean;
}

/** An object in which anybody finds something. */
interface Shown extends Decided {
  /** What he finds; undefined where it has not been looked for, since all of the object is open. */
  readonly snippets: readonly Snippet[] | undefined;
}

/** Returns those of some candidates in which anybody finds something. */
async function findShown(
  services: Services,
  candidates: readonly Candidate[],
  seeking: Seeking,
): Promise<readonly Shown[]> {
  const keys = candidates.map(({ key }) => key);
  const stated = await statedObjects(services, keys, seeking.visit);
  const decided = candidates.flatMap((candidate, index) => decideOne(candidate, stated[index], seeking.ground) ?? []);
  const partly = decided.filter(({ closedPages, hasHiddenPages }) => closedPages.length > 0 || hasHiddenPages);
  const pieces = await findPieces(services, partly, seeking);
  return decided.flatMap((one) => {
    const snippets = pieces.get(one);
    return snippets?.length === 0 ? [] : [{ ...one, snippets }];
  });
}

/** Returns what anybody finds in each of some objects. */
async function findPieces(
  services: Services,
  objects: readonly Decided[],
  { visit, ground, q, expression }: Seeking,
): Promise<ReadonlyMap<Decided, readonly Snippet[]>> {
  const pieces = new Map<Decided, readonly Snippet[]>();
  if (objects.length === 0) return pieces;
  const found = await withSearch(services, visit, (search) => findSnippets(search, { expression, objects }));
  for (const [index, one] of objects.entries())
    pieces.set(one, await shownSnippets(services, one, { visit, ground, q, snippets: found[index] ?? [] }));
  return pieces;
}

/** Undefined for a candidate that is shown to nobody, or is gone since it was indexed. */
function decideOne(candidate: Candidate, found: FoundObject | undefined, ground: ShowingGround): Decided | undefined {
  if (found?.kind !== "stated") return undefined;
  const { stated } = found;
  const remembered = remembering(ground);
  if (!isObjectPublic(stated, remembered)) return undefined;
  return {
    ...candidate,
    stated,
    closedPages: stated.pages.filter((page) => !isPageOpen(page, remembered)).map(({ key }) => key),
    hasHiddenPages: stated.pages.some((page) => !isPageListed(page, remembered)),
  };
}

/** Returns objects as an answer names them, with what was found in them, and for how long that is so. */
async function describeShown(
  services: Services,
  shown: readonly Shown[],
  seeking: Seeking,
): Promise<Pick<CatalogueFinds, "objects" | "keeping">> {
  const { ground, visit } = seeking;
  const open = shown.filter(({ snippets }) => snippets === undefined);
  const pieces = await findPieces(services, open, seeking);
  const members = await withSearch(services, visit, (search) => findMembers(search, shown));
  const described = shown.flatMap((one, index) => {
    const member = members[index];
    if (member === undefined) return [];
    const snippets = one.snippets ?? pieces.get(one) ?? [];
    const { thumbnail, ...named } = member;
    const picture = thumbnail && statedPicture(thumbnail, one.stated);
    const drawn = picture && showPicture(picture, ground);
    const pages = one.stated.pages.filter(({ key }) => snippets.some(({ page }) => page === key));
    return {
      object: { member: drawn === undefined ? named : { ...named, thumbnail: drawn }, snippets },
      policies: [
        ...policiesOfDocuments(one.stated),
        ...(picture === undefined ? [] : policiesOfStored(picture, ground)),
        ...pages.flatMap((page) => policiesOfPage(page, ground)),
      ],
    };
  });
  const policies = [...new Set(described.flatMap((one) => one.policies))];
  return { objects: described.map(({ object }) => object), keeping: keepingOf(policies, ground.now) };
}

/** What the record states is newer than the index; an image that is no longer one of the object is not shown. */
function statedPicture({ policy: _, ...image }: StoredImage, { pages }: StatedObject): StoredImage | undefined {
  const named = pages.flatMap(({ images }) => images).find(({ identifier }) => identifier === image.identifier);
  if (named === undefined) return undefined;
  return named.policy === undefined ? image : { ...image, policy: named.policy };
}

interface ShownSnippets {
  readonly visit: Visit;
  readonly ground: ShowingGround;
  readonly q: string;
  readonly snippets: readonly Snippet[];
}

/** The index has the labels of pages among what is known of an object: of hidden ones they are taken for nothing that was found. */
async function shownSnippets(
  { records }: Services,
  { key, hasHiddenPages }: Decided,
  { visit, ground, q, snippets }: ShownSnippets,
): Promise<readonly Snippet[]> {
  if (!hasHiddenPages || snippets.every(({ page }) => page !== undefined)) return snippets;
  const known = await withWork(records, { key, visit }, async ({ read }) => {
    const work = showWork(read(), remembering(ground));
    return work === undefined ? [] : entryOfWork(work).text.split("\n").map(shownText);
  });
  const [first = "", ...others] = withoutAccents(q).match(/[\p{L}\p{N}]+/gu) ?? [];
  const all = withoutAccents(known.join(" "));
  const line = known.find((text) => withoutAccents(text).includes(first));
  const isKnown = line !== undefined && others.every((word) => all.includes(word));
  return snippets.flatMap((snippet): readonly Snippet[] => {
    if (snippet.page !== undefined) return [snippet];
    if (!isKnown) return [];
    const isPublic = all.includes(withoutAccents(snippet.text.replaceAll("…", "")));
    return [isPublic ? snippet : { page: undefined, text: line, found: [] }];
  });
}
