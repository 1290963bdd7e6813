import { stat } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { mastersFolder } from "./masters.ts";

/** The photograph that each master is made of, as it is named in the source folder. */
const sources = {
  "caillebotte-paris-street.tif": "art-caillebotte-19mpx.tif",
  "seurat-la-grande-jatte.tif": "art-seurat-15mpx.tif",
  "morisot-woman-at-her-toilette.tif": "art-morisot-18mpx.tif",
};

/**
 * Converts `source` into a master: sRGB without a profile, JPEG in 256-pixel tiles, 4:2:0, levels in a chain.
 * sharp converts to sRGB by the embedded profile and leaves metadata out unless it is asked to keep it. Returns bytes.
 */
async function convert(source: string, target: string): Promise<number> {
  await sharp(source)
    .toColourspace("srgb")
    .tiff({ compression: "jpeg", quality: 80, tile: true, tileWidth: 256, tileHeight: 256, pyramid: true })
    .toFile(target);
  return (await stat(target)).size;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Usage: node demo/convert.ts FOLDER");
  console.error(`FOLDER holds the photographs ${Object.values(sources).join(", ")}.`);
  process.exitCode = 1;
} else {
  for (const [file, source] of Object.entries(sources)) {
    const bytes = await convert(join(folder, source), join(mastersFolder, file));
    console.log(`${file}: ${(bytes / 1e6).toFixed(1)} MB`);
  }
}
