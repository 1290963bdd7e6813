import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Addresses } from "./addresses.ts";
import { filled, type Json } from "./json.ts";
import { thumbnailPicture, wholePicture } from "./picture-address.ts";

/**
 * Returns an image that is painted on a canvas: its largest picture, and the service that gives tiles, whose sizes
 * info.json has. Source: IIIF Presentation API 3.0 §5.7.
 */
export function formatImage(addresses: Addresses, image: StoredImage): Json {
  const { uri, image: id, width, height } = wholePicture(addresses, 3, image);
  return {
    id: uri,
    type: "Image",
    format: "image/jpeg",
    width,
    height,
    label: image.label,
    service: [{ id, type: "ImageService3", profile: "level2" }],
  };
}

/**
 * Returns a thumbnail. Its service says which sizes are stored, so that viewers ask for these: without them each asks for
 * another size. Source: IIIF Cookbook 0232.
 */
export function formatThumbnail(addresses: Addresses, image: StoredImage): Json {
  const { uri, image: id, width, height } = thumbnailPicture(addresses, 3, image);
  const service = {
    id,
    type: "ImageService3",
    profile: "level2",
    width: image.width,
    height: image.height,
    sizes: filled(image.sizes),
  };
  return { id: uri, type: "Image", format: "image/jpeg", width, height, service: [service] };
}
