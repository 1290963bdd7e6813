/** Says whether an identifier has the form of a pattern. */
export type Pattern = (identifier: string) => boolean;

/** Longest pattern, in characters, and most wildcards: what matching takes grows with both. */
const mostCharacters = 512;
const mostWildcards = 8;

/**
 * Reads a pattern of identifiers: `*` stands for any characters but `/`, `**` for any at all, all else for itself, in
 * whichever of the forms of Unicode that look the same. Undefined for one that is empty or too long. Matching takes a step for
 * each character and each part of the pattern at the most, whatever the two are. Source: Unicode Standard Annex 15.
 */
export function parsePattern(text: string): Pattern | undefined {
  if (text === "" || text.length > mostCharacters) return undefined;
  const parts = text.normalize("NFC").split(/(\*\*?)/);
  if (parts.length > 2 * mostWildcards + 1) return undefined;
  return (identifier) => {
    const name = identifier.normalize("NFC");
    const ends = parts.reduce<readonly number[]>((places, part) => follow(name, part, places), [0]);
    return ends.at(-1) === name.length;
  };
}

/** Returns where a part of a pattern may end that begins at one of some places, ascending. */
function follow(name: string, part: string, places: readonly number[]): readonly number[] {
  if (part !== "*" && part !== "**")
    return places.filter((place) => name.startsWith(part, place)).map((place) => place + part.length);
  const reached: number[] = [];
  let last = -1;
  for (const place of places) {
    // From here no place is reached that was not reached from an earlier one.
    if (place <= last) continue;
    const slash = part === "*" ? name.indexOf("/", place) : -1;
    last = slash < 0 ? name.length : slash;
    for (let end = place; end <= last; end++) reached.push(end);
  }
  return reached;
}
