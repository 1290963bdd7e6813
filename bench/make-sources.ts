// Makes the masters that the benchmarks read, mosaics of photographs as tiled pyramids, in build/bench/sources. Run:
// npx -c "node bench/make-sources.ts [--huge] [FOLDER]". FOLDER, or $TESSERA_CORPUS/gallery, contains photographs of any
// size; --huge makes the one of 1,000 megapixels too (220 MB, which take 4 GB of memory to make). Existing files are kept; a
// file only appears under its name when it is complete.
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { hugeSource, pathOf, type Source, sources, sourcesFolder, tileSide } from "./sources.ts";

const channels = 3;

/**
 * About how many pixels a photograph covers in the mosaic: as many as cameras produce, so that detail is equally fine.
 */
const cellPixels = 14_000_000;

/** Quality of the tiles: libvips stores YCbCr 4:2:0 below 90 and RGB from 90 on. */
const qualities = { "ycbcr-420": 89, "rgb-444": 90 } as const;

sharp.cache(false);

/** Makes each that is missing. Throws an Error if one is and there are no photographs to make it from. */
async function makeSources(wanted: readonly Source[], folder: string | undefined): Promise<void> {
  mkdirSync(sourcesFolder, { recursive: true });
  const missing = wanted.filter((source) => !existsSync(pathOf(source)));
  if (missing.length === 0) return;
  if (folder === undefined) throw new Error("name a folder of photographs, or set TESSERA_CORPUS");
  const photographs = await listPhotographs(folder);
  if (photographs.length === 0) throw new Error(`${folder} has no photographs`);
  let mosaic: { readonly width: number; readonly pixels: Buffer } | undefined;
  for (const source of missing) {
    if (mosaic?.width !== source.width) mosaic = { width: source.width, pixels: await layMosaic(source, photographs) };
    const path = pathOf(source);
    const raw = { width: source.width, height: source.height, channels } as const;
    await sharp(mosaic.pixels, { raw, limitInputPixels: false })
      .tiff({
        compression: "jpeg",
        quality: qualities[source.sampling],
        tile: true,
        tileWidth: tileSide,
        tileHeight: tileSide,
        pyramid: true,
      })
      .toFile(`${path}.part`);
    renameSync(`${path}.part`, path);
    console.log(`made ${source.name}`);
  }
}

/** Lists the pictures in colour, in the order of their names. */
async function listPhotographs(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(?:jpe?g|tiff?|png)$/i.test(name)) continue;
    const { space, depth } = await sharp(`${folder}/${name}`).metadata();
    if (space === "srgb" && depth === "uchar") found.push(`${folder}/${name}`);
  }
  return found;
}

/** Arranges photographs in a grid; from the second time on each is turned, so that no two cells are the same. */
async function layMosaic({ width, height }: Source, photographs: readonly string[]): Promise<Buffer> {
  const across = Math.max(1, Math.round(Math.sqrt((width * height) / cellPixels)));
  const mosaic = Buffer.alloc(width * height * channels);
  const edge = (length: number, index: number): number => Math.round((length * index) / across);
  for (let index = 0; index < across * across; index++) {
    const column = index % across;
    const row = Math.floor(index / across);
    const left = edge(width, column);
    const top = edge(height, row);
    const cell = { width: edge(width, column + 1) - left, height: edge(height, row + 1) - top };
    const turn = Math.floor(index / photographs.length) * 90;
    const pixels = await sharp(photographs[index % photographs.length])
      .rotate(turn % 360)
      .resize(cell.width, cell.height, { fit: "cover" })
      .removeAlpha()
      .toColourspace("srgb")
      .raw()
      .toBuffer();
    for (let line = 0; line < cell.height; line++) {
      const start = line * cell.width * channels;
      pixels.copy(mosaic, ((top + line) * width + left) * channels, start, start + cell.width * channels);
    }
  }
  return mosaic;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { huge: { type: "boolean" } } });
const corpus = process.env.TESSERA_CORPUS;
await makeSources(
  values.huge ? [...sources, hugeSource] : sources,
  positionals[0] ?? (corpus ? `${corpus}/gallery` : undefined),
);
