import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { type StoredImage, thumbnailSizes } from "../catalogue/stored-image.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import { titleOf } from "../metadata/title.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import { limitOpening } from "../source/opening.ts";

/** What the record of an object needs to know of a stored master. */
export interface ImageFacts extends Pick<StoredImage, "width" | "height" | "sizes"> {
  /** What the image says of itself. */
  readonly title?: string | undefined;
  readonly creator?: string | undefined;
  /** A URI as info.json states it. */
  readonly rights?: string | undefined;
}

/**
 * Reads what a stored master is, as the service sees it; undefined where there is none. Throws BucketError, and
 * `source-malformed` or `source-unsupported` for a master that the service can't open.
 */
export async function readImageFacts(masters: Bucket, key: string): Promise<ImageFacts | undefined> {
  const object = await masters.head(key);
  if (object === undefined) return undefined;
  const source = limitOpening(bucketSource(masters, key, object));
  const prefix = await source.read(0, prefixBytes);
  const { pyramid, metadata: texts } = await openImage({ source, prefix, policy: "all" });
  const turn = turnOfTiffOrientation(pyramid.orientation);
  const sizes = pyramid.levels.slice(1).map((level) => turnSize(level, turn));
  const facts = { ...seenSize(pyramid), sizes: thumbnailSizes(sizes) };
  return { ...facts, title: titleOf(texts), creator: texts.artist, rights: texts.rightsUri };
}
