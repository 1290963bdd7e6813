import type { Collection, Member } from "../catalogue/collection.ts";
import { firstText, type LanguageMap } from "../catalogue/language-map.ts";

/**
 * The most members that one document lists. Source: nothing in the API, which has no paging: lists of some thousands make
 * viewers slow, and the API says to nest them (Presentation 3.0, change log 1.4.4).
 */
const mostListed = 1000;

/** A part of a collection that is too large for one document. */
export interface CollectionPart {
  /** One segment of a path: a letter, or a letter and a number where one letter has too many. */
  readonly key: string;
  readonly label: LanguageMap;
  readonly members: readonly Member[];
}

/**
 * Returns the parts of a collection that has more members than one document lists, by the first letter of their labels;
 * none for one that fits. Members keep their order in a part.
 */
export function partsOf({ members }: Pick<Collection, "members">): readonly CollectionPart[] {
  if (members.length <= mostListed) return [];
  const byLetter = Map.groupBy(members, initialOf);
  const letters = [...byLetter.keys()].sort();
  return letters.flatMap((letter) => chunksOf(letter, byLetter.get(letter) ?? []));
}

/** The first letter without its accents, in upper case; `#` for a number and `~` for what is neither. */
function initialOf({ label }: Member): string {
  const [first = ""] = (firstText(label) ?? "").normalize("NFKD").replace(/^[^\p{L}\p{N}]+/u, "");
  if (/\p{N}/u.test(first)) return "#";
  return first === "" ? "~" : first.toUpperCase();
}

function chunksOf(letter: string, members: readonly Member[]): readonly CollectionPart[] {
  const count = Math.ceil(members.length / mostListed);
  return Array.from({ length: count }, (_, index) => {
    const listed = members.slice(index * mostListed, (index + 1) * mostListed);
    const key = count === 1 ? letter : `${letter}-${index + 1}`;
    const first = firstText(listed[0]?.label ?? {}) ?? "";
    const last = firstText(listed.at(-1)?.label ?? {}) ?? "";
    return { key, label: { none: [count === 1 ? letter : `${letter}: ${first} – ${last}`] }, members: listed };
  });
}
