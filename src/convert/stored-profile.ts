import sharp from "sharp";
import { readPngProfile } from "../files/png.ts";
import { openFileSource } from "../node/file-source.ts";
import { type InspectedSource, pageOptions } from "./inspected-source.ts";

/** Bytes of a PNG that its header is read from. */
const pngPrefixBytes = 64;

/**
 * Returns the profile that a source's colours are in, whatever it says of them; undefined if it has none. That of a PNG
 * is as the service reads it: libvips leaves out those of grey with alpha, and what gAMA states. Throws what reading
 * throws.
 */
export async function readStoredProfile(
  inspected: InspectedSource & { readonly path: string },
): Promise<Uint8Array | undefined> {
  const { path } = inspected;
  if (inspected.summary.format === "png") {
    await using source = await openFileSource(path);
    return await readPngProfile(source, await source.read(0, pngPrefixBytes));
  }
  const { icc } = await sharp(path, { limitInputPixels: false, ...pageOptions(inspected) }).metadata();
  return icc && new Uint8Array(icc);
}
