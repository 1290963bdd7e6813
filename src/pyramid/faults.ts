import { ImageError } from "../error.ts";

/** The command that turns almost any image into a master this service reads best. */
const conversion =
  "vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg --Q 89 --tile-width 256 --tile-height 256";

/** Returns the error for a master that breaks its own format; `detail` says where, for the log. */
export function malformed(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: it is not a valid TIFF.", {
    detail,
    cause,
  });
}

/**
 * Returns the error for a master that is valid but not supported; `what` ends the sentence "The stored image ...".
 * `first` is a command for files that libvips can't read either.
 */
export function unsupported(what: string, first?: string): ImageError {
  const steps = first === undefined ? conversion : `${first}, then ${conversion}`;
  return new ImageError("source-unsupported", `The stored image ${what}. Convert it to a tiled pyramid: ${steps}`);
}
