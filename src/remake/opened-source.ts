import { ImageError } from "../error.ts";
import { type OpenedImage, openImage, prefixBytes } from "../masters/image.ts";
import type { DrawnMaster } from "../picture.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { beyondRemake, ingestCommand } from "./refusal.ts";
import { detectFormat } from "./source-format.ts";
import type { RemakeSettings } from "./treatment.ts";

/** What is to be converted, opened: nothing of its pixels has been read. */
export interface OpenedSource extends OpenedImage, DrawnMaster {
  /** The first bytes of the file. */
  readonly prefix: Uint8Array;
  /** Which image of the file it is, counted from 1. */
  readonly page: number;
}

/** A file that is to be converted. */
export interface SourceToOpen {
  readonly source: ByteSource;
  /** Which image of a TIFF that holds several, counted from 1; the first unless stated. */
  readonly page?: number | undefined;
}

/**
 * Opens a file that is to be converted: a TIFF, JPEG, PNG or WebP. Throws `remake-impossible`, with the command that does
 * it, for other formats and for what this service does not read; `source-malformed`, `not-found` for a page that the file
 * does not have, and what the source throws.
 */
export async function openSource({ source, page = 1 }: SourceToOpen, settings: RemakeSettings): Promise<OpenedSource> {
  const prefix = await source.read(0, prefixBytes);
  const found = detectFormat(prefix);
  if (found.kind === "known") throw beyondRemake(`is ${found.name}, which is not read`, found.command);
  if (found.kind === "read" && !formats.includes(found.format)) {
    throw beyondRemake(`is a file of ${found.format}, which is decoded whole`, ingestCommand(settings));
  }
  try {
    return { ...(await openImage({ source, prefix, page, policy: "none" })), source, prefix, page };
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-unsupported")) throw error;
    throw beyondRemake(restOf(error.message), ingestCommand(settings), error);
  }
}

const formats: readonly string[] = ["tiff", "jpeg", "png", "webp"];

/** What is not read is told by a sentence of the same beginning. */
function restOf(message: string): string {
  return message.replace(/^The stored image /, "").replace(/\.$/, "");
}
