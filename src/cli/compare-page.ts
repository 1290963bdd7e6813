import type { ComparedCrop, Comparison, ShownVariant, Variant } from "../convert/compare.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { printable } from "../node/printable.ts";
import { compareScript, compareStyle } from "./compare-page-parts.ts";

/**
 * Returns a page that shows the variants of each crop one over the other, at the same spot, under letters in an order of
 * their own; what each is stays hidden until it is asked for. The page is one self-contained file, which needs its script
 * for keys and flicker alone.
 */
export function formatComparison(name: string, comparison: Comparison): string {
  const title = escapeHtml(printable(name));
  const { width, height, sourceBytes, variants, crops } = comparison;
  const most = Math.max(...variants.map(({ fileBytes }) => fileBytes));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Comparison: ${title}</title>
<style>${compareStyle(Math.max(...crops.map((crop) => crop.variants.length)))}
</style>
<header>
<p class="quiet">Comparison of settings</p>
<h1>${title}</h1>
<p class="quiet">${width} × ${height} pixels, ${formatMegabytes(sourceBytes)} MB</p>
<p class="lede">Each crop shows the same spot of masters as <code>tessera ingest</code> would store them, one over the other.
Flip through the letters and choose by eye first: their order differs from crop to crop. Then reveal what they are.</p>
<form class="bar">
<fieldset><legend>Size</legend>${scales.map(scaleChoice).join("")}</fieldset>
<button type="button" id="reveal" aria-pressed="false">Reveal all</button>
<p class="quiet keys"><kbd>A</kbd> <kbd>B</kbd> … choose · <kbd>X</kbd> swaps the last two · <kbd>Space</kbd> flickers between them</p>
</form>
</header>
<main>
${crops.map(cropSection).join("\n")}
</main>
<section aria-labelledby="files">
<h2 id="files">The whole file</h2>
<table>
<thead><tr><th scope="col">Stored as</th><th scope="col">Options of ingest</th><th scope="col" class="number">Size of the master</th></tr></thead>
<tbody>
${variants.map((variant) => variantRow(variant, most)).join("\n")}
</tbody>
</table>
</section>
<script>${compareScript}
</script>
</html>
`;
}

const scales = [1, 2, 4] as const;

function scaleChoice(scale: number): string {
  const checked = scale === 1 ? " checked" : "";
  return `<label><input type="radio" name="scale" value="${scale}"${checked}><span>${scale} : 1</span></label>`;
}

function cropSection({ place, variants }: ComparedCrop, index: number): string {
  const { left, top, width, height } = place;
  const number = index + 1;
  const pictures = variants.map((variant, at) => picture(variant, { place, letter: letterOf(at), number }));
  const choices = variants.map((_, at) => {
    const checked = at === 0 ? " checked" : "";
    return `<label><input type="radio" name="crop-${number}" value="${at}"${checked}><span>${letterOf(at)}</span></label>`;
  });
  const answers = variants.map(
    ({ name, fileBytes }, at) =>
      `<li><b>${letterOf(at)}</b> ${escapeHtml(name)} <span class="quiet">${formatMegabytes(fileBytes)} MB</span></li>`,
  );
  return `<section class="crop" aria-labelledby="crop-${number}" style="--width: ${width}; --height: ${height}">
<h2 id="crop-${number}">Crop ${number} <span class="quiet">at ${left}, ${top}</span></h2>
<div class="stage" role="group" aria-label="Crop ${number}" tabindex="0"><div class="pictures">${pictures.join("")}</div></div>
<form class="bar">
<fieldset><legend>Variant</legend>${choices.join("")}</fieldset>
<button type="button" class="swap">Swap</button>
<button type="button" class="flicker" aria-pressed="false">Flicker</button>
</form>
<details><summary>What the letters are</summary><ul>
${answers.join("\n")}
</ul></details>
</section>`;
}

function picture(
  { picture: bytes }: ShownVariant,
  {
    place,
    letter,
    number,
  }: { readonly place: ComparedCrop["place"]; readonly letter: string; readonly number: number },
): string {
  const source = `data:image/webp;base64,${Buffer.from(bytes).toString("base64")}`;
  return `<img width="${place.width}" height="${place.height}" alt="Crop ${number}, variant ${letter}" src="${source}">`;
}

function variantRow({ name, options, fileBytes }: Variant, most: number): string {
  const share = ((100 * fileBytes) / most).toFixed(1);
  return `<tr><th scope="row">${escapeHtml(name)}</th><td><code>${escapeHtml(options)}</code></td>
<td class="number"><span class="share" style="width: ${share}%"></span>${formatMegabytes(fileBytes)} MB</td></tr>`;
}

function letterOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + (index % 26));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
