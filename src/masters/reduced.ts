import { mayHoldPicture } from "../metadata/iptc.ts";
import type { Metadata } from "../metadata/metadata.ts";
import { reducePyramid } from "../pyramid/reduced.ts";
import type { Master } from "./store.ts";

/**
 * Returns a master as a reduced image, whose longest side is exactly `longestSide` pixels: an image with coordinates and
 * levels of its own, of which no request shows more. A master that is no larger comes back as it is. Throws a RangeError
 * for a side that is not a whole number from 1 on.
 */
export function reduceMaster(master: Master, longestSide: number): Master {
  const pyramid = reducePyramid(master.pyramid, longestSide);
  if (pyramid === master.pyramid) return master;
  const scale = Math.max(pyramid.width, pyramid.height) / Math.max(master.pyramid.width, master.pyramid.height);
  return { ...master, pyramid, metadata: reduceMetadata(master.metadata, scale) };
}

/** Namespace of pictures within a packet. Source: XMP specification part 1, §8.2.2.4, Thumbnail. */
const picturesInXmp = "http://ns.adobe.com/xap/1.0/g/img/";

/**
 * The resolution is that of the reduced image. Blocks that may hold a picture are left out, which may be larger than it;
 * who made it and who has the rights is written anew where one is missing.
 */
function reduceMetadata(metadata: Metadata, scale: number): Metadata {
  const { dotsPerInch, xmp, iptc } = metadata;
  return {
    ...metadata,
    dotsPerInch: dotsPerInch === undefined ? undefined : dotsPerInch * scale,
    xmp: xmp !== undefined && new TextDecoder().decode(xmp).includes(picturesInXmp) ? undefined : xmp,
    iptc: iptc !== undefined && mayHoldPicture(iptc) ? undefined : iptc,
  };
}
