import type { Document } from "./presentation-documents.ts";

/** Where a recipe and what is written here differ on purpose. */
export interface Difference {
  /** The rule, by its number in the specification's tables and in words. */
  readonly rule: string;
  /** Changes the recipe, after it was normalised, to what the rule makes of it. */
  readonly change: (recipe: Document) => void;
}

/** Things whose ids are ours to choose; a comparison gives them the ids `Canvas 1`, `Canvas 2` … in order of appearance. */
const named = new Set([
  ...["Manifest", "Collection", "Canvas", "AnnotationPage", "Annotation", "Range"],
  ...["sc:Manifest", "sc:Collection", "sc:Sequence", "sc:Canvas", "oa:Annotation", "sc:AnnotationList"],
]);

/** What is looked at first, so that the order of the other keys gives no other numbers. */
const first = ["sequences", "canvases", "images", "items", "structures"];

/** Where the cookbook has its images, and where the records of the tests have theirs. */
const imageHosts = [
  /^https:\/\/iiif\.io\/api\/image\/3\.0\/example\/reference\/[0-9a-f]{32}-/,
  /^https:\/\/fixtures\.iiif\.io\/other\/level0\/Glen\/photos\//,
  /^https:\/\/iiif\.example\.org\/iiif\/[23]\//,
];

/**
 * Returns a document that another can be compared with: ids of ours and of the cookbook become numbers, images lie on one
 * host, image services are of level 2 and have no slash behind them, and a context alone is no array. Nothing else changes.
 */
export function normalised(document: Document): Document {
  const names = new Map<string, string>();
  nameAll(document, names);
  return rewritten(document, names);
}

/** Returns a recipe, normalised, with the differences that are on purpose. Throws an Error if one makes no difference. */
export function withDifferences(recipe: Document, differences: readonly Difference[]): Document {
  const changed = normalised(recipe);
  for (const { rule, change } of differences) {
    const before = JSON.stringify(changed);
    change(changed);
    if (JSON.stringify(changed) === before) throw new Error(`makes no difference: ${rule}`);
  }
  return changed;
}

/** Returns a manifest or a collection without the thumbnails of itself and its canvases that a recipe does not show. */
export function withoutMoreThumbnails(document: Document, recipe: Document): Document {
  const items = document.items.map((item: Document, index: number) => pruned(item, recipe.items[index]));
  return { ...pruned(document, recipe), items };
}

function pruned({ thumbnail, ...rest }: Document, recipe: Document): Document {
  return recipe?.thumbnail === undefined ? rest : { ...rest, thumbnail };
}

function nameAll(value: Document, names: Map<string, string>): void {
  if (typeof value !== "object" || value === null) return;
  const [id, type] = [value.id ?? value["@id"], value.type ?? value["@type"]];
  if (typeof id === "string" && named.has(type) && !names.has(id)) {
    const sameType = [...names.values()].filter((name) => name.startsWith(`${type} `));
    names.set(id, `${type} ${sameType.length + 1}`);
  }
  const keys = Object.keys(value);
  for (const key of [...first, ...keys.filter((key) => !first.includes(key))]) nameAll(value[key], names);
}

function rewritten(value: Document, names: Map<string, string>): Document {
  if (typeof value === "string") return names.get(value) ?? onOneHost(value);
  if (Array.isArray(value)) return value.map((part) => rewritten(part, names));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, rewritten(part, names)] as const);
  const copy: Document = Object.fromEntries(entries);
  if (copy.type === "ImageService3")
    return { ...copy, id: copy.id.replace(/\/$/, ""), profile: copy.profile.replace(/^level[01]$/, "level2") };
  const context = copy["@context"];
  return Array.isArray(context) && context.length === 1 ? { ...copy, "@context": context[0] } : copy;
}

function onOneHost(text: string): string {
  return imageHosts.reduce((moved, host) => moved.replace(host, "image:"), text);
}
