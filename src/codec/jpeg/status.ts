import { ImageError } from "../../error.ts";

/**
 * The statuses of the JPEG kernels, as in `wasm/jpeg/status.ts`; the sentence says what is wrong with a stored image.
 */
const malformed: Readonly<Record<number, string>> = {
  [-1]: "The JPEG data is damaged.",
  [-2]: "The JPEG data ends too early.",
  [-3]: "The JPEG data has different dimensions, components or sampling from what its file says.",
  [-4]: "The JPEG data is missing a table that it uses.",
};

const unsupported: Readonly<Record<number, string>> = {
  [-17]: "Arithmetic-coded JPEG is not supported.",
  [-18]: "Lossless JPEG is not supported.",
  [-19]: "Hierarchical JPEG is not supported.",
  [-20]: "JPEG of other than 8 bits per sample is not supported.",
  [-21]: "JPEG of more than four components is not supported.",
  [-22]: "JPEG with this chroma sampling is not supported.",
  [-23]: "Progressive JPEG of more than 100 scans is not supported.",
  [-24]: "Progressive JPEG and JPEG in several scans can't be decoded by rows.",
};

/** The kernel's status for a frame whose colours it can't convert, or which it can't recode, as it decodes it. */
export const statusScanSeparate = -24;

/** The kernel's status when it has no room for the coefficients of a progressive frame. */
export const statusProgressive = -16;

/** The kernel's status when the bits of a tile that is recoded do not fit. */
const statusRoom = -25;

/** Returns for a status of 0 or above. Throws `source-unsupported`, `source-malformed` or `render-memory`. */
export function checkJpegStatus(status: number): void {
  if (status >= 0) return;
  if (status === statusRoom) {
    throw new ImageError("render-memory", "This picture takes more bytes than one rendering may hold.");
  }
  const sentence = unsupported[status];
  if (sentence !== undefined) throw new ImageError("source-unsupported", sentence);
  throw new ImageError("source-malformed", malformed[status] ?? "The JPEG data is damaged.", {
    detail: `JPEG kernel status ${status}`,
  });
}
