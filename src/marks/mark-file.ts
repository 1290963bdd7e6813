import { ImageError } from "../error.ts";
import { maxMarkBytes } from "../limits.ts";
import type { Kernels } from "../render/kernels.ts";
import type { Watermark } from "../render/marks.ts";
import { decodeMark } from "./decode.ts";

/** A mark that was decoded, and the version of its file. */
export type OpenedMark = Pick<Watermark, "image" | "etag">;

/** The file of a mark, as it was read. */
export interface MarkFile {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Its etag, without quotes. */
  readonly version: string;
}

/** Refuses a file of more bytes than a mark may have. Throws `record-malformed`. */
export function refuseLongMark(key: string, bytes: number): void {
  if (bytes > maxMarkBytes) throw unusableMark(key, `it has ${bytes} bytes, and may have ${maxMarkBytes}`);
}

/** Decodes the file of a mark. Throws `record-malformed` for one that is broken or too large, and `render-memory`. */
export async function openMarkFile(kernels: Kernels, { key, bytes, version }: MarkFile): Promise<OpenedMark> {
  refuseLongMark(key, bytes.byteLength);
  try {
    return { image: await decodeMark(kernels, bytes), etag: version };
  } catch (error) {
    if (error instanceof ImageError && (error.code === "source-malformed" || error.code === "source-unsupported")) {
      throw unusableMark(key, error.detail ?? error.message, error);
    }
    throw error;
  }
}

/** Returns the `record-malformed` of a mark that can't be put over an image: a picture is never shown without its mark. */
export function unusableMark(key: string, detail: string, cause?: unknown): ImageError {
  const message = "The watermark of this image can't be used, and it is not shown without.";
  return new ImageError("record-malformed", message, { detail: `${key}: ${detail}`, cause });
}
