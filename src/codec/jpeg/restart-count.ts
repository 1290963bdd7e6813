import type { ByteSource } from "../../source/byte-source.ts";

/**
 * Counts the restart markers of a file from `from` to the end of its scan, reading `readBytes` at a time: what tells
 * markers that are numbered wrongly from markers that were lost. Throws what the source throws.
 */
export async function countRestarts(source: ByteSource, from: number, readBytes: number): Promise<number> {
  let count = 0;
  let isMarker = false;
  for (let offset = from; offset < source.size; ) {
    const bytes = await source.read(offset, Math.min(readBytes, source.size - offset));
    if (bytes.byteLength === 0) break;
    for (let at = 0; at < bytes.byteLength; at += 1) {
      if (!isMarker) {
        const found = bytes.indexOf(0xff, at);
        if (found < 0) break;
        at = found;
        isMarker = true;
        continue;
      }
      const code = bytes[at] ?? 0;
      if (code === 0xff) continue;
      isMarker = false;
      if ((code & 0xf8) === 0xd0) count += 1;
      else if (code >= 0xc0) return count;
    }
    offset += bytes.byteLength;
  }
  return count;
}
