import { thumbnailSizes } from "../catalogue/stored-image.ts";
import type { Size } from "../geometry.ts";
import type { SizeLimits } from "../iiif/size.ts";
import { thumbnailPicture } from "./picture-address.ts";

/** What info.json says of an image, as far as its pictures are chosen by it: pixels. */
export interface ImageInfo extends Size {
  readonly sizes: readonly Size[];
}

/** Reads an info.json that was answered; undefined of what is none. Never throws. */
export function readImageInfo(json: unknown): ImageInfo | undefined {
  const { width, height, sizes = [] } = (json ?? {}) as Readonly<Record<string, unknown>>;
  if (!isSize({ width, height }) || !Array.isArray(sizes) || !sizes.every(isSize)) return undefined;
  return { width: Number(width), height: Number(height), sizes };
}

/** Returns what viewers ask for of a whole image: the thumbnail that manifests name, and the sizes that info.json lists, each once. */
export function usualSizes(identifier: string, image: ImageInfo, limits: SizeLimits): readonly string[] {
  const sizes = thumbnailSizes(image.sizes.filter(({ width }) => width < image.width));
  const addresses = { base: "", imagePrefix: "", limits };
  const thumbnail = thumbnailPicture(addresses, 3, { identifier, width: image.width, height: image.height, sizes });
  return [...new Set([thumbnail, ...image.sizes].map(({ width, height }) => `${width},${height}`))];
}

function isSize(value: unknown): value is Size {
  const { width, height } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [width, height].every((side) => Number.isInteger(side) && Number(side) > 0);
}
