import type { Access } from "../access/access.ts";
import { anybody, decide, type Outcome } from "../access/decide.ts";
import { policiesOfPageNumber, policiesOfRecorded } from "../access/image-policies.ts";
import type { Policy } from "../access/policy.ts";
import type { AccessRules } from "../access/rules.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage } from "../identity/master-name.ts";
import { defined } from "./defined.ts";
import type { StoredImage } from "./stored-image.ts";
import type { Work } from "./work.ts";

/** What is stated of an object, of its pages and of their images: what decisions about it are made of. */
export interface StatedObject {
  readonly access?: Access;
  readonly pages: readonly StatedPage[];
}

/** A page by its key, with its images. */
export interface StatedPage {
  readonly key: string;
  readonly images: readonly StatedImage[];
}

/** An image as a record of an object states it. */
export type StatedImage = Pick<StoredImage, "identifier" | "policy">;

/** What policies of documents are held against. */
export interface ShowingGround {
  readonly rules: AccessRules;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What stands in an identifier before the number of a page. */
  readonly pageSuffix: string;
  /** What rules say of identifiers, as far as it was asked for. */
  readonly matched?: Map<string, readonly Policy[]>;
}

/** Returns a ground that matches no identifier twice. It holds what it has matched: make one for one object, or one list. */
export function remembering(ground: ShowingGround): ShowingGround {
  return { ...ground, matched: new Map() };
}

/** Returns what is stated of an object, without all else that its record says. */
export function statedObject({ access, pages }: Work): StatedObject {
  return defined<StatedObject>({
    access,
    pages: pages.map(({ key, images }) => ({
      key,
      images: images.map(({ identifier, policy }) => defined<StatedImage>({ identifier, policy })),
    })),
  });
}

/** Returns all that counts for an image: a policy is that of all pages of a file. */
export function policiesOfStored({ identifier, policy }: StatedImage, ground: ShowingGround): readonly Policy[] {
  // Most services have no rule for identifiers, and their objects thousands of images.
  const byRules = ground.rules.patterns.length === 0 ? [] : matchName(identifier, ground);
  const policies = policy === undefined ? byRules : [...byRules, policy];
  if (policies.length === 0) return policies;
  return policiesOfPageNumber(policies, dividePage(identifier as Identifier, ground.pageSuffix).page);
}

/** Hundreds of patterns and thousands of images are a second of computing: each name is matched once. */
function matchName(identifier: string, { rules, pageSuffix, matched }: ShowingGround): readonly Policy[] {
  const { name } = dividePage(identifier as Identifier, pageSuffix);
  const known = matched?.get(name);
  if (known !== undefined) return known;
  const policies = policiesOfRecorded(rules, name, undefined);
  matched?.set(name, policies);
  return policies;
}

/** Returns what counts for the documents of an object. */
export function policiesOfDocuments({ access }: Pick<StatedObject, "access">): readonly Policy[] {
  return access === undefined ? [] : [{ access }];
}

/** Returns all that counts for the images of a page. */
export function policiesOfPage({ images }: Pick<StatedPage, "images">, ground: ShowingGround): readonly Policy[] {
  return images.flatMap((image) => policiesOfStored(image, ground));
}

/** What nobody sees in a picture nobody reads beside it. */
const closedBeside: Policy = { access: { kind: "closed" } };

/**
 * Returns all that counts for what a page says: who does not see all of it does not read its text, and nobody does that of a
 * page with a redaction.
 */
export function policiesOfText(page: Pick<StatedPage, "images">, ground: ShowingGround): readonly Policy[] {
  return withRedactions(policiesOfPage(page, ground));
}

/** Returns all that counts for files that lie beside the images of an object: they may show any of them. */
export function policiesOfFiles(object: StatedObject, ground: ShowingGround): readonly Policy[] {
  return withRedactions(policiesOfObject(object, ground));
}

function withRedactions(policies: readonly Policy[]): readonly Policy[] {
  const isRedacted = policies.some(({ redactions = [] }) => redactions.length > 0);
  return isRedacted ? [...policies, closedBeside] : policies;
}

/** Returns each policy once that counts for an object, its pages or their images. */
export function policiesOfObject(object: StatedObject, ground: ShowingGround): readonly Policy[] {
  const ofPages = object.pages.flatMap((page) => policiesOfPage(page, ground));
  return [...new Set([...policiesOfDocuments(object), ...ofPages])];
}

/** Returns what becomes of anybody who asks for an image. */
export function outcomeOfStored(image: StatedImage, ground: ShowingGround): Outcome {
  return decide(policiesOfStored(image, ground), anybody, ground);
}

/** Says whether documents name a page: one all of whose images are hidden is not there. */
export function isPageListed({ images }: Pick<StatedPage, "images">, ground: ShowingGround): boolean {
  return images.length === 0 || images.some((image) => outcomeOfStored(image, ground).kind !== "hidden");
}

/** Says whether anybody may see all of a page, with nothing redacted, and so read its text. */
export function isPageOpen(page: Pick<StatedPage, "images">, ground: ShowingGround): boolean {
  return decide(policiesOfText(page, ground), anybody, ground).kind === "admitted";
}

/** Says whether an object is as if there were none: by itself, or because all that it shows is hidden. */
export function isObjectHidden(object: StatedObject, ground: ShowingGround): boolean {
  const { access, pages } = object;
  if (access?.kind === "hidden") return true;
  const shown = pages.filter(({ images }) => images.length > 0);
  return shown.length > 0 && !shown.some((page) => isPageListed(page, ground));
}

/** Says whether anybody may see the documents of an object: searches and the feed tell of no others. */
export function isObjectPublic(object: StatedObject, ground: ShowingGround): boolean {
  const isOpen = decide(policiesOfDocuments(object), anybody, ground).kind === "admitted";
  return isOpen && !isObjectHidden(object, ground);
}

/** Returns what is decided about the images of an object as a text, another for another decision; empty where nothing is stated. */
export function decisionsOf(object: StatedObject, ground: ShowingGround): string {
  if (policiesOfObject(object, ground).length === 0) return "";
  const decideOne = (page: StatedPage): unknown => [
    isPageOpen(page, ground),
    ...page.images.map((image) => outcomeOfStored(image, ground)),
  ];
  return JSON.stringify(object.pages.map(decideOne));
}
