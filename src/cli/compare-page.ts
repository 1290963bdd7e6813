import type { ComparedCrop, Variant } from "../convert/compare.ts";
import { printable } from "../node/printable.ts";

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 1rem auto; padding: 0 1rem; max-width: 100rem }
ul { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none }
img { display: block; image-rendering: pixelated }
body:has(#twice:checked) img { zoom: 2 }
summary { cursor: pointer; padding: .25rem 0 }
li { max-width: min-content }`;

const script = `
document.getElementById("all").addEventListener("click", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});`;

const titles = {
  quality: "Quality: pixels at full size, with the source among them",
  filter: "Filter: pictures at a quarter of the size",
} as const;

/**
 * Returns a page that shows the variants of each crop next to each other under letters; a click on a letter reveals
 * which one it is. The page is one self-contained file; its only script reveals all letters at once.
 */
export function formatComparison(name: string, crops: readonly ComparedCrop[]): string {
  const title = `Comparison: ${escapeHtml(printable(name))}`;
  const sections = (["quality", "filter"] as const).map((subject) => {
    const shown = crops.filter((crop) => crop.subject === subject);
    return shown.length === 0 ? "" : `<h2>${titles[subject]}</h2>\n${shown.map(cropSection).join("\n")}`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}
</style>
<h1>${title}</h1>
<p>Choose by eye first; then click the letter under a picture to see what it is. The order differs from row to row.</p>
<p><label><input type="checkbox" id="twice"> Double size</label> <button type="button" id="all">Reveal all</button></p>
<main>
${sections.join("\n")}
</main>
<script>${script}
</script>
</html>
`;
}

function cropSection(crop: ComparedCrop, index: number): string {
  const { left, top } = crop.place;
  const items = crop.variants.map((variant, at) =>
    variantItem(variant, { crop, letter: letterOf(at), number: index + 1 }),
  );
  return `<section aria-label="Crop ${index + 1} by ${crop.subject}">
<h3>Crop ${index + 1}, at ${left}, ${top}</h3>
<ul>
${items.join("\n")}
</ul>
</section>`;
}

function variantItem(
  { mediaType, bytes, name }: Variant,
  { crop, letter, number }: { readonly crop: ComparedCrop; readonly letter: string; readonly number: number },
): string {
  const source = `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
  const size = `width="${crop.width}" height="${crop.height}"`;
  return `<li><img ${size} alt="Crop ${number}, variant ${letter}" src="${source}">
<details><summary>${letter}</summary>${escapeHtml(name)}</details></li>`;
}

function letterOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + (index % 26));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
