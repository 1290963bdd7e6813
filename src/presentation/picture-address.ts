import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Size } from "../geometry.ts";
import { largestSize } from "../iiif/size.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { type Addresses, imageUri } from "./addresses.ts";

/** A picture of an image: where it is, and how large, in pixels. */
export interface PictureAddress extends Size {
  readonly uri: string;
  /** The URI of the image that it is a picture of. */
  readonly image: string;
}

/** The longer side that a thumbnail is wanted in, in pixels. */
const usualSide = 400;

/** Returns the largest picture that is given out of an image, in the spelling that both versions' viewers ask for. */
export function wholePicture(addresses: Addresses, version: ApiVersion, image: StoredImage): PictureAddress {
  const size = version === 3 ? "max" : "full";
  const uri = imageUri(addresses, version, image.identifier);
  const { width, height } = largestSize(image, addresses.limits);
  return { uri: `${uri}/full/${size}/0/default.jpg`, image: uri, width, height };
}

/**
 * Returns the picture that is shown in lists: a stored level as near above `wantedSide` pixels as there is, else the largest,
 * so that the service copies or draws it from few tiles; of an image without levels one of its own size, or reduced.
 */
export function thumbnailPicture(
  addresses: Addresses,
  version: ApiVersion,
  image: StoredImage,
  wantedSide = usualSide,
): PictureAddress {
  const { width, height } = chooseThumbnail(image, wantedSide);
  const size = version === 3 ? `${width},${height}` : `${width},`;
  const uri = imageUri(addresses, version, image.identifier);
  return { uri: `${uri}/full/${size}/0/default.jpg`, image: uri, width, height };
}

function chooseThumbnail(image: StoredImage, wantedSide: number): Size {
  const large = image.sizes.find((size) => Math.max(size.width, size.height) >= wantedSide);
  const stored = large ?? image.sizes.at(-1);
  if (stored !== undefined) return stored;
  return largestSize(image, { maxWidth: wantedSide, maxHeight: wantedSide, maxArea: wantedSide ** 2 });
}
