import sharp from "sharp";
import { readJpegProfile } from "../files/jpeg.ts";
import { readPngProfile } from "../files/png.ts";
import { openFileSource } from "../node/file-source.ts";
import { type InspectedSource, pageOptions } from "./inspected-source.ts";

/** Bytes of a PNG or JPEG that its header is read from, or begins in. */
const prefixBytes = 64;

/**
 * Returns the profile that a source's colours are in, whatever it says of them; undefined if it has none. That of a PNG
 * or JPEG is as the service reads it: libvips leaves out those of grey with alpha and what gAMA states, and joins what
 * there is of a profile that lacks a part. Throws what reading throws.
 */
export async function readStoredProfile(
  inspected: InspectedSource & { readonly path: string },
): Promise<Uint8Array | undefined> {
  const { path } = inspected;
  const { format } = inspected.summary;
  if (format === "png" || format === "jpeg") {
    await using source = await openFileSource(path);
    const read = format === "png" ? readPngProfile : readJpegProfile;
    return await read(source, await source.read(0, prefixBytes));
  }
  const { icc } = await sharp(path, { limitInputPixels: false, ...pageOptions(inspected) }).metadata();
  return icc && new Uint8Array(icc);
}
