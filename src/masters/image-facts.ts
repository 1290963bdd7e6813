import { thumbnailSizes } from "../catalogue/stored-image.ts";
import type { KnownImage } from "../catalogue/work-completion.ts";
import { titleOf } from "../metadata/title.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { limitOpening } from "../source/opening.ts";
import { openImage, prefixBytes } from "./image.ts";

/**
 * Reads what the record of an object says of a stored master, as the service sees it, and what the image says of itself.
 * Throws `source-malformed` or `source-unsupported` for a master that the service can't open, `not-found` for a page that
 * it does not have, and what the source throws.
 */
export async function readFacts(stored: ByteSource, page = 1): Promise<KnownImage> {
  const source = limitOpening(stored);
  const prefix = await source.read(0, prefixBytes);
  const { pyramid, metadata: texts } = await openImage({ source, prefix, page, policy: "all" });
  const turn = turnOfTiffOrientation(pyramid.orientation);
  const sizes = pyramid.levels.slice(1).map((level) => turnSize(level, turn));
  const facts = { ...seenSize(pyramid), sizes: thumbnailSizes(sizes) };
  return { ...facts, title: titleOf(texts), creator: texts.artist, rights: texts.rightsUri };
}
