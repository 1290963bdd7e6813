import { ImageError } from "../error.ts";

/** What LARGE_ABOVE_MEGAPIXELS is where it is not set. */
const defaultLargeAbove = "150";

/**
 * Reads LARGE_ABOVE_MEGAPIXELS, as pixels: larger images are converted block by block in a Workflow, smaller ones by the
 * message. Throws `config-invalid`.
 */
export function readLargeAbove(stated: unknown = defaultLargeAbove): number {
  const megapixels = Number(stated);
  if (String(stated).trim() !== "" && Number.isFinite(megapixels) && megapixels >= 0) return megapixels * 1_000_000;
  throw new ImageError("config-invalid", "The Worker of jobs is not configured correctly; see its log.", {
    detail: `LARGE_ABOVE_MEGAPIXELS is ${JSON.stringify(stated)}, and has to be a number from 0 on`,
  });
}
