import type { ShownImage } from "../catalogue/shown-work.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import { level0Profile } from "../iiif/features.ts";
import type { Addresses } from "./addresses.ts";
import { filled, type Json } from "./json.ts";
import { loginServices } from "./login-services.ts";
import { thumbnailPicture, wholePicture } from "./picture-address.ts";

/**
 * Returns an image that is painted on a canvas: its largest picture, and the service that gives tiles, whose sizes
 * info.json has. Who may be let in is told how. Source: IIIF Presentation API 3.0 §5.7; Authorization Flow 2.0 §2.1.
 */
export function formatImage(addresses: Addresses, image: ShownImage): Json {
  const { uri, image: id, width, height } = wholePicture(addresses, 3, image);
  const service = addresses.isFiles ? sizedService(addresses, id, image) : serviceOf(addresses, id);
  const logins = loginServices(addresses, 3, image);
  return {
    id: uri,
    type: "Image",
    format: "image/jpeg",
    width,
    height,
    label: image.label,
    service: [logins.length === 0 ? service : { ...service, service: logins }],
  };
}

/**
 * Returns a thumbnail. Its service says which sizes are stored, so that viewers ask for these: without them each asks for
 * another size. Source: IIIF Cookbook 0232.
 */
export function formatThumbnail(addresses: Addresses, image: StoredImage): Json {
  const { uri, image: id, width, height } = thumbnailPicture(addresses, 3, image);
  return { id: uri, type: "Image", format: "image/jpeg", width, height, service: [sizedService(addresses, id, image)] };
}

function serviceOf({ isFiles }: Addresses, id: string): Json {
  return { id, type: "ImageService3", profile: isFiles ? level0Profile[3] : "level2" };
}

/** Of files, viewers may ask for no other sizes than those that are named. */
function sizedService(addresses: Addresses, id: string, { width, height, sizes }: StoredImage): Json {
  return { ...serviceOf(addresses, id), width, height, sizes: filled(sizes) };
}
