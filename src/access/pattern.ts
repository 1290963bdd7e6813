/** Says whether an identifier has the form of a pattern. */
export type Pattern = (identifier: string) => boolean;

/** Longest pattern, in characters, and most wildcards: what matching takes grows with both. */
const mostCharacters = 512;
const mostWildcards = 8;

/**
 * Reads a pattern of identifiers: `*` stands for any characters but `/`, `**` for any at all, all else for itself. Undefined
 * for one that is empty or too long.
 */
export function parsePattern(text: string): Pattern | undefined {
  if (text === "" || text.length > mostCharacters) return undefined;
  const parts = text.split(/(\*\*?)/);
  if (parts.length > 2 * mostWildcards + 1) return undefined;
  const source = parts.map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  const expression = new RegExp(`^${source.join("")}$`, "su");
  return (identifier) => expression.test(identifier);
}
