import { contextUris, level0Profile } from "../features.ts";
import { formatTile } from "../info.ts";
import { type Level0Information, level0Limits } from "../level0-info.ts";

/** Returns the info.json of an image of level 0 in Image API 2.1. Source: Image API 2.1 §5.1 to §5.3. */
export function formatLevel0InfoV2(information: Level0Information): object {
  const { id, rights, width, height, sizes, tiles } = information;
  return {
    "@context": contextUris[2],
    "@id": id,
    protocol: "http://iiif.io/api/image",
    width,
    height,
    sizes,
    tiles: tiles.map(formatTile),
    ...(rights === undefined ? {} : { license: rights }),
    profile: [level0Profile[2], { supports: ["sizeByWhListed"], ...level0Limits(information) }],
  };
}
