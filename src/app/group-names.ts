/** The most groups that are looked at. */
const mostGroups = 1000;

/**
 * Returns the groups that somebody is said to be in, however providers spell them: a text, a list of texts, or a list of
 * objects with a name or an identifier, each of which counts. What is none of these is left out.
 */
export function groupNames(stated: unknown): readonly string[] {
  const list = Array.isArray(stated) ? stated.slice(0, mostGroups) : [stated];
  return list
    .flatMap((group): readonly unknown[] => (isObject(group) ? [group.name, group.id] : [group]))
    .filter((name): name is string => typeof name === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
