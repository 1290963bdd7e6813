import { ImageError } from "../error.ts";
import { type OpenedImage, openImage, prefixBytes } from "../masters/image.ts";
import type { DrawnMaster } from "../picture.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { beyondRemake, ingestCommand } from "./refusal.ts";
import { detectFormat } from "./source-format.ts";
import type { RemakeSettings } from "./treatment.ts";

/** What a conversion takes is planned, and refused where it is too much. */
const anySize = { pixels: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

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
 * it, for other formats and for what this service does not read; `source-unsupported` for what is no image,
 * `source-malformed`, `not-found` for a page that the file
 * does not have, and what the source throws.
 */
export async function openSource({ source, page = 1 }: SourceToOpen, settings: RemakeSettings): Promise<OpenedSource> {
  const prefix = await source.read(0, prefixBytes);
  const found = detectFormat(prefix);
  if (found.kind === "unknown") throw unsupported("is not in a known format of images");
  if (found.kind === "known") throw beyondRemake(`is ${found.name}, which is not read`, found.command);
  if (found.kind === "read" && !formats.includes(found.format)) {
    throw beyondRemake(`is a file of ${found.format}, which is decoded whole`, ingestCommand(settings));
  }
  try {
    return { ...(await openImage({ source, prefix, page, policy: "none", largest: anySize })), source, prefix, page };
  } catch (error) {
    throw beyondReading(error, settings);
  }
}

const formats: readonly string[] = ["tiff", "jpeg", "png", "webp"];

/** Returns the error for an image that this service does not read, and which the ingest may; others as they are. */
export function beyondReading(error: unknown, settings: RemakeSettings): unknown {
  if (!(error instanceof ImageError && error.code === "source-unsupported")) return error;
  return beyondRemake(restOf(error.message), ingestCommand(settings), error);
}

const beginning = "The stored image ";

function restOf(message: string): string {
  const rest = message.replace(/\.$/, "");
  return rest.startsWith(beginning) ? rest.slice(beginning.length) : `can't be decoded: ${rest}`;
}
