import type { DemoMaster } from "./masters.ts";

/** A painting and its size in pixels. */
export interface Work extends DemoMaster {
  readonly width: number;
  readonly height: number;
}

/** Sides of the squares that the pictures of the gallery fit into, in pixels. */
const thumbnailSides = [400, 800, 1200] as const;

/**
 * Returns the gallery as list items of HTML. Everything that is shown stands in it, so that the page needs no script, and
 * no answer but the pictures themselves: one that is slow keeps none of the others.
 */
export function formatGallery(works: readonly Work[]): string {
  return works.map(formatWork).join("\n");
}

function formatWork({ identifier, title, artist, date, description, width, height }: Work): string {
  const name = encodeURIComponent(identifier);
  const thumbnail = (side: number): string => `/iiif/3/${name}/full/!${side},${side}/0/default.jpg`;
  const srcset = thumbnailSides.map((side) => `${thumbnail(side)} ${Math.round(side * Math.min(1, width / height))}w`);
  return `<li class="work" style="--ratio: ${(width / height).toFixed(4)}">
  <a href="/view/${name}">
    <span class="frame">
      <img width="${width}" height="${height}" alt="${escapeHtml(description)}" src="${thumbnail(400)}"
        srcset="${srcset.join(", ")}" sizes="(width < 46rem) 90vw, 30vw">
    </span>
    <span class="label">
      <span class="title">${escapeHtml(title)}</span>
      <span class="artist">${escapeHtml(`${artist}, ${date}`)}</span>
      <span class="size">${width} × ${height} pixels</span>
    </span>
  </a>
</li>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
