import { type Keeping, keepingOf } from "../access/grant.ts";
import type { Policy } from "../access/policy.ts";
import {
  isObjectPublic,
  isPageListed,
  isPageOpen,
  policiesOfObject,
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
import { statedObjects } from "./stated-objects.ts";

/** What is searched for in all objects. */
export interface CatalogueQuery {
  /** As it was asked for. */
  readonly q: string;
  /** Undefined where nothing in it is a word. */
  readonly expression: string | undefined;
  readonly from: number;
}

/** Objects in which anybody finds something, the best first. */
export interface CatalogueFinds {
  readonly objects: readonly MarkedObject[];
  /** How many there are among the entries that were looked at, without those that are known to be shown to nobody. */
  readonly total: number;
  /** Whether there may be more, or fewer. */
  readonly isCapped: boolean;
  readonly next: number | undefined;
  readonly keeping: Keeping;
}

/**
 * Searches in all objects and tells what anybody may see of what was found, by the records as they are now: the index does not
 * know who may. No memory is held while more of it is waited for. Throws what a search throws, and `policy-unreadable`.
 */
export async function findInCatalogue(
  services: Services,
  visit: Visit,
  { q, expression, from }: CatalogueQuery,
): Promise<CatalogueFinds> {
  const none = { objects: [], total: 0, isCapped: false, next: undefined, keeping: { kind: "anybody" } } as const;
  if (expression === undefined) return withSearch(services, visit, async () => none);
  const found = await withSearch(services, visit, (search) => findCandidates(search, { expression, from }));
  const ground = await groundOf(services, visit);
  const keys = found.objects.map(({ member }) => member.key);
  const stated = await statedObjects(services, keys, visit);
  const decided = found.objects.map((candidate, index) => decideOne(candidate, stated[index], ground));
  const open = decided.filter((one) => one !== undefined);
  const snippets = await withSearch(services, visit, (search) => findSnippets(search, { expression, objects: open }));
  const shown: (MarkedObject & { readonly place: number })[] = [];
  for (const [index, one] of open.entries()) {
    const pieces = await shownSnippets(services, one, { visit, ground, q, snippets: snippets[index] ?? [] });
    if (pieces.length > 0) shown.push({ member: one.member, snippets: pieces, place: decided.indexOf(one) });
  }
  const listed = shown.slice(0, objectsPerAnswer);
  const last = listed.at(-1)?.place ?? 0;
  const behind = shown.length > listed.length ? last + 1 : found.objects.length;
  const hidden = found.objects.length - shown.length;
  const isMore = shown.length > listed.length || found.isMore;
  return {
    objects: listed.map(({ member, snippets }) => ({ member, snippets })),
    total: found.total - hidden,
    isCapped: found.isCapped || (hidden > 0 && found.isMore),
    next: isMore ? from + behind : undefined,
    keeping: keepingOf([...new Set(open.flatMap(({ policies }) => policies))], ground.now),
  };
}

interface Decided extends OpenCandidate {
  readonly policies: readonly Policy[];
  /** Whether the index may have texts of pages that are not there for anybody. */
  readonly hasHiddenPages: boolean;
}

/** Undefined for a candidate that is shown to nobody, or is gone since it was indexed. */
function decideOne(candidate: Candidate, stated: StatedObject | undefined, ground: ShowingGround): Decided | undefined {
  if (stated === undefined || !isObjectPublic(stated, ground)) return undefined;
  const { thumbnail, ...member } = candidate.member;
  const named = stated.pages
    .flatMap(({ images }) => images)
    .find((image) => image.identifier === thumbnail?.identifier);
  // What it states is newer than the index; an image that is no longer a page of the object is not shown.
  const picture = thumbnail && named && showPicture(statedImage(thumbnail, named.policy), ground);
  return {
    id: candidate.id,
    member: picture === undefined ? member : { ...member, thumbnail: picture },
    closedPages: stated.pages.filter((page) => !isPageOpen(page, ground)).map(({ key }) => key),
    policies: policiesOfObject(stated, ground),
    hasHiddenPages: stated.pages.some((page) => !isPageListed(page, ground)),
  };
}

function statedImage({ policy: _, ...image }: StoredImage, policy: Policy | undefined): StoredImage {
  return policy === undefined ? image : { ...image, policy };
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
  { member: { key }, hasHiddenPages }: Decided,
  { visit, ground, q, snippets }: ShownSnippets,
): Promise<readonly Snippet[]> {
  if (!hasHiddenPages || snippets.every(({ page }) => page !== undefined)) return snippets;
  const known = await withWork(records, { key, visit }, async ({ read }) => {
    const work = showWork(read(), ground);
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
