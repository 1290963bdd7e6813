import { decodedProcesses, type JpegFrame, readJpegHeader } from "../codec/jpeg/header.ts";
import { ImageError } from "../error.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";

/**
 * Refuses JPEG tiles of a process that is not decoded, as far as the first bytes of the file show: no read is worth it,
 * for such tiles are rare, and most files have a tile near the beginning. A level that can be decoded is served. Throws
 * `source-unsupported`.
 */
export function refuseTileProcess({ levels }: Pyramid, prefix: Uint8Array): void {
  const [full, ...reduced] = levels.map((level) => findProcess(level, prefix));
  if (full === undefined || decodedProcesses.includes(full)) return;
  if (reduced.some((process) => process !== undefined && decodedProcesses.includes(process))) return;
  const parts = levels[0].isStripped ? "strips" : "tiles";
  throw unsupported(`has JPEG ${parts} of the ${full} process, which is not supported`);
}

/** Returns the process of the first tile that begins in the prefix; undefined if its header is not whole there. */
function findProcess({ encoding, offsets, byteCounts }: Level, prefix: Uint8Array): JpegFrame["process"] | undefined {
  if (encoding.compression !== "jpeg") return undefined;
  const index = offsets.findIndex(
    (offset, at) => offset > 0 && offset < prefix.byteLength && (byteCounts[at] ?? 0) > 0,
  );
  const offset = offsets[index];
  if (offset === undefined) return undefined;
  try {
    return readJpegHeader(prefix.subarray(offset, offset + (byteCounts[index] ?? 0))).process;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return undefined;
  }
}
