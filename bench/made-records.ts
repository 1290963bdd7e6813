import type { Collection } from "../src/catalogue/collection.ts";
import type { Page, Work } from "../src/catalogue/work.ts";

const image = (identifier: string) => {
  const sizes = [187, 375, 750].map((width) => ({ width, height: Math.floor((width * 4) / 3) }));
  return { identifier, width: 3000, height: 4000, sizes };
};

/** Returns a codex with folio numbers, lines of text, and an entry of the contents every twenty pages. */
export function makeCodex(count: number): Work {
  const pages = Array.from({ length: count }, (_, index): Page => {
    const key = String(index + 1).padStart(4, "0");
    const label = { none: [`${(index >> 1) + 1}${index % 2 === 0 ? "r" : "v"}`] };
    const text = { format: "alto", file: `${key}.xml`, language: "la" } as const;
    return { key, width: 3000, height: 4000, label, images: [image(`codex/${key}`)], text };
  });
  const contents = pages
    .filter((_, index) => index % 20 === 0)
    .map(({ key }) => ({ key, label: { en: [`Chapter ${key}`] }, pages: [key], entries: [] }));
  return { key: "codex", label: { en: ["A codex"] }, metadata: [], collections: [], pages, contents, layout: "paged" };
}

/** Returns a collection of objects with a thumbnail each. */
export function makeHolding(count: number): Collection {
  const members = Array.from({ length: count }, (_, index) => {
    const label = { en: [`${String.fromCharCode(65 + (index % 26))} plan, number ${index}`] };
    return { kind: "object", key: `plan/${index}`, label, thumbnail: image(`plan/${index}`) } as const;
  });
  return { key: "plans", label: { en: ["Plans"] }, metadata: [], collections: [], isMultiPart: false, members };
}
