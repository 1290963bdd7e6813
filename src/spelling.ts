/** Names shorter than this are other words when two letters differ. */
const longName = 7;

/**
 * Returns the known name that was most likely meant by one that is not known: with other case, spaces, hyphens or
 * underscores, or one letter away (added, left out, wrong, or swapped with its neighbour; two letters in longer names).
 * Returns undefined where nothing is near, or two are equally near. Source: Damerau's distance, restricted to neighbours.
 */
export function nearestName<Name extends string>(given: string, known: readonly Name[]): Name | undefined {
  const wanted = foldName(given);
  const same = known.filter((name) => foldName(name) === wanted);
  if (same.length > 0) return same.length === 1 ? same[0] : undefined;
  if (wanted.length < 2) return undefined;
  const near = known
    .map((name) => ({ name, distance: distanceOf(wanted, foldName(name)) }))
    .filter(({ name, distance }) => distance <= (Math.min(wanted.length, foldName(name).length) < longName ? 1 : 2))
    .sort((one, other) => one.distance - other.distance);
  const [first, second] = near;
  return first === undefined || second?.distance === first.distance ? undefined : first.name;
}

/** Returns the only known name that begins with what is given or that it begins with: `dry` or `dry-running` for `dry-run`. */
export function begunName<Name extends string>(given: string, known: readonly Name[]): Name | undefined {
  const wanted = foldName(given);
  const begun = known.filter((name) => isBegun(foldName(name), wanted));
  return begun.length === 1 ? begun[0] : undefined;
}

function foldName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_-]+/g, "");
}

/** Three letters say what is meant where nothing else begins with them. */
function isBegun(name: string, given: string): boolean {
  const [shorter, longer] = name.length < given.length ? [name, given] : [given, name];
  return shorter.length >= 3 && longer.startsWith(shorter);
}

/** A name that is much longer than the other is not compared: what is given may have any length. */
function distanceOf(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}

/** Joins words for a sentence: `a, b or c`. */
export function listWords(words: readonly (string | number)[], conjunction: "and" | "or"): string {
  const last = words.at(-1);
  return words.length < 2 ? String(last ?? "") : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}
