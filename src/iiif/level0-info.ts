import { isSameSize } from "../geometry.ts";
import { contextUris, level0Profile } from "./features.ts";
import { formatTile, type ImageInformation } from "./info.ts";
import { largestSize } from "./size.ts";

/** What the info.json of an image of level 0 says: nothing that is not there as a file. */
export type Level0Information = Omit<ImageInformation, "isGray" | "maxUpscaledSide">;

/** Returns the info.json of an image of level 0 in Image API 3.0. Source: Image API 3.0 §5.2 to §5.7. */
export function formatLevel0Info(information: Level0Information): object {
  const { id, rights, width, height, sizes, tiles } = information;
  return {
    "@context": contextUris[3],
    id,
    type: "ImageService3",
    protocol: "http://iiif.io/api/image",
    profile: level0Profile[3],
    width,
    height,
    ...level0Limits(information),
    sizes,
    tiles: tiles.map(formatTile),
    ...(rights === undefined ? {} : { rights }),
  };
}

/** The limits, where they make `full/max` smaller than the image: else there is nothing that they keep from anyone. */
export function level0Limits({ width, height, limits }: Level0Information): object {
  const image = { width, height };
  if (isSameSize(largestSize(image, limits), image)) return {};
  const { maxWidth, maxHeight, maxArea } = limits;
  return { maxWidth, maxHeight, maxArea };
}
