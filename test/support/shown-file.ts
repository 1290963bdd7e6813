import sharp from "sharp";
import { openEngine } from "../../src/convert/engine.ts";
import { openImage, prefixBytes } from "../../src/masters/image.ts";
import { openFileSource } from "../../src/node/file-source.ts";

/**
 * Returns the whole picture of a file as the service draws it, on white, three samples a pixel. Throws for one that lacks
 * rows.
 */
export async function showByService(file: string): Promise<Buffer> {
  await using source = await openFileSource(file);
  const prefix = await source.read(0, prefixBytes);
  const image = await openImage({ source, prefix, page: 1 });
  const pieces: Uint8Array[] = [];
  for await (const piece of openEngine().encode({ ...image, source })) pieces.push(piece);
  return sharp(Buffer.concat(pieces), { ignoreIcc: true }).toColourspace("srgb").removeAlpha().raw().toBuffer();
}
