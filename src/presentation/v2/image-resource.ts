import type { ShownImage } from "../../catalogue/shown-work.ts";
import type { StoredImage } from "../../catalogue/stored-image.ts";
import { contextUris, profileUris } from "../../iiif/features.ts";
import type { Addresses } from "../addresses.ts";
import { filled, given, type Json } from "../json.ts";
import { loginServices } from "../login-services.ts";
import { thumbnailPicture, wholePicture } from "../picture-address.ts";
import { formatValueV2 } from "./text-value.ts";

/** Returns an image that is painted on a canvas. Source: Presentation API 2.1 §5.4. */
export function formatImageV2(addresses: Addresses, image: ShownImage): Json {
  const { uri, image: id, width, height } = wholePicture(addresses, 2, image);
  return {
    "@id": uri,
    "@type": "dctypes:Image",
    label: image.label && formatValueV2(image.label),
    format: "image/jpeg",
    width,
    height,
    service: {
      "@context": contextUris[2],
      "@id": id,
      profile: profileUris[2],
      ...given("service", loginServices(addresses, 2, image)),
    },
  };
}

/** Returns a thumbnail, or a logo, whose service says which sizes are stored. */
export function formatThumbnailV2(addresses: Addresses, image: StoredImage): Json {
  const { uri, image: id, width, height } = thumbnailPicture(addresses, 2, image);
  return {
    "@id": uri,
    "@type": "dctypes:Image",
    format: "image/jpeg",
    width,
    height,
    service: {
      "@context": contextUris[2],
      "@id": id,
      profile: profileUris[2],
      width: image.width,
      height: image.height,
      sizes: filled(image.sizes),
    },
  };
}
