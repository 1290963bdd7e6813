/** What a use of content by machines is called. Source: draft-ietf-aipref-vocab-08, usage category labels. */
export const contentUses = ["train-ai", "ai-use", "search"] as const;

/** A use of content that is allowed or not. */
export interface UsePreference {
  readonly use: (typeof contentUses)[number];
  readonly isAllowed: boolean;
}

/** What is said to whoever wrote it wrong. */
export const preferenceForm = "empty or a list such as train-ai=n, search=y, of train-ai, ai-use and search, each once";

/**
 * Reads what content may be used for; undefined for what is no such list. Source: draft-ietf-aipref-vocab-08, exemplary
 * serialization format.
 */
export function readPreferences(text: string): readonly UsePreference[] | undefined {
  if (text === "") return [];
  const parts = text.split(",").map((part) => /^([a-z-]+)=([yn])$/.exec(part.trim()));
  const read = parts.map((part) => {
    const use = contentUses.find((known) => known === part?.[1]);
    return use === undefined ? undefined : { use, isAllowed: part?.[2] === "y" };
  });
  const known = read.filter((part) => part !== undefined);
  return known.length === parts.length && new Set(known.map(({ use }) => use)).size === parts.length
    ? known
    : undefined;
}

/** What search engines may be told of a single answer. Source: Google Search Central, robots meta tag specifications. */
const robotsRules =
  /^(?:noindex|nofollow|noarchive|nosnippet|noimageindex|notranslate|max-image-preview:(?:none|standard|large))$/;

/** What is said to whoever wrote it wrong. */
export const robotsTagForm = "empty or a list of rules such as noindex, noimageindex";

/** Reads what search engines are told with each answer; undefined for what is no list of rules. */
export function readRobotsTag(text: string): string | undefined {
  const rules = text === "" ? [] : text.split(",").map((rule) => rule.trim());
  return rules.every((rule) => robotsRules.test(rule)) ? rules.join(", ") : undefined;
}
