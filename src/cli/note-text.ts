import type { ReportedImage } from "../job/report.ts";

const shownNames = 3;

/**
 * Sums up the notes of images as lines, one for each kind of note with the images that have it. Notes that differ in
 * numbers alone are of one kind, and are shown without them.
 */
export function formatNotes(images: readonly Pick<ReportedImage, "source" | "page" | "warnings">[]): readonly string[] {
  const noted = images.flatMap(({ source, page, warnings = [] }) =>
    warnings.map((text) => ({ text, name: page === undefined ? source : `${source} page ${page}` })),
  );
  const kinds = Map.groupBy(noted, ({ text, name }) => text.replaceAll(name, "").replace(/\d+/g, "…"));
  return [...kinds].map(([kind, notes]) => {
    const texts = new Set(notes.map(({ text }) => text));
    const [text = kind] = texts.size === 1 ? texts : [kind];
    const names = notes.map(({ name }) => name);
    if (names.length === 1) return `Note for ${names[0]}: ${text}`;
    const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
    return `Note for ${names.length} images: ${text} (${names.slice(0, shownNames).join(", ")}${more})`;
  });
}
